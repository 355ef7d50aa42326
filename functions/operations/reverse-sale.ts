import { AppError } from '../../shared/errors';
import { type Fen, subtract, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay } from '../../shared/time';
import { type Entry, nextEntry, recordingTime } from '../domain/entry';
import { reversalDraft, saleFen } from '../domain/reversal';
import type { Clock } from '../lib/clock';
import type { Passbook } from '../store/passbook';
import type { Reversals } from '../store/reversals';

export interface ReverseDeps {
  readonly passbook: Passbook;
  readonly reversals: Reversals;
  readonly clock: Clock;
  readonly backOff: (tries: number) => Promise<void>;
}

export interface ReverseWish {
  readonly sale: Entry;
  readonly kind: 'void' | 'reversal';
  /** The idempotency key: the sale's id, a hyphen and what asks ("void", "dispute", a ULID). A repeat is the same entry. */
  readonly entryId: string;
  /** `rest`: what has not been taken back yet; nothing left is then answered with the part that was the last. */
  readonly amountFen: Fen | 'rest';
  readonly pack: RulePack;
}

const MAX_TRIES = 60;
/** The function lives ten seconds; the look-up before has had its share of them. */
const DEADLINE_MS = 4_000;

/**
 * Takes a sale back, whole or in part: the reversing entry and its permanent row in one transaction. However many ways ask, the sum
 * stays within the sale.
 *
 * Throws AppError: `refund.over-rest` (more than is left of the sale), `account.unknown`, `request.busy`.
 */
export async function reverse(deps: ReverseDeps, wish: ReverseWish): Promise<Entry> {
  const { sale, entryId, kind, pack } = wish;
  const { schoolId, accountNo } = sale;
  const before = sale.n > 1 ? await deps.passbook.entry(schoolId, accountNo, sale.n - 1) : undefined;
  const startedAt = deps.clock();
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const done = await deps.reversals.find(schoolId, accountNo, sale.n);
    const left = subtract(saleFen(sale), done.reversedFen);
    const earlier =
      done.parts.find((part) => part.entryId === entryId) ?? (wish.amountFen === 'rest' && left === ZERO ? done.parts.at(-1) : undefined);
    if (earlier !== undefined) return entryOf(deps, sale, earlier.n);
    const amountFen = wish.amountFen === 'rest' ? left : wish.amountFen;
    if (amountFen > left || amountFen <= 0) throw new AppError('refund.over-rest', { leftFen: left });
    const head = await deps.passbook.head(schoolId, accountNo);
    if (head === undefined) throw new AppError('account.unknown');
    const now = deps.clock();
    if (tries > 0 && now - startedAt > DEADLINE_MS) break;
    const recordedAt = recordingTime(head, now);
    const { reversedFen } = done;
    const draft = reversalDraft(head, { sale, before, entryId, kind, amountFen, reversedFen, occurredAt: recordedAt, recordedAt }, pack);
    const entry = nextEntry(head, draft, { recordedAt, utcOffsetMinutes: pack.utcOffsetMinutes });
    const row = deps.reversals.row({ schoolId, accountNo, reversed: sale.n, read: done, part: { entryId, n: entry.n, amountFen } });
    // What is given back to a lot that has run out stays until the next day's look takes it.
    const late = draft.state.subsidy.some((lot) => lot.expiresAt <= recordedAt);
    const day = businessDay(recordedAt, pack.utcOffsetMinutes);
    const expiry = late ? [deps.reversals.expiryRow(schoolId, day, accountNo)] : [];
    if ((await deps.passbook.appendWith(entry, [row, ...expiry])).written) return entry;
  }
  throw new AppError('request.busy');
}

async function entryOf(deps: ReverseDeps, sale: Entry, n: number): Promise<Entry> {
  const entry = await deps.passbook.entry(sale.schoolId, sale.accountNo, n);
  if (entry === undefined) throw new Error('a reversal row names an entry that does not exist');
  return entry;
}
