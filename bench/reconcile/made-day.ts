import { readBill } from '../../functions/domain/bills/read-bill';
import type { BookLine, BookPages, OrderRow, ReconcileInput, RefundRow } from '../../functions/domain/reconcile';
import { DAY_MS } from '../../shared/time';
import { APP, FAULTS, type Facts, PLAIN, type Told } from './stories';
import { type WireBill, type WireLine, wireBytes } from './wire';

export const DAY = '2026-11-20';
const DAY_STARTS_AT = Date.parse(`${DAY}T00:00:00+08:00`);
const DAY_BEFORE = '2026-11-19';
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SCHOOLS = ['bistu', 'dufl', 'shanghaitech', 'sjtu'] as const;
const PAGE = 250;
/** Taken once, as looking at a global costs much inside a test's context. */
const { imul } = Math;
/** One order of so many is told by one of the plain stories that are not the plainest. */
const ONE_OF = 200;

export interface MadeDay {
  readonly channel: 'wechat-pay' | 'alipay';
  readonly orders: number;
  readonly faults: number;
  readonly seed: number;
}

const MERCHANTS = { 'wechat-pay': '1900000001', alipay: '2088123456789012' } as const;
const PLAIN_STORIES: readonly ((facts: Facts) => Told)[] = Object.values(PLAIN);
const FAULT_STORIES: readonly ((facts: Facts) => Told)[] = Object.values(FAULTS);

