import { clockText, dayOf, dayText } from '../../../../lib/dates';
import { yuan } from '../../../../lib/money-text';
import type { Words } from '../../i18n/words';
import { averageFen } from '../../lib/month-charts';
import type { YearReport } from '../../lib/year-report';

export interface YearLine {
  readonly id: string;
  readonly label: string;
  readonly value: string;
}

/** The figures of a year in words, on the screen and in the picture alike. */
export function yearLines(report: YearReport, { w, b, lang }: Words, utcOffsetMinutes: number): YearLine[] {
  const hour = (iso: string) => `${dayText(dayOf(iso, utcOffsetMinutes), lang)} ${clockText(iso, utcOffsetMinutes).slice(0, 5)}`;
  const { favourite, dearestDay, earliest, latest } = report;
  return [
    {
      id: 'count',
      label: w('year.count'),
      value: w(report.days === 1 ? 'year.count-value-one' : 'year.count-value', { count: report.count, days: report.days }),
    },
    { id: 'average', label: w('year.average'), value: yuan(averageFen(report.spentFen, report.count)) },
    {
      id: 'favourite',
      label: w('year.favourite'),
      value:
        favourite === undefined || favourite.merchant === null
          ? ''
          : w('year.favourite-value', { name: b(favourite.merchant), count: favourite.count }),
    },
    {
      id: 'dearest',
      label: w('year.dearest'),
      value: dearestDay === undefined ? '' : `${dayText(dearestDay.day, lang)} ${yuan(dearestDay.amountFen)}`,
    },
    { id: 'earliest', label: w('year.earliest'), value: earliest === undefined ? '' : hour(earliest.recordedAt) },
    { id: 'latest', label: w('year.latest'), value: latest === undefined ? '' : hour(latest.recordedAt) },
  ].filter(({ value }) => value !== '');
}
