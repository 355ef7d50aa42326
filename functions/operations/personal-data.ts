import type { RulePack } from '../../shared/rule-pack';
import { initialPasswords } from '../domain/initial-password';
import type { KnownPassword } from '../domain/password';
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

/** What a password of the holder is checked against. */
export function knownPassword(cipher: FieldCipher, holder: Holder, pack: Pick<RulePack, 'signIn'>): KnownPassword {
  if (holder.passwordHash !== null) return { hash: holder.passwordHash };
  return { initial: initialPasswords(pack.signIn.initialPassword, openIdTail(cipher, holder)) };
}
