import type { CardActivateReply, CardsBodyOf } from '../../shared/api/terminal-cards';
import { AppError } from '../../shared/errors';
import { ZERO } from '../../shared/money';
import { toIso } from '../../shared/time';
import { cardActivatedDraft, issuedSoFar } from '../domain/card-issue';
import type { Entry } from '../domain/entry';
import { findInRing, saleEntryId } from '../domain/terminal-ring';
import type { Claims } from '../store/claims';
import { type AppendDeps, changeAccount } from './append-loop';
import { type CardPasswordDeps, proveCardPassword } from './card-password';
import { accountOfCard, type MachineDeps, type MachineRequest, mustBeInTime, placesOf, provesChip } from './machine';

export interface ActivateCardDeps extends MachineDeps, AppendDeps, CardPasswordDeps {
  readonly claims: Claims;
}

/**
 * Several cards, one active (SJ-info-1565): an earlier card that was found is put back into use by its holder, proved by its own chip and the
 * card password, and the newer card is dead from that entry on. A reported loss is not taken back by it: whoever found the card must not be
 * able to. Once for its terminal and sequence: a repeat, however late, is the first answer and kills no card a second time.
 *
 * Throws AppError: `card.unknown`, `card.bad-chip-code`, `card.lost`, `card.replaced` (the school does not do it), `card.not-found-lost`
 * (it is the active card), `account.closed`, `account.unknown`, `claim.password-required`, `claim.pin-unreadable`, `claim.too-late`,
 * `auth.wrong-password`, `auth.locked`, `payment.other-body`, `terminal.clock`, `request.busy`.
 */
export async function activateCard(deps: ActivateCardDeps, request: MachineRequest<CardsBodyOf<'activate'>>): Promise<CardActivateReply> {
  const { body, bodyHash, pack, keys } = request;
  const { schoolId, occurredAt } = body;
  const claimId = saleEntryId(body);
  const find = () => entryBefore(deps, schoolId, claimId, bodyHash);
  const before = await find();
  if (before !== undefined) return answer(deps, request, before);
  const { accountNo, issue } = await accountOfCard(deps, body);
  if (!provesChip(keys, body, body.chip, 0)) throw new AppError('card.bad-chip-code');
  if (pack.loss.foundCardReturns !== true) throw new AppError('card.replaced');
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  // What the password cannot mend is said before it costs a guess.
  mustBeInTime(body, deps.clock());
  mustBeEarlier(head, issue);
  await proveCardPassword(deps, { place: body, pin: body.pin, accountNo, pack, which: 'transaction' });
  const entry = await changeAccount(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: find,
    decide(current, recordedAt, done) {
      if (done !== undefined) return { answer: done };
      mustBeInTime(body, recordedAt);
      mustBeEarlier(current, issue);
      // The sequence of a sale: two acts of one number would be one to whoever reads the book.
      if (findInRing(current.state.ring, body) !== undefined) throw new AppError('payment.other-body');
      return {
        write: cardActivatedDraft(current, { issue, entryId: claimId, requestHash: bodyHash, occurredAt }),
        rows: [deps.claims.row({ schoolId, claimId, amountFen: ZERO, bodyHash, entry: { accountNo, n: current.n + 1 } })],
        answer: (written) => written,
      };
    },
  });
  return answer(deps, request, entry);
}

function mustBeEarlier({ state }: Entry, issue: number): void {
  if (state.closed) throw new AppError('account.closed');
  if (issue < 1 || issue > issuedSoFar(state)) throw new AppError('card.unknown');
  if (issue === state.cardIssue) throw new AppError('card.not-found-lost');
  if (state.lostAt > 0) throw new AppError('card.lost');
}

async function entryBefore(deps: ActivateCardDeps, schoolId: string, claimId: string, bodyHash: string): Promise<Entry | undefined> {
  const done = await deps.claims.find(schoolId, claimId);
  if (done === undefined) return undefined;
  if (done.bodyHash !== bodyHash || done.entry === undefined) throw new AppError('payment.other-body');
  const found = await deps.passbook.entry(schoolId, done.entry.accountNo, done.entry.n);
  if (found === undefined) throw new Error('a row of an act names an entry that does not exist');
  return found;
}

function answer(
  { clock }: Pick<MachineDeps, 'clock'>,
  { pack: { utcOffsetMinutes } }: Pick<MachineRequest<unknown>, 'pack'>,
  entry: Entry,
): CardActivateReply {
  return {
    kind: 'activate',
    entryId: entry.entryId,
    ...placesOf(entry),
    recordedAt: toIso(entry.recordedAt, utcOffsetMinutes),
    serverTime: toIso(clock(), utcOffsetMinutes),
  };
}
