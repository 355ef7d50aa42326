import { createHmac } from 'node:crypto';
import type { FieldKeys } from '../lib/field-cipher';

/** What codes sent by us are hashed with: of the pepper in force, so that every function judges the same code alike. */
export function smsCodeKeyOf(peppers: FieldKeys): Uint8Array {
  return createHmac('sha256', peppers.keys[peppers.current] ?? new Uint8Array())
    .update('sms-code')
    .digest();
}
