import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { BillFile } from '../contract';
import { newKeys } from '../testing/keys';
import { fakeNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import * as wechat from '../testing/wechat-pay';
import { createWechatBills } from './bills';

const DAY = '2026-11-20';
const BILL = Buffer.from(Array.from({ length: 3_000 }, (_, no) => `\`2026-11-20 12:00:00,\`wx0,\`${no}\r\n`).join(''));
const ADDRESS = 'https://api.mch.weixin.qq.com/v3/billdownload/file?token=abc_-1&tartype=gzip';
const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex');
const ticket = (changes: Record<string, unknown> = {}) =>
  wechat.answer(200, { hash_type: 'SHA1', hash_value: sha1(BILL), download_url: ADDRESS, ...changes });
const refused = (code: string, status = 400) => wechat.answer(status, { code, message: '说明' });

interface World {
  readonly ask?: (asked: number) => Response;
  readonly download?: (downloaded: number, sent: SentRequest) => Response;
  readonly now?: number;
  readonly limits?: Parameters<typeof createWechatBills>[2];
}

/** Answers are dated by the clock of the test. */
function bills(world: World = {}) {
  let asked = 0;
  let downloaded = 0;
  const network = fakeNetwork((sent) => {
    if (sent.url.pathname === '/v3/bill/tradebill') return (world.ask ?? (() => ticket()))(++asked);
    return (world.download ?? (() => new Response(gzipSync(BILL))))(++downloaded, sent);
  });
  const deps = { fetch: network.fetch, now: () => world.now ?? wechat.NOW, randomBytes: wechat.counting() };
  const platform = createWechatBills(wechat.settings, deps, world.limits);
  return { sent: network.sent, open: (day = DAY) => platform.openTradeBill(day) };
}

async function contentOf(opened: BillFile | 'no-trades'): Promise<Buffer> {
  if (opened === 'no-trades') throw new Error('there is no bill');
  const parts: Uint8Array[] = [];
  for await (const part of opened.chunks) parts.push(part);
  return Buffer.concat(parts);
}

test('asks for the day, fetches with a signature of its own, unpacks, and checks the digest over what is unpacked', async () => {
  const { open, sent } = bills();
  const opened = await open();
  expect(opened).toMatchObject({ encoding: 'utf-8' });
  expect(await contentOf(opened)).toEqual(BILL);
  expect(sent[0]?.url.search).toBe('?bill_date=2026-11-20&bill_type=ALL&tar_type=GZIP');
  expect(sent[1]?.url.href).toBe(ADDRESS);
  const nonces = sent.map((one) => wechat.assertSignedByMerchant(one).get('nonce_str'));
  expect(new Set(nonces).size).toBe(2);
});

test('a bill that a server in between has unpacked is checked alike', async () => {
  expect(await contentOf(await bills({ download: () => new Response(BILL) }).open())).toEqual(BILL);
});

test('a digest in capital letters is the same digest', async () => {
  expect(await contentOf(await bills({ ask: () => ticket({ hash_value: sha1(BILL).toUpperCase() }) }).open())).toEqual(BILL);
});

test.each([400, 403, 404, 429, 500, 502])('an address answered by %i is asked for again, at most three times', async (status) => {
  const second = bills({ download: (times) => (times === 1 ? new Response('expired', { status }) : new Response(gzipSync(BILL))) });
  expect(await contentOf(await second.open())).toEqual(BILL);
  expect(second.sent).toHaveLength(4);
  const never = bills({ download: () => new Response('expired', { status }) });
  expect(await codeOf(() => never.open())).toBe('bill.unavailable');
  expect(never.sent).toHaveLength(6);
});

test.each([
  ['https://api2.mch.weixin.qq.com/v3/billdownload/file?token=1'],
  ['http://api.mch.weixin.qq.com/v3/billdownload/file?token=1'],
  ['https://api.mch.weixin.qq.com.evil.example/x'],
  ['https://api.mch.weixin.qq.com@evil.example/x'],
  ['https://user:secret@api.mch.weixin.qq.com/x'],
  ['https://api.mch.weixin.qq.com:8443/x'],
  ['http://169.254.169.254/latest/meta-data'],
  ['/v3/billdownload/file'],
])('fetches nothing from %s', async (download_url) => {
  const { open, sent } = bills({ ask: () => ticket({ download_url }) });
  expect(await codeOf(() => open())).toBe('bill.unavailable');
  expect(sent).toHaveLength(1);
});

const tomorrowAt = (hour: number, minute = 0) => Date.UTC(2026, 10, 21, hour - 8, minute);
const datedAt = (now: number) => ({ timestamp: String(Math.floor(now / 1_000)) });

test.each([
  ['NO_STATEMENT_EXIST', tomorrowAt(9, 59), 'bill.not-ready'],
  ['STATEMENT_CREATING', tomorrowAt(9, 59), 'bill.not-ready'],
  ['STATEMENT_CREATING', tomorrowAt(11), 'bill.not-ready'],
  ['INVALID_REQUEST', tomorrowAt(-3), 'bill.not-ready'],
  ['INVALID_REQUEST', tomorrowAt(11), 'bill.refused'],
  ['NO_AUTH', tomorrowAt(11), 'bill.refused'],
])('%s is translated by the time of day', async (platformCode, now, expected) => {
  const ask = () => wechat.answer(400, { code: platformCode }, datedAt(now));
  const error = await refusalOf(() => bills({ ask, now }).open());
  expect(error.code).toBe(expected);
  expect(error.detail).toMatchObject({ platformCode });
});

test('a signed NO_STATEMENT_EXIST from ten o’clock on is a day without trades, an unsigned one is nothing', async () => {
  const now = tomorrowAt(10);
  expect(await bills({ ask: () => wechat.answer(400, { code: 'NO_STATEMENT_EXIST' }, datedAt(now)), now }).open()).toBe('no-trades');
  const unsigned = () => new Response('{"code":"NO_STATEMENT_EXIST"}', { status: 400 });
  expect(await codeOf(() => bills({ ask: unsigned }).open())).toBe('bill.unavailable');
});

test.each([
  [429, 'FREQUENCY_LIMITED'],
  [500, 'SYSTEM_ERROR'],
])('%i %s is no conclusion', async (status, code) => {
  expect(await codeOf(() => bills({ ask: () => refused(code, status) }).open())).toBe('bill.unavailable');
});

test.each([
  ['unsigned', () => Response.json({ hash_type: 'SHA1', hash_value: sha1(BILL), download_url: ADDRESS })],
  ['forged', () => wechat.answer(200, { hash_type: 'SHA1', hash_value: sha1(BILL), download_url: ADDRESS }, { keys: newKeys() })],
  ['with another kind of digest', () => ticket({ hash_type: 'MD5' })],
  ['without a digest', () => ticket({ hash_value: '' })],
  ['without an address', () => ticket({ download_url: undefined })],
])('an answer that is %s is no bill', async (_what, ask) => {
  const { open, sent } = bills({ ask });
  expect(await codeOf(() => open())).toBe('bill.unavailable');
  expect(sent).toHaveLength(1);
});

test.each(['2026-02-30', '2026-1-1', '20261120', "2026-11-20'&bill_type=REFUND"])('%j is no day', async (day) => {
  const { open, sent } = bills();
  expect(await codeOf(() => open(day))).toBe('request.malformed');
  expect(sent).toHaveLength(0);
});

const packed = gzipSync(BILL);

test.each([
  ['cut short', packed.subarray(0, packed.length - 9), {}],
  ['cut to nothing', Buffer.alloc(0), {}],
  ['of another digest', gzipSync(Buffer.concat([BILL, Buffer.from('x')])), {}],
  ['unpacked and of another digest', BILL.subarray(1), {}],
  ['with a byte changed', Buffer.concat([packed.subarray(0, 500), Buffer.from([0xff]), packed.subarray(501)]), {}],
  ['larger than allowed', packed, { maxPackedBytes: 100 }],
  ['larger than allowed when unpacked', packed, { maxUnpackedBytes: 1_000 }],
  ['a page in words', Buffer.from('<html>'), {}],
])('a bill that is %s is read to no end', async (_what, body, limits) => {
  const error = await refusalOf(async () => contentOf(await bills({ download: () => new Response(body), limits }).open()));
  expect(error.code).toBe('bill.damaged');
});

test('a bomb is not unpacked beyond its bound', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  let bytes = 0;
  const opened = await bills({ download: () => new Response(bomb), limits: { maxUnpackedBytes: 1_000_000 } }).open();
  if (opened === 'no-trades') throw new Error('there is no bill');
  const read = async () => {
    for await (const part of opened.chunks) bytes += part.byteLength;
  };
  expect(await codeOf(read)).toBe('bill.damaged');
  expect(bytes).toBeLessThanOrEqual(1_000_000);
});

