import type { LossReply } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import { newId, type RandomBytes } from '../../shared/ids';
import type { RulePack } from '../../shared/rule-pack';
import { cancelLossDraft } from '../domain/account-changes';
import { cancelLossRefusal } from '../domain/standing';
import type { TableWrite } from '../store/table';
import { type AppendDeps, changeAccount } from './append-loop';
import type { HolderCaller } from './caller';
import { type PasswordDeps, readHolder } from './check-password';
import { checkSecondProof, type ProofDeps } from './check-second-proof';
import { giveProofs, type Proofs } from './give-proofs';
import { allowIdentityPasses, type IdentityRevocationDeps } from './identity-revocations';
import { lossView } from './report-loss';

export interface CancelLossDeps extends AppendDeps, PasswordDeps, ProofDeps, IdentityRevocationDeps {
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly randomBytes: RandomBytes;
}

/**
 * Takes back a loss report: card and codes work again. It needs a changed password and a second proof given now, since
 * whoever found the card and the phone must not be able to.
 *
 * Throws AppError: `account.not-lost`, `account.cancel-loss-at-desk`, `account.closed`, `account.unknown`,
 * `auth.password-change-required`, `auth.second-proof-required`, `auth.second-proof-not-offered`,
 * `auth.second-proof-wrong`, `auth.wrong-password`, `auth.locked`, `request.busy`.
 */
export async function cancelLoss(deps: CancelLossDeps, caller: HolderCaller, cancellation: Proofs): Promise<LossReply> {
  const { schoolId, accountNo } = caller.bound;
  const [pack, holder, head] = await Promise.all([
    deps.packOf(schoolId),
    readHolder(deps, caller),
    deps.passbook.head(schoolId, accountNo),
  ]);
  if (head === undefined) throw new AppError('account.unknown');
  const refusal = cancelLossRefusal(holder, head.state, pack);
  if (refusal !== undefined) throw new AppError(refusal);
  if (head.state.lostAt === 0) throw new AppError('account.not-lost');
  await giveProofs(deps, caller, { pack, holder, proofs: cancellation });
  const entryId = newId('unl', deps.clock(), deps.randomBytes);
  return changeAccount<readonly TableWrite[], LossReply>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    // Read again in every try: a code that another request has used up meanwhile must be refused, not tried for ever.
    gather: () => checkSecondProof(deps, { holder, pack, proof: cancellation.proof, now: deps.clock() }),
    decide: (now, recordedAt, proofRows) => {
      if (now.state.closed) throw new AppError('account.closed');
      if (now.state.lostAt === 0) throw new AppError('account.not-lost');
      const write = cancelLossDraft(now, { entryId, occurredAt: recordedAt });
      const allowed = allowIdentityPasses(deps, now, { pack, at: recordedAt });
      return { write, rows: [...proofRows, ...allowed], answer: (written) => lossView(written.state, pack) };
    },
  });
}
