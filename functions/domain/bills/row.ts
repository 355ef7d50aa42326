import { AppError } from '../../../shared/errors';
import type { CellColumn } from './line-columns';
import { isSpelled } from './spelled';

/** No bill has nearly as many columns. */
const MOST_CELLS = 256;
/** Commas that stand in free text and look like the edge of a cell; more of them in one row are not worth guessing about. */
const MOST_EXTRA = 8;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACK_TICK = 0x60;

/** Numbers of both platforms have at most 64 characters, attachments 128 bytes. */
const LONGEST_CELL = 255;

/** The cells of one row, found in the bytes; filled again for every row. */
export class Row {
  count = 0;
  private readonly starts = new Int32Array(MOST_CELLS + 1);
  private readonly ends = new Int32Array(MOST_CELLS + 1);

  start(cell: number): number {
    return this.starts[cell] ?? 0;
  }

  end(cell: number): number {
    return this.ends[cell] ?? 0;
  }

  is(bytes: Uint8Array, cell: number, word: Uint8Array): boolean {
    return isSpelled(bytes, this.start(cell), this.end(cell), word);
  }

  /**
   * Notes where a cell lies; -1 is a cell without bytes.
   * @throws AppError bill.malformed: longer than any number or attachment of the platforms
   */
  put(column: CellColumn, line: number, cell: number): void {
    const length = cell < 0 ? 0 : this.end(cell) - this.start(cell);
    if (length > LONGEST_CELL) throw new AppError('bill.malformed', { reason: 'cell too long' });
    column.start[line] = cell < 0 ? 0 : this.start(cell);
    column.length[line] = length;
  }

  /** Ends the cell that began last and begins the next. */
  private cut(end: number, next: number): void {
    if (this.count === MOST_CELLS) throw new AppError('bill.malformed', { reason: 'too many cells' });
    this.ends[this.count] = end;
    this.count += 1;
    this.starts[this.count] = next;
  }

  /**
   * WeChat Pay: the row begins with a back-tick and ",`" divides it, because a name of goods may hold a comma. Answers where the line feed
   * is, or `end`.
   */
  readTicked(bytes: Uint8Array, from: number, end: number): number {
    this.count = 0;
    this.starts[0] = from + 1;
    let at = from + 1;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      // Nearly every byte is above the comma, so that one comparison is enough for it.
      if (byte > COMMA) continue;
      if (byte === LINE_FEED) break;
      if (byte === COMMA && bytes[at + 1] === BACK_TICK && at + 1 < end) this.cut(at, at + 2);
    }
    this.cut(at > from && bytes[at - 1] === RETURN ? at - 1 : at, at);
    return at;
  }

  /**
   * Alipay: commas divide, tabs and spaces pad. A comma, a quote or a line feed is never the second byte of a GBK character (those are 0x40
   * to 0xFE, and 0x30 to 0x39 in the four-byte forms of GB 18030), so the bytes need no decoding.
   */
  readCommas(bytes: Uint8Array, from: number, end: number): number {
    this.count = 0;
    this.starts[0] = from;
    let quoted = false;
    let at = from;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte > COMMA) continue;
      if (byte === COMMA) this.cut(at, at + 1);
      else if (byte === QUOTE) quoted = true;
      else if (byte === LINE_FEED) break;
    }
    this.cut(at, at);
    if (quoted) this.joinQuoted(bytes);
    for (let cell = 0; cell < this.count; cell += 1) this.trim(bytes, cell);
    return at;
  }

  /**
   * RFC 4180: a cell that begins with a quote runs to the quote before a comma or the end. A quote that never closes is only a character,
   * as in a program that does not quote at all. Doubled quotes stay doubled: no cell that we read can hold one.
   */
  private joinQuoted(bytes: Uint8Array): void {
    const { starts, ends, count } = this;
    let kept = 0;
    for (let cell = 0; cell < count; cell += 1) {
      const last = bytes[starts[cell] ?? 0] === QUOTE ? this.closing(bytes, cell, count) : undefined;
      starts[kept] = (starts[cell] ?? 0) + (last === undefined ? 0 : 1);
      ends[kept] = (ends[last ?? cell] ?? 0) - (last === undefined ? 0 : 1 + padding(bytes, ends[last] ?? 0));
      kept += 1;
      cell = last ?? cell;
    }
    this.count = kept;
  }

  /** The cell whose end closes the quote that `cell` begins with. */
  private closing(bytes: Uint8Array, cell: number, count: number): number | undefined {
    for (let last = cell; last < count; last += 1) {
      const end = this.ends[last] ?? 0;
      let quotes = 0;
      for (let at = end - padding(bytes, end) - 1; at > (this.starts[cell] ?? 0) && bytes[at] === QUOTE; at -= 1) quotes += 1;
      if (quotes % 2 === 1) return last;
    }
    return undefined;
  }

  private trim(bytes: Uint8Array, cell: number): void {
    let start = this.starts[cell] ?? 0;
    let end = this.ends[cell] ?? 0;
    while (end > start && isPadding(bytes[end - 1] ?? 0)) end -= 1;
    while (start < end && isPadding(bytes[start] ?? 0)) start += 1;
    this.starts[cell] = start;
    this.ends[cell] = end;
  }

  /**
   * A row with more cells than the header has them in its free texts: undivided text that held the divider. They are given back to those
   * columns in every possible way; what `fits` (times, amounts and words where they belong) is taken, if it is one reading only.
   * @throws AppError bill.malformed: none fits, or two that differ
   */
  align(columns: number, free: readonly number[], fits: () => string | undefined): void {
    const extra = this.count - columns;
    const starts = this.starts.slice(0, this.count);
    const ends = this.ends.slice(0, this.count);
    const readings = new Map<string, readonly number[]>();
    if (extra > 0 && extra <= MOST_EXTRA) {
      for (const shares of waysToShare(extra, free.length)) {
        this.layOut(starts, ends, columns, free, shares);
        const reading = fits();
        if (reading !== undefined) readings.set(reading, shares);
      }
    }
    const [only] = readings.size === 1 ? readings.values() : [];
    if (only === undefined) throw new AppError('bill.malformed', { reason: 'cells that do not fit the header' });
    this.layOut(starts, ends, columns, free, only);
  }

  private layOut(starts: Int32Array, ends: Int32Array, columns: number, free: readonly number[], shares: readonly number[]): void {
    let from = 0;
    for (let column = 0; column < columns; column += 1) {
      const place = free.indexOf(column);
      const last = from + (place < 0 ? 0 : (shares[place] ?? 0));
      this.starts[column] = starts[from] ?? 0;
      this.ends[column] = ends[last] ?? 0;
      from = last + 1;
    }
    this.count = columns;
  }
}

function padding(bytes: Uint8Array, end: number): number {
  let at = end;
  while (at > 0 && isPadding(bytes[at - 1] ?? 0)) at -= 1;
  return end - at;
}

function isPadding(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === RETURN;
}

/** All ways to give `extra` cells to `places` columns: at most 1,287 for eight cells and six columns. */
function* waysToShare(extra: number, places: number): Generator<readonly number[]> {
  if (places === 0) return;
  if (places === 1) {
    yield [extra];
    return;
  }
  for (let first = 0; first <= extra; first += 1) {
    for (const rest of waysToShare(extra - first, places - 1)) yield [first, ...rest];
  }
}