/** 32 bits that depend on all three numbers, the same on every machine (the finalizer of MurmurHash3). */
function chance(seed: number, index: number, salt: number): number {
  let value = imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ imul(index + 1, 0xc2b2ae35) ^ imul(salt + 1, 0x27d4eb2f);
  value = imul(value ^ (value >>> 16), 0x85ebca6b);
  value = imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** Fifteen characters as of a digest; index and seed are in them, so that no two orders of any days share a number. */
function digits(seed: number, index: number, salt: number): string {
  let text = '';
  for (let bits = 20; bits >= 0; bits -= 5) text += CROCKFORD[(index >>> bits) & 31];
  for (let bits = 10; bits >= 0; bits -= 5) text += CROCKFORD[(seed >>> bits) & 31];
  const [first, second] = [chance(seed, index, salt), chance(seed, index, salt + 1)];
  for (let at = 0; at < 4; at += 1) text += CROCKFORD[(first >>> (at * 7)) & 31];
  for (let at = 0; at < 3; at += 1) text += CROCKFORD[(second >>> (at * 7)) & 31];
  return text;
}

/** As a text read from a store is: in one piece, and not as the engine keeps what was put together. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function factsOf({ channel, orders, seed }: MadeDay, index: number): Facts {
  const schoolId = SCHOOLS[chance(seed, index, 1) % SCHOOLS.length] ?? 'bistu';
  // Away from midnight; stories that are told there say so.
  const second = 1_200 + Math.floor((index * 84_000) / orders);
  const serial = String(chance(seed, index, 2)).padStart(10, '0') + String(index).padStart(10, '0');
  return {
    channel,
    schoolId,
    orderNo: flat(`${schoolId}${digits(seed, index, 10)}`),
    refundNo: flat(`rf${digits(seed, index, 20)}`),
    tradeNo: channel === 'alipay' ? `20261120${serial}` : `42000012${serial}`,
    amountFen: 100 + (chance(seed, index, 3) % 50_000),
    feeFen: chance(seed, index, 4) % 300,
    accountNo: 1 + (chance(seed, index, 5) % 40_000),
    n: 2 + (chance(seed, index, 6) % 2_000),
    dayStartsAt: DAY_STARTS_AT,
    second,
  };
}

/** Which fault is at an index, if one is: they lie evenly, and every class has its share. */
function faultAt({ orders, faults, seed }: MadeDay, index: number): number | undefined {
  if (faults === 0) return undefined;
  const fault = Math.floor((index * faults) / orders);
  const from = Math.ceil((fault * orders) / faults);
  const room = Math.floor(orders / faults);
  return index === from + (chance(seed, fault, 7) % room) ? fault : undefined;
}

function toldAt(day: MadeDay, index: number): Told {
  const facts = factsOf(day, index);
  const fault = faultAt(day, index);
  if (fault !== undefined) return (FAULT_STORIES[fault % FAULT_STORIES.length] ?? PLAIN.credited)(facts);
  const draw = chance(day.seed, index, 8);
  if (draw % ONE_OF !== 0) return PLAIN.credited(facts);
  return (PLAIN_STORIES[(draw >>> 8) % PLAIN_STORIES.length] ?? PLAIN.credited)(facts);
}

function isPlainest(day: MadeDay, index: number): boolean {
  return faultAt(day, index) === undefined && chance(day.seed, index, 8) % ONE_OF !== 0;
}

function* linesOf(day: MadeDay, of: (told: Told) => readonly WireLine[]): Generator<WireLine> {
  for (let index = 0; index < day.orders; index += 1) yield* of(toldAt(day, index));
}

/** The bill of the day, line for line as the platform would have written it. */
export function madeBill(day: MadeDay): WireBill {
  return { channel: day.channel, merchantId: MERCHANTS[day.channel], day: DAY, lines: linesOf(day, (told) => told.lines) };
}

function billBefore(day: MadeDay): WireBill {
  const lines = linesOf(day, (told) => told.linesBefore ?? []);
  return { channel: day.channel, merchantId: MERCHANTS[day.channel], day: DAY_BEFORE, lines };
}

/** In another order than the bill's, as accounts lie in shards. */
async function* book(day: MadeDay, of: (told: Told) => readonly BookLine[] | undefined): BookPages {
  let page: BookLine[] = [];
  const stride = strideOf(day.orders);
  for (let step = 0, index = 0; step < day.orders; step += 1, index = (index + stride) % day.orders) {
    page.push(...(of(toldAt(day, index)) ?? []));
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  yield page;
}

/** About the golden part of the orders, and coprime with their number, so that it visits each once. */
function strideOf(orders: number): number {
  let stride = Math.max(1, Math.floor(orders * 0.618));
  while (divisor(stride, orders) !== 1) stride += 1;
  return stride;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** A neighbouring day's own orders, which the bill does not know. */
async function* strangersBook(day: MadeDay, orders: number, seed: number): BookPages {
  const neighbour = { ...day, seed, faults: 0 };
  for (let from = 0; from < orders; from += PAGE) {
    const page: BookLine[] = [];
    for (let index = from; index < Math.min(orders, from + PAGE); index += 1) page.push(...PLAIN.credited(factsOf(neighbour, index)).of);
    yield page;
  }
}

async function* chain(...all: readonly BookPages[]): BookPages {
  for (const pages of all) yield* pages;
}

/** What the reconciliation of a made day is given, and what it must find: "class order refund" of every fault. */
export function madeInput(day: MadeDay): { readonly input: Omit<ReconcileInput, 'bill'>; readonly expected: ReadonlySet<string> } {
  const orders = new Map<string, OrderRow>();
  const refunds = new Map<string, RefundRow>();
  const expected = new Set<string>();
  const yesterday = [...wireBytes(billBefore(day))];
  for (let index = 0; index < day.orders; index += 1) {
    // The rows of the plainest are asked for by nobody; if they were, their absence would be an invented fault.
    if (isPlainest(day, index)) continue;
    const told = toldAt(day, index);
    if (told.order !== undefined) orders.set(told.order.orderNo, told.order);
    if (told.refund !== undefined) refunds.set(told.refund.refundNo, told.refund);
    if (told.fault !== undefined) expected.add(keyOf(told.fault, told.lines[0] ?? told.of?.[0] ?? { orderNo: '' }));
  }
  return {
    expected,
    input: {
      channel: day.channel,
      day: DAY,
      schools: SCHOOLS,
      startedAt: DAY_STARTS_AT + DAY_MS + 36 * 3_600_000,
      ...(day.channel === 'wechat-pay' ? { appIds: new Set([APP]) } : {}),
      books: {
        before: chain(
          strangersBook(day, day.orders, day.seed + 1),
          book(day, (told) => told.before),
        ),
        of: book(day, (told) => told.of),
        // The day after has been written up to ten in the morning.
        after: chain(
          strangersBook(day, Math.floor(day.orders / 4), day.seed + 2),
          book(day, (told) => told.after),
        ),
      },
      rows: {
        orders: async (numbers) => pick(orders, numbers),
        refunds: async (numbers) => pick(refunds, numbers),
      },
      otherBill: async (of) => (of === DAY_BEFORE ? readBytes(yesterday, billBefore(day)) : 'not-ready'),
    },
  };
}

export function keyOf(named: string, { orderNo, refundNo = '' }: { readonly orderNo: string; readonly refundNo?: string }): string {
  return `${named} ${orderNo} ${refundNo}`.trim();
}

function pick<Row>(rows: ReadonlyMap<string, Row>, numbers: readonly string[]): ReadonlyMap<string, Row> {
  return new Map(
    numbers.flatMap((number) => {
      const row = rows.get(number);
      return row === undefined ? [] : [[number, row] as const];
    }),
  );
}

export function readMade(bill: WireBill) {
  return readBytes(wireBytes(bill), bill);
}

function readBytes(bytes: Iterable<Uint8Array>, { channel, merchantId, day }: WireBill) {
  return readBill(channel, chunks(bytes), { merchantId, day });
}

async function* chunks(bytes: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* bytes;
}
