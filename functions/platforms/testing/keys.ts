import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Keys and certificates made for one test run; none is ever written down. */
export interface TestKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly privatePem: string;
  readonly publicPem: string;
}

export function newKeys(bits = 2_048): TestKeys {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return {
    privateKey,
    publicKey,
    privatePem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicPem: String(publicKey.export({ type: 'spki', format: 'pem' })),
  };
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = Buffer.from(body.length.toString(16).padStart(4, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x82]), size, body]);
}

const SHA256_RSA = Buffer.from('300d06092a864886f70d01010b0500', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');

/** A self-signed certificate with the serial number asked for: node:crypto reads them but makes none. */
export function certificateFor(keys: TestKeys, serial: string): string {
  const name = der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, Buffer.from('Test Platform')))));
  const validity = der(0x30, der(0x17, Buffer.from('250101000000Z')), der(0x17, Buffer.from('350101000000Z')));
  const spki = Buffer.from(keys.publicPem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const version = der(0xa0, Buffer.from('020102', 'hex'));
  const body = der(0x30, version, der(0x02, Buffer.from(serial, 'hex')), SHA256_RSA, name, validity, name, spki);
  const signature = sign('RSA-SHA256', body, keys.privateKey);
  const certificate = der(0x30, body, SHA256_RSA, der(0x03, Buffer.from([0]), signature));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** 40 hex digits that look like a serial number; the first is never 0 nor above 7, so its DER form has no padding. */
export function serialOf(text: string): string {
  return `5${createHash('sha1').update(text).digest('hex').slice(1).toUpperCase()}`;
}
