import { type Fen, fen } from '../../../shared/money';
import type { EpochMs } from '../../../shared/time';
import type { LineColumns } from '../bills/line-columns';
import { ByteArena, hashBytes, hashDivider, hashStart, hashText, isText } from './byte-keys';
import { NONE, SlotTable } from './slot-table';

/** Records grow by chunks of so many lines, so that growing copies nothing. */
const CHUNK_BITS = 15;
const CHUNK_LINES = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_LINES - 1;

/** What the books have said of a line. */
export const ENTRY = 1;
/** The refund was undone. */
export const RETURNED = 2;
/** Something about line and entry is to be looked at: another amount, another day, a second entry. */
export const LOOK = 4;
/** Another line has the same key and came first. */
const REPEATED = 8;

/**
 * A line is a record of 32 bytes, half a line of the processor's cache, because it is the waiting for memory that costs time: the amount as
 * a double, then words.
 */
const WORDS = 8;
const DOUBLES = WORDS / 2;
const FEE = 2;
/** Seconds from the first line's time. */
const SECOND = 3;
/** Where in the arena order number, refund number and trade number stand, one behind the other. */
const POSITION = 4;
/** Lengths of the three, a byte each, and above them whether it is a refund. */
const LENGTHS = 5;
const REFUND_BIT = 1 << 24;
/** The next line of the same key. */
const NEXT = 6;
/** Marks, app and status, a byte each, and the school above. */
const FLAGS = 7;
const APP_SHIFT = 8;
const STATUS_SHIFT = 16;
const SCHOOL_SHIFT = 24;

class Chunk {
  readonly doubles: Float64Array;
  readonly words: Uint32Array;

  constructor() {
    const buffer = new ArrayBuffer(CHUNK_LINES * WORDS * 4);
    this.doubles = new Float64Array(buffer);
    this.words = new Uint32Array(buffer);
  }
}

/** A line as an object, for the few that are looked at. */
export interface TableLine {
  readonly index: number;
  readonly kind: 'payment' | 'refund';
  readonly orderNo: string;
  readonly refundNo: string;
  readonly platformTradeNo: string;
  readonly amountFen: Fen;
  readonly feeFen: Fen;
  readonly at: EpochMs;
  readonly appId: string;
  readonly status: string;
}

/** How books name a line. */
interface LineKey {
  readonly kind: 'payment' | 'refund' | 'refund-returned';
  readonly orderNo: string;
  readonly refundNo?: string;
}
const NO_KEY: LineKey = { kind: 'payment', orderNo: '' };

/** Lines of one key: the first by the platform's clock, and the others. */
export type Group = readonly [TableLine, ...TableLine[]];

/** The line of a group that the books were laid over: the one that came first in the file. */
export function firstOf(group: Group): number {
  return group.reduce((first, { index }) => Math.min(index, first), group[0].index);
}

/**
 * All lines of a bill by order number (and refund number). A line takes about 110 bytes with its numbers and its slot, and no object and no
 * string. A hash only finds candidates; equal means equal bytes, so no two numbers are ever taken for one another.
 */
export class BillTable {
  length = 0;
  private readonly chunks: Chunk[] = [];
  private readonly arena = new ByteArena();
  private readonly slots = new SlotTable();
  private hashes = new Uint32Array(0);
  private found = new Uint32Array(0);
  /** The time of the first line. */
  private startsAt: EpochMs = 0;
  private apps: readonly string[] = [];
  private statuses: readonly string[] = [];

  /** Takes over a batch. `schoolOf` says whose an order number is, by its bytes. */
  addBatch(batch: LineColumns, schoolOf: (bytes: Buffer, from: number, length: number) => number): void {
    this.apps = batch.apps.all;
    this.statuses = batch.statuses.all;
    for (let line = 0; line < batch.length; line += 1) {
      if (this.length >>> CHUNK_BITS === this.chunks.length) this.chunks.push(new Chunk());
      const { doubles, words } = this.chunk(this.length);
      const double = (this.length & CHUNK_MASK) * DOUBLES;
      const word = double * 2;
      const at = batch.at[line] ?? 0;
      if (this.length === 0) this.startsAt = at;
      const school = schoolOf(batch.bytes, batch.order.start[line] ?? 0, batch.order.length[line] ?? 0);
      doubles[double] = batch.amountFen[line] ?? 0;
      words[word + FEE] = batch.feeFen[line] ?? 0;
      words[word + SECOND] = (at - this.startsAt) / 1_000;
      words[word + NEXT] = NONE;
      words[word + FLAGS] = ((batch.app[line] ?? 0) << APP_SHIFT) | ((batch.status[line] ?? 0) << STATUS_SHIFT) | (school << SCHOOL_SHIFT);
      this.enter(this.length, this.keep(batch, line, words, word));
      this.length += 1;
    }
  }

