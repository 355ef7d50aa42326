import { createHash, createPublicKey, verify } from 'node:crypto';

/** A pass as bytes, by docs/terminal-api.md alone, as a vendor would read it. */
export interface PassBytes {
  readonly digits: string;
  /** The 29 bytes that are signed. */
  readonly facts: Buffer;
  readonly signature: Buffer;
}

/** The prefix, then 224 digits of one number: 93 bytes, big-endian. Undefined when it is none of that form. */
export function readPassDigits(
  digits: string,
  { prefix, form }: { readonly prefix: string; readonly form: number },
): PassBytes | undefined {
  if (!/^\d{226}$/.test(digits) || !digits.startsWith(prefix)) return undefined;
  const hex = BigInt(digits.slice(2)).toString(16).padStart(186, '0');
  const bytes = Buffer.from(hex, 'hex');
  if (hex.length !== 186 || bytes[0] !== form) return undefined;
  return { digits, facts: bytes.subarray(0, 29), signature: bytes.subarray(29) };
}

/** What both kinds of pass say at the same place. */
export function commonFacts(facts: Buffer) {
  const validFrom = facts.readUInt32BE(14) * 1_000;
  return {
    school: facts.toString('hex', 1, 5),
    /** The envelope, or the alias. */
    name: facts.readBigUInt64BE(5).toString().padStart(18, '0'),
    index: facts.readUInt8(13),
    validFrom,
    validUntil: validFrom + facts.readUInt16BE(18) * 60_000,
    keyId: facts.readUInt8(26),
    epoch: facts.readUInt16BE(27),
  };
}

export function schoolTagOf(schoolId: string): string {
  return createHash('sha256').update(schoolId).digest('hex').slice(0, 8);
}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 public key. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** `publicKey`: raw, base64, as a heartbeat says it. */
export function isPassSigned(schoolId: string, { facts, signature }: PassBytes, publicKey: string): boolean {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'base64')]), format: 'der', type: 'spki' });
  return verify(null, Buffer.concat([Buffer.from(`ecode-pass-v1\n${schoolId}\n`), facts]), key, signature);
}
