import { AppError } from '../../shared/errors';
import { POLICY_DAY } from '../../shared/privacy-policy';
import type { Binding } from '../store/bindings';

/**
 * Stands before every way to bind: nobody is looked for by a name or a number before its holder agreed to the privacy policy in force. A newer
 * policy than this server knows is no less: a mini-program may be released before its server.
 *
 * Throws AppError `auth.consent-required`.
 */
export function requireConsent(consent: Binding['consent']): NonNullable<Binding['consent']> {
  if (consent === undefined || consent.policyDay < POLICY_DAY) throw new AppError('auth.consent-required', { policyDay: POLICY_DAY });
  return consent;
}
