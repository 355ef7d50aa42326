import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type GuessCount, NO_GUESSES } from '../domain/lockout';
import { ttlSeconds } from './bound-account';
import { removeAll } from './remove-all';
import type { Database, TableWrite } from './table';

/** A count of wrong guesses at one subject (an account, or a number nobody has) by one guesser or by all. */
export interface GuessPlace {
  readonly schoolId: string;
  readonly subject: string;
  readonly guesser: string;
}

export interface StoredGuesses extends GuessPlace, GuessCount {
  /** 0: there is no row yet. */
  readonly version: number;
}

export interface Lockouts {
  /** Strongly consistent. */
  find(place: GuessPlace): Promise<StoredGuesses>;
  /** The write of a changed count over the version it was read with: concurrent guesses count one by one. */
  changedRow(guesses: StoredGuesses): TableWrite;
  /** All of these or none. */
  save(writes: readonly TableWrite[]): Promise<boolean>;
  /** Forgets a count, unless it is being changed at this moment: then it stays. */
  clear(place: GuessPlace): Promise<void>;
  /** Forgets all counts of guesses at a subject, whoever made them. */
  forget(schoolId: string, subject: string): Promise<void>;
}

const schema = v.object({ count: v.number(), until: v.number(), version: v.number() });

/** Hashed, because a typed number may be of any length and is nobody's business in a key. */
function short(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function key({ schoolId, subject, guesser }: GuessPlace) {
  return { pk: `${schoolId}#GUESS#${short(subject)}`, sk: `GUESSER#${short(guesser)}` };
}

export function createLockouts({ records, transact }: Pick<Database, 'records' | 'transact'>): Lockouts {
  return {
    async find(place) {
      const item = await records.get(key(place), { consistent: true });
      return { ...place, version: 0, ...(item === undefined ? NO_GUESSES : v.parse(schema, item)) };
    },
    changedRow({ count, until, version, ...place }) {
      const put = { ...key(place), count, until, version: version + 1, expiresAtSeconds: ttlSeconds(until) };
      const when = version === 0 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: version } as const);
      return { table: 'records', write: { put, when } };
    },
    async save(writes) {
      return (await transact(writes)).written;
    },
    async clear(place) {
      // On a condition, because without one a guess that is being counted at this moment would make it a fault.
      await records.remove(key(place), { is: 'present' });
    },
    async forget(schoolId, subject) {
      const { pk } = key({ schoolId, subject, guesser: '' });
      await removeAll({ records }, pk);
    },
  };
}
