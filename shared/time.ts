/**
 * Instants are epoch milliseconds at rest and ISO 8601 with offset on the wire. Schools keep one fixed offset
 * (China has had no daylight saving since 1991), so no time-zone database is needed on a phone.
 */
export type EpochMs = number;

const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** UTC+8 in minutes: the zone of the payment platforms and of every pack shipped. */
export const CHINA_OFFSET_MINUTES = 480;

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function shifted(at: EpochMs, offsetMinutes: number): Date {
  return new Date(at + offsetMinutes * MINUTE_MS);
}

/** "2026-11-21T12:08:17.000+08:00". */
export function toIso(at: EpochMs, offsetMinutes = CHINA_OFFSET_MINUTES): string {
  const sign = offsetMinutes < 0 ? '-' : '+';
  const size = Math.abs(offsetMinutes);
  return `${shifted(at, offsetMinutes).toISOString().slice(0, -1)}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Business day "YYYY-MM-DD" in the school's zone. */
export function businessDay(at: EpochMs, offsetMinutes = CHINA_OFFSET_MINUTES): string {
  return shifted(at, offsetMinutes).toISOString().slice(0, 10);
}

/** "2026-11-21" and −1 give "2026-11-20". */
export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Statement month "YYYY-MM" in the school's zone. */
export function monthOf(at: EpochMs, offsetMinutes = CHINA_OFFSET_MINUTES): string {
  return shifted(at, offsetMinutes).toISOString().slice(0, 7);
}

/** First instant of a "YYYY-MM" month and of the month after it. */
export function monthBounds(month: string, offsetMinutes = CHINA_OFFSET_MINUTES): { from: EpochMs; to: EpochMs } {
  const year = Number(month.slice(0, 4));
  const index = Number(month.slice(5, 7)) - 1;
  const shift = offsetMinutes * MINUTE_MS;
  return { from: Date.UTC(year, index, 1) - shift, to: Date.UTC(year, index + 1, 1) - shift };
}

/** Minutes since midnight in the school's zone, 0 to 1439. */
export function minuteOfDay(at: EpochMs, offsetMinutes = CHINA_OFFSET_MINUTES): number {
  const local = shifted(at, offsetMinutes);
  return local.getUTCHours() * 60 + local.getUTCMinutes();
}

/** ISO 8601 week "2026-W47" in UTC+8 whatever the school: code keys rotate at one instant everywhere. */
export function isoWeek(at: EpochMs): string {
  const local = shifted(at, CHINA_OFFSET_MINUTES);
  const midnight = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate());
  const weekday = (local.getUTCDay() + 6) % 7;
  const thursday = new Date(midnight + (3 - weekday) * DAY_MS);
  const yearStart = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - yearStart) / WEEK_MS) + 1;
  return `${thursday.getUTCFullYear()}-W${two(week)}`;
}
