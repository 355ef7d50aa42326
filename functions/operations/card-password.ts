import type { SealedPin } from '../../shared/api/terminal-act';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import type { PinOpener, PinPlace } from '../lib/pin-seal';
import { accountSubject, type PasswordDeps } from './check-password';
import { returnGuessed, takeGuess } from './guess-guard';
import { knownPassword, type PasswordName } from './personal-data';

export interface CardPasswordDeps extends PasswordDeps {
  readonly pinOpener: PinOpener;
}

export interface CardPasswordQuestion {
  readonly place: PinPlace;
  readonly pin: SealedPin | undefined;
  readonly accountNo: number;
  readonly pack: RulePack;
  readonly which: PasswordName;
}

/**
 * 卡密码: the password typed at a machine. A wrong one counts for that machine and for the account; a right one gives the guess back.
 *
 * Throws AppError: `claim.password-required`, `claim.pin-unreadable`, `account.unknown`, `auth.locked`, `auth.wrong-password`, `request.busy`.
 */
export async function proveCardPassword(deps: CardPasswordDeps, question: CardPasswordQuestion): Promise<void> {
  const { place, pin, accountNo, pack, which } = question;
  if (pin === undefined) throw new AppError('claim.password-required');
  const { schoolId, terminal } = place;
  const password = deps.pinOpener.open(place, pin);
  const holder = await deps.holders.find(schoolId, accountNo);
  if (holder === undefined) throw new AppError('account.unknown');
  const guess = await takeGuess(deps, { schoolId, subject: accountSubject(accountNo) }, { guessers: [`terminal|${terminal}`] });
  if (!(await deps.passwords.check(password, knownPassword(deps.fieldCipher, holder, pack, which)))) {
    deps.counter.count('WrongPassword');
    throw new AppError('auth.wrong-password');
  }
  await returnGuessed(deps, guess);
}
