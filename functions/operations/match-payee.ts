import type { Payee } from '../../shared/api/others';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { GUESSES_AT_ANY } from '../domain/lockout';
import { maskName } from '../domain/masks';
import { normaliseName, normaliseNumber } from '../domain/plain-text';
import type { Holder } from '../store/holders';
import { type FindHolderDeps, findHolder } from './find-holder';
import { type GuessDeps, returnGuessed, takeBackGuess, takeGuess } from './guess-guard';
import { shownNumber } from './personal-data';
import type { Visitor } from './visitor';

export type MatchDeps = GuessDeps & FindHolderDeps;

export interface TypedPayee {
  readonly schoolId: string;
  readonly name: string;
  readonly number: string;
}

/**
 * The holder of a name and number that somebody else typed (ST-53, ST-54, ST-60: no password). Name and number must not become an oracle of
 * who studies here: every try counts as wrong until it proves right, for this number and for this guesser over all numbers, and there is one
 * answer for a wrong name and for a number that nobody has.
 *
 * Throws AppError: `top-up.no-match`, `auth.locked`, `request.busy`.
 */
export async function matchPayee(deps: MatchDeps, visitor: Visitor, typed: TypedPayee): Promise<Holder> {
  const { schoolId } = typed;
  const atAny = await takeGuess(deps, { schoolId, subject: 'pay-for', isUrgent: true, ofOne: GUESSES_AT_ANY }, visitor);
  const holder = await findHolder(deps, schoolId, typed.number);
  const named =
    holder === undefined ? `number|${deps.holders.tokenOf(schoolId, normaliseNumber(typed.number))}` : `account|${holder.accountNo}`;
  const atThis = await takeGuess(deps, { schoolId, subject: `pay-for|${named}` }, visitor);
  if (holder === undefined || normaliseName(typed.name).toLowerCase() !== holder.name.toLowerCase()) {
    deps.counter.count('WrongPayee');
    throw new AppError('top-up.no-match');
  }
  await Promise.all([takeBackGuess(deps, atAny), returnGuessed(deps, atThis)]);
  return holder;
}

export function payeeOf(pack: RulePack, holder: Holder, { withNumber }: { readonly withNumber: boolean }): Payee {
  return {
    schoolId: pack.schoolId,
    school: pack.name,
    nameMasked: maskName(holder.name),
    numberMasked: withNumber ? shownNumber(holder) : null,
  };
}
