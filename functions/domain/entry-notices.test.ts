import fc from 'fast-check';
import { fen, ZERO } from '../../shared/money';
import { TOLD_KINDS } from '../../shared/passbook/told-kinds';
import { arbitraryEntry } from '../test/arbitrary-entry';
import { loadPack, NOON } from '../test/sale-fixture';
import { emptyState } from './account-state';
import type { Entry } from './entry';
import { mayBeTold, noticesOf } from './entry-notices';
import { houseAccountNo } from './house-account';
import { NO_WISHES, NOTICE_SWITCHES, type NoticeRules, noticeRules } from './notice-rules';

const pack = loadPack('shanghaitech');
const RULES: NoticeRules = { lowBalanceFen: fen(2_000), largeSpendFen: fen(10_000), claimWaiting: true, refund: true };

/** `moves`: by leg. What the holder has afterwards is `card` and `transit`. */
function entry(
  kind: Entry['kind'],
  moves: Readonly<Record<string, number>>,
  after: { card?: number; transit?: number } = {},
  more = {},
): Entry {
  const balances = { ...emptyState().balances, card: fen(after.card ?? 0), transit: fen(after.transit ?? 0) };
  const postings = Object.entries(moves).map(([leg, amount]) => ({ leg, amountFen: fen(amount) }));
  const base = { form: 1, schoolId: 'shanghaitech', accountNo: 42, n: 9, entryId: '7-88', occurredAt: NOON, recordedAt: NOON } as const;
  return { ...base, kind, postings, state: { ...emptyState(), balances }, ...more };
}
const bought = (fromFen: number, priceFen: number) =>
  entry('charge', { card: -priceFen, 'merchant:12': priceFen }, { card: fromFen - priceFen });
const told = (one: Entry, rules = RULES) => noticesOf(one, rules).map(({ kind, amountFen }) => [kind, amountFen]);

describe('a low balance', () => {
  it('is told by the purchase that crosses the line, with what is left', () => {
    expect(told(bought(2_600, 1_200))).toEqual([['low-balance', 1_400]]);
  });

  it('is told at the line itself only when less than it is left', () => {
    expect(told(bought(3_200, 1_200))).toEqual([]);
    expect(told(bought(2_000, 1))).toEqual([['low-balance', 1_999]]);
  });

  it('is not told again at every meal below the line', () => {
    expect(told(bought(1_999, 1_200))).toEqual([]);
  });

  it('counts what waits to be claimed: a purchase that claims it leaves as much as before', () => {
    const claiming = entry('charge', { transit: -5_000, card: 4_000, 'merchant:12': 1_000 }, { card: 4_500 });
    expect(told(claiming)).toEqual([]);
    expect(told(entry('charge', { transit: -1_000, card: 500, 'merchant:12': 500 }, { card: 1_900 }))).toEqual([['low-balance', 1_900]]);
  });

  it('is told of a subsidy’s end too, since the card pays on: what the subsidy paid does not lower the card', () => {
    expect(told(entry('charge', { 'subsidy:1798732800000': -900, 'merchant:12': 900 }, { card: 1_000 }))).toEqual([]);
  });

  it('after money has come is told anew', () => {
    expect(told(bought(2_500, 600))).toHaveLength(1);
    expect(told(bought(7_000, 5_500))).toHaveLength(1);
  });
});

describe('a large purchase', () => {
  it.each([
    [9_999, []],
    [10_000, [['large-spend', 10_000]]],
    [25_000, [['large-spend', 25_000]]],
  ])('of %i fen from 100 yuan on', (priceFen, expected) => {
    expect(told(bought(90_000, priceFen))).toEqual(expected);
  });

  it('from the wallet, by a pass or for the network counts as one from the card', () => {
    expect(told(entry('charge', { wallet: -12_000, 'merchant:12': 12_000 }, { card: 100 }))).toEqual([['large-spend', 12_000]]);
    expect(told(entry('pass-charge', { card: -10_000, 'merchant:12': 10_000 }, { card: 50_000 }))).toEqual([['large-spend', 10_000]]);
    expect(told(entry('utility-payment', { card: -10_000, 'utility:network': 10_000 }, { card: 50_000 }))).toHaveLength(1);
  });

  it('that also empties the card tells both, the purchase first', () => {
    expect(told(bought(11_000, 10_500))).toEqual([
      ['large-spend', 10_500],
      ['low-balance', 500],
    ]);
  });

  it('is none where money only moves into the holder’s own purse', () => {
    expect(told(entry('purse-loaded', { card: -20_000, purse: 20_000 }, { card: 50_000 }))).toEqual([]);
  });
});

