import type { EpochMs } from '../../../shared/time';
import { plainEntry } from './half-width';

/** Whole seconds until another code may be asked for; 0 when it may. A clock that is wrong by more never makes anybody wait longer. */
export function waitSeconds(resendAt: EpochMs, now: EpochMs): number {
  return Math.min(120, Math.max(0, Math.ceil((resendAt - now) / 1_000)));
}

/** The digits of a code as somebody typed or pasted it: full-width digits and spaces between them count. Undefined while it is none. */
export function typedCode(text: string): string | undefined {
  const digits = plainEntry(text);
  return /^\d{4,8}$/.test(digits) ? digits : undefined;
}
