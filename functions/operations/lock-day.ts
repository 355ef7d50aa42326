import { AppError } from '../../shared/errors';
import { sheetHash } from '../domain/finance/balance-sheet';
import type { Clock } from '../lib/clock';
import type { BalanceSheets } from '../store/balance-sheets';
import type { DayLock, DayLocks } from '../store/day-locks';

export interface LockDayDeps {
  readonly sheets: Pick<BalanceSheets, 'find'>;
  readonly locks: DayLocks;
  /** Whether every channel of the day has its reconciliation and nothing of it waits for a person. */
  readonly isReconciled: (schoolId: string, day: string) => Promise<boolean>;
  readonly clock: Clock;
}

/**
 * 日结: nothing is dated to the day from now on. A repeat is the same lock.
 *
 * Throws AppError: `day.open` (it has no balance sheet yet), `day.not-reconciled`.
 */
export async function lockDay(
  deps: LockDayDeps,
  input: { readonly schoolId: string; readonly day: string; readonly by: string },
): Promise<DayLock> {
  const { schoolId, day, by } = input;
  const found = await deps.locks.find(schoolId, day);
  if (found !== undefined) return found;
  const sheet = await deps.sheets.find(schoolId, day);
  if (sheet === undefined) throw new AppError('day.open', { day });
  if (!(await deps.isReconciled(schoolId, day))) throw new AppError('day.not-reconciled', { day });
  return deps.locks.insert({ schoolId, day, lockedBy: by, lockedAt: deps.clock(), sheetHash: sheetHash(sheet) });
}
