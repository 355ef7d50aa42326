import type { CashBody, CashReply } from '../../shared/api/terminal-services';
import { AppError, isAppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, toIso } from '../../shared/time';
import { cardRefusal, cashDraft } from '../domain/chip-write';
import type { Entry } from '../domain/entry';
import { legs } from '../domain/legs';
import { saleEntryId } from '../domain/terminal-ring';
import type { ChipWrites } from '../store/chip-writes';
import type { Claim, Claims } from '../store/claims';
import { changeAccount } from './append-loop';
import { accountOfCard, type MachineDeps, type MachineRequest, placesOf, provesChip } from './machine';
import { openSuspense, type SuspenseDeps } from './open-suspense';

export interface TakeCashDeps extends MachineDeps, SuspenseDeps {
  readonly claims: Claims;
  readonly chipWrites: ChipWrites;
}

export interface CashRequest extends MachineRequest<CashBody> {
  /** The terminal is enrolled as one that counts notes: a till's key must not be able to make money. */
  readonly takesCash: boolean;
}

/**
 * Notes that a machine has taken, credited once for its terminal and sequence however often it is told. What was paid is never refused: what
 * cannot be written to the chip waits as any top-up does, and what names nobody is held in suspense (挂账).
 *
 * Throws AppError: `terminal.no-cash-machine`, `top-up.channel-not-offered`, `cash.note-refused`, `top-up.amount-invalid` (the notes are not the amount),
 * `payment.other-body`, `request.replayed-differently`, `request.busy`, `school.unknown`.
 */
export async function takeCash(deps: TakeCashDeps, request: CashRequest): Promise<CashReply> {
  if (!request.takesCash) throw new AppError('terminal.no-cash-machine');
  const { body, bodyHash, pack } = request;
  const { schoolId } = body;
  const claimId = saleEntryId(body);
  const before = await deps.claims.find(schoolId, claimId);
  if (before !== undefined) return answerAgain(deps, request, before);
  mustBeGoodNotes(body, pack);
  const named = await accountOf(deps, body);
  if (named === undefined) {
    // The permanent row first: should the card become known meanwhile, only one of the two places gets the money.
    await deps.claims.insert({ schoolId, claimId, amountFen: body.amountFen, bodyHash });
    const row = await deps.claims.find(schoolId, claimId);
    if (row === undefined) throw new Error('a permanent row was not found');
    return answerAgain(deps, request, row);
  }
  const { accountNo, issue } = named;
  const proven = body.canWrite && provesChip(request.keys, body, body.chip, body.amountFen);
  const result = await changeAccount<Claim | undefined, Entry | Claim>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: () => deps.claims.find(schoolId, claimId),
    decide(head, recordedAt, done) {
      if (done !== undefined) return { answer: done };
      const { terminal, amountFen, occurredAt } = body;
      const chipIsThere = proven && cardRefusal(head.state, issue) === undefined;
      const act = { entryId: claimId, requestHash: bodyHash, terminal, amountFen, occurredAt, recordedAt, chipIsThere };
      const { arrivedIn, draft } = cashDraft(head, act, pack);
      const n = head.n + 1;
      const write = { schoolId, accountNo, n, entryId: claimId, amountFen, state: 'open', version: 1 } as const;
      return {
        write: draft,
        rows: [
          deps.claims.row({ schoolId, claimId, amountFen, bodyHash, entry: { accountNo, n } }),
          ...(arrivedIn === 'chipPending' ? [deps.chipWrites.row(write)] : []),
        ],
        answer: (written) => written,
      };
    },
  });
  return 'claimId' in result ? answerAgain(deps, request, result) : answer(deps, pack, result);
}

/** Throws AppError: `top-up.channel-not-offered`, `cash.note-refused`, `top-up.amount-invalid`. */
function mustBeGoodNotes({ notes, amountFen }: CashBody, { cashMachine, topUp }: RulePack): void {
  const offered = topUp.channels.some(({ id, enabled }) => id === 'cash-machine' && enabled);
  if (cashMachine === undefined || !offered) throw new AppError('top-up.channel-not-offered');
  let total = 0;
  for (const { denominationFen, edition, count } of notes) {
    const accepted =
      cashMachine.acceptedNotesFen.some((note) => note === denominationFen) && cashMachine.acceptedEditions.includes(edition);
    if (!accepted) throw new AppError('cash.note-refused', { denominationFen, edition });
    total += denominationFen * count;
  }
  if (total !== amountFen) throw new AppError('top-up.amount-invalid', { notesFen: total });
}

/** Undefined when the card names no account that there is. */
async function accountOf(deps: TakeCashDeps, body: CashBody): Promise<{ accountNo: number; issue: number } | undefined> {
  try {
    const named = await accountOfCard(deps, body);
    return (await deps.passbook.head(body.schoolId, named.accountNo)) === undefined ? undefined : named;
  } catch (error) {
    if (isAppError(error, 'card.unknown')) return undefined;
    throw error;
  }
}

/** The same answer as the first time; what was on its way to suspense is brought there. */
async function answerAgain(deps: TakeCashDeps, { body, bodyHash, pack }: MachineRequest<CashBody>, row: Claim): Promise<CashReply> {
  const { schoolId, terminal } = body;
  if (row.bodyHash !== bodyHash) throw new AppError('payment.other-body');
  if (row.entry !== undefined) {
    const entry = await deps.passbook.entry(schoolId, row.entry.accountNo, row.entry.n);
    if (entry === undefined) throw new Error('a row of cash names an entry that does not exist');
    return answer(deps, pack, entry);
  }
  const occurredAt = Math.min(body.occurredAt, deps.clock());
  const item = await openSuspense(deps, {
    schoolId,
    itemNo: `cash-${row.claimId}`,
    day: businessDay(occurredAt, pack.utcOffsetMinutes),
    from: legs.cash(terminal),
    amountFen: row.amountFen,
    occurredAt,
    reason: 'cash for a card that names nobody',
  });
  const { utcOffsetMinutes } = pack;
  return {
    entryId: item.itemNo,
    amountFen: row.amountFen,
    arrivedIn: 'suspense',
    write: null,
    balances: null,
    recordedAt: toIso(item.createdAt, utcOffsetMinutes),
    serverTime: toIso(deps.clock(), utcOffsetMinutes),
  };
}

const PLACES = ['chipPending', 'transit', 'card'] as const;

function answer(deps: Pick<TakeCashDeps, 'clock'>, { utcOffsetMinutes }: RulePack, entry: Entry): CashReply {
  const arrived = entry.postings.find(({ amountFen }) => amountFen > 0);
  const arrivedIn = PLACES.find((place) => place === arrived?.leg);
  if (arrived === undefined || arrivedIn === undefined) throw new Error('cash that arrived nowhere');
  return {
    entryId: entry.entryId,
    amountFen: arrived.amountFen,
    arrivedIn,
    write: arrivedIn === 'chipPending' ? entry.n : null,
    balances: placesOf(entry),
    recordedAt: toIso(entry.recordedAt, utcOffsetMinutes),
    serverTime: toIso(deps.clock(), utcOffsetMinutes),
  };
}
