import type { CardPasswordReply, CardsBodyOf } from '../../shared/api/terminal-cards';
import { AppError } from '../../shared/errors';
import { ZERO } from '../../shared/money';
import { toIso } from '../../shared/time';
import { isWeakPassword } from '../domain/initial-password';
import { saleEntryId } from '../domain/terminal-ring';
import type { Claims } from '../store/claims';
import type { Database } from '../store/table';
import type { CardPasswordDeps } from './card-password';
import { accountSubject } from './check-password';
import { returnGuessed, takeGuess } from './guess-guard';
import { type MachineDeps, type MachineRequest, mustBeInTime, mustBeKiosk, readCard } from './machine';
import { knownPassword, openIdTail, withPassword } from './personal-data';

export interface ChangeCardPasswordDeps extends MachineDeps, CardPasswordDeps {
  readonly claims: Claims;
  readonly transact: Database['transact'];
}

const MAX_TRIES = 5;

/**
 * 修改密码 at a kiosk (ST-27), by the card and the old password: no phone is needed, and no app loses its session. One transaction with a
 * permanent row of the act, so that a repeat after a lost answer is no wrong guess. It is no second proof: what only a phone proved stays
 * as it was.
 *
 * Throws AppError: `terminal.wrong-kind`, `auth.password-weak`, `auth.wrong-password`, `auth.locked`, `claim.pin-unreadable`, `claim.too-late`,
 * `terminal.clock`, `card.unknown`, `card.bad-chip-code`, `card.lost`, `card.replaced`, `account.closed`, `account.unknown`,
 * `payment.other-body`, `request.busy`.
 */
export async function changeCardPassword(
  deps: ChangeCardPasswordDeps,
  request: MachineRequest<CardsBodyOf<'change-password'>>,
): Promise<CardPasswordReply> {
  mustBeKiosk(request);
  const { body, bodyHash, pack } = request;
  const { schoolId, terminal, which } = body;
  const reply: CardPasswordReply = { kind: 'change-password', serverTime: toIso(deps.clock(), pack.utcOffsetMinutes) };
  const act = { schoolId, claimId: saleEntryId(body), amountFen: ZERO, bodyHash };
  if (await isDone(deps, act)) return reply;
  const { accountNo } = await readCard(deps, request);
  mustBeInTime(body, deps.clock());
  const oldPassword = deps.pinOpener.open(body, body.oldPin);
  const newPassword = deps.pinOpener.open(body, body.newPin);
  // What anybody can see to be too simple is said before a guess is spent on it.
  if (isWeakPassword([], '', newPassword)) throw new AppError('auth.password-weak');
  const guess = await takeGuess(deps, { schoolId, subject: accountSubject(accountNo) }, { guessers: [`terminal|${terminal}`] });
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const holder = await deps.holders.find(schoolId, accountNo);
    if (holder === undefined) throw new AppError('account.unknown');
    if (!(await deps.passwords.check(oldPassword, knownPassword(deps.fieldCipher, holder, pack, which)))) {
      if (await isDone(deps, act)) return reply;
      deps.counter.count('WrongPassword');
      throw new AppError('auth.wrong-password');
    }
    // Whether it is part of the ID may only be learnt with the guess still counted.
    const idTail = openIdTail(deps.fieldCipher, holder);
    if (newPassword === oldPassword || isWeakPassword(pack.signIn.initialPassword, idTail, newPassword)) {
      throw new AppError('auth.password-weak');
    }
    const hash = await deps.passwords.hash(newPassword);
    const changed = withPassword(holder, pack, { which, hash, at: deps.clock() });
    const { written } = await deps.transact([deps.holders.changedRow(changed), deps.claims.row(act)]);
    if (written) {
      await returnGuessed(deps, guess);
      return reply;
    }
  }
  throw new AppError('request.busy');
}

/** Throws AppError `payment.other-body`. */
async function isDone(
  deps: Pick<ChangeCardPasswordDeps, 'claims'>,
  act: { readonly schoolId: string; readonly claimId: string; readonly bodyHash: string },
): Promise<boolean> {
  const done = await deps.claims.find(act.schoolId, act.claimId);
  if (done !== undefined && done.bodyHash !== act.bodyHash) throw new AppError('payment.other-body');
  return done !== undefined;
}
