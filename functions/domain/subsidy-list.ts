import { AppError } from '../../shared/errors';
import { type Fen, fen, parseYuan } from '../../shared/money';
import { businessDay, DAY_MS, type EpochMs } from '../../shared/time';
import { type CsvRecord, readCsv } from './csv';
import { normaliseName, normaliseNumber, normaliseText } from './plain-text';
import { type SubsidyColumn, type SubsidyError, type SubsidyErrorCode, subsidyError } from './subsidy-errors';
import { decodeLines, type TextEncodingName } from './text-encoding';

/** One grant as finance lists it. */
export interface SubsidyRow {
  readonly line: number;
  readonly number: string;
  readonly name: string;
  readonly amountFen: Fen;
  /** First instant after the last day. */
  readonly expiresAt: EpochMs;
}

export interface SubsidyList {
  readonly encoding: TextEncodingName;
  readonly rows: readonly SubsidyRow[];
  readonly errors: readonly SubsidyError[];
}

const HEADERS: Readonly<Record<SubsidyColumn, readonly string[]>> = {
  number: ['学工号', '学号', '工号', '学号/工号', 'number', 'studentnumber', 'studentno'],
  name: ['姓名', '名字', 'name'],
  amount: ['金额', '金额元', '补助金额', '补助金额元', 'amount', 'amountyuan'],
  expiresOn: ['有效期至', '有效期', '到期日', '截止日期', 'expireson', 'validuntil'],
};
const COLUMNS: readonly SubsidyColumn[] = ['number', 'name', 'amount', 'expiresOn'];
const DELIMITERS = [',', '\t', ';', '，'];
/** A typing error is far above what any school grants at once. */
const MAX_FEN = fen(1_000_000);

/**
 * Reads a list of grants in any of the usual encodings, columns in any order. Every line is judged by itself: a bad one is reported and
 * left out. Throws AppError `subsidy.unreadable` when the file as a whole is no such list (detail.reason).
 */
export function readSubsidyList(bytes: Uint8Array, utcOffsetMinutes: number): SubsidyList {
  const { encoding, lines } = decodeLines(bytes);
  const headerLine = lines.find((line) => line.trim() !== '');
  if (headerLine === undefined) throw new AppError('subsidy.unreadable', { reason: 'empty' });
  if (lines.some((line) => line.includes('\0'))) throw new AppError('subsidy.unreadable', { reason: 'not text' });
  const known = (delimiter: string): number => headerLine.split(delimiter).filter((name) => columnOf(name) !== undefined).length;
  const delimiter = [...DELIMITERS].sort((a, b) => known(b) - known(a))[0] ?? ',';
  const { records, faults } = readCsv(lines, delimiter);
  const [first, ...body] = records;
  const places = placesOf(first?.fields ?? []);
  const errors: SubsidyError[] = faults.map(({ line, fault }) => subsidyError(line, 'row', fault));
  const rows: SubsidyRow[] = [];
  const seen = new Map<string, number>();
  for (const record of body) {
    const read = readRow(record, { places, columns: first?.fields.length ?? 0, utcOffsetMinutes });
    if (Array.isArray(read)) {
      errors.push(...read);
      continue;
    }
    const firstLine = seen.get(read.number);
    if (firstLine !== undefined) errors.push({ ...subsidyError(read.line, 'number', 'duplicate'), firstLine });
    else {
      seen.set(read.number, read.line);
      rows.push(read);
    }
  }
  return { encoding, rows, errors: errors.sort((a, b) => a.line - b.line) };
}

/** The last day of a lot, which ends with it. */
export function lastDayOf(expiresAt: EpochMs, utcOffsetMinutes: number): string {
  return businessDay(expiresAt - 1, utcOffsetMinutes);
}

function columnOf(header: string): SubsidyColumn | undefined {
  const plain = normaliseText(header)
    .replace(/^"(.*)"$/, '$1')
    .toLowerCase()
    .replace(/[\s_.()（）-]/g, '');
  return COLUMNS.find((column) => HEADERS[column].includes(plain));
}