  /** Copies the numbers of a line, which lie in a buffer that is used again, and answers the hash of its key. */
  private keep(batch: LineColumns, line: number, words: Uint32Array, word: number): number {
    const { bytes, order, refundNo, trade } = batch;
    const orderLength = order.length[line] ?? 0;
    const refundLength = refundNo.length[line] ?? 0;
    const tradeLength = trade.length[line] ?? 0;
    const refund = batch.refund[line] === 1;
    const position = this.arena.reserve(orderLength + refundLength + tradeLength);
    const segment = this.arena.segment(position);
    const to = this.arena.offset(position);
    copy(bytes, order.start[line] ?? 0, orderLength, segment, to);
    copy(bytes, refundNo.start[line] ?? 0, refundLength, segment, to + orderLength);
    copy(bytes, trade.start[line] ?? 0, tradeLength, segment, to + orderLength + refundLength);
    words[word + POSITION] = position;
    words[word + LENGTHS] = lengths(orderLength, refundLength, refund) | (tradeLength << 16);
    const hash = hashBytes(segment, to, to + orderLength, hashStart(refund));
    return (refund ? hashBytes(segment, to + orderLength, to + orderLength + refundLength, hashDivider(hash)) : hash) >>> 0;
  }

  private enter(index: number, hash: number): void {
    const { slots } = this;
    for (let slot = slots.seek(slots.first(hash), hash); ; slot = slots.seek(slots.after(slot), hash)) {
      const found = slots.line(slot);
      if (found === NONE) {
        slots.fill(slot, hash, index);
        return;
      }
      if (this.isSameKey(found, index)) {
        // Behind the first one, so that a key that stands a million times costs no walk. Their order means nothing: it is sorted by time.
        this.setWord(index, NEXT, this.word(found, NEXT));
        this.mark(index, REPEATED);
        this.setWord(found, NEXT, index);
        return;
      }
    }
  }

  private isSameKey(found: number, index: number): boolean {
    // Without the trade number's length, which is no part of the key.
    const mine = this.word(index, LENGTHS) & ~0xff0000;
    if ((this.word(found, LENGTHS) & ~0xff0000) !== mine) return false;
    const position = this.word(index, POSITION);
    const other = this.word(found, POSITION);
    const from = this.arena.offset(position);
    const there = this.arena.offset(other);
    const bytes = this.arena.segment(position);
    const others = this.arena.segment(other);
    const length = (mine & 0xff) + ((mine >>> 8) & 0xff);
    for (let at = 0; at < length; at += 1) if (bytes[from + at] !== others[there + at]) return false;
    return true;
  }

  /**
   * The first line of each key, an order's payment or a refund; NONE. A page at a time and step by step, because then the processor waits
   * for the memory of many keys at once and not of one after the other. The answer is used again for the next page.
   */
  findAll(keys: readonly LineKey[]): Uint32Array {
    if (this.found.length < keys.length) {
      this.found = new Uint32Array(keys.length);
      this.hashes = new Uint32Array(keys.length);
    }
    const { found, hashes, slots } = this;
    for (let at = 0; at < keys.length; at += 1) hashes[at] = hashOf(keys[at] ?? NO_KEY);
    for (let at = 0; at < keys.length; at += 1) {
      const hash = hashes[at] ?? 0;
      found[at] = slots.line(slots.seek(slots.first(hash), hash));
    }
    for (let at = 0; at < keys.length; at += 1) {
      const line = found[at] ?? NONE;
      const key = keys[at] ?? NO_KEY;
      if (line !== NONE && !this.isKey(line, key)) found[at] = this.findAfter(key, hashes[at] ?? 0);
    }
    return found;
  }

  /** Of a key whose hash another key has as well. */
  private findAfter(key: LineKey, hash: number): number {
    const { slots } = this;
    for (let slot = slots.seek(slots.first(hash), hash); ; slot = slots.seek(slots.after(slot), hash)) {
      const line = slots.line(slot);
      if (line === NONE || this.isKey(line, key)) return line;
    }
  }

