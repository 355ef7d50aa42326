import type { BookLine, DifferenceClass, OrderRow, RefundRow } from '../../functions/domain/reconcile';
import { type Fen, fen } from '../../shared/money';
import { DAY_MS, type EpochMs, toIso } from '../../shared/time';
import type { WireLine } from './wire';

/** What is the same of every story: an order of ours and the trade that paid it. */
export interface Facts {
  readonly channel: 'wechat-pay' | 'alipay';
  readonly schoolId: string;
  readonly orderNo: string;
  readonly tradeNo: string;
  readonly refundNo: string;
  readonly amountFen: number;
  readonly feeFen: number;
  readonly accountNo: number;
  readonly n: number;
  /** Midnight in Beijing at which the day of the bill begins. */
  readonly dayStartsAt: EpochMs;
  /** Second of the day at which it was paid; far enough from midnight. */
  readonly second: number;
}

/** What bill, books and rows say of one order, and what a reconciliation must say of it. */
export interface Told {
  readonly lines: readonly WireLine[];
  /** In the bill of the day before, which is there; that of the day after is not. */
  readonly linesBefore?: readonly WireLine[];
  readonly before?: readonly BookLine[];
  readonly of?: readonly BookLine[];
  readonly after?: readonly BookLine[];
  readonly order?: OrderRow;
  readonly refund?: RefundRow;
  /** Absent: nothing. */
  readonly fault?: DifferenceClass;
}

export const APP = 'wx0123456789abcdef';
const CALLBACK_MS = 2_000;

/** Every way in which bill, books and rows agree. */
export const PLAIN = {
  credited: (facts: Facts) => ({ lines: [paid(facts)], of: [credit(facts)] }),
  'recorded after midnight': (facts: Facts) => {
    const late = { ...facts, second: 86_395 };
    return { lines: [paid(late)], of: [credit(late)], order: row(late) };
  },
  'late notice, next day': (facts: Facts) => {
    const entry = { ...credit(facts, facts.dayStartsAt + DAY_MS + 11 * 3_600_000), day: dayOf(facts, 1), late: true };
    return { lines: [paid(facts)], after: [entry], order: row(facts, { entry: place(entry) }) };
  },
  "in yesterday's book": (facts: Facts) => {
    const early = { ...facts, second: 0 };
    const entry = { ...credit(early, early.dayStartsAt - 500), day: dayOf(facts, -1) };
    return { lines: [paid(early)], before: [entry], order: row(early, { entry: place(entry) }) };
  },
  'credited days later': (facts: Facts) => {
    const entry = credit(facts, facts.dayStartsAt + 5 * DAY_MS);
    return { lines: [paid(facts)], order: row(facts, { entry: place(entry) }) };
  },
  'given back': (facts: Facts) => {
    const { entry: _, ...order } = row(facts);
    return { lines: [paid(facts)], order: { ...order, state: 'given-back' as const } };
  },
  "in yesterday's bill": (facts: Facts) => {
    const early = { ...facts, second: -2 };
    const entry = { ...credit(facts, facts.dayStartsAt + 11 * 3_600_000), late: true };
    return { lines: [], linesBefore: [paid(early)], of: [entry], order: row(early, { entry: place(entry) }) };
  },
  refunded: (facts: Facts) => ({ lines: [back(facts)], of: [debit(facts)], refund: refundRow(facts) }),
  'refund asked for again': (facts: Facts) => {
    const entry = debit(facts, facts.dayStartsAt - 4 * DAY_MS);
    return { lines: [back(facts)], refund: refundRow(facts, { entry: place(entry) }) };
  },
  'refund that failed': (facts: Facts) => ({ lines: [], of: [debit(facts), undone(facts)], refund: refundRow(facts, { state: 'failed' }) }),
  'refund on its way, then failed': (facts: Facts) => ({
    lines: facts.channel === 'wechat-pay' ? [back(facts, { refundStatus: 'PROCESSING' })] : [],
    of: [debit(facts), undone(facts)],
    refund: refundRow(facts, { state: 'failed' }),
  }),
  'orphan sent back': (facts: Facts) => ({ lines: [back(facts)], refund: refundRow(facts, { entry: 'none' }) }),
} as const satisfies Record<string, (facts: Facts) => Told>;

