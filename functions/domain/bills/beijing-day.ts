import { CHINA_OFFSET_MINUTES, type EpochMs, shiftDay } from '../../../shared/time';

const TIME_LENGTH = 'YYYY-MM-DD HH:MM:SS'.length;

/** A Beijing day, to which times in the bytes of a bill are compared. */
export interface BeijingDay {
  readonly startsAt: EpochMs;
  readonly ascii: Uint8Array;
}

export function beijingDay(day: string): BeijingDay {
  return { startsAt: Date.parse(`${day}T00:00:00Z`) - CHINA_OFFSET_MINUTES * 60_000, ascii: Buffer.from(day, 'latin1') };
}

/** The next day, "2026-12-01" after "2026-11-30". */
export function nextDay(day: string): string {
  return shiftDay(day, 1);
}

/** Of the Beijing day; `other-day` is a well-formed time of another one. */
export type SecondOfDay = number;
export const OTHER_DAY = -1;
export const NOT_A_TIME = -2;

/** Reads "2026-11-20 08:05:30" in [from, to): the second of `day`, OTHER_DAY or NOT_A_TIME. */
export function readSecond(bytes: Uint8Array, from: number, to: number, day: BeijingDay): SecondOfDay {
  if (to - from !== TIME_LENGTH) return NOT_A_TIME;
  const hour = twoDigits(bytes, from + 11);
  const minute = twoDigits(bytes, from + 14);
  const second = twoDigits(bytes, from + 17);
  if (hour > 23 || minute > 59 || second > 59 || bytes[from + 10] !== 0x20 || bytes[from + 13] !== 0x3a || bytes[from + 16] !== 0x3a) {
    return NOT_A_TIME;
  }
  for (let index = 0; index < 10; index += 1) {
    if (bytes[from + index] !== day.ascii[index]) return isDate(bytes, from) ? OTHER_DAY : NOT_A_TIME;
  }
  return hour * 3_600 + minute * 60 + second;
}

/** 100 for anything but two digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 0x30;
  const ones = (bytes[at + 1] ?? 0) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 100;
}

function isDate(bytes: Uint8Array, from: number): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(Buffer.from(bytes.subarray(from, from + 10)).toString('latin1'));
}