  private isKey(found: number, { kind, orderNo, refundNo = '' }: LineKey): boolean {
    const refund = kind !== 'payment';
    const second = refund ? refundNo : '';
    if ((this.word(found, LENGTHS) & ~0xff0000) !== lengths(orderNo.length, second.length, refund)) return false;
    const position = this.word(found, POSITION);
    const segment = this.arena.segment(position);
    const offset = this.arena.offset(position);
    return isText(segment, offset, orderNo) && isText(segment, offset + orderNo.length, second);
  }

  marks(index: number): number {
    return this.word(index, FLAGS) & 0xff;
  }

  mark(index: number, marks: number): void {
    this.setWord(index, FLAGS, this.word(index, FLAGS) | marks);
  }

  isRefund(index: number): boolean {
    return (this.word(index, LENGTHS) & REFUND_BIT) !== 0;
  }

  isRepeated(index: number): boolean {
    return (this.marks(index) & REPEATED) !== 0;
  }

  hasRepeats(index: number): boolean {
    return this.word(index, NEXT) !== NONE;
  }

  amountFen(index: number): number {
    return this.chunk(index).doubles[(index & CHUNK_MASK) * DOUBLES] ?? 0;
  }

  feeFen(index: number): number {
    return this.word(index, FEE) | 0;
  }

  school(index: number): number {
    return this.word(index, FLAGS) >>> SCHOOL_SHIFT;
  }

  /** The book an entry stands in knows its school better than the number does. */
  setSchool(index: number, school: number): void {
    this.setWord(index, FLAGS, (this.word(index, FLAGS) & 0xffffff) | (school << SCHOOL_SHIFT));
  }

  app(index: number): number {
    return (this.word(index, FLAGS) >>> APP_SHIFT) & 0xff;
  }

  /** Apps by number, as far as lines have named them. */
  get appIds(): readonly string[] {
    return this.apps;
  }

  /** A line and all others of its key, in an order that no order of the file changes. */
  group(index: number): Group {
    const first = this.line(index);
    const others: TableLine[] = [];
    for (let at = this.word(index, NEXT); at !== NONE; at = this.word(at, NEXT)) others.push(this.line(at));
    if (others.length === 0) return [first];
    const [earliest, ...rest] = [first, ...others].sort(byTime);
    return [earliest ?? first, ...rest];
  }

  line(index: number): TableLine {
    const position = this.word(index, POSITION);
    const packed = this.word(index, LENGTHS);
    const orderLength = packed & 0xff;
    const refundLength = (packed >>> 8) & 0xff;
    const flags = this.word(index, FLAGS);
    return {
      index,
      kind: this.isRefund(index) ? 'refund' : 'payment',
      orderNo: this.arena.text(position, orderLength),
      refundNo: this.arena.text(position + orderLength, refundLength),
      platformTradeNo: this.arena.text(position + orderLength + refundLength, (packed >>> 16) & 0xff),
      amountFen: fen(this.amountFen(index)),
      feeFen: fen(this.feeFen(index)),
      at: this.startsAt + (this.word(index, SECOND) | 0) * 1_000,
      appId: this.apps[(flags >>> APP_SHIFT) & 0xff] ?? '',
      status: this.statuses[(flags >>> STATUS_SHIFT) & 0xff] ?? '',
    };
  }

  private word(index: number, column: number): number {
    return this.chunk(index).words[(index & CHUNK_MASK) * WORDS + column] ?? 0;
  }

  private setWord(index: number, column: number, value: number): void {
    this.chunk(index).words[(index & CHUNK_MASK) * WORDS + column] = value;
  }

  private chunk(index: number): Chunk {
    const chunk = this.chunks[index >>> CHUNK_BITS];
    if (chunk === undefined) throw new Error('no such line');
    return chunk;
  }
}

function hashOf({ kind, orderNo, refundNo = '' }: LineKey): number {
  const refund = kind !== 'payment';
  const hash = hashText(orderNo, hashStart(refund));
  return (refund ? hashText(refundNo, hashDivider(hash)) : hash) >>> 0;
}

function lengths(orderLength: number, refundLength: number, refund: boolean): number {
  return orderLength | (refundLength << 8) | (refund ? REFUND_BIT : 0);
}

function copy(from: Uint8Array, start: number, length: number, into: Uint8Array, to: number): void {
  for (let index = 0; index < length; index += 1) into[to + index] = from[start + index] ?? 0;
}

function byTime(a: TableLine, b: TableLine): number {
  return a.at - b.at || compare(a.platformTradeNo, b.platformTradeNo) || a.amountFen - b.amountFen || a.feeFen - b.feeFen;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
