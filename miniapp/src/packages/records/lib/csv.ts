import type { EntryView } from '../../../../../shared/api/common';
import { formatYuan } from '../../../../../shared/money';
import { clockText, dayOf } from '../../../lib/dates';
import type { Words } from '../i18n/words';
import type { RecordsKey } from '../i18n/zh';
import { fundText, kindText } from './entry-words';

/** Without it Excel takes UTF-8 for the code page of the computer, and Chinese for noise. */
const BOM = '\uFEFF';

/** What a table program would take for a formula (=, +, −, @, also behind spaces, tabs and line ends) begins with an apostrophe, and is text. */
function noFormula(text: string): string {
  return /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}

/** A cell of a CSV file. */
export function csvText(text: string): string {
  return `"${noFormula(text).replace(/"/g, '""')}"`;
}

/** A cell as table programs take it from the clipboard: bare, and so without what would end it. */
function pastedText(text: string): string {
  return noFormula(text).replace(/[\t\r\n]+/g, ' ');
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

/** A month as a file, oldest first: amounts are numbers, everything else is text. Lines end as RFC 4180 has it. */
export function monthCsv(entries: readonly EntryView[], words: Words, utcOffsetMinutes: number): string {
  return `${BOM}${table(entries, words, utcOffsetMinutes, { text: csvText, between: ',' })}`;
}

/** The same for the clipboard: pasted into a table, each cell is one; a CSV would lie in the first column whole. */
export function monthPasted(entries: readonly EntryView[], words: Words, utcOffsetMinutes: number): string {
  return table(entries, words, utcOffsetMinutes, { text: pastedText, between: '\t' });
}

interface Form {
  readonly text: (words: string) => string;
  readonly between: string;
}

function table(entries: readonly EntryView[], words: Words, utcOffsetMinutes: number, { text, between }: Form): string {
  const instant = (iso: string) => text(`${dayOf(iso, utcOffsetMinutes)} ${clockText(iso, utcOffsetMinutes)}`);
  const rows = [...entries].reverse().map((entry) => [
    String(entry.n),
    instant(entry.recordedAt),
    instant(entry.occurredAt),
    text(kindText(entry.kind, words)),
    text(entry.merchant === null ? '' : words.b(entry.merchant)),
    formatYuan(entry.amountFen),
    formatYuan(entry.runningFen),
    formatYuan(entry.balances.walletFen),
    text(fundText(entry, words)),
    text(entry.orderNo ?? ''),
    // "7-42" alone would become the 7th of some month.
    text(`#${entry.entryId}`),
  ]);
  return [COLUMNS.map((column) => text(words.w(column))), ...rows].map((cells) => `${cells.join(between)}\r\n`).join('');
}

/** A name that every system takes: letters, digits and hyphens. */
export function csvName(schoolId: string, month: string): string {
  return `e-code-${schoolId}-${month}.csv`;
}
