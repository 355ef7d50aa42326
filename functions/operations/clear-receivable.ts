import type { ClearReceivableReply } from '../../shared/api/receivables';
import { AppError } from '../../shared/errors';
import { negate, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { holderChange } from '../domain/posting';
import { clearanceDraft, owedFen, settlableFen } from '../domain/receivable';
import { type AccountName, type AppendDeps, changeAccount } from './append-loop';

export interface ClearReceivableDeps extends AppendDeps {
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/**
 * Settles from the card what a holder owes, as far as the card has it. Asked again it settles what is left, never more than is owed; with the
 * last fen the codes work again.
 *
 * Throws AppError: `receivable.nothing`, `payment.insufficient-balance` (the card has nothing free), `account.unknown`, `request.busy`,
 * `school.unknown`.
 */
export async function clearReceivable(deps: ClearReceivableDeps, { schoolId, accountNo }: AccountName): Promise<ClearReceivableReply> {
  const pack = await deps.packOf(schoolId);
  return changeAccount<undefined, ClearReceivableReply>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => undefined,
    decide(head, recordedAt) {
      if (owedFen(head.state) === ZERO) throw new AppError('receivable.nothing');
      const amountFen = settlableFen(head.state, recordedAt);
      if (amountFen === ZERO) throw new AppError('payment.insufficient-balance');
      // Whoever was first on this head settled the same: its answer is ours.
      const entryId = `cleared-${accountNo}-${head.n + 1}`;
      return {
        write: clearanceDraft(head, { entryId, amountFen, recordedAt }, pack),
        answer: ({ postings, state }) => ({
          paidFen: negate(holderChange(postings)),
          owedFen: owedFen(state),
          codesFrozen: state.codesFrozen,
        }),
      };
    },
  });
}
