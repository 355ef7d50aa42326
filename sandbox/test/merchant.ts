import { createDecipheriv, createPublicKey, createSign, createVerify, randomBytes, X509Certificate } from 'node:crypto';
import { generateKeys, type WorldKeys } from '../keys';
import type { Deliver, MerchantAnswer, Outgoing } from '../lib/courier';
import type { SandboxResponse } from '../lib/http';
import { createManualTime, type ManualTime } from '../lib/manual-time';
import type { WorldState } from '../state';
import { createWorld } from '../world';
import type { World } from '../world-contract';

/** 2026-11-21 12:00:00 in Beijing. */
export const NOON = Date.parse('2026-11-21T12:00:00+08:00');

let cached: WorldKeys | undefined;

/** RSA keys cost most of a second: one set for all tests of a file. */
export function testKeys(): WorldKeys {
  cached ??= generateKeys(NOON, randomBytes);
  return cached;
}

export interface Received extends Outgoing {
  readonly url: string;
  readonly at: number;
}

export interface Stage {
  readonly world: World;
  readonly time: ManualTime;
  /** Every notice that reached the merchant. */
  readonly received: Received[];
  /** What the merchant answers; undefined is silence. */
  answerWith(answer: (notice: Received) => MerchantAnswer | undefined): void;
}

export function stage(options: { speed?: number; state?: WorldState } = {}): Stage {
  const time = createManualTime(NOON);
  const received: Received[] = [];
  let answer: (notice: Received) => MerchantAnswer | undefined = (notice) =>
    notice.url.includes('alipay') ? { status: 200, body: 'success' } : { status: 204, body: '' };
  const deliver: Deliver = async (url, outgoing) => {
    const notice = { url, at: time.clock(), ...outgoing };
    received.push(notice);
    return answer(notice);
  };
  const world = createWorld({ clock: time.clock, timers: time.timers, keys: testKeys(), deliver, ...options });
  return {
    world,
    time,
    received,
    answerWith(next) {
      answer = next;
    },
  };
}

export const WECHAT_NOTIFY = 'http://127.0.0.1:9/callbacks/wechat-pay';
export const ALIPAY_NOTIFY = 'http://127.0.0.1:9/callbacks/alipay';

export interface WechatCall {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly body?: string;
  /** Differences from a well-formed call. */
  readonly authorization?: Partial<Record<'mchid' | 'serial_no' | 'timestamp' | 'nonce_str' | 'signature', string>>;
  readonly scheme?: string;
  readonly signedBody?: string;
  readonly signedUrl?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A merchant's request as the vendor's "how to generate a request signature" page tells, written for these tests alone. */
export function callWechat(world: World, now: number, call: WechatCall): Promise<SandboxResponse> {
  const { mchid, merchant } = world.keys.wechatPay;
  const timestamp = call.authorization?.timestamp ?? String(Math.floor(now / 1000));
  const nonce = call.authorization?.nonce_str ?? randomBytes(16).toString('hex');
  const signer = createSign('RSA-SHA256');
  signer.update(`${call.method}\n${call.signedUrl ?? call.url}\n${timestamp}\n${nonce}\n${call.signedBody ?? call.body ?? ''}\n`);
  const fields = {
    mchid,
    serial_no: merchant.serial,
    signature: signer.sign(merchant.privateKeyPem, 'base64'),
    ...call.authorization,
    timestamp,
    nonce_str: nonce,
  };
  const authorization = Object.entries(fields).map(([name, value]) => `${name}="${value}"`);
  const [path = '', query = ''] = call.url.split('?');
  return world.answer({
    method: call.method,
    path: `/wechat-pay${path}`,
    query,
    headers: {
      accept: 'application/json',
      'user-agent': 'test',
      'content-type': 'application/json',
      authorization: `${call.scheme ?? 'WECHATPAY2-SHA256-RSA2048'} ${authorization.join(',')}`,
      ...call.headers,
    },
    body: Buffer.from(call.body ?? ''),
  });
}

interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Whether an answer or callback of WeChat Pay is signed by the key its serial names. */
export function wechatSignatureHolds(world: World, message: Signed): boolean {
  const { headers } = message;
  const verifier = createVerify('RSA-SHA256');
  verifier.update(`${headers['wechatpay-timestamp']}\n${headers['wechatpay-nonce']}\n`);
  verifier.update(message.body);
  verifier.update('\n');
  const known = world.wechatPayKeys();
  const serial = headers['wechatpay-serial'];
  const certificate = known.certificates.find((one) => one.serial === serial);
  const key =
    serial === known.publicKeyId
      ? createPublicKey(known.publicKeyPem)
      : certificate && new X509Certificate(certificate.certificatePem).publicKey;
  return key !== undefined && verifier.verify(key, headers['wechatpay-signature'] ?? '', 'base64');
}

export interface Resource {
  readonly ciphertext: string;
  readonly nonce: string;
  readonly associated_data: string;
}

/** Throws when the tag does not fit. */
export function decryptText(world: World, resource: Resource): string {
  const sealed = Buffer.from(resource.ciphertext, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', world.keys.wechatPay.apiV3Key, resource.nonce, { authTagLength: 16 });
  decipher.setAAD(Buffer.from(resource.associated_data));
  decipher.setAuthTag(sealed.subarray(sealed.length - 16));
  return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - 16)), decipher.final()]).toString('utf8');
}

