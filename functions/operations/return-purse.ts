import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { type Purse, returnDraft } from '../domain/purse';
import type { Purses } from '../store/purses';
import { type AccountName, type AppendDeps, changeAccount } from './append-loop';

export interface ReturnPurseDeps extends AppendDeps {
  readonly purses: Purses;
}

const TRIES = 20;

/**
 * The rest of a purse goes back to the card when its card is no longer the active one, or, with `always`, when the account ends. What the old chip
 * still spends after that is the card's to pay. A repeat changes nothing.
 *
 * Throws AppError: `account.unknown`, `request.busy`.
 */
export async function returnPurse(deps: ReturnPurseDeps, account: AccountName, pack: RulePack, always = false): Promise<void> {
  const { schoolId, accountNo } = account;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const empty = await changeAccount<Purse | undefined, Purse | undefined>(deps, {
      account,
      utcOffsetMinutes: pack.utcOffsetMinutes,
      gather: async () => (await deps.purses.list(schoolId, accountNo)).find(({ state }) => state === 'live'),
      decide(head, recordedAt, purse) {
        if (purse === undefined || (purse.issue === head.state.cardIssue && !always)) return { answer: undefined };
        if (head.state.balances.purse === 0) return { answer: purse };
        const { draft, purse: next } = returnDraft(head, purse, recordedAt, pack);
        return { write: draft, rows: [deps.purses.row(next)], answer: () => undefined };
      },
    });
    // With nothing in it there is no entry to write, only that nothing is loaded into it any more.
    if (empty === undefined || (await deps.purses.save({ ...empty, state: 'returned', version: empty.version + 1 }))) return;
    await deps.backOff(tries);
  }
  throw new AppError('request.busy');
}