/** Every way in which they do not. Each gives exactly one difference. */
export const FAULTS = {
  'missing callback': (facts: Facts) => ({ lines: [paid(facts)], order: unpaid(facts, 'created'), fault: 'missing-callback' }),
  'paid after its close': (facts: Facts) => ({ lines: [paid(facts)], order: unpaid(facts, 'closed'), fault: 'missing-callback' }),
  'paid, credit owed': (facts: Facts) => ({
    lines: [paid(facts)],
    order: { ...unpaid(facts, 'paid'), platformTradeNo: facts.tradeNo },
    fault: 'missing-callback',
  }),
  orphan: (facts: Facts) => ({ lines: [paid(facts)], fault: 'orphan-payment' }),
  'other amount in the bill': (facts: Facts) => ({
    lines: [paid(facts, { amountFen: facts.amountFen + 1 })],
    of: [credit(facts)],
    order: row(facts),
    fault: 'amount-mismatch',
  }),
  'other amount, not credited': (facts: Facts) => ({
    lines: [paid(facts, { amountFen: facts.amountFen + 100 })],
    order: unpaid(facts, 'created'),
    fault: 'amount-mismatch',
  }),
  'other amount in the book': (facts: Facts) => ({
    lines: [paid(facts)],
    of: [{ ...credit(facts), amountFen: fen(facts.amountFen + 1) }],
    order: row(facts),
    fault: 'amount-mismatch',
  }),
  'paid twice': (facts: Facts) => ({
    lines: [paid(facts, { tradeNo: other(facts), time: timeOf(facts, -60) }), paid(facts)],
    of: [credit(facts)],
    order: row(facts),
    fault: 'duplicate-payment',
  }),
  'paid yesterday and today': (facts: Facts) => {
    const entry = { ...credit(facts, facts.dayStartsAt - 3_600_000), day: dayOf(facts, -1) };
    const order = { ...row(facts, { entry: place(entry) }), platformTradeNo: other(facts), paidAt: entry.recordedAt - CALLBACK_MS };
    return { lines: [paid(facts)], before: [entry], order, fault: 'duplicate-payment' };
  },
  'paid yesterday, credited late, paid again': (facts: Facts) => {
    const early = { ...facts, second: -3_600, tradeNo: other(facts) };
    const entry = { ...credit(facts, facts.dayStartsAt + 11 * 3_600_000), late: true };
    const order = row(early, { entry: place(entry) });
    return { lines: [paid(facts)], linesBefore: [paid(early)], of: [entry], order, fault: 'duplicate-payment' };
  },
  'line printed twice': (facts: Facts) => ({
    lines: [paid(facts), paid(facts)],
    of: [credit(facts)],
    order: row(facts),
    fault: 'duplicate-line',
  }),
  'unknown refund': (facts: Facts) => ({ lines: [back(facts)], fault: 'refund-mismatch' }),
  'refund of another amount': (facts: Facts) => ({
    lines: [back(facts, { amountFen: facts.amountFen + 1 })],
    of: [debit(facts)],
    refund: refundRow(facts),
    fault: 'refund-mismatch',
  }),
  'refund not in the bill': (facts: Facts) => ({ lines: [], of: [debit(facts)], refund: refundRow(facts), fault: 'refund-mismatch' }),
  'returned, yet paid out': (facts: Facts) => ({
    lines: [back(facts)],
    of: [debit(facts), undone(facts)],
    refund: refundRow(facts, { state: 'failed' }),
    fault: 'refund-mismatch',
  }),
  'refund still pending': (facts: Facts) => ({
    lines: [],
    of: [debit(facts)],
    refund: refundRow(facts, { state: 'pending' }),
    fault: 'late',
  }),
  "in tomorrow's bill, perhaps": (facts: Facts) => {
    const late = { ...facts, second: 86_398 };
    return { lines: [], of: [credit(late)], order: row(late), fault: 'late' };
  },
  'not in the bill': (facts: Facts) => ({ lines: [], of: [credit(facts)], order: row(facts), fault: 'missing-in-bill' }),
  "not in yesterday's bill either": (facts: Facts) => {
    const early = { ...facts, second: -3_600 };
    const entry = { ...credit(facts, facts.dayStartsAt + 11 * 3_600_000), late: true };
    return { lines: [], of: [entry], order: row(early, { entry: place(entry) }), fault: 'missing-in-bill' };
  },
  foreign: (facts: Facts) =>
    facts.channel === 'wechat-pay'
      ? { lines: [paid(facts, { appId: 'wxfedcba9876543210', orderNo: `X${facts.orderNo}` })], fault: 'foreign' }
      : { lines: [paid(facts)], order: { ...row(facts), channel: 'wechat-pay' }, fault: 'foreign' },
  'credited twice': (facts: Facts) => ({
    lines: [paid(facts)],
    of: [credit(facts), { ...credit(facts), n: facts.n + 1 }],
    order: row(facts),
    fault: 'credited-twice',
  }),
  'entry not in its book': (facts: Facts) => ({ lines: [paid(facts)], order: row(facts), fault: 'books-disagree' }),
  'entry without an order': (facts: Facts) => ({ lines: [], of: [credit(facts)], fault: 'books-disagree' }),
} as const satisfies Record<string, (facts: Facts) => Told>;

