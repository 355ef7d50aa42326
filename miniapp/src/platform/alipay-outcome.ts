import type { PayOutcome } from './contract';

/**
 * resultCode of tradePay, in the mini-program and in the web bridge: 9000 paid, 6001 closed by the payer; 8000 and
 * 6004 mean "may have been paid", as does anything this file does not know.
 */
export function alipayOutcome(result: unknown): PayOutcome {
  const fields = (typeof result === 'object' && result !== null ? result : {}) as { resultCode?: unknown };
  switch (String(fields.resultCode)) {
    case '9000':
      return 'done';
    case '6001':
      return 'cancelled';
    default:
      return 'unknown';
  }
}

/** resultCode of paySignCenter: 7000 agreed, 6001 closed by the payer. */
export function alipaySignOutcome(result: unknown): PayOutcome {
  const fields = (typeof result === 'object' && result !== null ? result : {}) as { resultCode?: unknown };
  const code = String(fields.resultCode);
  return code === '7000' ? 'done' : code === '6001' ? 'cancelled' : 'unknown';
}
