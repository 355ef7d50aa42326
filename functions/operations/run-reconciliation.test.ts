import { AppError } from '../../shared/errors';
import { createBooks } from '../store/books';
import { createNativePayments } from '../store/native-payments';
import { createReconciliations } from '../store/reconciliations';
import { createReversals } from '../store/reversals';
import { createTerminalBatches } from '../store/terminal-batches';
import { createTerminals } from '../store/terminals';
import { createModelDatabase } from '../test/model-database';
import { RefundFixture } from '../test/refund-fixture';
import { needsSomebody, type RunDeps, runReconciliation } from './run-reconciliation';

const never = async (): Promise<never> => {
  throw new Error('nothing is to be done');
};

/** A school that sold nothing, on the morning of 22 November. */
function quietSchool() {
  const database = createModelDatabase();
  const fixture = new RefundFixture(database);
  fixture.till.now = Date.parse('2026-11-22T10:05:00+08:00');
  const opened: string[] = [];
  const platform = (name: string) => ({
    openTradeBill: async (day: string) => {
      opened.push(`${name} ${day}`);
      return 'no-trades' as const;
    },
  });
  const terminals = createTerminals(database);
  const natives = createNativePayments(database);
  const common = { ...fixture.deps, books: createBooks(database), reconciliations: createReconciliations(database), terminals, natives };
  const deps: RunDeps = {
    bills: {
      ...common,
      bills: { 'wechat-pay': platform('wechat-pay'), alipay: platform('alipay') },
      merchantIds: { 'wechat-pay': '1900000001', alipay: '2088000000000001' },
      appIds: { 'wechat-pay': new Set(), alipay: new Set() },
      refundAppIds: { 'wechat-pay': 'a', alipay: 'b' },
      schools: async () => ['bistu'],
      refundOrphan: never,
      tellHealed: never,
    },
    terminals: {
      ...common,
      reversals: createReversals(database),
      terminalBatches: createTerminalBatches(database),
      tellReversed: never,
    },
  };
  return { deps, opened, fixture };
}

describe('the run of the morning', () => {
  it('looks at both platforms and at the terminals, of every closed day that is not final', async () => {
    const { deps } = quietSchool();
    const reports = await runReconciliation(deps);
    expect(reports.map(({ channel, day, records }) => [channel, day, records[0]?.state]).sort()).toEqual(
      ['alipay', 'pos', 'wechat-pay'].flatMap((channel) =>
        ['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21'].map((day) => [channel, day, 'balanced']),
      ),
    );
    // A bill without a line may be one that is late; what terminals state of a day that is over is final.
    const again = await runReconciliation(deps);
    expect(new Set(again.map(({ channel }) => channel))).toEqual(new Set(['wechat-pay', 'alipay']));
  });

  it('looks at one day again whatever it was, when that day is named', async () => {
    const { deps, opened } = quietSchool();
    await runReconciliation(deps);
    opened.length = 0;
    const reports = await runReconciliation(deps, '2026-11-20');
    expect(reports.map(({ channel, records }) => [channel, records[0]?.runs])).toEqual([
      ['wechat-pay', 2],
      ['alipay', 2],
      ['pos', 2],
    ]);
    expect(opened).toEqual(['wechat-pay 2026-11-20', 'alipay 2026-11-20']);
  });

  it('goes on when one part breaks, and says which', async () => {
    const { deps } = quietSchool();
    const broken = { ...deps, bills: { ...deps.bills, bills: { ...deps.bills.bills, alipay: { openTradeBill: never } } } };
    const reports = await runReconciliation(broken, '2026-11-20');
    expect(reports.map(({ channel, error, records }) => [channel, error instanceof Error, records.length])).toEqual([
      ['wechat-pay', false, 1],
      ['alipay', true, 0],
      ['pos', false, 1],
    ]);
  });

  it('does not begin a day that is not over', async () => {
    const { deps } = quietSchool();
    for (const { error } of await runReconciliation(deps, '2026-11-22'))
      expect(error).toEqual(new AppError('day.open', { day: '2026-11-22' }));
  });
});

describe('the alarm', () => {
  const morning = Date.parse('2026-11-22T10:05:00+08:00');

  it.each([
    ['failed', true],
    ['held', true],
    ['suspended', true],
    ['balanced', false],
    ['healed', false],
    ['waiting', false],
    ['open', false],
  ] as const)('on the first morning, %s calls somebody: %s', (state, calls) => {
    expect(needsSomebody({ state, day: '2026-11-21' }, morning)).toBe(calls);
  });

  it.each(['waiting', 'open'] as const)(
    'a day that is %s calls somebody once the next day’s bill was there and has not helped',
    (state) => {
      expect(needsSomebody({ state, day: '2026-11-20' }, morning)).toBe(false);
      expect(needsSomebody({ state, day: '2026-11-20' }, morning + 2 * 3_600_000)).toBe(true);
    },
  );
});
