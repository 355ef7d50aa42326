import type { PurseLoad } from './chip-purse';
import type { Act } from './page-kit';
import { cardFacts } from './page-kit';
import type { Desk } from './paged-machine';
import { type CardChip, CardPulled } from './physical-card';

/** The card on the reader, with what its chip says of its purse. */
export function purseFacts(desk: Desk, act: Act, chip: CardChip) {
  return { ...cardFacts(chip, act), purse: chip.purse.tell(desk.link.identity.schoolId) };
}

/**
 * What the books have loaded, into the chip. Nobody is told: a chip that missed it is told the same sum at its next visit. @throws CardPulled, and nothing has changed
 */
export async function loadPurse(desk: Desk, chip: CardChip, load: PurseLoad | null): Promise<void> {
  if (load === null) return;
  await desk.link.step('chip.write');
  if (desk.card() !== chip) throw new CardPulled();
  chip.purse.load(desk.link.identity.schoolId, load);
  await desk.link.step('chip.written');
}
