import { createHmac } from 'node:crypto';
import type { RandomBytes } from '../../shared/ids';

export const SMS_CODE_LIVES_MS = 5 * 60_000;
export const SMS_RESEND_AFTER_MS = 60_000;
/** Messages cost money and annoy: whoever holds a session cannot send more than these to a holder. */
export const SMS_PER_DAY = 10;

const DIGITS = 1_000_000;
/** The largest multiple of a million in 32 bits: what lies above it is drawn again, so that no code is likelier. */
const FAIR_BELOW = Math.floor(2 ** 32 / DIGITS) * DIGITS;

/** Six digits, all equally likely. */
export function newSmsCode(randomBytes: RandomBytes): string {
  for (let draws = 0; draws < 64; draws += 1) {
    const bytes = randomBytes(4);
    const value = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    if (value < FAIR_BELOW) return String(value % DIGITS).padStart(6, '0');
  }
  throw new Error('the source of random bytes repeats itself');
}

/** What is stored of a code: keyed, because a million codes are soon tried by whoever reads the table. */
export function smsCodeHash(
  key: Uint8Array,
  code: { readonly schoolId: string; readonly accountNo: number; readonly requestId: string; readonly digits: string },
): string {
  return createHmac('sha256', key).update(['sms-v1', code.schoolId, code.accountNo, code.requestId, code.digits].join('|')).digest('hex');
}
