import { cached } from '../lib/cache';
import type { Clock } from '../lib/clock';
import type { SaleDeps } from '../operations/authorize-payment';
import type { VerifyDeps } from '../operations/verify-terminal';
import { createCards } from '../store/cards';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';

/** A revoked terminal and a changed pack take effect within this time (architecture §3). */
export const BRIEF_MS = 10_000;
export const LOOK_UP_ENTRIES = 5_000;

/** What every function of the terminals verifies a signature with: rows of terminals, each read once in ten seconds. */
export function createVerifyDeps(database: Database, clock: Clock): VerifyDeps {
  const terminals = createTerminals(database);
  const terminalOf = cached(
    (key: string) => {
      const [schoolId, terminal] = partsOfKey(key);
      return terminals.find(schoolId, Number(terminal));
    },
    { maxAgeMs: BRIEF_MS, maxEntries: LOOK_UP_ENTRIES, clock },
  );
  return { clock, findTerminal: (schoolId, terminal) => terminalOf(`${schoolId}/${terminal}`) };
}

/** A school's own card number names its account for ever, so it is read once. */
export function createOwnCard(database: Database, clock: Clock): SaleDeps['ownCard'] {
  const cards = createCards(database);
  const cardOf = cached((key: string) => cards.find(...partsOfKey(key)), {
    maxAgeMs: Number.MAX_SAFE_INTEGER,
    maxEntries: LOOK_UP_ENTRIES,
    clock,
  });
  return (schoolId, number) => cardOf(`${schoolId}/${number}`);
}

/** "school/rest" in two. */
export function partsOfKey(key: string): readonly [schoolId: string, rest: string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
