import fc from 'fast-check';
import { readMade } from '../../../bench/reconcile/made-day';
import { FAULTS, type Facts, PLAIN, type Told } from '../../../bench/reconcile/stories';
import type { WireLine } from '../../../bench/reconcile/wire';
import type { BookLine, BookPages } from '.';
import { reconcile } from './reconcile';

const DAY = '2026-11-20';
const DAY_STARTS_AT = Date.parse(`${DAY}T00:00:00+08:00`);
const SCHOOLS = ['bistu', 'shanghaitech'] as const;
const STORIES: Readonly<Record<string, (facts: Facts) => Told>> = { ...PLAIN, ...FAULTS };
const MERCHANT = { 'wechat-pay': '1900000001', alipay: '2088123456789012' } as const;

const story = fc.record({
  name: fc.constantFrom(...Object.keys(STORIES)),
  school: fc.constantFrom(...SCHOOLS),
  amountFen: fc.integer({ min: 1, max: 5_000_000 }),
  feeFen: fc.integer({ min: 0, max: 30_000 }),
  second: fc.integer({ min: 700, max: 85_600 }),
});

function pagesOf(entries: readonly BookLine[], size: number): BookPages {
  return (async function* () {
    for (let at = 0; at < entries.length; at += size) yield entries.slice(at, at + size);
  })();
}

/** The same shuffle for the same seed. */
function shuffled<One>(all: readonly One[], seed: number): readonly One[] {
  const keyed = all.map((one, index) => ({ one, key: Math.imul(index + 1, seed * 2 + 1) >>> 0 }));
  return keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
}

it('finds exactly the seeded faults of any set of orders, in any order of bill and books', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('wechat-pay' as const, 'alipay' as const),
      fc.array(story, { maxLength: 40 }),
      fc.nat(1_000_000),
      fc.integer({ min: 1, max: 7 }),
      async (channel, stories, seed, pageSize) => {
        const told = stories.map(({ name, school, ...numbers }, index): Told => {
          const serial = String(index).padStart(15, '0');
          const facts = {
            ...numbers,
            channel,
            schoolId: school,
            orderNo: `${school}${serial}`,
            refundNo: `rf${serial}`,
            tradeNo: `42${serial.padStart(26, '0')}`,
            accountNo: index + 1,
            n: 7,
            dayStartsAt: DAY_STARTS_AT,
          };
          return (STORIES[name] ?? PLAIN.credited)(facts);
        });
        const bill = (day: string, lines: readonly WireLine[]) => readMade({ channel, merchantId: MERCHANT[channel], day, lines });
        const all = <One>(of: (one: Told) => readonly One[] | undefined) =>
          shuffled(
            told.flatMap((one) => of(one) ?? []),
            seed,
          );
        const lines = all((one) => one.lines);
        const orders = new Map(told.flatMap(({ order }) => (order === undefined ? [] : [[order.orderNo, order] as const])));
        const refunds = new Map(told.flatMap(({ refund }) => (refund === undefined ? [] : [[refund.refundNo, refund] as const])));
        const outcome = await reconcile({
          channel,
          day: DAY,
          bill: bill(DAY, lines),
          schools: SCHOOLS,
          startedAt: DAY_STARTS_AT + 86_400_000 * 3,
          ...(channel === 'wechat-pay' ? { appIds: new Set(['wx0123456789abcdef']) } : {}),
          books: {
            before: pagesOf(
              all((one) => one.before),
              pageSize,
            ),
            of: pagesOf(
              all((one) => one.of),
              pageSize,
            ),
            after: pagesOf(
              all((one) => one.after),
              pageSize,
            ),
          },
          rows: { orders: async () => orders, refunds: async () => refunds },
          otherBill: async (day) =>
            day === '2026-11-19'
              ? bill(
                  day,
                  all((one) => one.linesBefore),
                )
              : 'not-ready',
        });

        const expected = told.flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
        expect(outcome.differences.map((one) => one.class).sort()).toEqual(expected.sort());
        const faulty = new Set(told.filter(({ fault }) => fault !== undefined).flatMap((one) => numbersOf(one)));
        for (const { orderNo } of outcome.differences) expect(faulty.has(orderNo)).toBe(true);
        expect(new Set(outcome.differences.map(({ id }) => id)).size).toBe(outcome.differences.length);
        const waiting = outcome.differences.every(({ act }) => act === 'wait');
        expect(outcome.status).toBe(expected.length === 0 ? 'balanced' : waiting ? 'open' : 'different');
        expectConserved(outcome, lines);
      },
    ),
    { numRuns: 150 },
  );
});

function numbersOf({ lines, of, before }: Told): readonly string[] {
  return [...lines, ...(of ?? []), ...(before ?? [])].map(({ orderNo }) => orderNo);
}

/** Bill sum = matched + differences, told by the differences themselves. */
function expectConserved(outcome: Awaited<ReturnType<typeof reconcile>>, lines: readonly WireLine[]): void {
  const { bill, matched } = outcome.total;
  const different = (kind: 'payment' | 'refund') =>
    outcome.differences.filter((one) => one.kind === kind && one.billFen !== undefined).reduce((sum, { billFen = 0 }) => sum + billFen, 0);
  expect(bill.count).toBe(lines.length);
  expect(bill.paymentFen).toBe(matched.paymentFen + different('payment'));
  expect(bill.refundFen).toBe(matched.refundFen + different('refund'));
  const parts = [...outcome.bySchool.values(), outcome.strangers];
  expect(parts.reduce((sum, part) => sum + part.bill.paymentFen, 0)).toBe(bill.paymentFen);
  expect(parts.reduce((sum, part) => sum + part.book.refundFen, 0)).toBe(outcome.total.book.refundFen);
}
