import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import type { Passwords } from '../domain/password';
import type { FieldCipher } from '../lib/field-cipher';
import type { Holder, Holders } from '../store/holders';
import type { HolderCaller } from './caller';
import { type Guess, type GuessDeps, takeGuess } from './guess-guard';
import { knownPassword } from './personal-data';

export interface PasswordDeps extends GuessDeps {
  readonly passwords: Pick<Passwords, 'check' | 'hash' | 'isOutdated'>;
  readonly fieldCipher: FieldCipher;
  readonly holders: Holders;
}

export interface PasswordQuestion {
  readonly holder: Holder;
  readonly pack: RulePack;
  readonly password: string;
  /** See `GuessTarget`. */
  readonly isUrgent?: boolean;
}

/** All wrong guesses at an account are one count, whichever screen they are made on. */
export function accountSubject(accountNo: number): string {
  return `account|${accountNo}`;
}

/** Guesses at a number that nobody has are one count too; of a citizen ID only what stands for it is written down. */
export function numberSubject(
  { tokenOf }: Pick<Holders, 'tokenOf'>,
  { schoolId, number }: { readonly schoolId: string; readonly number: string },
  holder: Pick<Holder, 'accountNo'> | undefined,
): string {
  return holder === undefined ? `number|${tokenOf(schoolId, number)}` : accountSubject(holder.accountNo);
}

/**
 * Checks the password of a holder who is signed in. The guess stays counted until the caller gives it back, which it
 * does when all else that was to be proved is right too.
 *
 * Throws AppError: `auth.locked`, `auth.wrong-password`, `request.busy`.
 */
export async function checkPassword(
  deps: PasswordDeps,
  caller: HolderCaller,
  { holder, pack, password, isUrgent = false }: PasswordQuestion,
): Promise<Guess> {
  const target = { schoolId: holder.schoolId, subject: accountSubject(holder.accountNo), isUrgent };
  const guess = await takeGuess(deps, target, caller);
  if (await deps.passwords.check(password, knownPassword(deps.fieldCipher, holder, pack))) return guess;
  deps.counter.count('WrongPassword');
  throw new AppError('auth.wrong-password');
}

/** The holder of a caller's account. Throws AppError `account.unknown`. */
export async function readHolder(deps: { readonly holders: Pick<Holders, 'find'> }, { bound }: HolderCaller): Promise<Holder> {
  const holder = await deps.holders.find(bound.schoolId, bound.accountNo);
  if (holder === undefined) throw new AppError('account.unknown');
  return holder;
}

/** A right password is the moment to bring an old hash to today's cost; losing the race to another change is no harm. */
export async function renewHash(deps: PasswordDeps, holder: Holder, password: string): Promise<void> {
  if (holder.passwordHash === null || !deps.passwords.isOutdated(holder.passwordHash)) return;
  await deps.holders.save({ ...holder, passwordHash: await deps.passwords.hash(password) });
}
