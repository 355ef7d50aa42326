import { beijingText } from '../lib/beijing';
import { callAlipay, NOON, stage, tradeContent, verifiedNode } from '../test/merchant';
import { collect, unzip } from '../test/unzip';
import type { NewLie } from './desk';

const DAY = '2026-11-21';
const TEN_NEXT_DAY = Date.parse('2026-11-22T10:00:00+08:00');
const BILL_URL = 'alipay.data.dataservice.bill.downloadurl.query';
const ACCOUNT_LOG = 'alipay.data.bill.accountlog.query';

/** A shop that sold twice on the 21st, 20.00 and 3.33, and gave 5.00 back. */
async function setUp() {
  const on = stage();
  const { world, time } = on;
  const person = world.addPerson('甲').id;
  const ask = async (method: string, bizContent: unknown) =>
    verifiedNode(
      world,
      await callAlipay(world, { method, bizContent, common: { timestamp: beijingText(time.clock()) } }),
      `${method.replaceAll('.', '_')}_response`,
    );
  const sell = async (outTradeNo: string, amount: string) => {
    const made = await ask(
      'alipay.trade.create',
      tradeContent(world, person, { out_trade_no: outTradeNo, total_amount: amount, passback_params: 'school' }),
    );
    const opening = world.cashier.openAlipay({ tradeNO: made.trade_no }, undefined);
    world.cashier.pay('cashier' in opening ? opening.cashier.id : '');
  };
  await sell('order_000001', '20.00');
  await sell('order_000002', '3.33');
  await ask('alipay.trade.refund', { out_trade_no: 'order_000001', refund_amount: '5.00', out_request_no: 'refund_1' });
  const apply = (day = DAY) => ask(BILL_URL, { bill_type: 'trade', bill_date: day });
  const download = (url: unknown) => {
    const [path = '', query = ''] = String(url).split('?');
    return world.answer({ method: 'GET', path, query, headers: {}, body: Buffer.alloc(0) });
  };
  const bill = async () => {
    const files = unzip(await collect((await download((await apply()).bill_download_url)).stream));
    const [detail, summary] = [...files.values()];
    return { names: [...files.keys()], detail: linesOf(detail), summary: linesOf(summary), bytes: detail ?? Buffer.alloc(0) };
  };
  const linesOf = (bytes: Buffer | undefined) => new TextDecoder('gbk', { fatal: true }).decode(bytes).split('\r\n');
  return { ...on, ask, apply, download, bill };
}

test('there is a bill from ten in the morning of the next day on: two GBK files in an archive', async () => {
  const { world, time, apply, bill } = await setUp();
  await time.advance(TEN_NEXT_DAY - NOON - 1);
  expect(await apply()).toMatchObject({ code: '40004', sub_code: 'isp.bill_not_exist' });
  await time.advance(1);
  const { sellerId } = world.keys.alipay;
  const { names, detail, summary } = await bill();
  expect(names).toEqual([`${sellerId}0156_20261121_业务明细.csv`, `${sellerId}0156_20261121_业务明细(汇总).csv`]);
  const trade = world.state.alipayTrades.order_000001?.tradeNo;
  expect(detail.slice(0, 4)).toEqual([
    '#支付宝业务明细查询',
    `#账号：[${sellerId}0156]`,
    '#起始日期：[2026年11月21日 00:00:00]   终止日期：[2026年11月22日 00:00:00]',
    '#-----------------------------------------业务明细列表----------------------------------------',
  ]);
  const columns = (detail[4] ?? '').split(',');
  expect(columns).toHaveLength(25);
  const row = (n: number) => Object.fromEntries((detail[n] ?? '').split(',').map((cell, index) => [columns[index], cell]));
  expect(row(5)).toMatchObject({
    支付宝交易号: `${trade}\t`,
    商户订单号: 'order_000001\t',
    业务类型: '交易\t',
    商品名称: '校园卡充值 100%',
    创建时间: '2026-11-21 12:00:00',
    完成时间: '2026-11-21 12:00:00',
    '订单金额（元）': '20.00',
    '商家实收（元）': '20.00',
    '服务费（元）': '-0.12',
    备注: 'school',
  });
  expect(row(7)).toMatchObject({
    支付宝交易号: `${trade}\t`,
    业务类型: '退款\t',
    '订单金额（元）': '-5.00',
    '退款批次号/请求号': 'refund_1\t',
    '服务费（元）': '0.03',
  });
  expect(detail.slice(8)).toEqual([
    '#-----------------------------------------业务明细列表结束------------------------------------',
    '#交易合计：2笔，商家实收共23.33元，商家优惠共0.00元',
    '#退款合计：1笔，商家实收退款共-5.00元，商家优惠退款共0.00元',
    '#导出时间：[2026年11月22日 10:00:00]',
    '',
  ]);
  expect(summary[5]).toBe('合计\t,\t,2\t,1\t,18.33,18.33,0.00,0.00,0.00,-0.11,0.00,18.22');
});

