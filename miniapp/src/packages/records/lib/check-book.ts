import * as v from 'valibot';
import type { EntryView } from '../../../../../shared/api/common';
import type { BookEntry, PassbookReply, SignedHead } from '../../../../../shared/api/records';
import { type PassbookFault, startCheck } from '../../../../../shared/passbook/check';
import { hashOfEntry, isHeadSigned } from '../../../../../shared/passbook/signed-head';
import { type BookRow, bookRow, rowFaults } from './check-rows';
import type { FoundFault } from './faults';

/** What the phone keeps of the last check that found nothing: the next one must pass through it. */
export const keptHeadSchema = v.object({
  schoolId: v.string(),
  accountNo: v.number(),
  n: v.number(),
  hash: v.string(),
  signedAt: v.number(),
  keyId: v.number(),
  publicKey: v.string(),
  signature: v.string(),
});
export type KeptHead = v.InferOutput<typeof keptHeadSchema>;

export interface CheckWish {
  /** Entries from a number on, with the signed head. */
  readonly page: (from: number) => Promise<PassbookReply>;
  /** The rows that the statement lists for a month. */
  readonly rows: () => Promise<readonly EntryView[]>;
  /** Whether an entry is of that month. */
  readonly isOfMonth: (recordedAt: number) => boolean;
  readonly schoolId: string;
  readonly kept: KeptHead | undefined;
  readonly onProgress: (done: number, all: number) => void;
}

export interface CheckResult {
  readonly faults: readonly FoundFault[];
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** What the statement lists of the month. */
  readonly rows: readonly EntryView[];
  readonly head: SignedHead;
  /** The earlier check that this one went on from; undefined at the first, or of another account. */
  readonly since: KeptHead | undefined;
}

/** A hundred entries a page: a book of 50,000 is nobody's. */
const MOST_PAGES = 500;

/**
 * Walks the holder's passbook from entry 1 to the signed head and compares the month's listed rows with it, all on this phone. An answer
 * that does not come is a failure and proves nothing; everything that came and does not fit is a fault.
 * Throws what `page` and `rows` throw.
 */
export async function checkBook(wish: CheckWish): Promise<CheckResult> {
  const check = startCheck<BookEntry>(hashOfEntry);
  const faults: FoundFault[] = [];
  const month = new Map<number, BookRow>();
  let first: number | undefined;
  let count = 0;
  let passed = wish.kept === undefined;
  let head: SignedHead | undefined;
  let from = 1;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const reply = await wish.page(from);
    head = reply.head;
    for (const entry of reply.entries) {
      faults.push(...faultsOf(() => check.add(entry), entry.n));
      first ??= entry.n;
      count += 1;
      if (entry.n === wish.kept?.n && check.head()?.hash === wish.kept.hash) passed = true;
      if (wish.isOfMonth(entry.recordedAt)) month.set(entry.n, bookRow(entry));
    }
    wish.onProgress(count, Math.max(count, reply.head.n));
    // A server that says "go on" without going on would be asked for ever.
    if (reply.nextFrom === null || reply.nextFrom <= from) break;
    from = reply.nextFrom;
  }
  if (head === undefined) throw new Error('no page was read');
  const since = wish.kept?.schoolId === head.schoolId && wish.kept.accountNo === head.accountNo ? wish.kept : undefined;
  faults.push(...headFaults(head, check.head(), wish.schoolId));
  if (since !== undefined && since.keyId === head.keyId && since.publicKey !== head.publicKey)
    faults.push({ n: undefined, fault: 'key-changed' });
  if (since !== undefined && !passed) faults.push({ n: since.n, fault: 'rewritten' });
  const rows = await wish.rows();
  faults.push(...rowFaults(rows, month, head.n));
  return { faults, from: first ?? 1, to: check.head()?.entry.n ?? 0, count, rows, head, since };
}

/** An amount that is no amount ends the sums; the entry is unreadable, the walk goes on. */
function faultsOf(add: () => readonly PassbookFault[], n: number): readonly FoundFault[] {
  try {
    return add();
  } catch {
    return [{ n, fault: 'unreadable' }];
  }
}

function headFaults(
  head: SignedHead,
  walked: { readonly entry: BookEntry; readonly hash: string } | undefined,
  schoolId: string,
): readonly FoundFault[] {
  const faults: FoundFault[] = [];
  const isWalked = walked !== undefined && walked.entry.n === head.n && walked.hash === head.hash;
  const isMine = walked?.entry.accountNo === head.accountNo && walked.entry.schoolId === head.schoolId && head.schoolId === schoolId;
  if (!isWalked || !isMine) faults.push({ n: head.n, fault: 'head-differs' });
  if (!isHeadSigned(head, head.publicKey, head.signature)) faults.push({ n: undefined, fault: 'signature-bad' });
  return faults;
}
