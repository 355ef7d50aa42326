import type { CodeSentReply } from '../../shared/api/wallet';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import type { BankCodeSent } from '../platforms/contract';

/** A code on its way, as the screen counts down to the next one (DL-37). */
export function codeView({ maskedMobile, resendAt, expiresAt }: BankCodeSent, { utcOffsetMinutes }: RulePack): CodeSentReply['code'] {
  return { maskedMobile, resendAt: toIso(resendAt, utcOffsetMinutes), expiresAt: toIso(expiresAt, utcOffsetMinutes) };
}
