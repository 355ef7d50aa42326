import type { BillFile } from '../contract';
import * as alipay from '../testing/alipay';
import { newKeys } from '../testing/keys';
import { fakeNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import { createAlipayBills } from './bills';

const DAY = '2026-11-20';
const METHOD = 'alipay.data.dataservice.bill.downloadurl.query';
const ADDRESS = 'http://dwbillcenter.alipay.com/downloadBillFile.resource?bizType=trade&fileId=abc';
/** "#支付宝业务明细" in GBK. */
const BILL = Buffer.from('23d6a7b8b6b1a6d2b5cef1c3f7cfb8', 'hex');
const archive = alipay.zipOf([
  { name: '20880000000000010156_20261120_业务明细(汇总).csv', data: Buffer.from('summary'), sumsBehind: true },
  { name: '20880000000000010156_20261120_业务明细.csv', data: BILL, sumsBehind: true },
]);
const ticket = (bill_download_url = ADDRESS) => alipay.answer(METHOD, { code: '10000', msg: 'Success', bill_download_url });
const refused = (sub_code: string, code = '40004') => alipay.answer(METHOD, { code, msg: 'Business Failed', sub_code });

interface World {
  readonly ask?: (asked: number) => Response;
  readonly download?: (downloaded: number, sent: SentRequest) => Response;
  readonly now?: number;
  readonly limits?: Parameters<typeof createAlipayBills>[2];
  readonly settings?: Record<string, unknown>;
}

function bills(world: World = {}) {
  let asked = 0;
  let downloaded = 0;
  const network = fakeNetwork((sent) => {
    if (sent.url.pathname === '/gateway.do') return (world.ask ?? (() => ticket()))(++asked);
    return (world.download ?? (() => new Response(archive)))(++downloaded, sent);
  });
  const deps = { fetch: network.fetch, now: () => world.now ?? alipay.NOW, randomBytes: (count: number) => new Uint8Array(count) };
  const platform = createAlipayBills({ ...alipay.settings, ...world.settings }, deps, world.limits);
  return { sent: network.sent, open: (day = DAY) => platform.openTradeBill(day) };
}

async function contentOf(opened: BillFile | 'no-trades'): Promise<Buffer> {
  if (opened === 'no-trades') throw new Error('there is no bill');
  const parts: Uint8Array[] = [];
  for await (const part of opened.chunks) parts.push(part);
  return Buffer.concat(parts);
}

test('asks for the day’s trade bill and hands over the detail, not the summary, as the platform wrote it', async () => {
  const { open, sent } = bills();
  const opened = await open();
  expect(opened).toMatchObject({ encoding: 'gbk' });
  expect(await contentOf(opened)).toEqual(BILL);
  const fields = alipay.parametersOf(sent[0]);
  expect(fields.method).toBe(METHOD);
  expect(JSON.parse(fields.biz_content ?? '')).toEqual({ bill_type: 'trade', bill_date: DAY });
  // The address of the documents is plain HTTP.
  expect(sent[1]?.url.href).toBe(ADDRESS.replace('http:', 'https:'));
  expect(sent[1]?.headers.get('authorization')).toBeNull();
});

test.each([
  ['a refusal', () => new Response('expired', { status: 403 })],
  ['a page in words', () => new Response('<html>链接已失效</html>')],
  ['nothing', () => new Response(null)],
])('an address answered by %s is asked for again, at most three times', async (_what, expired) => {
  const second = bills({ download: (times) => (times === 1 ? expired() : new Response(archive)) });
  expect(await contentOf(await second.open())).toEqual(BILL);
  expect(second.sent).toHaveLength(4);
  const never = bills({ download: expired });
  expect(await codeOf(() => never.open())).toBe('bill.unavailable');
  expect(never.sent).toHaveLength(6);
});

test.each([
  'http://evil.example/downloadBillFile.resource',
  'https://dwbillcenter.alipay.com.evil.example/x',
  'https://user@dwbillcenter.alipay.com/x',
  'https://dwbillcenter.alipay.com:8443/x',
  'ftp://dwbillcenter.alipay.com/x',
  'http://169.254.169.254/latest/meta-data',
  'http://openapi.alipay.com/x',
  '/downloadBillFile.resource',
  '',
])('fetches nothing from %j', async (address) => {
  const { open, sent } = bills({ ask: () => ticket(address) });
  expect(await codeOf(() => open())).toBe('bill.unavailable');
  expect(sent).toHaveLength(1);
});

const tomorrowAt = (hour: number, minute = 0) => Date.UTC(2026, 10, 21, hour - 8, minute);

test.each(['isp.bill_not_exist', 'BILL_NOT_EXIST'])('%s means not ready before ten o’clock and no trades afterwards', async (code) => {
  const ask = () => refused(code);
  expect(await codeOf(() => bills({ ask, now: tomorrowAt(9, 59) }).open())).toBe('bill.not-ready');
  expect(await bills({ ask, now: tomorrowAt(10) }).open()).toBe('no-trades');
});

test('an unsigned "no bill" is no day without trades', async () => {
  const text = JSON.stringify({ [`${METHOD.replaceAll('.', '_')}_response`]: { code: '40004', sub_code: 'isp.bill_not_exist' } });
  expect(await codeOf(() => bills({ ask: () => alipay.jsonResponse(text) }).open())).toBe('bill.unavailable');
});

test.each([
  ['invalid_arguments', '40004', tomorrowAt(12), 'bill.refused'],
  ['invalid_arguments', '40004', tomorrowAt(-2), 'bill.not-ready'],
  ['isv.insufficient-isv-permissions', '40006', tomorrowAt(12), 'bill.refused'],
  ['isp.unknow-error', '20000', tomorrowAt(12), 'bill.unavailable'],
  ['isp.unknow-error', '20000', tomorrowAt(1), 'bill.unavailable'],
])('%s is translated', async (subCode, code, now, expected) => {
  const error = await refusalOf(() => bills({ ask: () => refused(subCode, code), now }).open());
  expect(error.code).toBe(expected);
  expect(error.detail).toMatchObject({ platformCode: subCode });
});

test.each(['2026-11-31', '2026-1-1', '20261120', '2026-11-20T00:00', '', '2026-13-01'])('%j is no day', async (day) => {
  const { open, sent } = bills();
  expect(await codeOf(() => open(day))).toBe('request.malformed');
  expect(sent).toHaveLength(0);
});

test.each([
  ['forged', () => alipay.answer(METHOD, { code: '10000', bill_download_url: ADDRESS }, newKeys().privateKey)],
  ['unsigned', () => alipay.jsonResponse(JSON.stringify({ alipay_data_dataservice_bill_downloadurl_query_response: { code: '10000' } }))],
  ['without an address', () => alipay.answer(METHOD, { code: '10000' })],
])('an answer that is %s is no address', async (_what, ask) => {
  const { open, sent } = bills({ ask });
  expect(await codeOf(() => open())).toBe('bill.unavailable');
  expect(sent).toHaveLength(1);
});

test('a bill cut short, damaged, or larger than allowed is no bill', async () => {
  for (const [body, limits] of [
    [archive.subarray(0, archive.length - 30), {}],
    [archive.subarray(0, 100), {}],
    [archive, { maxUnpackedBytes: 3 }],
    [archive, { maxPackedBytes: 100 }],
  ] as const) {
    const { open } = bills({ download: () => new Response(body), limits });
    expect(await codeOf(async () => contentOf(await open()))).toBe('bill.damaged');
  }
});

test('a server that hangs, drips or breaks off is given up, and the error carries no address', async () => {
  const server = await serve((request, response) => {
    if (request.url?.startsWith('/hang')) return;
    response.writeHead(200, { 'content-length': archive.length });
    response.write(archive.subarray(0, 60));
    if (request.url?.startsWith('/break')) setTimeout(() => response.destroy(), 20);
    const drip = request.url?.startsWith('/drip') ? setInterval(() => response.write('x'), 30) : undefined;
    response.on('close', () => clearInterval(drip));
  });
  for (const path of ['hang', 'stall', 'drip', 'break']) {
    const deps = {
      fetch: (async (input, init) =>
        new URL(String(input)).pathname === '/gateway.do' ? ticket(`${server.url}/${path}?secret=1`) : fetch(input, init)) as typeof fetch,
      now: () => alipay.NOW,
      randomBytes: (count: number) => new Uint8Array(count),
    };
    const settings = { ...alipay.settings, gatewayUrl: `${server.url}/gateway.do` };
    const platform = createAlipayBills(settings, deps, { stallMs: 100, totalWaitMs: 300 });
    const error = await refusalOf(async () => contentOf(await platform.openTradeBill(DAY)));
    expect(error.code).toBe('bill.unavailable');
    expect(everythingOf(error)).not.toContain('secret');
  }
  await server.close();
});

test('a reader that stops early ends the connection', async () => {
  let closed = false;
  const server = await serve((_request, response) => {
    response.on('close', () => {
      closed = true;
    });
    response.writeHead(200);
    response.write(archive.subarray(0, archive.length - 30));
  });
  const deps = {
    fetch: (async (input, init) =>
      new URL(String(input)).pathname === '/gateway.do' ? ticket(`${server.url}/bill`) : fetch(input, init)) as typeof fetch,
    now: () => alipay.NOW,
    randomBytes: (count: number) => new Uint8Array(count),
  };
  const opened = await createAlipayBills({ ...alipay.settings, gatewayUrl: `${server.url}/gateway.do` }, deps).openTradeBill(DAY);
  if (opened === 'no-trades') throw new Error('there is no bill');
  for await (const _ of opened.chunks) break;
  for (let tries = 0; tries < 100 && !closed; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(closed).toBe(true);
  await server.close();
});
