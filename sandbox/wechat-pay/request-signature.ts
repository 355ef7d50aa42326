import { createPublicKey, verify } from 'node:crypto';
import type { EpochMs } from '../../shared/time';
import type { SandboxRequest } from '../lib/http';
import type { Surroundings } from '../surroundings';
import { WechatRefusal } from './refusal';

const SCHEME = 'WECHATPAY2-SHA256-RSA2048';
const WINDOW_MS = 5 * 60_000;
const FIELDS = ['mchid', 'nonce_str', 'signature', 'timestamp', 'serial_no'] as const;

/** Refuses a request that the merchant's key did not sign just now, as the API v3 signature rules say; the raw bytes count. */
export interface RequestVerifier {
  verify(request: SandboxRequest): void;
}

export function createRequestVerifier(parts: Pick<Surroundings, 'clock' | 'keys'>): RequestVerifier {
  const { mchid, merchant } = parts.keys.wechatPay;
  const publicKey = createPublicKey(merchant.publicKeyPem);
  const seenNonces = new Map<string, EpochMs>();

  function refuseReuse(nonce: string, now: EpochMs): void {
    for (const [seen, at] of seenNonces) if (Math.abs(now - at) > 2 * WINDOW_MS) seenNonces.delete(seen);
    if (seenNonces.has(nonce)) throw signError('Http头Authorization中的nonce_str重复，请求可能被重放');
    seenNonces.set(nonce, now);
  }

  return {
    verify(request) {
      const fields = parseAuthorization(request.headers.authorization ?? '');
      const now = parts.clock();
      if (fields.mchid !== mchid) throw signError('商户号不存在，请检查Http头Authorization中的mchid');
      // Hexadecimal: clients in use read the serial from the certificate in lower case, and the vendor takes it.
      if (fields.serial_no.toUpperCase() !== merchant.serial) throw signError('商户证书序列号有误。请使用签名私钥匹配的证书序列号');
      if (!/^\d{10}$/.test(fields.timestamp) || Math.abs(now - Number(fields.timestamp) * 1000) > WINDOW_MS) {
        throw signError('Http头Authorization中的timestamp与发起请求的时间不得超过5分钟');
      }
      // The vendor has no mount point; below one, a client may sign either the whole path or the vendor's own.
      const messages = [request.path, request.fullPath].map((path) => messageOf(request, path, fields));
      const signature = Buffer.from(fields.signature, 'base64');
      if (!messages.some((message) => verify('sha256', message, publicKey, signature))) throw mismatch(request, messages[0]);
      refuseReuse(fields.nonce_str, now);
    },
  };
}

type Authorization = Record<(typeof FIELDS)[number], string>;

function parseAuthorization(header: string): Authorization {
  if (header === '') throw signError('Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》');
  if (!header.startsWith(`${SCHEME} `)) throw signError('Http头Authorization认证类型不正确');
  const found = new Map<string, string>();
  for (const part of header.slice(SCHEME.length + 1).split(',')) {
    const match = /^\s*([a-z_]+)="([^"]*)"\s*$/.exec(part);
    if (match?.[1] === undefined || match[2] === undefined || found.has(match[1])) throw badFormat();
    found.set(match[1], match[2]);
  }
  const read = (name: (typeof FIELDS)[number]): string => found.get(name) || raise(badFormat());
  return {
    mchid: read('mchid'),
    nonce_str: read('nonce_str'),
    signature: read('signature'),
    timestamp: read('timestamp'),
    serial_no: read('serial_no'),
  };
}

function messageOf(request: SandboxRequest, path: string, fields: Authorization): Buffer {
  const url = request.query === '' ? path : `${path}?${request.query}`;
  const head = `${request.method}\n${url}\n${fields.timestamp}\n${fields.nonce_str}\n`;
  return Buffer.concat([Buffer.from(head, 'utf8'), request.body, Buffer.from('\n')]);
}

function mismatch(request: SandboxRequest, message: Buffer | undefined): WechatRefusal {
  const url = request.query === '' ? request.path : `${request.path}?${request.query}`;
  return signError('错误的签名，验签失败', {
    field: 'signature',
    issue: 'sign not match',
    location: 'authorization',
    sign_information: { method: request.method, url, sign_message_length: message?.length ?? 0 },
  });
}

function badFormat(): WechatRefusal {
  return signError('Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》');
}

function signError(message: string, detail?: unknown): WechatRefusal {
  return new WechatRefusal(401, 'SIGN_ERROR', message, detail);
}

function raise(error: Error): never {
  throw error;
}
