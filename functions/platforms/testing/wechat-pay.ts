import { createCipheriv, randomBytes, sign, verify } from 'node:crypto';
import type { NoticeHeaders } from '../contract';
import { certificateFor, newKeys, serialOf, type TestKeys } from './keys';
import type { SentRequest } from './network';

/** WeChat Pay's side, from its documents, with node:crypto alone. */
export const NOW = Date.UTC(2026, 10, 21, 4, 0, 0);
export const NOW_SECONDS = Math.floor(NOW / 1_000);
export const MERCHANT_ID = '1900000109';
export const MINI_APP = 'wx0000000000000001';
export const WEB_APP = 'wx0000000000000002';
export const API_V3_KEY = '0123456789abcdef0123456789ABCDEF';
export const CERTIFICATE_SERIAL = serialOf('platform certificate');
export const PUBLIC_KEY_SERIAL = 'PUB_KEY_ID_0119000001092026112100000000000001';
export const MERCHANT_SERIAL = serialOf('merchant certificate');

export const certificateKeys = newKeys();
export const publicKeyKeys = newKeys();
export const merchantKeys = newKeys();

export const noticeSettings = {
  merchantId: MERCHANT_ID,
  appIds: [MINI_APP, WEB_APP],
  apiV3Key: API_V3_KEY,
  platformKeys: [
    { serial: CERTIFICATE_SERIAL, pem: certificateFor(certificateKeys, CERTIFICATE_SERIAL) },
    { serial: PUBLIC_KEY_SERIAL, pem: publicKeyKeys.publicPem },
  ],
};

export const settings = {
  ...noticeSettings,
  baseUrl: 'https://api.mch.weixin.qq.com',
  merchantSerialNo: MERCHANT_SERIAL,
  merchantPrivateKey: merchantKeys.privatePem,
  timeoutMs: 1_000,
};

export interface Signing {
  readonly keys?: TestKeys;
  readonly serial?: string;
  readonly timestamp?: string;
  readonly nonce?: string;
}

export function signedHeaders(body: Uint8Array, signing: Signing = {}): Record<string, string> {
  const timestamp = signing.timestamp ?? String(NOW_SECONDS);
  const nonce = signing.nonce ?? randomBytes(16).toString('hex');
  const text = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')]);
  return {
    'content-type': 'application/json',
    'wechatpay-serial': signing.serial ?? CERTIFICATE_SERIAL,
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-signature': sign('RSA-SHA256', text, (signing.keys ?? certificateKeys).privateKey).toString('base64'),
  };
}

/** An answer of the platform, signed. */
export function answer(status: number, content: unknown, signing: Signing = {}): Response {
  const text = content === undefined ? '' : JSON.stringify(content);
  const hasBody = status !== 204;
  return new Response(hasBody ? text : null, { status, headers: signedHeaders(Buffer.from(text), signing) });
}

export const paidTransaction = {
  mchid: MERCHANT_ID,
  appid: MINI_APP,
  out_trade_no: 'ord_01JD0000000000000000000001',
  transaction_id: '4200001234202611210000000001',
  trade_type: 'JSAPI',
  trade_state: 'SUCCESS',
  trade_state_desc: '支付成功',
  bank_type: 'OTHERS',
  attach: '',
  success_time: '2026-11-21T11:59:58+08:00',
  payer: { openid: 'oTestOpenid0000000000000001' },
  amount: { total: 2_000, payer_total: 1_500, currency: 'CNY', payer_currency: 'CNY' },
};

export interface Sealing {
  readonly key?: string;
  readonly nonce?: string;
  readonly associatedData?: string;
}

export function seal(plain: string, sealing: Sealing = {}) {
  const nonce = sealing.nonce ?? 'abcdefghijkl';
  const associatedData = sealing.associatedData ?? 'transaction';
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(sealing.key ?? API_V3_KEY), Buffer.from(nonce), { authTagLength: 16 });
  cipher.setAAD(Buffer.from(associatedData));
  const bytes = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    original_type: 'transaction',
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: bytes.toString('base64'),
    nonce,
    associated_data: associatedData,
  };
}

