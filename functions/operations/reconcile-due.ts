import { businessDay, CHINA_OFFSET_MINUTES, DAY_MS } from '../../shared/time';
import { dayClosesAt } from '../domain/book-day';
import type { PlatformChannel } from '../domain/order';
import type { ReconciliationRecord } from '../store/reconciliations';
import { type ReconcileDeps, reconcileDay } from './reconcile-day';

export const CHANNELS: readonly PlatformChannel[] = ['wechat-pay', 'alipay'];
/** An `open` day is looked at again while a neighbour's bill can explain it; a bill that never came is asked for this long. */
export const LOOK_BACK_DAYS = 4;
/** A refund may be on its way for longer: a day that waits for something is looked at for as long as its lock is tried. */
const OPEN_BACK_DAYS = 14;

export interface DueReport {
  readonly channel: PlatformChannel;
  readonly day: string;
  readonly records: readonly ReconciliationRecord[];
  readonly error?: unknown;
}

/**
 * Reconciles every day of the last four whose bill can be there and whose record is not final, and any of the last fourteen that waits for
 * something, oldest first. One channel's trouble never stops the other; it is in the report. Throws only when the schools cannot be listed.
 */
export async function reconcileDue(deps: ReconcileDeps): Promise<readonly DueReport[]> {
  const reports: DueReport[] = [];
  const now = deps.clock();
  const schools = await deps.schools();
  for (let back = OPEN_BACK_DAYS; back >= 1; back -= 1) {
    const day = businessDay(now - back * DAY_MS, CHINA_OFFSET_MINUTES);
    if (now < dayClosesAt(day, CHINA_OFFSET_MINUTES)) continue;
    for (const channel of CHANNELS) {
      try {
        const found = await Promise.all(schools.map((schoolId) => deps.reconciliations.find(schoolId, channel, day)));
        const isDue = back > LOOK_BACK_DAYS ? isWaiting(found) : !isFinal(found);
        if (isDue) reports.push({ channel, day, records: await reconcileDay(deps, channel, day) });
      } catch (error) {
        reports.push({ channel, day, records: [], error });
      }
    }
  }
  return reports;
}

type Found = readonly (ReconciliationRecord | undefined)[];

/**
 * Every school's part is balanced or healed. What is held may be explained by a person meanwhile, so it is looked at again; and so is a day
 * without a line, because Alipay says of a bill that is late ("特殊情况可能延迟") what it says of a day without trades.
 */
function isFinal(found: Found): boolean {
  const hasLines = found.some((one) => (one?.sums?.billCount ?? 0) > 0);
  return hasLines && found.every((one) => one?.state === 'balanced' || one?.state === 'healed');
}

/** Reconciled, and something of it is left to a later bill, to the end of a refund or to a person. */
function isWaiting(found: Found): boolean {
  return found.some((one) => one?.state === 'open' || one?.state === 'held');
}