export function decryptResource(world: World, resource: Resource): unknown {
  return JSON.parse(decryptText(world, resource));
}

export function json(response: { readonly body: string | Buffer }): Record<string, never> & Record<string, unknown> {
  // Tests look into answers freely; expect() does the checking.
  return JSON.parse(response.body.toString()) as Record<string, never>;
}

export interface OrderOverrides {
  readonly [field: string]: unknown;
}

/** Body of a JSAPI order for the person, with fields replaced. */
export function jsapiOrder(world: World, person: string, overrides: OrderOverrides = {}): string {
  const { appid } = world.keys.wechatApps.miniProgram;
  return JSON.stringify({
    appid,
    mchid: world.keys.wechatPay.mchid,
    description: '校园卡充值',
    out_trade_no: 'order_000001',
    notify_url: WECHAT_NOTIFY,
    amount: { total: 2000, currency: 'CNY' },
    payer: { openid: world.openid('wechat', appid, person) },
    ...overrides,
  });
}

export type PaymentParameters = Record<'appId' | 'timeStamp' | 'nonceStr' | 'package' | 'signType' | 'paySign', string>;

/** Parameters for wx.requestPayment, signed as the vendor's page on paySign tells. */
export function paymentParameters(world: World, prepayId: string, now: number): PaymentParameters {
  const appId = world.keys.wechatApps.miniProgram.appid;
  const timeStamp = String(Math.floor(now / 1000));
  const nonceStr = randomBytes(16).toString('hex');
  const packageText = `prepay_id=${prepayId}`;
  const signer = createSign('RSA-SHA256');
  signer.update(`${appId}\n${timeStamp}\n${nonceStr}\n${packageText}\n`);
  const paySign = signer.sign(world.keys.wechatPay.merchant.privateKeyPem, 'base64');
  return { appId, timeStamp, nonceStr, package: packageText, signType: 'RSA', paySign };
}

export interface AlipayCall {
  readonly method: string;
  readonly bizContent?: unknown;
  readonly more?: Readonly<Record<string, string>>;
  /** Common parameters replaced, or taken away with ''. */
  readonly common?: Readonly<Record<string, string>>;
  /** Changed after signing. */
  readonly tampered?: Readonly<Record<string, string>>;
}

/** A merchant's gateway call as the open platform's signing page tells: sorted, non-empty, RSA2. */
export function callAlipay(world: World, call: AlipayCall): Promise<SandboxResponse> {
  const parameters: Record<string, string> = {
    app_id: world.keys.alipay.miniProgramAppId,
    method: call.method,
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: '2026-11-21 12:00:00',
    version: '1.0',
    ...(call.bizContent === undefined ? {} : { biz_content: JSON.stringify(call.bizContent) }),
    ...call.more,
    ...call.common,
  };
  const names = Object.keys(parameters)
    .filter((name) => parameters[name] !== '')
    .sort();
  const signer = createSign('RSA-SHA256');
  signer.update(names.map((name) => `${name}=${parameters[name]}`).join('&'), 'utf8');
  const sign = signer.sign(world.keys.alipay.app.privateKeyPem, 'base64');
  const body = new URLSearchParams({ ...Object.fromEntries(names.map((name) => [name, parameters[name] ?? ''])), sign, ...call.tampered });
  return world.answer({
    method: 'POST',
    path: '/alipay/gateway.do',
    query: '',
    headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
    body: Buffer.from(body.toString()),
  });
}

/** The node of an Alipay answer, after checking its signature over the node's own text. */
export function verifiedNode(world: World, response: SandboxResponse, name: string): Record<string, unknown> {
  const head = `{"${name}":`;
  const at = response.body.lastIndexOf(',"sign":"');
  if (!response.body.startsWith(head) || at < 0) throw new Error(`not a signed ${name}: ${response.body}`);
  const node = response.body.slice(head.length, at);
  const verifier = createVerify('RSA-SHA256');
  verifier.update(node, 'utf8');
  if (!verifier.verify(world.keys.alipay.platform.publicKeyPem, String(json(response).sign), 'base64')) throw new Error('bad signature');
  return JSON.parse(node);
}

/** Whether an Alipay notice is signed: all parameters but sign and sign_type. */
export function noticeSignatureHolds(world: World, notice: { readonly body: Buffer }): boolean {
  const form = new URLSearchParams(notice.body.toString('utf8'));
  const names = [...form.keys()].filter((name) => name !== 'sign' && name !== 'sign_type' && form.get(name) !== '').sort();
  const verifier = createVerify('RSA-SHA256');
  verifier.update(names.map((name) => `${name}=${form.get(name)}`).join('&'), 'utf8');
  return verifier.verify(world.keys.alipay.platform.publicKeyPem, form.get('sign') ?? '', 'base64');
}

export function tradeContent(world: World, person: string, overrides: OrderOverrides = {}): Record<string, unknown> {
  const appId = world.keys.alipay.miniProgramAppId;
  return {
    out_trade_no: 'order_000001',
    total_amount: '20.00',
    subject: '校园卡充值 100%',
    product_code: 'JSAPI_PAY',
    op_app_id: appId,
    buyer_open_id: world.openid('alipay', appId, person),
    ...overrides,
  };
}
