import { businessDay, type EpochMs } from '../../shared/time';
import { dayBounds } from './journal';

const HOUR_MS = 3_600_000;
/** Both platforms have yesterday's bill ready at ten in the morning, Beijing time. */
const READY_AFTER_MS = 10 * HOUR_MS;

/** A day written as the platforms want it; undefined for any other form or a day that is none. */
export function parseDay(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const { from } = dayBounds(text);
  return !Number.isNaN(from) && businessDay(from) === text ? text : undefined;
}

export function billReady(day: string, now: EpochMs): boolean {
  return now >= dayBounds(day).to + READY_AFTER_MS;
}

/** WeChat Pay keeps bills for three months, counted by the calendar. */
export function withinThreeMonths(day: string, now: EpochMs): boolean {
  const oldest = new Date(`${businessDay(now)}T00:00:00Z`);
  oldest.setUTCMonth(oldest.getUTCMonth() - 3);
  return day >= oldest.toISOString().slice(0, 10);
}
