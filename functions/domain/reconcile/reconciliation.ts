import type { Fen } from '../../../shared/money';
import type { EpochMs } from '../../../shared/time';
import type { BillChannel, BillReading, CheckedBill } from '../bills/bill';

/**
 * One line of a channel's book: an entry, seen from the other side. `payment` is money that came in under an order (a top-up, a purchase by
 * the platform's own code), `refund` money that went back to its payer, `refund-returned` such a refund undone because the platform
 * definitely did not pay it out.
 */
export interface BookLine {
  readonly schoolId: string;
  readonly kind: 'payment' | 'refund' | 'refund-returned';
  readonly orderNo: string;
  /** Of both refund kinds. */
  readonly refundNo?: string;
  /** Above zero. */
  readonly amountFen: Fen;
  readonly accountNo: number;
  readonly n: number;
  /** Whose book it stands in. */
  readonly day: string;
  readonly late: boolean;
  readonly recordedAt: EpochMs;
}

/** Pages as a store reads them; one page is in memory at a time. */
export type BookPages = AsyncIterable<readonly BookLine[]>;

/** Where the entry of an order or refund stands, by the permanent row that was written with it. */
export interface EntryPlace {
  readonly accountNo: number;
  readonly n: number;
  readonly recordedAt: EpochMs;
}

/** What the permanent row of an order says. */
export interface OrderRow {
  readonly orderNo: string;
  readonly channel: string;
  readonly amountFen: Fen;
  /** `given-back`: the money came, was not credited and went back to its payer (or is on its way there). */
  readonly state: 'created' | 'paid' | 'closed' | 'credited' | 'given-back';
  readonly platformTradeNo?: string;
  /** By the platform's clock. */
  readonly paidAt?: EpochMs;
  /** Of a credited order. */
  readonly entry?: EntryPlace;
}

/** What the permanent row of a refund says. */
export interface RefundRow {
  readonly refundNo: string;
  readonly orderNo: string;
  readonly channel: string;
  readonly amountFen: Fen;
  /** As `PlatformRefund`; `failed` has come back to the holder. */
  readonly state: 'pending' | 'succeeded' | 'failed' | 'stuck';
  /** By the platform's clock. */
  readonly refundedAt?: EpochMs;
  /** `none`: money that never was in a passbook (an orphan, a duplicate, an order paid after its close) and goes straight back. */
  readonly entry: EntryPlace | 'none';
}

/** Rows by number, asked in batches of at most `ROWS_AT_ONCE`. A number that is absent from the answer has no row. */
export interface Rows {
  orders(orderNos: readonly string[]): Promise<ReadonlyMap<string, OrderRow>>;
  /** By refund number. */
  refunds(refundNos: readonly string[]): Promise<ReadonlyMap<string, RefundRow>>;
}
export const ROWS_AT_ONCE = 100;

export interface ReconcileInput {
  readonly channel: BillChannel;
  /** Beijing day of the bill, "2026-11-20". */
  readonly day: string;
  readonly bill: BillReading;
  /** Schools that this merchant takes money for and whose books are given. */
  readonly schools: readonly string[];
  /** The channel's books of the day before, the day, and the day after (as far as it has been written), of all `schools`, in any order. */
  readonly books: { readonly before: BookPages; readonly of: BookPages; readonly after: BookPages };
  readonly rows: Rows;
  /** When the first book began to be read, by our clock: what was credited since then may not be in it yet. */
  readonly startedAt: EpochMs;
  /** Apps of ours. A line of another app is not our sale. Absent: not checked. */
  readonly appIds?: ReadonlySet<string>;
  /**
   * The bill of another day, asked for at most once, and only when an entry of ours may stand there. `not-ready`, or an AppError of bills:
   * what it would decide waits until tomorrow.
   */
  readonly otherBill: (day: string) => Promise<BillReading | 'not-ready'>;
  /** Differences itemized at most; above, the day is `suspended`: no act of it may be done before a person has looked. */
  readonly differenceLimit?: number;
}

