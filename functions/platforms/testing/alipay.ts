import { type KeyObject, sign, verify } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import { newKeys } from './keys';
import type { SentRequest } from './network';

/** Alipay's side, from its documents, with node:crypto alone. */
export const NOW = Date.UTC(2026, 10, 21, 4, 0, 0);
export const APP_ID = '2021000000000001';
export const SELLER_ID = '2088000000000001';
export const ORDER_NO = 'ord_01JD0000000000000000000001';

export const platformKeys = newKeys();
export const appKeys = newKeys();

export const WEB_APP_ID = '2021000000000002';
export const webPlatformKeys = newKeys();
export const webAppKeys = newKeys();

export const miniApp = { appId: APP_ID, appPrivateKey: appKeys.privatePem, alipayPublicKey: platformKeys.publicPem };
export const webApp = { appId: WEB_APP_ID, appPrivateKey: webAppKeys.privatePem, alipayPublicKey: webPlatformKeys.publicPem };

export const noticeSettings = { sellerId: SELLER_ID, apps: [miniApp, webApp] };

export const settings = {
  ...noticeSettings,
  gatewayUrl: 'https://openapi.alipay.com/gateway.do',
  timeoutMs: 1_000,
};

export function signText(text: string, key: KeyObject = platformKeys.privateKey, algorithm = 'RSA-SHA256'): string {
  return sign(algorithm, Buffer.from(text, 'utf8'), key).toString('base64');
}

export const paidNotice: Readonly<Record<string, string>> = {
  notify_time: '2026-11-21 12:00:00',
  notify_type: 'trade_status_sync',
  notify_id: '2026112100222120000000000000000001',
  charset: 'utf-8',
  version: '1.0',
  app_id: APP_ID,
  auth_app_id: APP_ID,
  trade_no: '2026112122001400000000000001',
  out_trade_no: ORDER_NO,
  buyer_open_id: '000TestOpenId0000000000000000001',
  seller_id: SELLER_ID,
  trade_status: 'TRADE_SUCCESS',
  total_amount: '100.00',
  receipt_amount: '99.00',
  buyer_pay_amount: '99.00',
  subject: '校园卡充值 100% off',
  gmt_create: '2026-11-21 11:59:00',
  gmt_payment: '2026-11-21 11:59:30',
  fund_bill_list: '[{"amount":"100.00","fundChannel":"ALIPAYACCOUNT"}]',
};

export function contentOf(fields: Readonly<Record<string, string>>): string {
  return Object.keys(fields)
    .filter((name) => name !== 'sign' && name !== 'sign_type')
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
}

export function formOf(fields: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(new URLSearchParams(fields).toString());
}

/** A notice of the platform, signed with RSA2 over its decoded parameters. */
export function noticeOf(changes: Readonly<Record<string, string | undefined>> = {}): Buffer {
  const entries = Object.entries({ ...paidNotice, ...changes });
  // Object.fromEntries forgets that the undefined ones were filtered out.
  const fields = Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, string>;
  return formOf({ ...fields, sign: signText(contentOf(fields)), sign_type: 'RSA2' });
}

/** An answer of the gateway: the text of the business object is what is signed. */
export function answerText(method: string, content: unknown, key: KeyObject = platformKeys.privateKey): string {
  const text = JSON.stringify(content);
  return `{"${method.replaceAll('.', '_')}_response":${text},"sign":${JSON.stringify(signText(text, key))}}`;
}

export function answer(method: string, content: unknown, key?: KeyObject): Response {
  return jsonResponse(answerText(method, content, key));
}

export function jsonResponse(text: string, status = 200): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/html;charset=utf-8' } });
}

/** The request as the gateway checks it: RSA2 over all sorted parameters but sign, from URL and body alike. */
export function parametersOf(sent: SentRequest | undefined, keys = appKeys): Record<string, string> {
  if (sent === undefined) throw new Error('nothing was sent');
  const all = [...sent.url.searchParams, ...new URLSearchParams(sent.body)];
  const fields = Object.fromEntries(all);
  expect(Object.keys(fields)).toHaveLength(all.length);
  const text = Object.keys(fields)
    .filter((name) => name !== 'sign')
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
  expect(verify('RSA-SHA256', Buffer.from(text), keys.publicPem, Buffer.from(fields.sign ?? '', 'base64'))).toBe(true);
  return fields;
}

export interface ZipEntry {
  readonly name: string;
  readonly data: Buffer;
  /** GBK names and bytes are given as they are; an ASCII or UTF-8 name is written with its flag. */
  readonly nameBytes?: Buffer;
  readonly stored?: boolean;
  /** CRC-32 and sizes behind the data, as Java writes them when it streams. */
  readonly sumsBehind?: boolean;
  readonly withoutDescriptorSignature?: boolean;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16LE(value, at * 2);
  return bytes;
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, at * 4);
  return bytes;
}

/** A zip archive, written from PKWARE's APPNOTE: local headers with data, central directory, end. */
export function zipOf(entries: readonly ZipEntry[]): Buffer<ArrayBuffer> {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const entry of entries) {
    const name = entry.nameBytes ?? Buffer.from(entry.name);
    const packed = entry.stored ? entry.data : deflateRawSync(entry.data);
    const flags = (entry.flags ?? 0) | (entry.nameBytes ? 0 : 0x0800) | (entry.sumsBehind ? 0x0008 : 0);
    const method = entry.method ?? (entry.stored ? 0 : 8);
    const sums = u32(entry.crc ?? crc32(entry.data), packed.length, entry.data.length);
    const shared = Buffer.concat([u16(flags, method, 0, 0x5b75), entry.sumsBehind ? u32(0, 0, 0) : sums, u16(name.length, 0)]);
    directory.push(
      Buffer.concat([u32(0x02014b50), u16(20, 20, flags, method, 0, 0x5b75), sums, u16(name.length, 0, 0, 0, 0), u32(0, 0), name]),
    );
    locals.push(Buffer.concat([u32(0x04034b50), u16(20), shared, name, packed]));
    if (entry.sumsBehind) locals.push(...(entry.withoutDescriptorSignature ? [] : [u32(0x08074b50)]), sums);
  }
  const body = Buffer.concat(locals);
  const list = Buffer.concat(directory);
  const end = Buffer.concat([u32(0x06054b50), u16(0, 0, entries.length, entries.length), u32(list.length, body.length), u16(0)]);
  return Buffer.concat([body, list, end]);
}