describe('what is told of the rest', () => {
  it('a top-up that waits, and not one that has arrived', () => {
    const order = { entryId: 'o1', orderNo: 'o1' };
    expect(noticesOf(entry('top-up', { 'channel:alipay': -5_000, transit: 5_000 }, { transit: 5_000 }, order), RULES)).toEqual([
      { kind: 'claim-waiting', amountFen: 5_000, about: 'o1' },
    ]);
    expect(told(entry('top-up', { 'channel:alipay': -5_000, card: 5_000 }, { card: 5_000 }, order))).toEqual([]);
  });

  it('a purchase that was given back, but not what reconciliation tells of itself', () => {
    const back = { card: 800, 'merchant:12': -800 };
    expect(told(entry('reversal', back, { card: 900 }, { entryId: '7-88-dispute' }))).toEqual([['sale-refunded', 800]]);
    expect(told(entry('reversal', back, { card: 900 }, { entryId: '7-88-reconcile' }))).toEqual([]);
    expect(told(entry('reversal', { card: -800, 'merchant:12': 800 }))).toEqual([]);
  });

  it('a refund that the payer’s platform sent back', () => {
    expect(told(entry('refund-returned', { card: 3_000, 'channel:alipay': -3_000 }, { card: 3_000 }))).toEqual([
      ['refund-returned', 3_000],
    ]);
    expect(told(entry('refund-returned', { card: -1, 'channel:alipay': 1 }))).toEqual([]);
  });

  it.each(['loss-reported', 'loss-cancelled', 'app-bound'] as const)('%s, whatever is switched off', (kind) => {
    expect(told(entry(kind, {}), noticeRules(pack, { off: [...NOTICE_SWITCHES] }))).toEqual([[kind, ZERO]]);
  });

  it('nothing of the school’s own accounts', () => {
    expect(noticesOf({ ...bought(90_000, 80_000), accountNo: houseAccountNo('clearing', '2026-11-21') }, RULES)).toEqual([]);
  });
});

describe('the holder’s settings', () => {
  it('are the school’s where nothing was chosen, and those of a choice that is offered', () => {
    expect(noticeRules(pack, NO_WISHES)).toEqual({ lowBalanceFen: 2_000, largeSpendFen: 10_000, claimWaiting: true, refund: true });
    expect(noticeRules(pack, { off: [], lowBalanceFen: fen(500) }).lowBalanceFen).toBe(500);
    expect(noticeRules(pack, { off: [], lowBalanceFen: fen(777) }).lowBalanceFen).toBe(2_000);
  });

  it('switch each kind off by itself', () => {
    const rules = noticeRules(pack, { off: ['low-balance', 'claim-waiting'] });
    expect(told(bought(11_000, 10_500), rules)).toEqual([['large-spend', 10_500]]);
    expect(told(entry('top-up', { 'channel:alipay': -5_000, transit: 5_000 }, { transit: 5_000 }), rules)).toEqual([]);
  });

  it('of a school that names no amounts tell of neither', () => {
    expect(noticeRules({}, NO_WISHES)).toEqual({ claimWaiting: true, refund: true });
  });
});

describe('for any entry', () => {
  const rules = fc.record({
    lowBalanceFen: fc.constantFrom(...(pack.notices?.lowBalance.choicesFen ?? [])),
    largeSpendFen: fc.constantFrom(...(pack.notices?.largeSpend.choicesFen ?? [])),
    claimWaiting: fc.boolean(),
    refund: fc.boolean(),
  });

  it('each kind is told at most once, of an amount that is not below zero', () => {
    fc.assert(
      fc.property(arbitraryEntry, rules, (one, some) => {
        const found = noticesOf(one, some);
        expect(new Set(found.map(({ kind }) => kind)).size).toBe(found.length);
        expect(found.every(({ amountFen }) => amountFen >= 0)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('what may not be told by the entry alone is told under no settings', () => {
    fc.assert(
      fc.property(arbitraryEntry, rules, (one, some) => {
        if (!mayBeTold(one, pack)) expect(noticesOf(one, some)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('only the kinds that the stream lets through are told', () => {
    const kinds: readonly string[] = TOLD_KINDS;
    fc.assert(
      fc.property(arbitraryEntry, rules, (one, some) => {
        if (!kinds.includes(one.kind)) expect(noticesOf(one, some)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