/** Bill lines of a story, which must be of its own kind: whole orders are told by one story each. */
function paid(facts: Facts, more: Partial<WireLine> = {}): WireLine {
  const { orderNo, tradeNo, amountFen, feeFen, channel } = facts;
  const app = channel === 'wechat-pay' ? { appId: APP } : {};
  return { kind: 'payment', orderNo, tradeNo, amountFen, feeFen, time: timeOf(facts), ...app, ...more };
}

function back(facts: Facts, more: Partial<WireLine> = {}): WireLine {
  return { ...paid(facts), kind: 'refund', refundNo: facts.refundNo, feeFen: 0 - facts.feeFen, ...more };
}

function credit(facts: Facts, recordedAt = paidAt(facts) + CALLBACK_MS): BookLine {
  const { schoolId, orderNo, accountNo, n } = facts;
  return { schoolId, kind: 'payment', orderNo, amountFen: amount(facts), accountNo, n, day: dayOf(facts, 0), late: false, recordedAt };
}

function debit(facts: Facts, recordedAt = paidAt(facts) - CALLBACK_MS): BookLine {
  return { ...credit(facts, recordedAt), kind: 'refund', refundNo: facts.refundNo };
}

function undone(facts: Facts): BookLine {
  return { ...debit(facts, paidAt(facts) + CALLBACK_MS), kind: 'refund-returned', n: facts.n + 1 };
}

function row(facts: Facts, more: Pick<OrderRow, 'entry'> = { entry: place(credit(facts)) }): OrderRow {
  return { ...unpaid(facts, 'credited'), platformTradeNo: facts.tradeNo, paidAt: paidAt(facts), ...more };
}

function unpaid(facts: Facts, state: OrderRow['state']): OrderRow {
  return { orderNo: facts.orderNo, channel: facts.channel, amountFen: amount(facts), state };
}

function refundRow(facts: Facts, more: Partial<RefundRow> = {}): RefundRow {
  const { refundNo, orderNo, channel } = facts;
  const entry = place(debit(facts));
  return { refundNo, orderNo, channel, amountFen: amount(facts), state: 'succeeded', refundedAt: paidAt(facts), entry, ...more };
}

function place({ accountNo, n, recordedAt }: BookLine) {
  return { accountNo, n, recordedAt };
}

function amount(facts: Facts): Fen {
  return fen(facts.amountFen);
}

function other(facts: Facts): string {
  return `9${facts.tradeNo.slice(1)}`;
}

function paidAt(facts: Facts): EpochMs {
  return facts.dayStartsAt + facts.second * 1_000;
}

function timeOf(facts: Facts, plusSeconds = 0): string {
  const second = facts.second + plusSeconds;
  const day = Math.floor(second / DAY_SECONDS);
  const ofDay = second - day * DAY_SECONDS;
  return `${dayOf(facts, day)} ${TWO[Math.floor(ofDay / 3_600)]}:${TWO[Math.floor(ofDay / 60) % 60]}:${TWO[ofDay % 60]}`;
}

/** Made once: a day of two million lines asks for little else. */
const TWO: readonly string[] = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const DAY_SECONDS = DAY_MS / 1_000;
const dayNames = new Map<EpochMs, string>();

function dayOf(facts: Facts, days: number): string {
  const at = facts.dayStartsAt + days * DAY_MS;
  const known = dayNames.get(at);
  if (known !== undefined) return known;
  const name = toIso(at).slice(0, 10);
  dayNames.set(at, name);
  return name;
}
