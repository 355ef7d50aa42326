import type { EntryView } from '../../../../../shared/api/common';
import { formatYuan } from '../../../../../shared/money';
import { clockText, dayOf } from '../../../lib/dates';
import type { Words } from '../i18n/words';
import type { RecordsKey } from '../i18n/zh';
import { fundText, kindText } from './entry-words';

/** Without it Excel takes UTF-8 for the code page of the computer, and Chinese for noise. */
const BOM = '\uFEFF';

/** A cell that a table program would take for a formula (=, +, −, @, or behind a tab or line end) begins with an apostrophe, and is text. */
export function csvText(text: string): string {
  const safe = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? `'${text}` : text;
  return `"${safe.replace(/"/g, '""')}"`;
}

const COLUMNS: readonly RecordsKey[] = [
  'csv.n',
  'csv.recorded',
  'csv.occurred',
  'csv.kind',
  'csv.merchant',
  'csv.amount',
  'csv.running',
  'csv.wallet',
  'csv.fund',
  'csv.order',
  'csv.id',
];

/** A month as a table, oldest first: amounts are numbers, everything else is text. Lines end as RFC 4180 has it. */
export function monthCsv(entries: readonly EntryView[], words: Words, utcOffsetMinutes: number): string {
  const instant = (iso: string) => csvText(`${dayOf(iso, utcOffsetMinutes)} ${clockText(iso, utcOffsetMinutes)}`);
  const rows = [...entries].reverse().map((entry) =>
    [
      String(entry.n),
      instant(entry.recordedAt),
      instant(entry.occurredAt),
      csvText(kindText(entry.kind, words)),
      csvText(entry.merchant === null ? '' : words.b(entry.merchant)),
      formatYuan(entry.amountFen),
      formatYuan(entry.runningFen),
      formatYuan(entry.balances.walletFen),
      csvText(fundText(entry, words)),
      csvText(entry.orderNo ?? ''),
      // "7-42" alone would become the 7th of some month.
      csvText(`#${entry.entryId}`),
    ].join(','),
  );
  return `${BOM}${[COLUMNS.map((column) => csvText(words.w(column))).join(','), ...rows].join('\r\n')}\r\n`;
}

/** A name that every system takes: letters, digits and hyphens. */
export function csvName(schoolId: string, month: string): string {
  return `e-code-${schoolId}-${month}.csv`;
}
