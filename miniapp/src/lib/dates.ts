import { CHINA_OFFSET_MINUTES, DAY_MS, type EpochMs } from '../../../shared/time';

export type Lang = 'zh' | 'en';

/** ISO 8601 as the API sends it. Parsed by hand: older phones' Date.parse refuses some valid forms. */
export function instantMs(iso: string): EpochMs {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d\d:?\d\d)$/.exec(iso);
  if (match === null) return Date.parse(iso);
  const [, year, month, day, hour, minute, second, fraction, zone = 'Z'] = match;
  const millis = Number((fraction ?? '0').padEnd(3, '0'));
  const utc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second ?? 0), millis);
  if (zone === 'Z') return utc;
  const sign = zone.startsWith('-') ? 1 : -1;
  const digits = zone.replace(/\D/g, '');
  return utc + sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
}

function local(at: EpochMs, offsetMinutes: number): Date {
  return new Date(at + offsetMinutes * 60_000);
}

const two = (value: number) => String(value).padStart(2, '0');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = {
  zh: ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
};

/** "12:08:17" in the school's zone. */
export function clockText(iso: string, offsetMinutes = CHINA_OFFSET_MINUTES): string {
  const at = local(instantMs(iso), offsetMinutes);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

/** "2026-11-21" of an instant, in the school's zone. */
export function dayOf(iso: string, offsetMinutes = CHINA_OFFSET_MINUTES): string {
  return local(instantMs(iso), offsetMinutes).toISOString().slice(0, 10);
}

/** "11月21日" / "21 Nov". */
export function dayText(day: string, lang: Lang): string {
  const month = Number(day.slice(5, 7));
  const date = Number(day.slice(8, 10));
  return lang === 'zh' ? `${month}月${date}日` : `${date} ${MONTHS[month - 1]}`;
}

/** "11月21日 星期六" / "Sat 21 Nov". */
export function dayHeading(day: string, lang: Lang): string {
  const weekday = WEEKDAYS[lang][new Date(`${day}T00:00:00Z`).getUTCDay()];
  return lang === 'zh' ? `${dayText(day, lang)} ${weekday}` : `${weekday} ${dayText(day, lang)}`;
}

/** "今天 12:08" for today, else "11月20日 12:08". */
export function shortInstant(iso: string, now: EpochMs, lang: Lang, offsetMinutes = CHINA_OFFSET_MINUTES): string {
  const day = dayOf(iso, offsetMinutes);
  const time = clockText(iso, offsetMinutes).slice(0, 5);
  const today = local(now, offsetMinutes).toISOString().slice(0, 10);
  const yesterday = local(now - DAY_MS, offsetMinutes)
    .toISOString()
    .slice(0, 10);
  if (day === today) return `${lang === 'zh' ? '今天' : 'Today'} ${time}`;
  if (day === yesterday) return `${lang === 'zh' ? '昨天' : 'Yesterday'} ${time}`;
  return `${dayText(day, lang)} ${time}`;
}

/** "11月21日 12:08:17": an instant to the second, for what may matter in a dispute. */
export function fullInstant(iso: string, lang: Lang, offsetMinutes = CHINA_OFFSET_MINUTES): string {
  return `${dayText(dayOf(iso, offsetMinutes), lang)} ${clockText(iso, offsetMinutes)}`;
}

/** "2026年11月" / "November 2026" in short form. */
export function monthText(month: string, lang: Lang): string {
  const index = Number(month.slice(5, 7));
  return lang === 'zh' ? `${month.slice(0, 4)}年${index}月` : `${MONTHS[index - 1]} ${month.slice(0, 4)}`;
}

/** This month and the ones before it, newest first. */
export function recentMonths(now: EpochMs, count: number, offsetMinutes = CHINA_OFFSET_MINUTES): string[] {
  const at = local(now, offsetMinutes);
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  );
}

/** Days of a "YYYY-MM" month. */
export function daysInMonth(month: string): number {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
}