test('a server that hangs, stalls, drips or breaks off is given up, and the error carries no token', async () => {
  const noise = gzipSync(randomBytes(200_000));
  const server = await serve((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/v3/bill/tradebill')) {
      const body = Buffer.from(
        JSON.stringify({ hash_type: 'SHA1', hash_value: sha1(BILL), download_url: `${server.url}/${mode}?token=secret` }),
      );
      response.writeHead(200, wechat.signedHeaders(body)).end(body);
      return;
    }
    if (path.startsWith('/hang')) return;
    response.writeHead(200, { 'content-length': noise.length });
    response.write(noise.subarray(0, 1_000));
    if (path.startsWith('/break')) setTimeout(() => response.destroy(), 20);
    const drip = path.startsWith('/drip') ? setInterval(() => response.write(noise.subarray(1_000, 1_001)), 30) : undefined;
    response.on('close', () => clearInterval(drip));
  });
  let mode = '';
  for (mode of ['hang', 'stall', 'drip', 'break']) {
    const deps = { fetch: globalThis.fetch, now: () => wechat.NOW, randomBytes: wechat.counting() };
    const platform = createWechatBills({ ...wechat.settings, baseUrl: server.url }, deps, { stallMs: 100, totalWaitMs: 300 });
    const error = await refusalOf(async () => contentOf(await platform.openTradeBill(DAY)));
    expect([mode, error.code]).toEqual([mode, 'bill.unavailable']);
    expect(everythingOf(error)).not.toContain('secret');
  }
  await server.close();
});

test('a reader that stops early ends the connection', async () => {
  let closed = false;
  const server = await serve((request, response) => {
    if (request.url?.startsWith('/v3/bill/tradebill')) {
      const body = Buffer.from(JSON.stringify({ hash_type: 'SHA1', hash_value: sha1(BILL), download_url: `${server.url}/file` }));
      response.writeHead(200, wechat.signedHeaders(body)).end(body);
      return;
    }
    response.on('close', () => {
      closed = true;
    });
    response.writeHead(200);
    response.write(BILL);
  });
  const deps = { fetch: globalThis.fetch, now: () => wechat.NOW, randomBytes: wechat.counting() };
  const opened = await createWechatBills({ ...wechat.settings, baseUrl: server.url }, deps).openTradeBill(DAY);
  if (opened === 'no-trades') throw new Error('there is no bill');
  for await (const _ of opened.chunks) break;
  for (let tries = 0; tries < 100 && !closed; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(closed).toBe(true);
  await server.close();
});
