import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { EpochMs } from '../../shared/time';

/**
 * A self-signed X.509 v3 certificate. node:crypto reads certificates but cannot make one, so this writes the few DER
 * structures of RFC 5280 that a platform certificate needs.
 */
export interface CertificateRequest {
  /** Upper-case hex, 20 bytes: WeChat's serial_no is exactly this text. */
  readonly serial: string;
  readonly commonName: string;
  readonly privateKeyPem: string;
  readonly notBefore: EpochMs;
  readonly notAfter: EpochMs;
}

export function selfSignedCertificate(request: CertificateRequest): string {
  const privateKey = createPrivateKey(request.privateKeyPem);
  const publicKeyInfo = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(objectId(COMMON_NAME), tagged(UTF8_STRING, Buffer.from(request.commonName, 'utf8')))));
  const signatureAlgorithm = sequence(objectId(SHA256_WITH_RSA), tagged(NULL, Buffer.alloc(0)));
  const toBeSigned = sequence(
    tagged(EXPLICIT_0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.from(request.serial, 'hex')),
    signatureAlgorithm,
    name,
    sequence(utcTime(request.notBefore), utcTime(request.notAfter)),
    name,
    publicKeyInfo,
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const der = sequence(toBeSigned, signatureAlgorithm, tagged(BIT_STRING, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = 0x05;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
const EXPLICIT_0 = 0xa0;
// Object identifiers in their DER body form: 2.5.4.3 and 1.2.840.113549.1.1.11.
const COMMON_NAME = '550403';
const SHA256_WITH_RSA = '2a864886f70d01010b';

function tagged(tag: number, body: Buffer): Buffer {
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = Buffer.from(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, body]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(SEQUENCE, Buffer.concat(parts));
}

function set(...parts: Buffer[]): Buffer {
  return tagged(SET, Buffer.concat(parts));
}

function objectId(bodyHex: string): Buffer {
  return tagged(0x06, Buffer.from(bodyHex, 'hex'));
}

/** DER integers are signed: a leading 1 bit would make the serial negative. */
function integer(value: Buffer): Buffer {
  const positive = ((value[0] ?? 0) & 0x80) === 0 ? value : Buffer.concat([Buffer.from([0]), value]);
  return tagged(INTEGER, positive);
}

/** UTCTime "YYMMDDHHMMSSZ", valid until 2049. */
function utcTime(at: EpochMs): Buffer {
  const text = new Date(at).toISOString().replace(/\D/g, '').slice(2, 14);
  return tagged(UTC_TIME, Buffer.from(`${text}Z`, 'ascii'));
}
