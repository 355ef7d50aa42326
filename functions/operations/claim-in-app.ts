import type { ClaimInAppReply } from '../../shared/api/money-flow';
import { AppError } from '../../shared/errors';
import { negate } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { claimDraft } from '../domain/account-changes';
import { appClaimId } from '../domain/chip-write';
import { balancesView } from '../domain/entry-view';
import type { Claims } from '../store/claims';
import { type AppendDeps, changeAccount } from './append-loop';
import type { HolderCaller } from './caller';

export interface ClaimInAppDeps extends AppendDeps {
  readonly claims: Claims;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/**
 * Claims all that waits, without a machine, where the school allows it. A repeat of the phone's request is the same claim.
 *
 * Throws AppError: `claim.not-here`, `claim.nothing`, `account.closed`, `account.unknown`, `request.busy`, `school.unknown`.
 */
export async function claimInApp(
  deps: ClaimInAppDeps,
  { bound }: HolderCaller,
  { requestId }: { readonly requestId: string },
): Promise<ClaimInAppReply> {
  const { schoolId, accountNo } = bound;
  const pack = await deps.packOf(schoolId);
  const claimId = appClaimId(schoolId, accountNo, requestId);
  const entry = await changeAccount(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    async gather() {
      const done = await deps.claims.find(schoolId, claimId);
      return done?.entry && deps.passbook.entry(schoolId, accountNo, done.entry.n);
    },
    decide(head, recordedAt, done) {
      if (done !== undefined) return { answer: done };
      if (!pack.arrival.claimAt.includes('app')) throw new AppError('claim.not-here');
      if (head.state.closed) throw new AppError('account.closed');
      const draft = claimDraft(head, { entryId: claimId, occurredAt: recordedAt, recordedAt }, pack);
      if (draft === undefined) throw new AppError('claim.nothing');
      const amountFen = head.state.balances.transit;
      return {
        write: draft,
        rows: [deps.claims.row({ schoolId, claimId, amountFen, entry: { accountNo, n: head.n + 1 } })],
        answer: (written) => written,
      };
    },
  });
  const moved = entry.postings.find(({ leg }) => leg === 'transit');
  if (moved === undefined) throw new Error('a claim that claimed nothing');
  return {
    entryId: entry.entryId,
    n: entry.n,
    amountFen: negate(moved.amountFen),
    balances: balancesView(entry.state),
    recordedAt: toIso(entry.recordedAt, pack.utcOffsetMinutes),
  };
}
