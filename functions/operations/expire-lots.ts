import { type Fen, negate, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { movementDraft } from '../domain/movement';
import { holderChange } from '../domain/posting';
import { expiryLegs } from '../domain/subsidy';
import type { Notices } from '../store/notices';
import { type AccountName, type AppendDeps, changeAccount } from './append-loop';

export interface ExpireDeps extends AppendDeps {
  readonly notices: Pick<Notices, 'rows'>;
}

/**
 * Takes back what has run out of an account's subsidy and tells its holder, in one transaction. Asked again it finds nothing. @returns what was
 * taken back. Throws AppError: `account.unknown`, `request.busy`.
 */
export async function expireLots(deps: ExpireDeps, account: AccountName, pack: RulePack): Promise<Fen> {
  return changeAccount<undefined, Fen>(deps, {
    account,
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => undefined,
    decide(head, recordedAt) {
      const postings = expiryLegs(head.state.subsidy, recordedAt);
      if (postings === undefined) return { answer: ZERO };
      const amountFen = negate(holderChange(postings));
      const expiresAt = Math.max(...head.state.subsidy.filter((lot) => lot.expiresAt <= recordedAt).map((lot) => lot.expiresAt));
      // By its number: nothing else can ever be written in that place.
      const entryId = `expiry-${head.n + 1}`;
      const movement = { kind: 'subsidy-expired', entryId, postings, family: 'subsidy', occurredAt: recordedAt, recordedAt } as const;
      return {
        write: movementDraft(head, movement, pack),
        rows: deps.notices.rows({ ...account, key: entryId, kind: 'subsidy-expired', at: recordedAt, amountFen, expiresAt }),
        answer: () => amountFen,
      };
    },
  });
}
