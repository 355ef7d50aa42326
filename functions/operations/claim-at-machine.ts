import type * as v from 'valibot';
import type { ClaimBody, ClaimFormReply, MachineClaimReply, machineReply } from '../../shared/api/terminal-services';
import { AppError } from '../../shared/errors';
import { ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { chipIntentDraft } from '../domain/chip-write';
import type { Entry } from '../domain/entry';
import { maskIdTail, maskName } from '../domain/masks';
import { findInRing, saleEntryId } from '../domain/terminal-ring';
import type { ChipWrites } from '../store/chip-writes';
import type { Claim, Claims } from '../store/claims';
import { type AppendDeps, changeAccount } from './append-loop';
import { type CardPasswordDeps, proveCardPassword } from './card-password';
import { listTransfers, waitingTopUps } from './list-transfers';
import { type MachineDeps, type MachineRequest, mustBeInTime, mustBeServed, placesOf, readCard } from './machine';
import { openIdTail, shownNumber } from './personal-data';

export interface MachineClaimDeps extends MachineDeps, AppendDeps, CardPasswordDeps {
  readonly claims: Claims;
  readonly chipWrites: ChipWrites;
}

type Wish = Extract<ClaimBody, { kind: 'claim' }>;

/**
 * A card on a kiosk: the claim form, the flow of transfers, or the claim itself. A claim takes all that waits on its way into the chip, once for
 * its terminal and sequence however often it is sent; the money is on the card when the machine says that it has written it.
 *
 * Throws AppError: `claim.not-here`, `claim.nothing`, `claim.password-required`, `claim.pin-unreadable`, `claim.too-late`,
 * `chip.rewrite-first` (detail.amountFen), `auth.wrong-password`, `auth.locked`, `card.unknown`, `card.bad-chip-code`, `card.lost`,
 * `card.replaced`, `account.closed`, `account.unknown`, `payment.other-body`, `terminal.clock`, `request.busy`.
 */
export async function claimAtMachine(
  deps: MachineClaimDeps,
  request: MachineRequest<ClaimBody>,
): Promise<v.InferOutput<typeof machineReply>> {
  const { body, pack, keys, bodyHash } = request;
  switch (body.kind) {
    case 'read':
      return readForm(deps, { body, pack, keys, bodyHash });
    case 'transfers': {
      const { accountNo } = await readCard(deps, { body, pack, keys, bodyHash });
      const { transfers, nextCursor } = await listTransfers(deps, { schoolId: body.schoolId, accountNo }, { pack, cursor: body.cursor });
      return { kind: 'transfers', transfers, nextCursor, serverTime: toIso(deps.clock(), pack.utcOffsetMinutes) };
    }
    case 'claim':
      return claim(deps, { body, pack, keys, bodyHash });
  }
}

async function readForm(deps: MachineClaimDeps, request: MachineRequest<Extract<ClaimBody, { kind: 'read' }>>): Promise<ClaimFormReply> {
  const { body, pack } = request;
  const { accountNo, head } = await readCard(deps, request);
  const holder = await deps.holders.find(body.schoolId, accountNo);
  if (holder === undefined) throw new AppError('account.unknown');
  const pending = await pendingWrite(deps, head);
  const { waiting, more } = await waitingTopUps(deps, head, pack);
  const idTail = openIdTail(deps.fieldCipher, holder);
  const { cashMachine } = pack;
  return {
    kind: 'read',
    idMasked: idTail === '' ? null : maskIdTail(idTail),
    numberMasked: shownNumber(holder),
    nameMasked: maskName(holder.name),
    ...placesOf(head),
    rewrite: pending === undefined ? null : { write: pending.n, amountFen: pending.amountFen },
    feeBasisPoints: pack.bank?.feeBasisPoints ?? 0,
    needsPassword: pack.arrival.kioskNeedsPassword ?? false,
    pinKeyId: deps.pinOpener.currentKeyId,
    waiting,
    more,
    notes: cashMachine === undefined ? null : { denominationsFen: cashMachine.acceptedNotesFen, editions: cashMachine.acceptedEditions },
    serverTime: toIso(deps.clock(), pack.utcOffsetMinutes),
  };
}

/** What is still to be written to the chip; undefined when nothing is. */
export async function pendingWrite({ chipWrites }: Pick<MachineClaimDeps, 'chipWrites'>, { schoolId, accountNo, state }: Entry) {
  if (state.balances.chipPending === ZERO) return undefined;
  const newest = await chipWrites.newest(schoolId, accountNo);
  return newest?.state === 'open' ? newest : undefined;
}

async function claim(deps: MachineClaimDeps, request: MachineRequest<Wish>): Promise<MachineClaimReply> {
  const { body, bodyHash, pack } = request;
  const { schoolId } = body;
  const claimId = saleEntryId(body);
  const before = await deps.claims.find(schoolId, claimId);
  if (before !== undefined) return answer(deps, pack, await entryOfClaim(deps, before, bodyHash));
  if (!offersClaims(pack)) throw new AppError('claim.not-here');
  const { accountNo, issue, head } = await readCard(deps, request);
  // What the password cannot mend is said before it costs a guess.
  mustBeInTime(body, deps.clock());
  mustBeClaimable(head);
  // 卡密码 (ST-21).
  if (pack.arrival.kioskNeedsPassword === true)
    await proveCardPassword(deps, { place: body, pin: body.pin, accountNo, pack, which: 'transaction' });
  const entry = await changeAccount(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    async gather() {
      const done = await deps.claims.find(schoolId, claimId);
      return done && entryOfClaim(deps, done, bodyHash);
    },
    decide(current, recordedAt, done) {
      if (done !== undefined) return { answer: done };
      mustBeServed(current, issue);
      mustBeInTime(body, recordedAt);
      mustBeClaimable(current);
      // The sequence of a sale: two acts of one number would be one to whoever reads the book.
      if (findInRing(current.state.ring, body) !== undefined) throw new AppError('payment.other-body');
      const draft = chipIntentDraft(current, { entryId: claimId, requestHash: bodyHash, occurredAt: body.occurredAt, recordedAt }, pack);
      const n = current.n + 1;
      const amountFen = current.state.balances.transit;
      return {
        write: draft,
        rows: [
          deps.claims.row({ schoolId, claimId, amountFen, bodyHash, entry: { accountNo, n } }),
          deps.chipWrites.row({ schoolId, accountNo, n, entryId: claimId, amountFen, state: 'open', version: 1 }),
        ],
        answer: (written) => written,
      };
    },
  });
  return answer(deps, pack, entry);
}

