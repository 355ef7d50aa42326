import { citizenIdProblem } from '../../shared/citizen-id';
import { AppError } from '../../shared/errors';
import type { Bilingual } from '../../shared/rule-pack';
import { readCardNumber } from './card-number';
import { type CsvFault, type CsvRecord, readCsv } from './csv';
import { normaliseName, normaliseNumber, normaliseText } from './plain-text';
import { COLUMNS, type ColumnName, columnOf, kindOf, type RosterKind } from './roster-columns';
import { type RosterErrorCode, rosterErrorText } from './roster-errors';
import { decodeLines, type TextEncodingName } from './text-encoding';

/** One cardholder as a school lists them. Empty text where the school gave nothing. */
export interface RosterRow {
  readonly line: number;
  readonly number: string;
  readonly name: string;
  readonly kind: RosterKind;
  /** Last 7 characters of the ID, capitals. */
  readonly idTail: string;
  /** 11 digits. */
  readonly mobile: string;
  /** Absent where the list has no such column, or nothing in it. */
  readonly email?: string;
  /** The school's own number of the physical card. */
  readonly cardNumber: string;
}

/** What is wrong with one line, without the value: the report may be printed and mailed. */
export interface RosterError {
  readonly line: number;
  readonly field: ColumnName | 'row';
  readonly code: RosterErrorCode;
  readonly message: Bilingual;
  /** For a duplicate: the line that holds it first. */
  readonly firstLine?: number;
}

export interface Roster {
  readonly encoding: TextEncodingName;
  readonly rows: readonly RosterRow[];
  readonly errors: readonly RosterError[];
  /** Columns of the file that are not used, as its header names them. */
  readonly ignoredColumns: readonly string[];
}

const DELIMITERS = [',', '\t', ';', '，'];

/**
 * Reads a roster of any of the usual encodings, with its columns in any order. A bad line is reported and left out; it
 * never stops the good ones. Throws `roster.unreadable` when the file as a whole is not a roster: empty, not text, or
 * its first line lacks a column (named in `detail`).
 */
export function readRoster(bytes: Uint8Array): Roster {
  const { encoding, lines } = decodeLines(bytes);
  const { header, body, faults } = readTable(lines);
  const errors: RosterError[] = faults.map(({ line, fault }) => rosterError(line, 'row', fault));
  const rows: RosterRow[] = [];
  const seen = { number: new Map<string, number>(), cardNumber: new Map<string, number>() };
  for (const record of body) {
    const read = readRow(record, header);
    const duplicates = Array.isArray(read) ? [] : findDuplicates(read, seen);
    if (Array.isArray(read)) errors.push(...read);
    else if (duplicates.length > 0) errors.push(...duplicates);
    else {
      rows.push(read);
      seen.number.set(read.number, read.line);
      if (read.cardNumber !== '') seen.cardNumber.set(read.cardNumber, read.line);
    }
  }
  const ignoredColumns = header.names.filter((name) => columnOf(name) === undefined && name !== '');
  return { encoding, rows, errors: errors.sort((a, b) => a.line - b.line), ignoredColumns };
}

interface Header {
  readonly names: readonly string[];
  readonly at: Readonly<Record<(typeof COLUMNS)[number], number>> & { readonly email: number | undefined };
}

function readTable(lines: readonly string[]): { header: Header; body: readonly CsvRecord[]; faults: readonly CsvFault[] } {
  if (lines.every((line) => line.trim() === '')) throw new AppError('roster.unreadable', { reason: 'empty' });
  if (lines.some((line) => line.includes('\0'))) throw new AppError('roster.unreadable', { reason: 'not text' });
  const headerLine = lines.find((line) => line.trim() !== '') ?? '';
  const known = (delimiter: string): number => headerLine.split(delimiter).filter((name) => columnOf(unquoted(name)) !== undefined).length;
  const delimiter = [...DELIMITERS].sort((a, b) => known(b) - known(a))[0] ?? ',';
  const { records, faults } = readCsv(lines, delimiter);
  const [first, ...body] = records;
  const names = (first?.fields ?? []).map(normaliseText);
  const at: Partial<Record<ColumnName, number>> = {};
  for (const [index, name] of names.entries()) {
    const column = columnOf(name);
    if (column === undefined) continue;
    if (at[column] !== undefined) throw new AppError('roster.unreadable', { reason: 'column twice', column });
    at[column] = index;
  }
  return { header: { names, at: complete(at) }, body, faults };
}

function unquoted(text: string): string {
  return text.trim().replace(/^"(.*)"$/, '$1');
}

