import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { initialPasswords } from '../domain/initial-password';
import { maskNumber } from '../domain/masks';
import type { EncodedPassword, KnownPassword } from '../domain/password';
import type { ProofFacts } from '../domain/second-proof';
import type { FieldCipher } from '../lib/field-cipher';
import type { Holder } from '../store/holders';

/** The holder's ID tail in the clear; empty where the roster has none. */
export function openIdTail(cipher: FieldCipher, { schoolId, accountNo, idTail }: Holder): string {
  return idTail === '' ? '' : cipher.open({ schoolId, accountNo, field: 'idTail' }, idTail);
}

/** The holder's mobile number in the clear; empty where the roster has none. */
export function openMobile(cipher: FieldCipher, { schoolId, accountNo, mobile }: Holder): string {
  return mobile === '' ? '' : cipher.open({ schoolId, accountNo, field: 'mobile' }, mobile);
}

/** The holder's number as screens show it. */
export function shownNumber({ citizenId, number }: Pick<Holder, 'citizenId' | 'number'>): string {
  return citizenId?.masked ?? maskNumber(number);
}

/** What the holder may prove themselves with: a citizen ID that is typed as the number proves nothing a second time. */
export function proofFacts({ idTail, mobile, citizenId }: Pick<Holder, 'idTail' | 'mobile' | 'citizenId'>): ProofFacts {
  return { hasIdTail: idTail !== '' && citizenId === undefined, hasMobile: mobile !== '' };
}

/** The holder's e-mail address in the clear; empty where the roster has none. */
export function openEmail(cipher: FieldCipher, { schoolId, accountNo, email = '' }: Holder): string {
  return email === '' ? '' : cipher.open({ schoolId, accountNo, field: 'email' }, email);
}

/**
 * Which of the two passwords of SJ-01 is asked: the one that looks things up, or the one that spends above the password-free limit and
 * moves money at a machine. A school that names no second one has a single password for both.
 */
export type PasswordName = 'query' | 'transaction';

/** What a password of the holder is checked against. Both have the same default, and may be equal. */
export function knownPassword(
  cipher: FieldCipher,
  holder: Holder,
  pack: Pick<RulePack, 'signIn' | 'passwords'>,
  which: PasswordName = 'query',
): KnownPassword {
  const hash = isSecond(pack, which) ? (holder.transactionPasswordHash ?? null) : holder.passwordHash;
  if (hash !== null) return { hash };
  return { initial: initialPasswords(pack.signIn.initialPassword, openIdTail(cipher, holder)) };
}

/** The holder with a new hash of that password, as `knownPassword` asks for it: whoever changes one writes this row. */
export function withPassword(
  holder: Holder,
  pack: Pick<RulePack, 'passwords'>,
  change: { readonly which: PasswordName; readonly hash: EncodedPassword; readonly at: EpochMs },
): Holder {
  return isSecond(pack, change.which)
    ? { ...holder, transactionPasswordHash: change.hash }
    : { ...holder, passwordHash: change.hash, passwordChangedAt: change.at };
}

function isSecond({ passwords }: Pick<RulePack, 'passwords'>, which: PasswordName): boolean {
  return which === 'transaction' && passwords.transaction !== undefined;
}
