import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import { isBillEarly, startOfBillDay } from '../bill-day';
import { BILL_LIMITS, type BillLimits, startDownload } from '../bill-download';
import type { BillFile, BillPlatform } from '../contract';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { codeOf, createWechatChannel, isFinalRefusal, type WechatAnswer, type WechatChannel } from './channel';
import { type WechatPaySettings, wechatPaySettings } from './settings';

const ASKED_AT_MOST = 3;

/**
 * The trade bill of WeChat Pay APIv3, direct merchant: pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter7_9_1.shtml ("申请交易账单") and
 * chapter8_1_12.shtml ("下载账单").
 * @throws AppError config.invalid
 */
export function createWechatBills(input: unknown, deps: PlatformDeps, limits: Partial<BillLimits> = {}): BillPlatform {
  const settings = readSettings('wechat-pay', wechatPaySettings, input);
  const channel = createWechatChannel(settings, deps, 'bill.unavailable');
  const bounds = { ...BILL_LIMITS, ...limits };

  async function openTradeBill(day: string): Promise<BillFile | 'no-trades'> {
    startOfBillDay(day);
    let status = 0;
    for (let asked = 0; asked < ASKED_AT_MOST; asked += 1) {
      const ticket = await askForBill(day, channel, deps);
      if (ticket === 'no-trades') return ticket;
      const url = addressOf(ticket.download_url, settings);
      const headers = { accept: '*/*', 'accept-encoding': 'identity', ...channel.signedGet(url) };
      const download = await startDownload({ platform: 'wechat-pay', url, headers }, deps.fetch, bounds);
      if (download.status === 200) {
        return { encoding: 'utf-8', chunks: checked(unpacked(download.chunks, bounds), ticket.hash_value) };
      }
      // An address lives for five minutes (thirty seconds in older documents); a new one costs one question.
      await download.cancel();
      status = download.status;
    }
    throw unavailable(`download-http-${status}`);
  }

  return { name: 'wechat-pay', openTradeBill };
}

const ticketSchema = v.object({
  hash_type: v.literal('SHA1'),
  hash_value: v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{40}$/)),
  download_url: v.pipe(v.string(), v.maxLength(2_048)),
});

type Ticket = v.InferOutput<typeof ticketSchema>;

/** GET /v3/bill/tradebill. */
async function askForBill(day: string, channel: WechatChannel, deps: PlatformDeps): Promise<Ticket | 'no-trades'> {
  const path = `/v3/bill/tradebill?bill_date=${day}&bill_type=ALL&tar_type=GZIP`;
  const answer = await channel.call({ method: 'GET', path });
  if (answer.status !== 200) return readRefusal(answer, isBillEarly(day, deps.now()));
  const parsed = v.safeParse(ticketSchema, answer.content);
  if (!parsed.success) throw unavailable('answer-malformed');
  return parsed.output;
}

/** "No bill" is believed when signed, and means "no trades" only once a bill would be there. */
function readRefusal(answer: WechatAnswer, isEarly: boolean): 'no-trades' {
  const detail = { platform: 'wechat-pay', status: answer.status, platformCode: codeOf(answer) };
  if (!isFinalRefusal(answer)) throw new AppError('bill.unavailable', detail);
  if (detail.platformCode === 'STATEMENT_CREATING' || (answer.signed && isEarly)) throw new AppError('bill.not-ready', detail);
  if (detail.platformCode !== 'NO_STATEMENT_EXIST') throw new AppError('bill.refused', detail);
  if (!answer.signed) throw new AppError('bill.unavailable', detail);
  return 'no-trades';
}

/** Signed as it is, and only for the platform's own host: whoever wrote another one into the answer hears nothing from us. */
function addressOf(text: string, settings: WechatPaySettings): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.origin !== new URL(settings.baseUrl).origin || url.username !== '') throw unavailable('address-elsewhere');
  return url;
}

/** As asked for it is a gzip file; where a server in between has unpacked it already, the digest is over the same bytes. */
async function* unpacked(packed: AsyncGenerator<Uint8Array, void, undefined>, limits: BillLimits): AsyncGenerator<Uint8Array> {
  const first = await packed.next();
  const head = first.done === true ? new Uint8Array(0) : first.value;
  const source = prepend(head, packed);
  const isGzip = head[0] === 0x1f && (head.length < 2 || head[1] === 0x8b);
  let bytes = 0;
  for await (const chunk of isGzip ? gunzipped(source) : source) {
    bytes += chunk.byteLength;
    if (bytes > limits.maxUnpackedBytes) throw damaged('too-large');
    yield chunk;
  }
}

async function* prepend(head: Uint8Array, rest: AsyncGenerator<Uint8Array, void, undefined>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    yield* rest;
  } finally {
    await rest.return();
  }
}

async function* gunzipped(packed: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 65_536 });
  // Errors of either side, and an early end of the reader, close both; they arrive at the iteration below.
  pipeline(Readable.from(packed, { objectMode: true, highWaterMark: 1 }), gunzip, () => undefined);
  try {
    yield* gunzip;
  } catch (error) {
    throw error instanceof AppError ? error : damaged('gzip');
  }
}

/** "原始账单（gzip需要解压缩）的摘要值": the digest is over the bill, not over the gzip file. */
async function* checked(bill: AsyncGenerator<Uint8Array>, sha1: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha1');
  for await (const chunk of bill) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== sha1.toLowerCase()) throw damaged('digest');
}

function damaged(reason: string): AppError {
  return new AppError('bill.damaged', { platform: 'wechat-pay', reason });
}

function unavailable(reason: string): AppError {
  return new AppError('bill.unavailable', { platform: 'wechat-pay', reason });
}