/** At a kiosk; or where a machine of the school writes chips, since what it could not write waits in `transit`. */
function offersClaims({ arrival, topUp }: RulePack): boolean {
  return arrival.claimAt.includes('kiosk') || topUp.channels.some(({ enabled, writesChip }) => enabled && writesChip === true);
}

function mustBeClaimable({ state: { balances } }: Entry): void {
  if (balances.chipPending > 0) throw new AppError('chip.rewrite-first', { amountFen: balances.chipPending });
  if (balances.transit === ZERO) throw new AppError('claim.nothing');
}

/** Throws AppError `payment.other-body`: another request used this sequence number. */
async function entryOfClaim(deps: Pick<MachineClaimDeps, 'passbook'>, { schoolId, bodyHash, entry }: Claim, asked: string): Promise<Entry> {
  if (bodyHash !== asked || entry === undefined) throw new AppError('payment.other-body');
  const found = await deps.passbook.entry(schoolId, entry.accountNo, entry.n);
  if (found === undefined) throw new Error('a row of a claim names an entry that does not exist');
  return found;
}

function answer(deps: Pick<MachineClaimDeps, 'clock'>, { utcOffsetMinutes }: RulePack, entry: Entry): MachineClaimReply {
  const amountFen = entry.state.balances.chipPending;
  return {
    kind: 'claim',
    entryId: entry.entryId,
    write: entry.n,
    amountFen,
    ...placesOf(entry),
    recordedAt: toIso(entry.recordedAt, utcOffsetMinutes),
    serverTime: toIso(deps.clock(), utcOffsetMinutes),
  };
}
