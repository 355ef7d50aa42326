import { createHmac, hkdfSync } from 'node:crypto';
import { type CodeKeyName, type CodeMacInput, codeKeyText, codeMacNumber, codeMacText } from '../../shared/code-mac';
import { Handles, type SeenHandles } from './handles';

/** Secrets of one school, all derived from the deployment's master key (docs/decisions/0004-keys.md). */
export interface SchoolKeys {
  /** Root of the code keys that phones hold week by week. */
  readonly code: Uint8Array;
  /** FF1 key of the handle permutation. */
  readonly handle: Uint8Array;
  readonly handles: Handles;
  /** Root of the keys in the chips of physical cards. */
  readonly chip: Uint8Array;
}

/** HKDF-SHA256 with the school and the purpose in `info`: no school's key tells anything of another's. */
export function deriveSchoolKeys(masterKey: Uint8Array, schoolId: string, seen?: SeenHandles): SchoolKeys {
  const derive = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', masterKey, 'e-code-card/v1', `${schoolId}/${purpose}`, 32));
  const handle = derive('handle');
  return { code: derive('code'), handle, handles: new Handles(handle, schoolId, seen), chip: derive('chip') };
}

/** Seed of the Ed25519 key that signs a school's offline passes. `keyId` counts up: a key that leaked is left behind. */
export function derivePassSeed(masterKey: Uint8Array, schoolId: string, keyId: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterKey, 'e-code-card/v1', `${schoolId}/pass/${keyId}`, 32));
}

/** Seed of the Ed25519 key that signs the heads of a school's passbooks. */
export function deriveHeadSeed(masterKey: Uint8Array, schoolId: string, keyId: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterKey, 'e-code-card/v1', `${schoolId}/head/${keyId}`, 32));
}

/** Signs the gift links of one school. */
export function deriveGiftKey(masterKey: Uint8Array, schoolId: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterKey, 'e-code-card/v1', `${schoolId}/gift`, 32));
}

/**
 * Hides the citizen ID by which a temporary card is found: without it the whole space of such numbers could be tried
 * against a stolen table.
 */
export function deriveCitizenIdKey(masterKey: Uint8Array, schoolId: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterKey, 'e-code-card/v1', `${schoolId}/citizen-id`, 32));
}

/** Signs what pages of no school and no person hold; no school id has a slash or is written in capitals. */
export function derivePageKey(masterKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterKey, 'e-code-card/v1', 'DEPLOYMENT/page', 32));
}

export function handleOf(keys: SchoolKeys, accountNo: number): string {
  return keys.handles.of(accountNo);
}

export function accountOfHandle(keys: SchoolKeys, handle: string): number {
  return keys.handles.accountOf(handle);
}

/** The key of one app for one week, as the phone holds it. */
export function codeWeekKey(keys: SchoolKeys, name: CodeKeyName): Uint8Array {
  return createHmac('sha256', keys.code).update(codeKeyText(name)).digest();
}

/** Whether `mac` (11 digits) is the code's. Numbers are compared in one step, so the time taken shows no digit of the right one. */
export function provesCode(weekKey: Uint8Array, code: CodeMacInput, mac: string): boolean {
  return codeMacNumber(createHmac('sha256', weekKey).update(codeMacText(code)).digest()) === Number(mac);
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
