import * as v from 'valibot';
import { MOST_USES, purseUseSchema, purseUsesReply } from '../../shared/api/purses';
import type { Desk } from './paged-machine';
import type { CardChip } from './physical-card';

const logSchema = v.object({
  nextSerial: v.number(),
  /** Of the card that is in the controller. */
  open: v.nullable(purseUseSchema),
  /** Ended, and named by no answer yet. */
  waiting: v.array(purseUseSchema),
});
type UseLog = v.InferOutput<typeof logSchema>;

/** What a controller has sold and not yet told, as it lies on its disk. */
export function readLog(desk: Desk): UseLog {
  const kept = v.safeParse(logSchema, desk.link.own);
  return kept.success ? kept.output : { nextSerial: 1, open: null, waiting: [] };
}

/** The chip has given something: its word for it is kept before any water runs. */
export function keepUse(desk: Desk, chip: CardChip): void {
  const log = readLog(desk);
  const { schoolId } = desk.link.identity;
  const serial = log.open?.serial ?? log.nextSerial;
  const open = { serial, card: chip.cardNumber, purse: chip.purse.tell(schoolId), usedAt: desk.link.now() };
  desk.link.own = { ...log, open, nextSerial: serial + 1 };
}

/** The card is out, or the power was: what it used is one use. */
export function endUse(desk: Desk): void {
  const log = readLog(desk);
  if (log.open !== null) desk.link.own = { ...log, open: null, waiting: [...log.waiting, log.open] };
}

/** Tells what waits, a part at a time, and forgets what an answer names. Without an answer all of it stays. */
export async function tellUses(desk: Desk): Promise<void> {
  for (let uses = nextUses(desk); uses.length > 0; uses = nextUses(desk)) {
    const heard = await desk.link.ask({ name: 'upload', purpose: 'purse', path: '/terminal/purse-uses', facts: () => ({ uses }) });
    if (heard.kind !== 'answer') return;
    const told = new Set(v.parse(purseUsesReply, heard.body).uses.map(({ serial }) => serial));
    await desk.link.step('uses.forget');
    const log = readLog(desk);
    desk.link.own = { ...log, waiting: log.waiting.filter(({ serial }) => !told.has(serial)) };
    if (told.size === 0) return;
  }
}

function nextUses(desk: Desk) {
  return readLog(desk).waiting.slice(0, MOST_USES);
}