test('the address lives thirty seconds and no longer', async () => {
  const { time, apply, download } = await setUp();
  await time.advance(TEN_NEXT_DAY - NOON);
  const { bill_download_url } = await apply();
  await time.advance(30_000);
  expect((await download(bill_download_url)).status).toBe(200);
  await time.advance(1);
  const late = await download(bill_download_url);
  expect([late.status, late.stream]).toEqual([403, undefined]);
});

test('refuses a day that is none, a month, another type, and says the same of an empty day as of an early one', async () => {
  const { time, ask, apply } = await setUp();
  await time.advance(TEN_NEXT_DAY - NOON);
  expect(await apply('2026-02-30')).toMatchObject({ sub_code: 'isp.invalid_arguments' });
  expect(await apply('2026-11')).toMatchObject({ sub_code: 'isp.invalid_arguments' });
  expect(await ask(BILL_URL, { bill_type: 'signcustomer', bill_date: DAY })).toMatchObject({ code: '40004' });
  expect(await apply('2026-11-20')).toMatchObject({ sub_code: 'isp.bill_not_exist' });
});

test('a refund that failed is in no bill', async () => {
  const { world, time, ask, bill } = await setUp();
  world.books.planRefunds({ outcome: 'ABNORMAL', afterMs: 0 });
  await ask('alipay.trade.refund', { out_trade_no: 'order_000002', refund_amount: '1.00', out_request_no: 'refund_2' });
  await time.advance(TEN_NEXT_DAY - NOON);
  expect((await bill()).detail.join()).not.toContain('refund_2');
});

describe('lies', () => {
  async function told(...lies: Omit<NewLie, 'platform' | 'day'>[]) {
    const on = await setUp();
    await on.time.advance(TEN_NEXT_DAY - NOON);
    for (const lie of lies) on.world.books.lie({ platform: 'alipay', day: DAY, ...lie });
    return on;
  }
  const rows = (detail: string[]) => detail.filter((line) => !line.startsWith('#') && line !== '').slice(1);

  test('of lines: missing, orphan, amount, twice; both files agree with them', async () => {
    const missing = await (await told({ lie: 'missing-line', target: 'refund_1' })).bill();
    expect(rows(missing.detail)).toHaveLength(2);
    expect(missing.summary[5]).toContain('2\t,0\t,23.33,');
    const extra = await (await told({ lie: 'extra-line' })).bill();
    expect(rows(extra.detail).at(-1)).toMatch(/orphan\d{20}\t.*,1\.00,1\.00,/);
    const changed = await (await told({ lie: 'changed-amount', target: 'refund_1', byFen: 100 })).bill();
    expect(rows(changed.detail).at(-1)).toContain(',-6.00,-6.00,');
    expect(rows((await (await told({ lie: 'duplicate-line' })).bill()).detail)).toHaveLength(4);
  });

  test('of the frame: totals, date, merchant, columns', async () => {
    const total = await (await told({ lie: 'wrong-total' })).bill();
    expect(total.detail.join()).toContain('商家实收共24.33元');
    const date = await (await told({ lie: 'wrong-date' })).bill();
    expect(date.detail[2]).toContain('2026年11月20日');
    expect(rows(date.detail)[0]).toContain(',2026-11-20 12:00:00,');
    const { world, bill } = await told({ lie: 'other-merchant' });
    expect((await bill()).detail[1]).not.toContain(world.keys.alipay.sellerId);
    const columns = await (await told({ lie: 'other-column-order' }, { lie: 'unknown-column' })).bill();
    expect(columns.detail[4]?.split(',')).toHaveLength(26);
    expect(columns.detail[4]).not.toMatch(/^支付宝交易号/);
  });

  test('of the bytes: UTF-8, cut text in a whole archive, cut archive, missed address', async () => {
    const utf8 = await told({ lie: 'wrong-encoding' });
    const files = unzip(await collect((await utf8.download((await utf8.apply()).bill_download_url)).stream));
    expect([...files.values()][0]?.toString('utf8')).toContain('#支付宝业务明细查询');
    expect((await (await told({ lie: 'cut-file' })).bill()).detail.join()).not.toContain('业务明细列表结束');
    await expect((await told({ lie: 'cut-archive' })).bill()).rejects.toThrow();
    const late = await told({ lie: 'expired-url', times: 1 });
    expect((await late.download((await late.apply()).bill_download_url)).status).toBe(403);
    expect((await late.download((await late.apply()).bill_download_url)).status).toBe(200);
  });
});