/**
 * - `missing-callback`: paid in the bill, the order is ours, no entry: credit now.
 * - `orphan-payment`: in the bill, no such order: refund. Held where neither number nor app proves the money to be meant for us.
 * - `amount-mismatch`: bill, order and entry do not say the same amount: held.
 * - `duplicate-payment`: one order paid twice under different trade numbers: refund the one that is not the order's.
 * - `duplicate-line`: the bill repeats a line word for word: held, and never credited or refunded for it.
 * - `refund-mismatch`: a refund the bill knows and we do not, or the other way round, or of another amount or fate: held.
 * - `late`: our entry lies so near to midnight, or was written so late, that its line stands in a bill that is not there yet: wait.
 * - `missing-in-bill`: our entry has a line in none of the bills that could have it: held.
 * - `foreign`: a line of another app, or of a school or an order that this channel does not serve: held.
 * - `credited-twice`: two entries for one order or refund: held.
 * - `books-disagree`: a row names an entry that the books do not have, or an entry has no row: held.
 */
export type DifferenceClass =
  | 'missing-callback'
  | 'orphan-payment'
  | 'amount-mismatch'
  | 'duplicate-payment'
  | 'duplicate-line'
  | 'refund-mismatch'
  | 'late'
  | 'missing-in-bill'
  | 'foreign'
  | 'credited-twice'
  | 'books-disagree';

/** `hold`: a person decides, finance is alerted. `wait`: the same run tomorrow decides. */
export type Act = 'credit' | 'refund' | 'hold' | 'wait';

export interface Difference {
  /**
   * "rd" and 26 of [0-9a-v]: the same in every run of every day for the same fault, so it can be the number of the act, also of a refund
   * at a platform.
   */
  readonly id: string;
  readonly class: DifferenceClass;
  readonly act: Act;
  /** Which of the ways to get there: "unknown-refund", "second-trade" … For the record and for people. */
  readonly reason: string;
  /** Of the order's number; absent where it names none of `schools`. */
  readonly schoolId?: string;
  readonly kind: 'payment' | 'refund';
  readonly orderNo: string;
  readonly refundNo?: string;
  readonly platformTradeNo?: string;
  /** Absent: the bill has no line. */
  readonly billFen?: Fen;
  /** Absent: the books have no entry. */
  readonly bookFen?: Fen;
  /** Absent: there is no row. */
  readonly rowFen?: Fen;
  /** The platform's clock where the bill has a line, else ours. */
  readonly at: EpochMs;
  readonly accountNo?: number;
  readonly n?: number;
}

/** Of a book, what was returned of refunds is taken off. */
export interface Sums {
  readonly count: number;
  readonly paymentFen: Fen;
  readonly refundFen: Fen;
}

/** Matched money: lines of the bill that a book or a row explains wholly. */
export interface SchoolSums {
  readonly bill: Sums & { readonly feeFen: Fen };
  readonly matched: Sums & { readonly feeFen: Fen };
  /** Entries of the day's own book, and those of them that a bill explains. */
  readonly book: Sums;
  readonly bookMatched: Sums;
}

interface Outcome {
  /** Proof that the bill was read to its end and adds up. */
  readonly bill: CheckedBill;
  readonly channel: BillChannel;
  readonly day: string;
  readonly total: SchoolSums;
  readonly bySchool: ReadonlyMap<string, SchoolSums>;
  /** Lines that name none of the schools. */
  readonly strangers: SchoolSums;
  readonly counts: Readonly<Record<DifferenceClass, number>>;
  /** Lines and entries of a suspended day that were not looked at any more. */
  readonly unexamined: { readonly bill: Sums; readonly book: Sums };
}

/**
 * `balanced`: every line and every entry of the day is explained. `open`: only what tomorrow's bill decides is left. `different`: there is
 * something to do. `suspended`: more differences than can be anything but a wrong bill or a wrong book; those itemized are the first.
 * There is no outcome without a checked bill: whoever catches an AppError instead has no reconciliation.
 */
export type Reconciliation = Outcome &
  (
    | { readonly status: 'balanced'; readonly differences: readonly [] }
    | { readonly status: 'open' | 'different' | 'suspended'; readonly differences: readonly [Difference, ...Difference[]] }
  );
