import { AppError } from '../../shared/errors';
import { normaliseNumber } from '../domain/plain-text';
import type { CampusPerson } from '../platforms/contract';
import type { Holder, Holders } from '../store/holders';
import { type BeginSsoDeps, offeredSso } from './begin-sso';
import { type BindAnswer, type BindHolderDeps, type BindWish, bindHolder } from './bind';
import type { Caller } from './caller';
import { numberSubject } from './check-password';
import { type GuessDeps, returnGuessed, takeGuess } from './guess-guard';
import { isName } from './prove-holder';
import { requireConsent } from './require-consent';

export interface BindBySsoDeps extends BeginSsoDeps, BindHolderDeps, GuessDeps {
  readonly holders: Pick<Holders, 'find' | 'accountOf' | 'tokenOf'>;
}

export interface SsoReturn {
  readonly state: string;
  readonly code: string;
  readonly issuer?: string | undefined;
  readonly deviceLabel?: string | undefined;
  readonly consent?: BindWish['consent'];
}

/**
 * Binds the card of whom the school's own sign-in vouches for. The visit is used up before its code is traded, so that neither a repeat
 * nor a second try of a stolen code finds one.
 *
 * Throws AppError: `auth.consent-required`, `auth.already-bound`, `auth.sso-refused` (no visit of this session, a code or token that does not stand up),
 * `auth.sso-unavailable`, `auth.sso-no-card` (nobody of that number, or of another name), `auth.way-not-offered` (switched off meanwhile),
 * `school.unknown`, `auth.locked`, `auth.too-many-apps`, `auth.sign-in-required`, `account.closed`, `account.unknown`, `request.busy`,
 * `config.invalid`.
 */
export async function bindBySso(deps: BindBySsoDeps, caller: Caller, back: SsoReturn): Promise<BindAnswer> {
  const consent = requireConsent(back.consent);
  if (caller.bound !== undefined) throw new AppError('auth.already-bound');
  const visit = await deps.ssoVisits.take(back.state, caller.tokenHash, deps.clock());
  if (visit === undefined) throw new AppError('auth.sso-refused', { reason: 'no-visit' });
  const { schoolId, redirectUri, nonce, codeVerifier } = visit;
  const pack = await deps.packOf(schoolId);
  const sso = offeredSso(deps, pack);
  const person = await sso.identify({ code: back.code, issuer: back.issuer, redirectUri, nonce, codeVerifier });
  const holder = await vouchedHolder(deps, caller, { schoolId, person });
  return bindHolder(deps, caller, { holder, pack, deviceLabel: back.deviceLabel, consent });
}

/**
 * The holder of the number that the school vouches for. A number without a card counts as a guess of this identity, so that a provider that
 * would say any number cannot be used to walk through them; who is locked out of an account by wrong passwords waits here as well.
 */
async function vouchedHolder(
  deps: BindBySsoDeps,
  caller: Caller,
  { schoolId, person }: { readonly schoolId: string; readonly person: CampusPerson },
): Promise<Holder> {
  const number = normaliseNumber(person.number);
  // A student or staff number only: the provider knows no cards, and a card's number may look like somebody's.
  const accountNo = await deps.holders.accountOf(schoolId, number);
  const holder = accountNo === undefined ? undefined : await deps.holders.find(schoolId, accountNo);
  const subject = numberSubject(deps.holders, { schoolId, number }, holder);
  const guess = await takeGuess(deps, { schoolId, subject, isUrgent: true }, caller);
  if (holder === undefined || (person.name !== undefined && !isName(holder, person.name))) throw new AppError('auth.sso-no-card');
  await returnGuessed(deps, guess);
  return holder;
}
