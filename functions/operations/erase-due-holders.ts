import type { EpochMs } from '../../shared/time';
import type { Holders } from '../store/holders';
import type { AccountName } from './append-loop';
import { type EraseDeps, eraseHolder } from './erase-holder';

export interface EraseDueDeps extends EraseDeps {
  readonly holders: EraseDeps['holders'] & Pick<Holders, 'dueDeletions'>;
}

export interface EraseReport {
  readonly looked: number;
  readonly erased: number;
  readonly putOff: number;
  /** Accounts that could not be done; the next sweep comes again. */
  readonly failed: readonly (AccountName & { readonly error: unknown })[];
  /** False: the time was over before the work was. */
  readonly complete: boolean;
}

/** Erases everybody whose days are over, as far as the time goes. One account must not keep the others from theirs. */
export async function eraseDueHolders(deps: EraseDueDeps, until: EpochMs): Promise<EraseReport> {
  const seen = new Set<string>();
  let report: EraseReport = { looked: 0, erased: 0, putOff: 0, failed: [], complete: true };
  for (;;) {
    const due = await deps.holders.dueDeletions(deps.clock());
    // The index may still name what has just been done, and what failed stays in it.
    const fresh = due.filter(({ schoolId, accountNo }) => !seen.has(`${schoolId}/${accountNo}`));
    if (fresh.length === 0) return report;
    for (const account of fresh) {
      if (deps.clock() >= until) return { ...report, complete: false };
      seen.add(`${account.schoolId}/${account.accountNo}`);
      report = { ...report, looked: report.looked + 1 };
      try {
        const done = await eraseHolder(deps, account);
        report = { ...report, erased: report.erased + (done === 'erased' ? 1 : 0), putOff: report.putOff + (done === 'put-off' ? 1 : 0) };
      } catch (error) {
        report = { ...report, failed: [...report.failed, { ...account, error }] };
      }
    }
  }
}
