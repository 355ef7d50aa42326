import type { AccountLogLine } from '../contract';
import * as alipay from '../testing/alipay';
import { fakeNetwork, type SentRequest } from '../testing/network';
import { codeOf } from '../testing/refusals';
import { createAlipayBills } from './bills';

const DAY = '2026-11-20';
const METHOD = 'alipay.data.bill.accountlog.query';

function lineOf(no: number, changes: Record<string, unknown> = {}) {
  return {
    account_log_id: String(500_000_000_000 + no),
    trans_dt: '2026-11-20 08:00:00',
    trans_amount: '12.30',
    direction: '收入',
    type: '交易付款',
    balance: '9999.00',
    merchant_order_no: `ord_${no}`,
    alipay_order_no: `20261120220014${no}`,
    trans_memo: '校园卡充值',
    ...changes,
  };
}

/** Pages of a list, as the platform cuts it. */
function paged(lines: readonly unknown[], changes: (pageNo: number) => Record<string, unknown> = () => ({})) {
  return (sent: SentRequest) => {
    const { page_no, page_size } = JSON.parse(alipay.parametersOf(sent).biz_content ?? '');
    const from = (Number(page_no) - 1) * Number(page_size);
    const detail_list = lines.slice(from, from + Number(page_size));
    return alipay.answer(METHOD, {
      code: '10000',
      page_no,
      page_size,
      total_size: String(lines.length),
      detail_list,
      ...changes(Number(page_no)),
    });
  };
}

function platform(answer: (sent: SentRequest) => Response, now = alipay.NOW) {
  const network = fakeNetwork(answer);
  const deps = { fetch: network.fetch, now: () => now, randomBytes: (count: number) => new Uint8Array(count) };
  const bills = createAlipayBills(alipay.settings, deps);
  const all = async (day = DAY) => {
    const lines: AccountLogLine[] = [];
    for await (const line of bills.accountLog(day)) lines.push(line);
    return lines;
  };
  return { sent: network.sent, all };
}

test('reads a day from midnight to midnight, page after page', async () => {
  const { all, sent } = platform(paged(Array.from({ length: 4_001 }, (_, no) => lineOf(no))));
  const lines = await all();
  expect(lines).toHaveLength(4_001);
  expect(lines[4_000]).toEqual({
    logId: '500000004000',
    at: Date.UTC(2026, 10, 20, 0, 0, 0),
    amountFen: 1_230,
    type: '交易付款',
    merchantOrderNo: 'ord_4000',
    platformTradeNo: '202611202200144000',
  });
  expect(sent.map((one) => JSON.parse(alipay.parametersOf(one).biz_content ?? ''))).toEqual(
    ['1', '2', '3'].map((page_no) => ({ start_time: '2026-11-20 00:00:00', end_time: '2026-11-21 00:00:00', page_no, page_size: '2000' })),
  );
});

test('reads a day without movements', async () => {
  expect(await platform(() => alipay.answer(METHOD, { code: '10000', page_no: '1', total_size: '0' })).all()).toEqual([]);
});

test.each([
  ['-12.30', '支出', -1_230],
  ['12.30', '支出', -1_230],
  ['-0.01', undefined, -1],
  ['0.01', undefined, 1],
  ['0.00', '支出', 0],
])('reads %s %s as %i fen', async (trans_amount, direction, amountFen) => {
  expect((await platform(paged([lineOf(1, { trans_amount, direction })])).all())[0]?.amountFen).toBe(amountFen);
});

test('a line of something that is no order names none', async () => {
  const [line] = await platform(paged([lineOf(1, { type: '提现', merchant_order_no: '', alipay_order_no: undefined })])).all();
  expect(line).not.toHaveProperty('merchantOrderNo');
  expect(line).not.toHaveProperty('platformTradeNo');
});

test.each([
  ['an amount with a third decimal', { trans_amount: '1.234' }],
  ['an amount that disagrees with its direction', { trans_amount: '-1.00', direction: '收入' }],
  ['no amount', { trans_amount: '' }],
  ['no time', { trans_dt: '2026-11-20' }],
])('%s is damage, not a line', async (_what, changes) => {
  expect(await codeOf(() => platform(paged([lineOf(1, changes)])).all())).toBe('bill.damaged');
});

test('a page that is missing, repeated or too many is found', async () => {
  const lines = Array.from({ length: 2_500 }, (_, no) => lineOf(no));
  expect(await codeOf(() => platform(paged(lines, (page) => (page === 2 ? { detail_list: [] } : {}))).all())).toBe('bill.damaged');
  expect(await codeOf(() => platform(paged(lines, (page) => (page === 2 ? { page_no: '1' } : {}))).all())).toBe('bill.damaged');
  expect(await codeOf(() => platform(paged(lines, (page) => (page === 2 ? { detail_list: lines } : {}))).all())).toBe('bill.damaged');
});

test.each([
  [{ code: '40004', sub_code: 'INVALID_PARAMETER' }, alipay.NOW, 'bill.refused'],
  [{ code: '40004', sub_code: 'INVALID_PARAMETER' }, Date.UTC(2026, 10, 20, 12), 'bill.not-ready'],
  [{ code: '20000', sub_code: 'aop.unknow-error' }, alipay.NOW, 'bill.unavailable'],
  [{ code: '10000', detail_list: 'x' }, alipay.NOW, 'bill.unavailable'],
])('%j is translated', async (content, now, expected) => {
  expect(await codeOf(() => platform(() => alipay.answer(METHOD, content), now).all())).toBe(expected);
});

test('believes no unsigned page', async () => {
  const content = { code: '10000', page_no: '1', total_size: '1', detail_list: [lineOf(1)] };
  const text = JSON.stringify({ alipay_data_bill_accountlog_query_response: content });
  expect(await codeOf(() => platform(() => alipay.jsonResponse(text)).all())).toBe('bill.unavailable');
});
