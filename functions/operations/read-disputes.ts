import type { DisputeReply, DisputesReply } from '../../shared/api/disputes';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import type { Dispute } from '../domain/dispute';
import type { HolderCaller } from './caller';
import { advanceDispute, type DisputeDeps, openDispute } from './dispute-sale';

/** 有疑问 on a receipt. Throws what `openDispute` throws. */
export async function disputeSale(
  deps: DisputeDeps,
  { bound }: HolderCaller,
  wish: Pick<Dispute, 'n' | 'reason' | 'text'>,
): Promise<DisputeReply> {
  const { schoolId, accountNo } = bound;
  return view(deps, await openDispute(deps, { schoolId, accountNo, ...wish }), await deps.packOf(schoolId));
}

/** How a dispute stands; one that waits is looked at anew. Throws AppError: `dispute.unknown`, `school.unknown`, and what `refundSale` throws. */
export async function readDispute(deps: DisputeDeps, { bound }: HolderCaller, n: number): Promise<DisputeReply> {
  const { schoolId, accountNo } = bound;
  const found = await deps.disputes.find({ schoolId, accountNo, n });
  if (found === undefined) throw new AppError('dispute.unknown');
  return view(deps, await advanceDispute(deps, found), await deps.packOf(schoolId));
}

/** Throws AppError: `school.unknown`. */
export async function listDisputes(deps: DisputeDeps, { bound }: HolderCaller): Promise<DisputesReply> {
  const { schoolId, accountNo } = bound;
  const pack = await deps.packOf(schoolId);
  const found = await deps.disputes.ofAccount(schoolId, accountNo);
  return { disputes: found.map((dispute) => view(deps, dispute, pack)), asOf: toIso(deps.clock(), pack.utcOffsetMinutes) };
}

function view(deps: Pick<DisputeDeps, 'clock'>, dispute: Dispute, { utcOffsetMinutes }: RulePack): DisputeReply {
  const { n, evidence, reason, text, state, note, decidedBy } = dispute;
  const iso = (at: number) => toIso(at, utcOffsetMinutes);
  return {
    ...{ n, reason, text, state, note },
    entryId: evidence.entryId,
    amountFen: evidence.amountFen,
    openedAt: iso(dispute.openedAt),
    since: iso(dispute.since),
    terminalSays: evidence.statement?.outcome ?? null,
    // Which member of staff it was is the school's own affair.
    decidedBy: decidedBy === undefined || decidedBy === 'terminal-statement' ? (decidedBy ?? null) : 'office',
    reversedBy: dispute.reversedBy ?? null,
    asOf: iso(deps.clock()),
  };
}
