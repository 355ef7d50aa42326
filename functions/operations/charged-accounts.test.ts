import { marshall } from '@aws-sdk/util-dynamodb';
import { fen } from '../../shared/money';
import { openedDraft } from '../domain/account-changes';
import { firstEntry } from '../domain/entry';
import { createAutoTopUps } from '../store/auto-top-ups';
import { toItem } from '../store/entry-item';
import { createModelDatabase } from '../test/model-database';
import { NOON } from '../test/sale-fixture';
import { TopUpFixture } from '../test/top-up-fixture';
import { readChargedAccounts } from './charged-accounts';
import { topUpAfterCharge } from './top-up-if-low';

/** An entry as the stream tells of it. */
function record(kind: string, balances: { readonly card?: number; readonly transit?: number }, eventName = 'INSERT') {
  const opened = firstEntry({
    schoolId: 'shanghaitech',
    accountNo: 42,
    draft: openedDraft({ occurredAt: NOON, cardIssue: 1 }),
    recordedAt: NOON,
    utcOffsetMinutes: 480,
  });
  const state = {
    ...opened.state,
    balances: { ...opened.state.balances, card: fen(balances.card ?? 0), transit: fen(balances.transit ?? 0) },
  };
  const { pk, n, ...rest } = toItem({ ...opened, state });
  const Keys = marshall({ pk, n });
  return { eventName, dynamodb: { SequenceNumber: '700', Keys, NewImage: { ...Keys, ...marshall({ ...rest, kind }) } } };
}

test('a charge tells its account and what is left on card and in transit, nothing of which is stored as zero', () => {
  const Records = [record('charge', { card: 1_250, transit: 300 }), record('charge', {})];
  expect(readChargedAccounts({ Records })).toEqual([
    { itemIdentifier: '700', charged: { schoolId: 'shanghaitech', accountNo: 42, leftFen: 1_550 } },
    { itemIdentifier: '700', charged: { schoolId: 'shanghaitech', accountNo: 42, leftFen: 0 } },
  ]);
});

test('whatever is no inserted charge is passed over, and what is no event of the stream is not', () => {
  expect(readChargedAccounts({ Records: [record('hold', {}), record('top-up', {}), record('charge', {}, 'MODIFY')] })).toEqual([]);
  expect(() => readChargedAccounts({ Records: [{ eventName: 'INSERT' }] })).toThrow();
});

test('a charge that leaves no less than the highest threshold is told apart without a read', async () => {
  const world = new TopUpFixture(createModelDatabase());
  const autoTopUps = { ...createAutoTopUps(world.database), find: jest.fn(async () => undefined) };
  const account = { schoolId: 'shanghaitech', accountNo: 42 };
  await topUpAfterCharge({ ...world.deps, autoTopUps }, { ...account, leftFen: fen(5_000) });
  expect(autoTopUps.find).not.toHaveBeenCalled();
  await topUpAfterCharge({ ...world.deps, autoTopUps }, { ...account, leftFen: fen(4_999) });
  expect(autoTopUps.find).toHaveBeenCalledTimes(1);
});
