import type { EpochMs } from './time';

/**
 * The 24 digits of a campus code, `PP HHHHHHHHH TT MMMMMMMMMMM` (docs/decisions/0003-codes.md). A phone writes it
 * without network and the payment function reads it; both use this file and `code-mac.ts`.
 */
export const CODE_LENGTH = 24;
export const STEP_MS = 10_000;
export const SLOTS = 4;
/** A code is good while its step's start lies in (now − PAST, now + FUTURE]. */
export const CODE_PAST_MS = 60_000;
export const CODE_FUTURE_MS = 30_000;

const PREFIX = { identity: '90', card: '91', wallet: '92' } as const;
export type CodeKind = keyof typeof PREFIX;

export interface CodeParts {
  readonly kind: CodeKind;
  /** 9 digits that stand for the account. */
  readonly handle: string;
  /** (4·step + slot) mod 100, two digits. */
  readonly tt: string;
  /** 11 digits. */
  readonly mac: string;
}

/** An offline pass (`pass-format.ts`): 93 and 224 digits, so that no other system's code has its length. */
export const PASS_PREFIX = '93';
/** An offline identity pass (`identity-pass-format.ts`): the same length, and no till takes it. */
export const IDENTITY_PASS_PREFIX = '94';
export const PASS_LENGTH = 226;

/** A code of somebody else's system is named as such, so that a cashier knows what was scanned. */
export type ScannedCode =
  | ({ readonly system: 'campus' } & CodeParts)
  | { readonly system: 'pass' | 'identity-pass' | 'wechat' | 'alipay' | 'unionpay' | 'unknown' };

const DIGITS = /^\d+$/;

/** Tells whose code it is by prefix and length (architecture §4; lengths from the vendors' documents). */
export function readCode(text: string): ScannedCode {
  if (!DIGITS.test(text)) return { system: 'unknown' };
  const prefix = text.slice(0, 2);
  if (text.length === CODE_LENGTH) {
    for (const kind of ['identity', 'card', 'wallet'] as const) {
      if (prefix === PREFIX[kind]) {
        return { system: 'campus', kind, handle: text.slice(2, 11), tt: text.slice(11, 13), mac: text.slice(13) };
      }
    }
  }
  if (text.length === PASS_LENGTH && prefix === PASS_PREFIX) return { system: 'pass' };
  if (text.length === PASS_LENGTH && prefix === IDENTITY_PASS_PREFIX) return { system: 'identity-pass' };
  const lead = Number(prefix);
  if (text.length === 18 && lead >= 10 && lead <= 15) return { system: 'wechat' };
  if (text.length >= 16 && text.length <= 24 && lead >= 25 && lead <= 30) return { system: 'alipay' };
  if (text.length === 19 && lead === 62) return { system: 'unionpay' };
  return { system: 'unknown' };
}

export function writeCode(parts: CodeParts): string {
  return `${PREFIX[parts.kind]}${parts.handle}${parts.tt}${parts.mac}`;
}

/** The digits the MAC covers, before step and school. */
export function signedDigits(parts: Omit<CodeParts, 'mac'>): string {
  return `${PREFIX[parts.kind]}${parts.handle}${parts.tt}`;
}

export function stepAt(at: EpochMs): number {
  return Math.floor(at / STEP_MS);
}

export function stepStart(step: number): EpochMs {
  return step * STEP_MS;
}

export function timeDigits(step: number, slot: number): string {
  return String((SLOTS * step + slot) % 100).padStart(2, '0');
}

/**
 * The step and slot that `tt` names near `near`. TT repeats every 25 steps (250 s), so the step is exact for every
 * code that begins within 120 s of `near`. A terminal's own time of a sale is the right `near`: every attempt of the
 * sale then resolves its code alike, and a code that can be good at any moment of the sale's window lies within 90 s.
 */
export function resolveTime(tt: string, near: EpochMs): { readonly step: number; readonly slot: number } {
  const current = stepAt(near);
  const cycle = 100 / SLOTS;
  const wanted = Math.floor(Number(tt) / SLOTS);
  const back = (((current - wanted) % cycle) + cycle) % cycle;
  const half = (cycle - 1) / 2;
  return { step: back <= half ? current - back : current - back + cycle, slot: Number(tt) % SLOTS };
}

export function codeTiming(step: number, now: EpochMs): 'valid' | 'expired' | 'early' {
  const start = stepStart(step);
  if (start <= now - CODE_PAST_MS) return 'expired';
  return start > now + CODE_FUTURE_MS ? 'early' : 'valid';
}
