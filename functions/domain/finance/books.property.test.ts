import fc from 'fast-check';
import type { EntryKind } from '../../../shared/api/common';
import { type Fen, fen, negate, sum } from '../../../shared/money';
import { nextSheet, sheetGroups, sheetHash } from './balance-sheet';
import { standardChart } from './chart-of-accounts';
import { DayCounter, type DayLine } from './day-totals';
import { groupOf } from './leg-groups';
import { isBalanced } from './leg-sums';
import { type Settlement, settledFen, settlementOf } from './settlement';
import { vouchersOf } from './voucher';

const LEGS = [
  ...['card', 'transit', 'chipPending', 'wallet', 'purse', 'subsidy:1798732800000', 'subsidy:1801411200000', 'merchant:1', 'merchant:2'],
  ...['channel:wechat-pay', 'channel:alipay', 'channel:bank-card', 'channel:cash', 'bank:main', 'cash:7', 'utility:network', 'suspense'],
  ...['funding:subsidy', 'income:card-fee', 'income:merchant-fee', 'deposit:card', 'fee:alipay', 'over-short'],
];
const KINDS: readonly EntryKind[] = [
  'top-up',
  'charge',
  'void',
  'reversal',
  'refund',
  'adjustment',
  'merchant-payout',
  'subsidy-granted',
  'claim',
];

const line: fc.Arbitrary<DayLine> = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    n: fc.integer({ min: 1, max: 1_000 }),
    late: fc.boolean(),
    moves: fc.array(
      fc.record({ from: fc.constantFrom(...LEGS), to: fc.constantFrom(...LEGS), amount: fc.integer({ min: 1, max: 1_000_000 }) }),
      { maxLength: 4 },
    ),
  })
  .map(({ kind, n, late, moves }) => ({
    ...{ accountNo: 1, n, kind, entryId: `e${n}`, late },
    postings: moves.flatMap(({ from, to, amount }) => [
      { leg: from, amountFen: fen(-amount) },
      { leg: to, amountFen: fen(amount) },
    ]),
  }));
const day = fc.array(line, { maxLength: 30 });

function totalsOf(lines: readonly DayLine[]) {
  const counter = new DayCounter();
  for (const one of lines) counter.add(one);
  return counter.totals();
}

const merchantFen = (lines: readonly DayLine[], leg: string): Fen =>
  sum(
    lines
      .filter(({ kind }) => kind !== 'merchant-payout')
      .flatMap(({ postings }) => postings.filter((one) => one.leg === leg).map(({ amountFen }) => amountFen)),
  );

describe('any day of entries', () => {
  it('gives a sheet that sums to zero, whose closing is the one before and what moved', () => {
    fc.assert(
      fc.property(day, day, (first, second) => {
        const make = (lines: readonly DayLine[], date: string, sheets: Parameters<typeof nextSheet>[0]['sheets']) =>
          nextSheet({ schoolId: 's', day: date, kinds: totalsOf(lines).kinds, earlier: {}, sheets, madeAt: 1 });
        const one = make(first, '2026-11-16', []);
        const two = make(second, '2026-11-17', [one]);
        expect(isBalanced(two.closing)).toBe(true);
        expect(two.previousHash).toBe(sheetHash(one));
        expect(two.closing).toEqual(make([...first, ...second], '2026-11-17', []).closing);
        expect(sum(sheetGroups(two.closing).map(({ totalFen }) => totalFen))).toBe(0);
      }),
    );
  });

  it('gives each merchant a net that is what the book holds, less the fee', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 10_000 }), (lines, feeBasisPoints) => {
        const totals = totalsOf(lines).merchants;
        for (const [merchant, found] of totals) {
          const booked = merchantFen(lines, `merchant:${merchant}`);
          expect(found.controlFen).toBe(booked);
          const settlement = settlementOf({
            ...{
              schoolId: 's',
              merchant,
              day: '2026-11-16',
              totals: found,
              corrections: [],
              feeBasisPoints,
              previous: undefined,
              settledAt: 1,
            },
          });
          expect(settlement.netFen + settlement.feeFen).toBe(booked);
          expect(settlement.grossFen - settlement.refundsFen + settlement.adjustmentsFen).toBe(booked);
          expect(settlement.payableFen).toBe(Math.max(0, settlement.netFen));
        }
      }),
    );
  });

  it('pays in the end exactly what the books of all days hold, whatever was carried and found later', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ sold: fc.integer({ min: -9_000, max: 9_000 }), found: fc.integer({ min: -500, max: 500 }) }), {
          maxLength: 12,
        }),
        (days) => {
          const made: Settlement[] = [];
          const books: number[] = [];
          for (const [index, { sold, found }] of days.entries()) {
            const date = (at: number) => `2026-11-${String(at + 1).padStart(2, '0')}`;
            if (index > 0) books[index - 1] = (books[index - 1] ?? 0) + found;
            books.push(sold);
            const corrections = [index - 2, index - 1]
              .filter((at) => at >= 0)
              .map((at) => {
                const later = at === index - 2 ? [made[index - 1]] : [];
                return { day: date(at), amountFen: fen((books[at] ?? 0) - settledFen(date(at), made[at], later)) };
              })
              .filter(({ amountFen }) => amountFen !== 0);
            const totals = {
              salesCount: 1,
              grossFen: fen(sold),
              refundsCount: 0,
              refundsFen: fen(0),
              adjustmentsFen: fen(0),
              controlFen: fen(sold),
              linesHash: '',
            };
            made.push(
              settlementOf({
                schoolId: 's',
                merchant: 1,
                day: date(index),
                totals,
                corrections,
                feeBasisPoints: 60,
                previous: made.at(-1),
                settledAt: 1,
              }),
            );
          }
          const paid = made.filter(({ payableFen }) => payableFen > 0).map((one) => one.payableFen + one.feeFen + one.carriedFeeFen);
          const last = made.at(-1);
          const open = last === undefined || last.payableFen > 0 ? 0 : last.netFen + last.carriedFen + last.feeFen + last.carriedFeeFen;
          expect(paid.reduce((a, b) => a + b, 0) + open).toBe(books.reduce((a, b) => a + b, 0));
        },
      ),
    );
  });

  it('gives vouchers whose debits are their credits, by the standard chart', () => {
    const chart = standardChart();
    fc.assert(
      fc.property(day, (lines) => {
        const sheet = nextSheet({ schoolId: 's', day: '2026-11-16', kinds: totalsOf(lines).kinds, earlier: {}, sheets: [], madeAt: 1 });
        for (const { lines: voucher } of vouchersOf(sheet, chart)) {
          expect(sum(voucher.map(({ debitFen }) => debitFen))).toBe(sum(voucher.map(({ creditFen }) => creditFen)));
          expect(voucher.every(({ debitFen, creditFen }) => debitFen > 0 !== creditFen > 0)).toBe(true);
        }
      }),
    );
  });
});

it('knows the group of every side of the chart of legs', () => {
  expect(LEGS.filter((leg) => !leg.startsWith('subsidy:') && groupOf(leg) === 'other')).toEqual([]);
  expect(groupOf('loot:1')).toBe('other');
});

it('refuses to close over an entry that does not sum to zero', () => {
  const broken: DayLine = {
    accountNo: 1,
    n: 1,
    kind: 'charge',
    entryId: 'e',
    late: false,
    postings: [{ leg: 'card', amountFen: negate(fen(1)) }],
  };
  expect(() => totalsOf([broken])).toThrow('does not sum to zero');
});
