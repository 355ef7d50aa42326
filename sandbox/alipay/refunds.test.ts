import { beijingText } from '../lib/beijing';
import { ALIPAY_NOTIFY, callAlipay, stage, tradeContent, verifiedNode } from '../test/merchant';

const ORDER = { out_trade_no: 'order_000001' };

async function setUp() {
  const on = stage();
  const { world, time } = on;
  const person = world.addPerson('甲').id;
  const ask = async (method: string, bizContent: unknown) =>
    verifiedNode(
      world,
      await callAlipay(world, {
        method,
        bizContent,
        more: { notify_url: ALIPAY_NOTIFY },
        common: { timestamp: beijingText(time.clock()) },
      }),
      `${method.replaceAll('.', '_')}_response`,
    );
  const { trade_no } = await ask('alipay.trade.create', tradeContent(world, person));
  const opening = world.cashier.openAlipay({ tradeNO: trade_no }, undefined);
  world.cashier.pay('cashier' in opening ? opening.cashier.id : '');
  await time.advance(0);
  on.received.length = 0;
  const refund = (no: string, amount: string) => ask('alipay.trade.refund', { ...ORDER, refund_amount: amount, out_request_no: no });
  const query = (no: string) => ask('alipay.trade.fastpay.refund.query', { ...ORDER, out_request_no: no });
  const status = async () => (await ask('alipay.trade.query', ORDER)).trade_status;
  return { ...on, ask, refund, query, status };
}

test('one that takes its time says fund_change N and has no status until it is there; then its notice comes', async () => {
  const { world, time, received, refund, query, status } = await setUp();
  world.books.planRefunds({ outcome: 'SUCCESS', afterMs: 60_000 });
  expect(await refund('r1', '20.00')).toMatchObject({ code: '10000', fund_change: 'N', refund_fee: '0.00' });
  expect(await query('r1')).toMatchObject({ code: '10000', out_request_no: 'r1' });
  expect((await query('r1')).refund_status).toBeUndefined();
  expect(await status()).toBe('TRADE_SUCCESS');
  expect(await refund('r2', '0.01')).toMatchObject({ sub_code: 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL' });
  await time.advance(60_000);
  expect(await query('r1')).toMatchObject({ refund_status: 'REFUND_SUCCESS', refund_amount: '20.00' });
  expect(await status()).toBe('TRADE_CLOSED');
  expect(await refund('r1', '20.00')).toMatchObject({ fund_change: 'N', refund_fee: '20.00' });
  const form = new URLSearchParams(received[0]?.body.toString());
  expect([form.get('out_biz_no'), form.get('refund_fee'), form.get('trade_status')]).toEqual(['r1', '20.00', 'TRADE_CLOSED']);
});

test('one that fails never has a status, and its amount may be refunded under another number', async () => {
  const { world, time, received, refund, query, status } = await setUp();
  world.books.planRefunds({ outcome: 'ABNORMAL', afterMs: 1_000 }, 'r1');
  expect(await refund('r1', '20.00')).toMatchObject({ code: '10000', fund_change: 'N' });
  await time.advance(86_400_000);
  expect((await query('r1')).refund_status).toBeUndefined();
  expect(await status()).toBe('TRADE_SUCCESS');
  expect(received).toEqual([]);
  expect(await refund('r2', '20.00')).toMatchObject({ fund_change: 'Y', refund_fee: '20.00' });
});

test('one held back is settled by hand', async () => {
  const { world, time, received, refund, query } = await setUp();
  world.books.planRefunds({ outcome: 'PROCESSING', afterMs: 0 });
  await refund('r1', '5.00');
  expect(world.books.settleRefund('alipay', 'r1', 'SUCCESS')).toBe(true);
  expect(world.books.settleRefund('alipay', 'r1', 'CLOSED')).toBe(false);
  expect(await query('r1')).toMatchObject({ refund_status: 'REFUND_SUCCESS' });
  expect(world.state.journal.alipay.map(({ kind }) => kind)).toEqual(['payment', 'refund']);
  await time.advance(0);
  expect(received).toHaveLength(1);
});

test('the books know a refund from the day it arrives, and one that was held back and failed not at all', async () => {
  const { world, refund } = await setUp();
  world.books.planRefunds({ outcome: 'SUCCESS', afterMs: 86_400_000 });
  await refund('r1', '5.00');
  world.books.planRefunds({ outcome: 'PROCESSING', afterMs: 0 });
  await refund('r2', '5.00');
  expect(world.books.settleRefund('alipay', 'r2', 'ABNORMAL')).toBe(true);
  expect([...world.books.lines('alipay', '2026-11-21')].map(({ kind }) => kind)).toEqual(['payment']);
  expect([...world.books.lines('alipay', '2026-11-22')]).toMatchObject([{ kind: 'refund', refund: { refundNo: 'r1' } }]);
});

test('the merchant must have the money, and a year after payment the trade is finished', async () => {
  const { world, time, refund, status } = await setUp();
  world.books.setFunds('alipay', 100);
  expect(await refund('r1', '5.00')).toMatchObject({ sub_code: 'ACQ.SELLER_BALANCE_NOT_ENOUGH' });
  world.books.setFunds('alipay', null);
  await time.advance(365 * 86_400_000 + 1);
  expect(await status()).toBe('TRADE_FINISHED');
  expect(await refund('r1', '5.00')).toMatchObject({ sub_code: 'ACQ.TRADE_HAS_FINISHED' });
});
