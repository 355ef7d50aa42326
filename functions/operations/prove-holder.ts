import { citizenIdProblem } from '../../shared/citizen-id';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { normaliseName, normaliseNumber } from '../domain/plain-text';
import type { Holder } from '../store/holders';
import { numberSubject, type PasswordDeps, renewHash } from './check-password';
import { type FindHolderDeps, findHolder } from './find-holder';
import { type Guesser, returnGuessed, takeGuess } from './guess-guard';
import { knownPassword } from './personal-data';

export interface ProveHolderDeps extends PasswordDeps, FindHolderDeps {
  readonly holders: PasswordDeps['holders'];
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/** What a person types to say who they are. */
export interface HolderWords {
  readonly schoolId: string;
  readonly number: string;
  readonly name: string;
  readonly password: string;
}

/**
 * The holder whose number, name and password were typed. One guess and one scrypt, whether there is such a number or not.
 *
 * Throws AppError: `auth.citizen-id-mistyped`, `auth.no-match` (one answer for all three), `auth.locked`, `request.busy`.
 */
export async function provenHolder(
  deps: ProveHolderDeps,
  guesser: Guesser,
  { pack, wish, isUrgent = false }: { readonly pack: RulePack; readonly wish: HolderWords; readonly isUrgent?: boolean },
): Promise<Holder> {
  refuseMistypedId(pack, wish.number);
  const holder = await findHolder(deps, wish.schoolId, wish.number);
  const subject = numberSubject(deps.holders, { schoolId: wish.schoolId, number: normaliseNumber(wish.number) }, holder);
  const guess = await takeGuess(deps, { schoolId: wish.schoolId, subject, isUrgent }, guesser);
  const known = holder === undefined ? undefined : knownPassword(deps.fieldCipher, holder, pack);
  const isRight = await deps.passwords.check(wish.password, known);
  if (holder === undefined || !isRight || !isName(holder, wish.name)) {
    deps.counter.count('WrongPassword');
    throw new AppError('auth.no-match');
  }
  await returnGuessed(deps, guess);
  await renewHash(deps, holder, wish.password);
  return holder;
}

/** What is wrong with an ID by itself tells nothing of who is here, and costs no guess. */
function refuseMistypedId(pack: RulePack, typed: string): void {
  if (pack.signIn.temporaryNumber === undefined) return;
  const problem = citizenIdProblem(normaliseNumber(typed));
  if (problem === 'check' || problem === 'birthday') throw new AppError('auth.citizen-id-mistyped');
}

/** As people type it: the case of letters and the dots of transliterated names say nothing. */
export function isName(holder: Holder, typed: string): boolean {
  return normaliseName(typed).toLowerCase() === holder.name.toLowerCase();
}
