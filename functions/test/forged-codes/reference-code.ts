import { createHmac } from 'node:crypto';
import { FF1 } from '@noble/ciphers/ff1.js';
import type { CodeKind } from '../../../shared/code-format';

/**
 * The codes of docs/decisions/0003-codes.md once more, written from that page and not from the code: what a forged code is compared
 * with must not share a mistake with what judges it.
 */
export const STEP_MS = 10_000;
export const PREFIXES: Readonly<Record<CodeKind, string>> = { identity: '90', card: '91', wallet: '92' };

export interface ReferenceCode {
  readonly codeKey: Uint8Array;
  readonly kind: CodeKind;
  readonly handle: string;
  readonly step: number;
  readonly slot: number;
  readonly keyVersion: number;
  readonly week: string;
  readonly schoolId: string;
}

export function referenceCode({ codeKey, kind, handle, step, slot, keyVersion, week, schoolId }: ReferenceCode): string {
  const weekKey = createHmac('sha256', codeKey).update(`${handle}|${slot}|${keyVersion}|${week}`).digest();
  const digits = `${PREFIXES[kind]}${handle}${String((4 * step + slot) % 100).padStart(2, '0')}`;
  const tag = createHmac('sha256', weekKey).update(`${digits}|${step}|${schoolId}`).digest();
  return digits + String(tag.readBigUInt64BE(0) % 100_000_000_000n).padStart(11, '0');
}

export function referenceHandle(handleKey: Uint8Array, accountNo: number): string {
  return FF1(10, handleKey)
    .encrypt(Array.from(String(accountNo).padStart(9, '0'), Number))
    .join('');
}

/** Monday, 23 November 2026 in Beijing: where ISO week 47 ends. */
export const MONDAY = Date.UTC(2026, 10, 22, 16, 0, 0);

/** For the two weeks on either side of that Monday. */
export function weekOf(step: number): string {
  return step * STEP_MS < MONDAY ? '2026-W47' : '2026-W48';
}
