import { dayText, type Lang } from '../../../lib/dates';

export interface DateBadge {
  readonly month: string;
  readonly date: string;
  readonly year: string;
}

/** "Apr", "25", "2023" of "2023-04-25": the badge before an article. */
export function dateBadge(day: string, lang: Lang): DateBadge {
  const text = dayText(day, lang);
  const month = lang === 'zh' ? text.slice(0, text.indexOf('月') + 1) : (text.split(' ')[1] ?? '');
  return { month, date: String(Number(day.slice(8, 10))), year: day.slice(0, 4) };
}
