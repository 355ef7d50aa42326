import type { ErrorCode } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import type { Entry } from '../domain/entry';
import { openHold, releaseDraft } from '../domain/hold';
import { type AppendDeps, changeAccount } from './append-loop';

export interface ReleaseDeps extends AppendDeps {
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/**
 * Ends a hold without a charge, unless it has its outcome. For after the bank said that it moved nothing, and nothing will move under that
 * number. Throws AppError `account.unknown`, `request.busy`.
 */
export async function releaseHold(
  deps: ReleaseDeps,
  { schoolId, accountNo, holdN }: { readonly schoolId: string; readonly accountNo: number; readonly holdN: number },
  reason: ErrorCode,
): Promise<void> {
  const pack = await deps.packOf(schoolId);
  await changeAccount<Entry | undefined, void>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: () => deps.passbook.entry(schoolId, accountNo, holdN),
    decide(head, recordedAt, found) {
      const hold = openHold(head, found);
      if (hold === undefined) return { answer: undefined };
      return { write: releaseDraft(head, hold, { recordedAt, pack, reason }), answer: () => undefined };
    },
  });
}
