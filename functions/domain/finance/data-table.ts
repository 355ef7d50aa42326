import { type Fen, formatYuan } from '../../../shared/money';
import type { Bilingual } from '../../../shared/rule-pack';

/** A table for people, written as CSV or XLSX. Money is fen here and yuan in the file. */
export interface DataColumn {
  readonly header: Bilingual;
  readonly kind: 'text' | 'money' | 'count';
}
export interface DataTable {
  /** Of the sheet in a workbook; at most 31 letters. */
  readonly name: string;
  readonly columns: readonly DataColumn[];
  /** Text for a text column, fen for money, a whole number for a count; null is an empty cell. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/**
 * First letters that a spreadsheet takes for a formula or a field of its own (OWASP, "CSV Injection"), with the full-width forms that
 * Excel reads alike.
 */
const FORMULA_START = /^[=+\-@\t\r\n＝＋－＠]/;

/** Text that stays text when a spreadsheet opens the file. */
export function plainCell(text: string): string {
  return FORMULA_START.test(text) ? `'${text}` : text;
}

/** RFC 4180 with CRLF; a mark of byte order lets Excel see that it is UTF-8. Our own figures are written as they are, all text is neutralised. */
export function tableCsv(table: DataTable): string {
  const header = table.columns.map(({ header }) => quoted(headerText(header)));
  const lines = table.rows.map((row) => table.columns.map((column, index) => csvCell(column, row[index] ?? null)));
  return `\ufeff${[header, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('')}`;
}

export function headerText({ zh, en }: Bilingual): string {
  return `${zh} ${en}`;
}

function csvCell({ kind }: DataColumn, value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'string') return quoted(plainCell(value));
  // A money column holds fen by construction.
  return kind === 'money' ? formatYuan(value as Fen) : String(value);
}

function quoted(text: string): string {
  return /[",\r\n;\t']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
