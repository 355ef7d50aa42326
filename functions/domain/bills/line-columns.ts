import { AppError } from '../../../shared/errors';
import { fen } from '../../../shared/money';
import type { BillLine } from './bill-line';
import { MILLI } from './money-text';
import { isSpelled } from './spelled';

/** A cell of the block: where its bytes begin and how many they are. */
export interface CellColumn {
  start: Int32Array;
  length: Uint8Array;
}

/** Apps and status words of one merchant; a bill with more is none. */
const MOST_WORDS = 200;

/**
 * Lines by column over the bytes of one block, so that a day of millions of lines makes no object and no string per line. The same columns
 * are filled again for every block.
 */
export class LineColumns {
  bytes: Buffer = Buffer.alloc(0);
  length = 0;
  /** 1 for a refund. */
  refund = new Uint8Array(0);
  amountFen = new Float64Array(0);
  feeFen = new Float64Array(0);
  at = new Float64Array(0);
  /** Places in `apps`, 0 for none, and in `statuses`. */
  app = new Uint8Array(0);
  status = new Uint8Array(0);
  readonly order: CellColumn = newCells();
  readonly trade: CellColumn = newCells();
  readonly refundNo: CellColumn = newCells();
  readonly attach: CellColumn = newCells();
  readonly apps = new Words(['']);
  readonly statuses = new Words([]);

  /** Begins the lines of another block. */
  begin(bytes: Buffer): void {
    this.bytes = bytes;
    this.length = 0;
  }

  /** The index of a new line, whose columns the caller fills one by one. */
  add(): number {
    if (this.length === this.refund.length) this.grow(Math.max(1_024, this.length * 2));
    this.length += 1;
    return this.length - 1;
  }

  private grow(size: number): void {
    this.refund = grown(new Uint8Array(size), this.refund);
    this.amountFen = grown(new Float64Array(size), this.amountFen);
    this.feeFen = grown(new Float64Array(size), this.feeFen);
    this.at = grown(new Float64Array(size), this.at);
    this.app = grown(new Uint8Array(size), this.app);
    this.status = grown(new Uint8Array(size), this.status);
    for (const cells of [this.order, this.trade, this.refundNo, this.attach]) {
      cells.start = grown(new Int32Array(size), cells.start);
      cells.length = grown(new Uint8Array(size), cells.length);
    }
  }

  /** A line as an object of its own, which may be kept. */
  line(index: number): BillLine {
    const refundNo = this.text(this.refundNo, index);
    const appId = this.apps.word(this.app[index] ?? 0);
    const attach = this.text(this.attach, index, 'utf8');
    return {
      kind: this.refund[index] === 1 ? 'refund' : 'payment',
      merchantOrderNo: this.text(this.order, index),
      platformTradeNo: this.text(this.trade, index),
      ...(refundNo === '' ? {} : { refundNo }),
      amountFen: fen(this.amountFen[index] ?? 0),
      feeFen: fen(this.feeFen[index] ?? 0),
      at: this.at[index] ?? 0,
      status: this.statuses.word(this.status[index] ?? 0),
      ...(appId === '' ? {} : { appId }),
      ...(attach === '' ? {} : { attach }),
    };
  }

  private text(cells: CellColumn, index: number, encoding: 'latin1' | 'utf8' = 'latin1'): string {
    const start = cells.start[index] ?? 0;
    return this.bytes.toString(encoding, start, start + (cells.length[index] ?? 0));
  }
}

function newCells(): CellColumn {
  return { start: new Int32Array(0), length: new Uint8Array(0) };
}

function grown<Column extends Uint8Array | Int32Array | Float64Array>(column: Column, from: Column): Column {
  column.set(from);
  return column;
}

/** @throws AppError bill.malformed: part of a fen */
export function putAmount(columns: LineColumns, index: number, milli: number): void {
  if (milli % MILLI !== 0) throw new AppError('bill.malformed', { reason: 'part of a fen' });
  columns.amountFen[index] = Math.abs(milli) / MILLI;
}

/**
 * A fee is printed to a thousandth of a fen and rounded half away from zero, one line at a time.
 * @throws AppError bill.malformed: more than 32 bits hold
 */
export function putFee(columns: LineColumns, index: number, milli: number): void {
  const feeFen = toFen(milli);
  if ((feeFen | 0) !== feeFen) throw new AppError('bill.malformed', { reason: 'a fee of more than 21 million yuan' });
  columns.feeFen[index] = feeFen;
}

export function toFen(milli: number): number {
  const whole = Math.floor((Math.abs(milli) + MILLI / 2) / MILLI);
  return milli < 0 ? 0 - whole : whole;
}

/** A few words that stand in millions of lines, each kept once. */
export class Words {
  private readonly texts: string[] = [];
  private readonly spelled: Uint8Array[] = [];

  constructor(first: readonly string[]) {
    for (const text of first) this.put(Buffer.from(text, 'latin1'));
  }

  /** All of them so far, by index. */
  get all(): readonly string[] {
    return this.texts;
  }

  word(index: number): string {
    return this.texts[index] ?? '';
  }

  /** Of a word that is not taken from the bill's bytes. */
  of(text: string): number {
    const found = this.texts.indexOf(text);
    if (found >= 0) return found;
    this.texts.push(text);
    this.spelled.push(Buffer.from(text));
    return this.texts.length - 1;
  }

  /** @throws AppError bill.malformed: more different words than a bill can have */
  indexOf(bytes: Uint8Array, from: number, to: number): number {
    for (let index = 0; index < this.spelled.length; index += 1) {
      if (isSpelled(bytes, from, to, this.spelled[index] ?? bytes)) return index;
    }
    if (this.spelled.length === MOST_WORDS) throw new AppError('bill.malformed', { reason: 'too many different words' });
    // A copy: `Buffer.slice` would be a window on bytes that the next block overwrites.
    return this.put(new Uint8Array(bytes.subarray(from, to)));
  }

  private put(spelled: Uint8Array): number {
    this.texts.push(Buffer.from(spelled).toString('latin1'));
    this.spelled.push(spelled);
    return this.texts.length - 1;
  }
}
