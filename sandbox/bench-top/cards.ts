import * as v from 'valibot';
import { chipKey, deriveSchoolKeys } from '../../functions/domain/school-keys';
import type { LocalSecrets } from '../local/secrets';
import { CardChip, type ChipMemory } from '../terminals/physical-card';
import type { Kept } from './kept';

/** Every card of the bench, once: the till, the machines and the person all hold the same chip. */
export interface CardDrawer {
  chip(schoolId: string, cardNumber: string): CardChip;
}

const memorySchema = v.record(v.string(), v.unknown());

/** The card office wrote the key into the chip when it issued the card; what the chip keeps outlives a restart of the bench. */
export function createCardDrawer({ secrets, kept }: { readonly secrets: LocalSecrets; readonly kept: Kept }): CardDrawer {
  const chips = new Map<string, CardChip>();
  return {
    chip(schoolId, cardNumber) {
      const name = `card/${schoolId}/${cardNumber}`;
      const known = chips.get(name);
      if (known !== undefined) return known;
      const keys = deriveSchoolKeys(new Uint8Array(Buffer.from(secrets.masterKey, 'base64')), schoolId);
      const memory = kept.memory(name);
      const found = v.safeParse(memorySchema, memory.load());
      // Written by this same class before.
      const before = (found.success ? found.output : {}) as Partial<ChipMemory>;
      const made = new CardChip({ cardNumber, chipKey: chipKey(keys, cardNumber) }, before, memory.save);
      chips.set(name, made);
      return made;
    },
  };
}