function complete(at: Partial<Record<ColumnName, number>>): Header['at'] {
  const place = (column: (typeof COLUMNS)[number]): number => {
    const index = at[column];
    if (index === undefined) {
      const missing = COLUMNS.filter((name) => at[name] === undefined).join(', ');
      throw new AppError('roster.unreadable', { reason: 'column missing', column: missing });
    }
    return index;
  };
  return {
    number: place('number'),
    name: place('name'),
    kind: place('kind'),
    idTail: place('idTail'),
    mobile: place('mobile'),
    cardNumber: place('cardNumber'),
    email: at.email,
  };
}

function readRow({ line, fields }: CsvRecord, header: Header): RosterRow | RosterError[] {
  if (fields.some((field) => field.includes('\uFFFD'))) return [rosterError(line, 'row', 'unreadable-character')];
  // Spreadsheets leave trailing separators; anything else means that the columns have moved and none can be trusted.
  const extra = fields.slice(header.names.length);
  if (fields.length < header.names.length || extra.some((field) => field.trim() !== '')) return [rosterError(line, 'row', 'column-count')];
  const cell = (column: ColumnName): string => fromSpreadsheet(fields[header.at[column] ?? -1] ?? '');
  const errors: RosterError[] = [];
  const check = (column: ColumnName, problem: RosterErrorCode | undefined): void => {
    if (problem !== undefined) errors.push(rosterError(line, column, problem));
  };
  const number = normaliseNumber(cell('number'));
  const name = normaliseName(cell('name'));
  const kind = kindOf(cell('kind'));
  const idTail = normaliseNumber(cell('idTail'));
  const mobile = normaliseNumber(cell('mobile'))
    .replace(/-/g, '')
    .replace(/^(\+86|0086)/, '');
  const email = cell('email').replace(/ /g, '');
  const cardNumber = normaliseNumber(cell('cardNumber'));
  check('number', numberProblem(number, kind));
  check('name', nameProblem(name));
  if (kind === undefined) check('kind', cell('kind') === '' ? 'missing' : 'unknown-kind');
  check('idTail', idTail === '' || /^[0-9A-Z]{7}$/.test(idTail) ? undefined : 'id-tail-form');
  check('mobile', mobile === '' || /^1\d{10}$/.test(mobile) ? undefined : 'mobile-form');
  check('email', email === '' || (email.length <= 254 && EMAIL.test(email)) ? undefined : 'email-form');
  check('cardNumber', cardNumberProblem(cardNumber));
  if (kind === undefined || errors.length > 0) return errors;
  return { line, number, name, kind, idTail, mobile, ...(email === '' ? {} : { email }), cardNumber };
}

/** What a mailbox can be without quoting, which no school's are: nothing here can continue a header or name a second address. */
const EMAIL = /^[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+$/;

/** Excel's ways to keep a number a text: a leading apostrophe, or ="2021000037". */
function fromSpreadsheet(cell: string): string {
  return normaliseText(cell)
    .replace(/^="(.*)"$/, '$1')
    .replace(/^'/, '');
}

function numberProblem(number: string, kind: RosterKind | undefined): RosterErrorCode | undefined {
  if (number === '') return 'missing';
  // A mistyped ID would be kept as a number: in the clear, and found by nobody.
  if (kind === 'temporary' && ['check', 'birthday'].includes(citizenIdProblem(number) ?? '')) return 'citizen-id';
  if (/^\d(\.\d+)?E\+?\d+$/.test(number)) return 'scientific-notation';
  return /^[0-9A-Z][0-9A-Z-]{2,19}$/.test(number) ? undefined : 'number-form';
}

function nameProblem(name: string): RosterErrorCode | undefined {
  if (name === '') return 'missing';
  return name.length <= 64 && /^[\p{L}\p{M}][\p{L}\p{M} ·.'’-]*$/u.test(name) ? undefined : 'name-form';
}

/** A number that reads as one of ours would name another account at a till, and so cannot be a school's own. */
function cardNumberProblem(cardNumber: string): RosterErrorCode | undefined {
  if (cardNumber === '') return undefined;
  if (/^\d(\.\d+)?E\+?\d+$/.test(cardNumber)) return 'scientific-notation';
  if (!/^[0-9A-Z]{1,20}$/.test(cardNumber)) return 'card-number-form';
  return readCardNumber(cardNumber) === undefined ? undefined : 'card-number-ours';
}

function findDuplicates(row: RosterRow, seen: Readonly<Record<'number' | 'cardNumber', ReadonlyMap<string, number>>>): RosterError[] {
  const errors: RosterError[] = [];
  for (const field of ['number', 'cardNumber'] as const) {
    const firstLine = row[field] === '' ? undefined : seen[field].get(row[field]);
    if (firstLine !== undefined) errors.push({ ...rosterError(row.line, field, 'duplicate'), firstLine });
  }
  return errors;
}

export function rosterError(line: number, field: RosterError['field'], code: RosterErrorCode): RosterError {
  return { line, field, code, message: rosterErrorText[code] };
}
