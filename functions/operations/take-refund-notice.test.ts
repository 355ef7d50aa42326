import { AppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import type { RefundNotice } from '../platforms/contract';
import { createModelDatabase } from '../test/model-database';
import { RefundFixture } from '../test/refund-fixture';
import { refund } from './refund';
import { takeRefundNotice } from './take-refund-notice';

const request = { rawBody: new Uint8Array(), headers: {} };

async function underWay(status: 'pending' | 'stuck' = 'pending') {
  const fixture = new RefundFixture(createModelDatabase());
  const accountNo = await fixture.till.account();
  const orderNo = await fixture.topUp(accountNo, 2_000);
  fixture.wechat.next = status;
  const { payOuts } = await refund(fixture.deps, fixture.wish(accountNo));
  const refundNo = payOuts[0]?.payOutNo ?? '';
  const good: RefundNotice = {
    ...{ status: 'succeeded', refundNo, merchantOrderNo: orderNo, amountFen: fen(2_000) },
    ...{ platformRefundNo: 'p-1', refundedAt: fixture.till.now, noticeId: 'n-1' },
  };
  const take = (notice: RefundNotice | AppError, name: 'wechat-pay' | 'alipay' = 'wechat-pay') =>
    takeRefundNotice(
      {
        ...fixture.deps,
        notices: {
          name,
          parseRefundNotice: () => {
            if (notice instanceof AppError) throw notice;
            return notice;
          },
        },
      },
      request,
    );
  const state = async () => (await fixture.deps.payOuts.find('bistu', refundNo))?.state;
  return { fixture, accountNo, orderNo, refundNo, good, take, state };
}

it('ends the refund, and repeated ends nothing twice', async () => {
  const { good, take, state } = await underWay();
  const heard = await Promise.all([take(good), take(good), take(good)]);
  expect(heard.map(({ state: after, contradicts }) => [after, contradicts])).toEqual(Array(3).fill(['succeeded', false]));
  expect(await state()).toBe('succeeded');
});

it('of a closed refund gives the money and the lot back, once', async () => {
  const { fixture, accountNo, orderNo, refundNo, take, state } = await underWay();
  const closed = { status: 'failed', refundNo, merchantOrderNo: orderNo, noticeId: 'n-2' } as const;
  await Promise.all([take(closed), take(closed)]);
  expect([await state(), (await fixture.till.head(accountNo)).state.balances.card, await fixture.left(orderNo)]).toEqual([
    'returned',
    2_000,
    2_000,
  ]);
});

it('of an undeliverable one makes it stuck, and a later success after the platform’s staff helped is taken', async () => {
  const { good, take, state, refundNo, orderNo } = await underWay();
  await take({ status: 'stuck', refundNo, merchantOrderNo: orderNo, noticeId: 'n-3' });
  expect(await state()).toBe('stuck');
  await take(good);
  expect(await state()).toBe('succeeded');
});

it('that contradicts what is recorded for good says so and changes nothing', async () => {
  const { good, take, state, refundNo, orderNo } = await underWay();
  await take(good);
  expect(await take({ status: 'failed', refundNo, merchantOrderNo: orderNo, noticeId: 'n-4' })).toMatchObject({ contradicts: true });
  expect(await state()).toBe('succeeded');
});

it.each<[string, (good: RefundNotice) => RefundNotice | AppError, 'wechat-pay' | 'alipay', string]>([
  ['forged', () => new AppError('callback.bad-signature'), 'wechat-pay', 'callback.bad-signature'],
  ['stale', () => new AppError('callback.stale'), 'wechat-pay', 'callback.stale'],
  ['of another merchant', () => new AppError('callback.other-merchant'), 'wechat-pay', 'callback.other-merchant'],
  ['of an unknown number', (good) => ({ ...good, refundNo: 'bistu0000000000ABCDE' }), 'wechat-pay', 'refund.unknown'],
  ['of a number that is none of ours', (good) => ({ ...good, refundNo: '???' }), 'wechat-pay', 'refund.unknown'],
  ['of another order', (good) => ({ ...good, merchantOrderNo: 'bistu000000000000009' }), 'wechat-pay', 'refund.unknown'],
  ['of another platform', (good) => good, 'alipay', 'refund.unknown'],
  ['of another amount', (good) => ({ ...good, amountFen: fen(1_999) }) as RefundNotice, 'wechat-pay', 'callback.amount-mismatch'],
])('%s is refused, and nothing is changed', async (_, change, name, code) => {
  const { good, take, state } = await underWay();
  await expect(take(change(good), name)).rejects.toThrow(code);
  expect(await state()).toBe('requested');
});
