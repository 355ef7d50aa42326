import { keyOf, type MadeDay, madeBill, madeInput, readMade } from '../../../bench/reconcile/made-day';
import { FAULTS } from '../../../bench/reconcile/stories';
import { type Difference, type Reconciliation, reconcile } from '.';

async function reconcileMade(day: MadeDay): Promise<{ outcome: Reconciliation; expected: ReadonlySet<string> }> {
  const { input, expected } = madeInput(day);
  return { outcome: await reconcile({ ...input, bill: readMade(madeBill(day)) }), expected };
}

const keys = (differences: readonly Difference[]) => differences.map((one) => keyOf(one.class, one)).sort();

describe.each(['wechat-pay', 'alipay'] as const)('a made day at %s', (channel) => {
  it('finds every one of 500 faults of all classes in 20,000 lines, and invents none', async () => {
    const { outcome, expected } = await reconcileMade({ channel, orders: 20_000, faults: 500, seed: 7 });
    expect(expected.size).toBe(500);
    expect(keys(outcome.differences)).toEqual([...expected].sort());
    expect(outcome.status).toBe('different');
    expect(Object.values(outcome.counts).every((count) => count > 0)).toBe(true);
  });

  it('balances a day without a fault', async () => {
    const { outcome } = await reconcileMade({ channel, orders: 2_000, faults: 0, seed: 3 });
    expect(outcome.differences).toEqual([]);
    expect(outcome.status).toBe('balanced');
    expect(outcome.total.matched).toEqual(outcome.total.bill);
    expect(outcome.total.bookMatched).toEqual(outcome.total.book);
  });

  it('says the same again, with the same ids', async () => {
    const day = { channel, orders: 2_000, faults: Object.keys(FAULTS).length, seed: 5 } as const;
    const [first, second] = [await reconcileMade(day), await reconcileMade(day)];
    expect(second.outcome).toEqual(first.outcome);
    expect(new Set(first.outcome.differences.map(({ id }) => id)).size).toBe(first.outcome.differences.length);
    for (const { id } of first.outcome.differences) expect(id).toMatch(/^rd[0-9a-v]{26}$/);
  });
});
