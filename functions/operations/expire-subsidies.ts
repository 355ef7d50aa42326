import { AppError } from '../../shared/errors';
import { add, type Fen, sum, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, DAY_MS, type EpochMs } from '../../shared/time';
import { lastDayOf } from '../domain/subsidy-list';
import { mapInParallel } from '../lib/in-parallel';
import type { Notices } from '../store/notices';
import type { Schools } from '../store/schools';
import type { Subsidies, SubsidyMark, SubsidySweep } from '../store/subsidies';
import { type ExpireDeps, expireLots } from './expire-lots';

export interface ExpireSubsidiesDeps extends ExpireDeps {
  readonly notices: Pick<Notices, 'rows' | 'addNotice'>;
  readonly schools: Pick<Schools, 'versions'>;
  readonly subsidies: Pick<Subsidies, 'expiring' | 'mark' | 'setMark'>;
  /** Throws AppError `school.unknown`. */
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

export interface SubsidySweepReport {
  readonly looked: number;
  readonly expiredFen: Fen;
  readonly noticed: number;
  /** Accounts that could not be done; their day is looked at again. */
  readonly failed: readonly { readonly schoolId: string; readonly accountNo: number; readonly error: unknown }[];
  /** False: the time was over before the work was. */
  readonly complete: boolean;
}

/** How far the first look at a school goes back. */
const FIRST_LOOK_DAYS = 31;
const AT_ONCE = 16;

/**
 * Of every school: takes back what ran out by yesterday, and tells who has a lot that runs out within the days of the pack. Accounts are found
 * by the index that is written with each grant, day by day; a day is marked once all of it is done, so that a missed day is made up and
 * a repeated one changes nothing.
 */
export async function expireSubsidies(deps: ExpireSubsidiesDeps, until: EpochMs): Promise<SubsidySweepReport> {
  let report: SubsidySweepReport = { looked: 0, expiredFen: ZERO, noticed: 0, failed: [], complete: true };
  for (const schoolId of [...(await deps.schools.versions()).keys()].sort()) {
    const pack = await deps.packOf(schoolId);
    const now = deps.clock();
    const day = (at: EpochMs): string => businessDay(at, pack.utcOffsetMinutes);
    const school = { deps, schoolId, until };
    report = await sweep(school, 'expired', day(now - DAY_MS), report, async (accountNo) => ({
      expiredFen: await expireLots(deps, { schoolId, accountNo }, pack),
      noticed: 0,
    }));
    // What was granted runs out also where the school grants no more.
    if (pack.subsidy === undefined) continue;
    report = await sweep(school, 'noticed', day(now + pack.subsidy.noticeDays * DAY_MS), report, async (accountNo, last) => ({
      expiredFen: ZERO,
      noticed: (await notice(deps, { schoolId, accountNo, last }, pack)) ? 1 : 0,
    }));
  }
  return report;
}

type Done = Pick<SubsidySweepReport, 'expiredFen' | 'noticed'>;

async function sweep(
  { deps, schoolId, until }: { readonly deps: ExpireSubsidiesDeps; readonly schoolId: string; readonly until: EpochMs },
  name: SubsidySweep,
  through: string,
  before: SubsidySweepReport,
  each: (accountNo: number, day: string) => Promise<Done>,
): Promise<SubsidySweepReport> {
  let report = before;
  let mark: SubsidyMark = (await deps.subsidies.mark(schoolId, name)) ?? { day: dayAfter(through, -FIRST_LOOK_DAYS) };
  // A day that failed is looked at again, so that nothing behind it is marked either; it is done all the same.
  let mayMark = true;
  for (let day = dayAfter(mark.day, 1); day <= through; day = dayAfter(day, 1)) {
    let after = mayMark ? mark.after : undefined;
    do {
      if (deps.clock() >= until) return { ...report, complete: false };
      const { accounts, next } = await deps.subsidies.expiring(schoolId, day, after);
      const results = await mapInParallel(accounts, AT_ONCE, (accountNo) => tried(accountNo, () => each(accountNo, day)));
      const failed = results.flatMap((result) => ('error' in result ? [{ schoolId, ...result }] : []));
      const done = results.flatMap((result) => ('error' in result ? [] : [result]));
      report = {
        ...report,
        looked: report.looked + accounts.length,
        expiredFen: add(report.expiredFen, sum(done.map(({ expiredFen }) => expiredFen))),
        noticed: report.noticed + done.reduce((total, { noticed }) => total + noticed, 0),
        failed: [...report.failed, ...failed],
      };
      mayMark &&= failed.length === 0;
      after = next;
      mark = next === undefined ? { day } : { day: dayAfter(day, -1), after: next };
      if (mayMark && (next === undefined || accounts.length > 0)) await deps.subsidies.setMark(schoolId, name, mark);
    } while (after !== undefined);
  }
  return report;
}

async function tried(accountNo: number, run: () => Promise<Done>): Promise<Done | { readonly accountNo: number; readonly error: unknown }> {
  try {
    return await run();
  } catch (error) {
    // Told in the report: one account must not keep the others from theirs.
    return { accountNo, error };
  }
}

interface LastDay {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly last: string;
}

/** Tells of what runs out with that day and can still be spent. False when there is nothing, or it was told before. */
async function notice(deps: ExpireSubsidiesDeps, { schoolId, accountNo, last }: LastDay, { utcOffsetMinutes }: RulePack): Promise<boolean> {
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  const at = deps.clock();
  const lot = head.state.subsidy.find(({ expiresAt }) => expiresAt > at && lastDayOf(expiresAt, utcOffsetMinutes) === last);
  if (lot === undefined) return false;
  const { amountFen, expiresAt } = lot;
  return deps.notices.addNotice({
    ...{ schoolId, accountNo, key: `expiring/${expiresAt}`, kind: 'subsidy-expiring', at, amountFen, expiresAt },
  });
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
