import { createHmac, hkdfSync } from 'node:crypto';
import { FF1 } from '@noble/ciphers/ff1.js';
import { type CodeKeyName, deriveCodeKey } from '../../shared/code-mac';

/** Secrets of one school, all derived from the deployment's master key (docs/decisions/0004-keys.md). */
export interface SchoolKeys {
  /** Root of the code keys that phones hold week by week. */
  readonly code: Uint8Array;
  /** FF1 key of the handle permutation; never changes, so that a handle may be cached for ever. */
  readonly handle: Uint8Array;
  /** Root of the keys in the chips of physical cards. */
  readonly chip: Uint8Array;
}

/** HKDF-SHA256 with the school and the purpose in `info`: no school's key tells anything of another's. */
export function deriveSchoolKeys(masterKey: Uint8Array, schoolId: string): SchoolKeys {
  const derive = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', masterKey, 'e-code-card/v1', `${schoolId}/${purpose}`, 32));
  return { code: derive('code'), handle: derive('handle'), chip: derive('chip') };
}

/** Signs the gift links of one school. */
export function deriveGiftKey(masterKey: Uint8Array, schoolId: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterKey, 'e-code-card/v1', `${schoolId}/gift`, 32));
}

/** Signs what pages of no school and no person hold; no school id has a slash or is written in capitals. */
export function derivePageKey(masterKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterKey, 'e-code-card/v1', 'DEPLOYMENT/page', 32));
}

const HANDLE_DIGITS = 9;

function digitsOf(value: number): number[] {
  return Array.from(String(value).padStart(HANDLE_DIGITS, '0'), Number);
}

/** Account number ↔ the 9-digit handle of its codes: a permutation, so no look-up and no clash (NIST SP 800-38G). */
export function handleOf(keys: SchoolKeys, accountNo: number): string {
  return FF1(10, keys.handle).encrypt(digitsOf(accountNo)).join('');
}

export function accountOfHandle(keys: SchoolKeys, handle: string): number {
  return Number(FF1(10, keys.handle).decrypt(Array.from(handle, Number)).join(''));
}

export function codeWeekKey(keys: SchoolKeys, name: CodeKeyName): Uint8Array {
  return deriveCodeKey(keys.code, name);
}

/** Key in the chip of one card. */
export function chipKey(keys: SchoolKeys, cardNumber: string): Uint8Array {
  return createHmac('sha256', keys.chip).update(`card|${cardNumber}`).digest();
}

export interface Tap {
  readonly schoolId: string;
  readonly terminal: number;
  readonly sequence: number;
  readonly amountFen: number;
  readonly counter: number;
}

/** The chip's transaction code: first 8 bytes of HMAC-SHA256 over terminal, sequence, amount and its own counter, hex. */
export function chipMac(key: Uint8Array, tap: Tap): string {
  const text = ['tap-v1', tap.schoolId, tap.terminal, tap.sequence, tap.amountFen, tap.counter].join('|');
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 16);
}
