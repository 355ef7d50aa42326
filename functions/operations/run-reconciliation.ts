import { businessDay, CHINA_OFFSET_MINUTES, DAY_MS, type EpochMs } from '../../shared/time';
import { dayClosesAt } from '../domain/book-day';
import type { PlatformChannel } from '../domain/order';
import { POS_CHANNEL } from '../domain/reconcile';
import type { ReconciliationRecord } from '../store/reconciliations';
import { type ReconcileDeps, reconcileDay } from './reconcile-day';
import { CHANNELS, LOOK_BACK_DAYS, reconcileDue } from './reconcile-due';
import { type ReconcileTerminalsDeps, reconcileTerminals } from './reconcile-terminals';

export interface RunDeps {
  readonly bills: ReconcileDeps;
  readonly terminals: ReconcileTerminalsDeps;
}

export interface RunReport {
  readonly channel: PlatformChannel | typeof POS_CHANNEL;
  readonly day: string;
  readonly records: readonly ReconciliationRecord[];
  readonly error?: unknown;
}

/**
 * The morning's reconciliation: both platforms' bills and the terminals' statements of every day that is not final, or of `day` alone, again
 * whatever it was. One's trouble never stops the others; it is in its report. Throws nothing of its own.
 */
export async function runReconciliation(deps: RunDeps, day?: string): Promise<readonly RunReport[]> {
  const reports: RunReport[] = [];
  if (day === undefined) reports.push(...(await reconcileDue(deps.bills)));
  else for (const channel of CHANNELS) reports.push(await reported(channel, day, () => reconcileDay(deps.bills, channel, day)));
  for (const schoolId of await deps.bills.schools()) {
    for (const one of day === undefined ? await dueDays(deps.terminals, schoolId) : [day]) {
      reports.push(await reported(POS_CHANNEL, one, async () => [await reconcileTerminals(deps.terminals, schoolId, one)]));
    }
  }
  return reports;
}

/** The next day's bill explains what is `open`; it is there a day later, and the runs of that morning have these hours. */
const PATIENCE_MS = DAY_MS + 2 * 3_600_000;

/** Whether a person, or the platform, must be asked about this part of a day. A bill or a terminal may be late, but not for ever. */
export function needsSomebody({ state, day }: Pick<ReconciliationRecord, 'state' | 'day'>, now: EpochMs): boolean {
  if (state === 'waiting' || state === 'open') return now >= dayClosesAt(day, CHINA_OFFSET_MINUTES) + PATIENCE_MS;
  return state === 'failed' || state === 'held' || state === 'suspended';
}

async function reported(
  channel: RunReport['channel'],
  day: string,
  run: () => Promise<readonly ReconciliationRecord[]>,
): Promise<RunReport> {
  try {
    return { channel, day, records: await run() };
  } catch (error) {
    return { channel, day, records: [], error };
  }
}

/** Closed days of the last four that are not final, oldest first. */
async function dueDays(deps: ReconcileTerminalsDeps, schoolId: string): Promise<readonly string[]> {
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const now = deps.clock();
  const days: string[] = [];
  for (let back = LOOK_BACK_DAYS; back >= 1; back -= 1) {
    const day = businessDay(now - back * DAY_MS, utcOffsetMinutes);
    if (now < dayClosesAt(day, utcOffsetMinutes)) continue;
    const state = (await deps.reconciliations.find(schoolId, POS_CHANNEL, day))?.state;
    if (state !== 'balanced' && state !== 'healed') days.push(day);
  }
  return days;
}