function placesOf(header: readonly string[]): Readonly<Record<SubsidyColumn, number>> {
  const place = (column: SubsidyColumn): number => {
    const found = header.flatMap((name, index) => (columnOf(name) === column ? [index] : []));
    if (found.length > 1) throw new AppError('subsidy.unreadable', { reason: 'column twice', column });
    if (found[0] === undefined) throw new AppError('subsidy.unreadable', { reason: 'column missing', column });
    return found[0];
  };
  return { number: place('number'), name: place('name'), amount: place('amount'), expiresOn: place('expiresOn') };
}

interface Form {
  readonly places: Readonly<Record<SubsidyColumn, number>>;
  readonly columns: number;
  readonly utcOffsetMinutes: number;
}

function readRow({ line, fields }: CsvRecord, { places, columns, utcOffsetMinutes }: Form): SubsidyRow | SubsidyError[] {
  if (fields.some((field) => field.includes('\uFFFD'))) return [subsidyError(line, 'row', 'unreadable-character')];
  const extra = fields.slice(columns);
  if (fields.length < columns || extra.some((field) => field.trim() !== '')) return [subsidyError(line, 'row', 'column-count')];
  // Excel's ways to keep a number a text: a leading apostrophe, or ="2021000037".
  const cell = (column: SubsidyColumn): string =>
    normaliseText(fields[places[column]] ?? '')
      .replace(/^="(.*)"$/, '$1')
      .replace(/^'/, '');
  const number = normaliseNumber(cell('number'));
  const name = normaliseName(cell('name'));
  const amount = amountOf(cell('amount'));
  const expiry = expiryOf(cell('expiresOn'), utcOffsetMinutes);
  const errors: SubsidyError[] = [];
  if (number === '') errors.push(subsidyError(line, 'number', 'missing'));
  else if (/^\d(\.\d+)?E\+?\d+$/.test(number)) errors.push(subsidyError(line, 'number', 'scientific-notation'));
  if (name === '') errors.push(subsidyError(line, 'name', 'missing'));
  if (typeof amount === 'string') errors.push(subsidyError(line, 'amount', amount));
  if (typeof expiry === 'string') errors.push(subsidyError(line, 'expiresOn', expiry));
  if (errors.length > 0 || typeof amount === 'string' || typeof expiry === 'string') return errors;
  return { line, number, name, amountFen: amount, expiresAt: expiry };
}

/** "300", "300.5", "1,200.00", "¥300". */
function amountOf(text: string): Fen | SubsidyErrorCode {
  if (text === '') return 'missing';
  const plain = text
    .replace(/^[¥￥]/, '')
    .replace(/元$/, '')
    .replace(/^(\d{1,3})((?:,\d{3})+)(?=\.|$)/, (_all, head: string, rest: string) => `${head}${rest.replaceAll(',', '')}`);
  if (!/^(0|[1-9]\d{0,12})(\.\d{1,2})?$/.test(plain)) return 'amount-form';
  const amountFen = parseYuan(plain);
  if (amountFen <= 0) return 'amount-form';
  return amountFen > MAX_FEN ? 'amount-too-large' : amountFen;
}

const DATE = /^(20\d{2})(?:-(\d{1,2})-(\d{1,2})|\/(\d{1,2})\/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))$/;

/** The end of that day in the school's zone. */
function expiryOf(text: string, utcOffsetMinutes: number): EpochMs | SubsidyErrorCode {
  if (text === '') return 'missing';
  const [, year = '', ...parts] = DATE.exec(text) ?? [];
  const [month = '', day = ''] = parts.filter((part) => part !== undefined);
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const start = Date.parse(`${iso}T00:00:00Z`);
  // 2026-02-30 would become a day of March.
  if (year === '' || Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== iso) return 'date-form';
  return start + DAY_MS - utcOffsetMinutes * 60_000;
}
