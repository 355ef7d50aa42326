import { isAppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, DAY_MS, type EpochMs, shiftDay } from '../../shared/time';
import type { AccountNumbers } from '../store/account-numbers';
import type { CloseRuns } from '../store/close-runs';
import type { Schools } from '../store/schools';
import { type AdjustDeps, postApproved } from './adjust-books';
import { type CloseDayDeps, closeDay } from './close-day';
import { type LockDayDeps, lockDay } from './lock-day';
import { type ArrivalDeps, bookMatched } from './match-arrivals';
import { hasEntries, isSummable } from './sum-day';
import { FIRST_LOOK_DAYS } from './verify-books';

export type CloseDueDaysDeps = CloseDayDeps &
  LockDayDeps &
  AdjustDeps &
  ArrivalDeps & {
    readonly schools: Pick<Schools, 'versions'>;
    readonly runs: CloseRuns;
    readonly accountNumbers: Pick<AccountNumbers, 'highest'>;
    readonly newRunId: () => string;
  };

export interface ClosingReport {
  readonly schools: readonly SchoolClosing[];
  /** False when the time ran out first; the next run goes on. */
  readonly complete: boolean;
}

export interface SchoolClosing {
  readonly schoolId: string;
  readonly closed: readonly string[];
  readonly locked: readonly string[];
  readonly posted: readonly string[];
  /** Of what ended this school's closing early. */
  readonly error?: unknown;
}

/** So many days back a lock is still tried: reconciliation of a day may wait for a person. */
const LOCK_BACK_DAYS = 14;
/** A roster leases numbers by the thousand and uses nearly all. */
const FIRST_ACCOUNTS = 100;

/**
 * For every school: ends what approvals and matches left half done, closes every day that is over and not closed, oldest first, and locks
 * those that are reconciled. Running it again changes nothing; one school's trouble never stops another's. Each school's run is recorded.
 */
export async function closeDueDays(deps: CloseDueDaysDeps, until: number): Promise<ClosingReport> {
  const reports: SchoolClosing[] = [];
  const schools = [...(await deps.schools.versions()).keys()].sort();
  for (const schoolId of schools) {
    if (deps.clock() >= until) return { schools: reports, complete: false };
    const { complete, ...report } = await closeSchool(deps, schoolId, until);
    reports.push(report);
    if (!complete) return { schools: reports, complete: false };
  }
  return { schools: reports, complete: true };
}

async function closeSchool(
  deps: CloseDueDaysDeps,
  schoolId: string,
  until: number,
): Promise<SchoolClosing & { readonly complete: boolean }> {
  const startedAt = deps.clock();
  const closed: string[] = [];
  const locked: string[] = [];
  const posted: string[] = [];
  let complete = true;
  let failure: { readonly error: unknown } | undefined;
  try {
    posted.push(...(await postApproved(deps, schoolId)), ...(await bookMatched(deps, schoolId)).map(({ bankRef }) => bankRef));
    const pack = await deps.packOf(schoolId);
    for (let day = await nextDay(deps, pack); isSummable(day, pack, deps.clock()); day = shiftDay(day, 1)) {
      complete = deps.clock() < until;
      if (!complete) break;
      await closeDay(deps, schoolId, day);
      closed.push(day);
    }
    locked.push(...(await lockReconciled(deps, schoolId)));
  } catch (error) {
    failure = { error };
  }
  const code = failure === undefined ? undefined : isAppError(failure.error) ? failure.error.code : 'internal';
  const record = { schoolId, runId: deps.newRunId(), startedAt, endedAt: deps.clock(), closed, locked, posted };
  await deps.runs.insert({ ...record, ...(code === undefined ? {} : { failure: code }) });
  return { schoolId, closed, locked, posted, complete, ...(failure ?? {}) };
}

/** The day after the last sheet; for a school without any, the first day on which something happened, or yesterday. */
async function nextDay(deps: CloseDueDaysDeps, pack: RulePack): Promise<string> {
  const { schoolId, utcOffsetMinutes } = pack;
  const last = (await deps.sheets.newest(schoolId, 1))[0];
  if (last !== undefined) return shiftDay(last.day, 1);
  const now = deps.clock();
  const yesterday = shiftDay(businessDay(now, utcOffsetMinutes), -1);
  const opened = await firstOpening(deps, schoolId);
  if (opened === undefined) return yesterday;
  const from = Math.max(opened, now - FIRST_LOOK_DAYS * DAY_MS);
  for (let day = businessDay(from, utcOffsetMinutes); day < yesterday; day = shiftDay(day, 1)) {
    if (await hasEntries(deps, schoolId, day)) return day;
  }
  return yesterday;
}

/** When the school's first account was opened, before which no money moved: numbers are given in order, and some are left unused. */
async function firstOpening(deps: CloseDueDaysDeps, schoolId: string): Promise<EpochMs | undefined> {
  const highest = await deps.accountNumbers.highest(schoolId);
  if (highest === 0) return undefined;
  for (let accountNo = 1; accountNo <= Math.min(highest, FIRST_ACCOUNTS); accountNo += 1) {
    const first = await deps.passbook.entry(schoolId, accountNo, 1);
    if (first !== undefined) return first.recordedAt;
  }
  return 0;
}

async function lockReconciled(deps: CloseDueDaysDeps, schoolId: string): Promise<readonly string[]> {
  const locked: string[] = [];
  const sheets = await deps.sheets.newest(schoolId, LOCK_BACK_DAYS);
  for (const { day } of [...sheets].reverse()) {
    if ((await deps.locks.find(schoolId, day)) !== undefined) continue;
    if (!(await deps.isReconciled(schoolId, day))) continue;
    await lockDay(deps, { schoolId, day, by: 'job' });
    locked.push(day);
  }
  return locked;
}
