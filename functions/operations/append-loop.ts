import { AppError } from '../../shared/errors';
import type { EpochMs } from '../../shared/time';
import { type Draft, type Entry, nextEntry, recordingTime } from '../domain/entry';
import type { Clock } from '../lib/clock';
import type { Passbook } from '../store/passbook';
import type { TableWrite } from '../store/table';

export interface AppendDeps {
  readonly passbook: Passbook;
  readonly clock: Clock;
  /** Waits a random while before the next try; `tries` made so far. */
  readonly backOff: (tries: number) => Promise<void>;
}

export interface AccountName {
  readonly schoolId: string;
  readonly accountNo: number;
}

/** What to write on the head that was read, if anything, and what to answer once it is written. */
export type Step<Answer> =
  | { readonly answer: Answer }
  | { readonly write: Draft; readonly rows?: readonly TableWrite[]; readonly answer: (written: Entry) => Answer };

export interface Change<Gathered, Answer> {
  readonly account: AccountName;
  readonly utcOffsetMinutes: number;
  /** Reads the rows that the decision needs. Each row it leads to is written on a condition that it has not changed. */
  readonly gather: () => Promise<Gathered>;
  /** Pure. `entryId` of its draft is the same in every try, so that an earlier try of ours is known again. */
  readonly decide: (head: Entry, recordedAt: EpochMs, gathered: Gathered) => Step<Answer>;
}

const MAX_TRIES = 60;
const LEAST_TRIES = 40;
const DEADLINE_MS = 15_000;

/**
 * Changes an account outside a sale: rows, head, then the clock, then the decision, then entry and rows in one
 * transaction; again from the start when somebody else was first. The clock is read last, so that an instance which
 * was frozen in between cannot write with an old time.
 *
 * Throws AppError: `account.unknown`, `request.busy`, and what `gather` and `decide` throw.
 */
export async function changeAccount<Gathered, Answer>(deps: AppendDeps, change: Change<Gathered, Answer>): Promise<Answer> {
  const { schoolId, accountNo } = change.account;
  const startedAt = deps.clock();
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const gathered = await change.gather();
    const head = await deps.passbook.head(schoolId, accountNo);
    if (head === undefined) throw new AppError('account.unknown');
    const now = deps.clock();
    if (tries >= LEAST_TRIES && now - startedAt > DEADLINE_MS) break;
    const recordedAt = recordingTime(head, now);
    const step = change.decide(head, recordedAt, gathered);
    if (!('write' in step)) return step.answer;
    const entry = nextEntry(head, step.write, { recordedAt, utcOffsetMinutes: change.utcOffsetMinutes });
    const written = await append(deps.passbook, entry, step.rows ?? []);
    if (written !== undefined) return step.answer(written);
  }
  throw new AppError('request.busy');
}

/** The entry as it lies in the passbook, or undefined when somebody else was first. */
async function append(passbook: Passbook, entry: Entry, rows: readonly TableWrite[]): Promise<Entry | undefined> {
  if (rows.length === 0) {
    const result = await passbook.append(entry);
    if (result.appended) return entry;
    // The store repeated a write whose answer was lost, and found what the first one had written.
    return result.found?.entryId === entry.entryId ? result.found : undefined;
  }
  const result = await passbook.appendWith(entry, rows);
  if (result.written) return entry;
  return result.failed === 0 && result.found?.id === entry.entryId ? passbook.entry(entry.schoolId, entry.accountNo, entry.n) : undefined;
}
