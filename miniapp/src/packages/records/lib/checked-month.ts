import * as v from 'valibot';
import type { EntryView } from '../../../../../shared/api/common';
import { hashOfEntry } from '../../../../../shared/passbook/signed-head';

/** What the phone keeps of a check of a month's rows, so that the list can say that it is the list that was checked. */
export const checkedMonthSchema = v.object({ schoolId: v.string(), month: v.string(), digest: v.string() });
export type CheckedMonth = v.InferOutput<typeof checkedMonthSchema>;

/** One hash for all that the rows of a month show: with one row more, or one figure other, it is another. */
export function rowsDigest(rows: readonly EntryView[]): string {
  return hashOfEntry(
    rows.map(({ n, kind, amountFen, runningFen, balances, recordedAt }) => [
      n,
      kind,
      amountFen,
      runningFen,
      balances.walletFen,
      recordedAt,
    ]),
  );
}

/** Whether these, all rows of that month, are those that were checked. */
export function isChecked(
  kept: CheckedMonth | undefined,
  shown: { readonly schoolId: string; readonly month: string; readonly rows: readonly EntryView[] },
): boolean {
  return kept?.schoolId === shown.schoolId && kept.month === shown.month && kept.digest === rowsDigest(shown.rows);
}