export interface Notice {
  readonly body: Buffer;
  readonly headers: NoticeHeaders;
}

export function envelope(resource: unknown): Record<string, unknown> {
  return {
    id: 'EV-2026112112000000001',
    create_time: '2026-11-21T12:00:00+08:00',
    resource_type: 'encrypt-resource',
    event_type: 'TRANSACTION.SUCCESS',
    summary: '支付成功',
    resource,
  };
}

/** A notice of the platform: `content` sealed, wrapped and signed. */
export function noticeOf(content: unknown, signing: Signing = {}): Notice {
  return signedNotice(envelope(seal(JSON.stringify(content))), signing);
}

export function signedNotice(content: unknown, signing: Signing = {}): Notice {
  const body = Buffer.from(JSON.stringify(content));
  return { body, headers: signedHeaders(body, signing) };
}

/** Counts up, so that two nonces differ and every byte is known. */
export function counting() {
  let round = 0;
  return (count: number) => {
    round += 1;
    return new Uint8Array(count).fill(round);
  };
}

/** The request as the platform checks it: "签名生成" over what is on the wire. */
export function assertSignedByMerchant(sent: SentRequest | undefined): Map<string, string> {
  if (sent === undefined) throw new Error('nothing was sent');
  const header = sent.headers.get('authorization') ?? '';
  expect(header).toMatch(/^WECHATPAY2-SHA256-RSA2048 /);
  const fields = new Map([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
  const path = sent.url.pathname + sent.url.search;
  const text = `${sent.method}\n${path}\n${fields.get('timestamp')}\n${fields.get('nonce_str')}\n${sent.body}\n`;
  const signature = Buffer.from(fields.get('signature') ?? '', 'base64');
  expect(verify('RSA-SHA256', Buffer.from(text), merchantKeys.publicPem, signature)).toBe(true);
  expect(fields.get('mchid')).toBe(MERCHANT_ID);
  expect(fields.get('serial_no')).toBe(MERCHANT_SERIAL);
  expect(fields.get('timestamp')).toBe(String(NOW_SECONDS));
  return fields;
}

export const acceptedRefund = {
  refund_id: '50300000012026112100000000001',
  out_refund_no: 'rfd_01JD0000000000000000000001',
  transaction_id: paidTransaction.transaction_id,
  out_trade_no: paidTransaction.out_trade_no,
  channel: 'ORIGINAL',
  user_received_account: '支付用户零钱',
  create_time: '2026-11-21T12:00:00+08:00',
  status: 'PROCESSING',
  funds_account: 'AVAILABLE',
  amount: { total: 2_000, refund: 500, payer_total: 1_500, payer_refund: 375, discount_refund: 125, currency: 'CNY' },
};

export const succeededRefund = { ...acceptedRefund, status: 'SUCCESS', success_time: '2026-11-21T12:00:03+08:00' };

/** The plaintext of a refund notice, which has a merchant and calls its state otherwise. */
export const refundNotice = {
  mchid: MERCHANT_ID,
  transaction_id: acceptedRefund.transaction_id,
  out_trade_no: acceptedRefund.out_trade_no,
  refund_id: acceptedRefund.refund_id,
  out_refund_no: acceptedRefund.out_refund_no,
  refund_status: 'SUCCESS',
  success_time: '2026-11-21T12:00:03+08:00',
  user_received_account: '支付用户零钱',
  amount: { total: 2_000, refund: 500, payer_total: 1_500, payer_refund: 375 },
};

export function refundNoticeOf(content: unknown, event = 'REFUND.SUCCESS', signing: Signing = {}): Notice {
  const resource = { ...seal(JSON.stringify(content), { associatedData: 'refund' }), original_type: 'refund' };
  return signedNotice({ ...envelope(resource), event_type: event, summary: '退款成功' }, signing);
}