describe('account log', () => {
  const range = { start_time: '2026-11-21 00:00:00', end_time: '2026-11-22 00:00:00' };

  test('tells payments, refunds and fees apart, at once', async () => {
    const { ask } = await setUp();
    const answer = await ask(ACCOUNT_LOG, range);
    expect(answer).toMatchObject({ code: '10000', page_no: '1', page_size: '2000', total_size: '6' });
    const details = answer.detail_list as Record<string, string>[];
    expect(details.map(({ type, direction, trans_amount, balance }) => [type, direction, trans_amount, balance])).toEqual([
      ['交易', '收入', '20.00', '20.00'],
      ['收费', '支出', '0.12', '19.88'],
      ['交易', '收入', '3.33', '23.21'],
      ['收费', '支出', '0.02', '23.19'],
      ['交易', '支出', '5.00', '18.19'],
      ['退费', '收入', '0.03', '18.22'],
    ]);
    expect(details[0]).toMatchObject({ merchant_order_no: 'order_000001', trans_dt: '2026-11-21 12:00:00' });
    expect(details[4]).toMatchObject({ merchant_out_refund_no: 'refund_1' });
    expect(new Set(details.map((detail) => detail.account_log_id)).size).toBe(6);
  });

  test('pages go through everything once, in whatever order they are asked for', async () => {
    const { world, ask } = await setUp();
    world.books.makeTraffic({ platform: 'alipay', day: DAY, payments: 1_200 });
    world.books.setTime(TEN_NEXT_DAY);
    const page = async (page_no: number) =>
      (await ask(ACCOUNT_LOG, { ...range, page_no: String(page_no), page_size: '1000' })).detail_list as { account_log_id: string }[];
    const [one, two, three, four] = [await page(1), await page(2), await page(3), await page(4)];
    const ids = [...one, ...two, ...three].map((detail) => detail.account_log_id);
    // A fee below half a fen is none, so a few payments have no line for it.
    const total = Number((await ask(ACCOUNT_LOG, range)).total_size);
    expect(total).toBeGreaterThan(2_350);
    expect([one.length, two.length, three.length, four.length]).toEqual([1000, 1000, total - 2_000, 0]);
    expect(new Set(ids).size).toBe(total);
    expect(await page(2)).toEqual(two);
  });

  test('refuses a wrong range and a wrong page size', async () => {
    const { ask } = await setUp();
    for (const wrong of [
      { ...range, end_time: '2026-11-21 00:00:00' },
      { ...range, end_time: '2026-12-23 00:00:00' },
      { ...range, start_time: '2026-11-21' },
      { ...range, page_size: '10' },
      { ...range, page_no: '0' },
    ]) {
      expect(await ask(ACCOUNT_LOG, wrong)).toMatchObject({ code: '40004' });
    }
  });
});
