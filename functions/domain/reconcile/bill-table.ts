import { type Fen, fen } from '../../../shared/money';
import type { EpochMs } from '../../../shared/time';
import type { LineColumns } from '../bills/line-columns';
import { ByteArena, hashBytes, hashDivider, hashStart, hashText, isText, slotOf } from './byte-keys';

/** No line. */
export const NONE = 0xffffffff;
const FIRST_SLOTS = 1 << 12;
/** Columns grow by chunks of so many lines, so that growing copies nothing. */
const CHUNK_BITS = 15;
const CHUNK_LINES = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_LINES - 1;

/** What the books have said of a line. */
export const ENTRY = 1;
/** The entry stands in the day's own book. */
export const ENTRY_OF_DAY = 2;
/** The refund was undone. */
export const RETURNED = 4;
/** Something about line and entry is to be looked at: another amount, another day, a second entry. */
export const LOOK = 8;
/** Another line has the same key and came first. */
const REPEATED = 16;

class Chunk {
  readonly refund = new Uint8Array(CHUNK_LINES);
  readonly marks = new Uint8Array(CHUNK_LINES);
  readonly school = new Uint16Array(CHUNK_LINES);
  readonly app = new Uint8Array(CHUNK_LINES);
  readonly status = new Uint8Array(CHUNK_LINES);
  readonly orderLength = new Uint8Array(CHUNK_LINES);
  readonly refundNoLength = new Uint8Array(CHUNK_LINES);
  readonly tradeLength = new Uint8Array(CHUNK_LINES);
  readonly position = new Uint32Array(CHUNK_LINES);
  readonly hash = new Int32Array(CHUNK_LINES);
  /** The next line of the same key. */
  readonly next = new Uint32Array(CHUNK_LINES);
  readonly amountFen = new Float64Array(CHUNK_LINES);
  readonly feeFen = new Float64Array(CHUNK_LINES);
  readonly at = new Float64Array(CHUNK_LINES);
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

/** Lines of one key: the first by the platform's clock, and the others. */
export type Group = readonly [TableLine, ...TableLine[]];

/**
 * All lines of a bill by order number (and refund number). A line takes about 105 bytes and no object and no string. A hash only finds
 * candidates; equal means equal bytes, so no two numbers are ever taken for one another.
 */
export class BillTable {
  length = 0;
  private readonly chunks: Chunk[] = [];
  private readonly arena = new ByteArena();
  private slots = new Uint32Array(FIRST_SLOTS).fill(NONE);
  private keys = 0;
  private apps: readonly string[] = [];
  private statuses: readonly string[] = [];

  /** Takes over a batch. `schoolOf` says whose an order number is, by its bytes. */
  addBatch(batch: LineColumns, schoolOf: (bytes: Buffer, from: number, length: number) => number): void {
    this.apps = batch.apps.all;
    this.statuses = batch.statuses.all;
    for (let line = 0; line < batch.length; line += 1) {
      if (this.length >>> CHUNK_BITS === this.chunks.length) this.chunks.push(new Chunk());
      const chunk = this.chunk(this.length);
      const at = this.length & CHUNK_MASK;
      chunk.refund[at] = batch.refund[line] ?? 0;
      chunk.app[at] = batch.app[line] ?? 0;
      chunk.status[at] = batch.status[line] ?? 0;
      chunk.amountFen[at] = batch.amountFen[line] ?? 0;
      chunk.feeFen[at] = batch.feeFen[line] ?? 0;
      chunk.at[at] = batch.at[line] ?? 0;
      chunk.next[at] = NONE;
      chunk.school[at] = schoolOf(batch.bytes, batch.order.start[line] ?? 0, batch.order.length[line] ?? 0);
      this.keep(batch, line, chunk, at);
      this.enter(this.length, chunk, at);
      this.length += 1;
    }
  }

  /** Copies the numbers of a line, which lie in a buffer that is used again. */
  private keep(batch: LineColumns, line: number, chunk: Chunk, at: number): void {
    const { bytes, order, refundNo, trade } = batch;
    const orderFrom = order.start[line] ?? 0;
    const orderLength = order.length[line] ?? 0;
    const refundFrom = refundNo.start[line] ?? 0;
    const refundLength = refundNo.length[line] ?? 0;
    const tradeLength = trade.length[line] ?? 0;
    const position = this.arena.reserve(orderLength + refundLength + tradeLength);
    const segment = this.arena.segment(position);
    const to = this.arena.offset(position);
    copy(bytes, orderFrom, orderLength, segment, to);
    copy(bytes, refundFrom, refundLength, segment, to + orderLength);
    copy(bytes, trade.start[line] ?? 0, tradeLength, segment, to + orderLength + refundLength);
    chunk.position[at] = position;
    chunk.orderLength[at] = orderLength;
    chunk.refundNoLength[at] = refundLength;
    chunk.tradeLength[at] = tradeLength;
    const refund = chunk.refund[at] === 1;
    const hash = hashBytes(segment, to, to + orderLength, hashStart(refund));
    chunk.hash[at] = refund ? hashBytes(segment, to + orderLength, to + orderLength + refundLength, hashDivider(hash)) : hash;
  }

  private enter(index: number, chunk: Chunk, at: number): void {
    if (this.keys * 5 > this.slots.length * 3) this.growSlots();
    const { slots } = this;
    const mask = slots.length - 1;
    const hash = chunk.hash[at] ?? 0;
    for (let slot = slotOf(hash, mask); ; slot = (slot + 1) & mask) {
      const found = slots[slot] ?? NONE;
      if (found === NONE) {
        slots[slot] = index;
        this.keys += 1;
        return;
      }
      const other = this.chunk(found);
      if (other.hash[found & CHUNK_MASK] === hash && this.isSameKey(found, chunk, at)) {
        // Behind the first one, so that a key that stands a million times costs no walk. Their order means nothing: it is sorted by time.
        chunk.next[at] = other.next[found & CHUNK_MASK] ?? NONE;
        chunk.marks[at] = REPEATED;
        other.next[found & CHUNK_MASK] = index;
        return;
      }
    }
  }

  private isSameKey(found: number, chunk: Chunk, at: number): boolean {
    const other = this.chunk(found);
    const place = found & CHUNK_MASK;
    const length = (chunk.orderLength[at] ?? 0) + (chunk.refundNoLength[at] ?? 0);
    if (other.refund[place] !== chunk.refund[at] || other.orderLength[place] !== chunk.orderLength[at]) return false;
    if (other.refundNoLength[place] !== chunk.refundNoLength[at]) return false;
    const mine = chunk.position[at] ?? 0;
    const theirs = other.position[place] ?? 0;
    const from = this.arena.offset(mine);
    const there = this.arena.offset(theirs);
    const bytes = this.arena.segment(mine);
    const others = this.arena.segment(theirs);
    for (let index = 0; index < length; index += 1) if (bytes[from + index] !== others[there + index]) return false;
    return true;
  }

  private growSlots(): void {
    const slots = new Uint32Array(this.slots.length * 2).fill(NONE);
    const mask = slots.length - 1;
    for (const index of this.slots) {
      if (index === NONE) continue;
      let slot = slotOf(this.chunk(index).hash[index & CHUNK_MASK] ?? 0, mask);
      while (slots[slot] !== NONE) slot = (slot + 1) & mask;
      slots[slot] = index;
    }
    this.slots = slots;
  }

  /** The first line of an order's payment, or of a refund; NONE. */
  find(refund: boolean, orderNo: string, refundNo: string): number {
    const start = hashText(orderNo, hashStart(refund));
    const hash = refund ? hashText(refundNo, hashDivider(start)) : start;
    const mask = this.slots.length - 1;
    for (let slot = slotOf(hash, mask); ; slot = (slot + 1) & mask) {
      const found = this.slots[slot] ?? NONE;
      if (found === NONE) return NONE;
      const chunk = this.chunk(found);
      const at = found & CHUNK_MASK;
      if (chunk.hash[at] === hash && this.isKey(chunk, at, refund, orderNo, refundNo)) return found;
    }
  }

  private isKey(chunk: Chunk, at: number, refund: boolean, orderNo: string, refundNo: string): boolean {
    if ((chunk.refund[at] === 1) !== refund || chunk.orderLength[at] !== orderNo.length) return false;
    if (refund && chunk.refundNoLength[at] !== refundNo.length) return false;
    const position = chunk.position[at] ?? 0;
    const segment = this.arena.segment(position);
    const offset = this.arena.offset(position);
    return isText(segment, offset, orderNo) && (!refund || isText(segment, offset + orderNo.length, refundNo));
  }

  marks(index: number): number {
    return this.chunk(index).marks[index & CHUNK_MASK] ?? 0;
  }

  mark(index: number, marks: number): void {
    const chunk = this.chunk(index);
    chunk.marks[index & CHUNK_MASK] = (chunk.marks[index & CHUNK_MASK] ?? 0) | marks;
  }

  isRefund(index: number): boolean {
    return this.chunk(index).refund[index & CHUNK_MASK] === 1;
  }

  isRepeated(index: number): boolean {
    return (this.marks(index) & REPEATED) !== 0;
  }

  hasRepeats(index: number): boolean {
    return this.chunk(index).next[index & CHUNK_MASK] !== NONE;
  }

  amountFen(index: number): number {
    return this.chunk(index).amountFen[index & CHUNK_MASK] ?? 0;
  }

  feeFen(index: number): number {
    return this.chunk(index).feeFen[index & CHUNK_MASK] ?? 0;
  }

  school(index: number): number {
    return this.chunk(index).school[index & CHUNK_MASK] ?? 0;
  }

  /** The book an entry stands in knows its school better than the number does. */
  setSchool(index: number, school: number): void {
    this.chunk(index).school[index & CHUNK_MASK] = school;
  }

  app(index: number): number {
    return this.chunk(index).app[index & CHUNK_MASK] ?? 0;
  }

  /** Apps by number, as far as lines have named them. */
  get appIds(): readonly string[] {
    return this.apps;
  }

  /** A line and all others of its key, in an order that no order of the file changes. */
  group(index: number): Group {
    const first = this.line(index);
    const others: TableLine[] = [];
    for (let at = this.next(index); at !== NONE; at = this.next(at)) others.push(this.line(at));
    if (others.length === 0) return [first];
    const [earliest, ...rest] = [first, ...others].sort(byTime);
    return [earliest ?? first, ...rest];
  }

  private next(index: number): number {
    return this.chunk(index).next[index & CHUNK_MASK] ?? NONE;
  }

  line(index: number): TableLine {
    const chunk = this.chunk(index);
    const at = index & CHUNK_MASK;
    const position = chunk.position[at] ?? 0;
    const orderLength = chunk.orderLength[at] ?? 0;
    const refundNoLength = chunk.refundNoLength[at] ?? 0;
    return {
      index,
      kind: chunk.refund[at] === 1 ? 'refund' : 'payment',
      orderNo: this.arena.text(position, orderLength),
      refundNo: this.arena.text(position + orderLength, refundNoLength),
      platformTradeNo: this.arena.text(position + orderLength + refundNoLength, chunk.tradeLength[at] ?? 0),
      amountFen: fen(chunk.amountFen[at] ?? 0),
      feeFen: fen(chunk.feeFen[at] ?? 0),
      at: chunk.at[at] ?? 0,
      appId: this.apps[chunk.app[at] ?? 0] ?? '',
      status: this.statuses[chunk.status[at] ?? 0] ?? '',
    };
  }

  private chunk(index: number): Chunk {
    const chunk = this.chunks[index >>> CHUNK_BITS];
    if (chunk === undefined) throw new Error('no such line');
    return chunk;
  }
}

function copy(from: Uint8Array, start: number, length: number, into: Uint8Array, to: number): void {
  for (let index = 0; index < length; index += 1) into[to + index] = from[start + index] ?? 0;
}

function byTime(a: TableLine, b: TableLine): number {
  return (
    a.at - b.at || (a.platformTradeNo < b.platformTradeNo ? -1 : a.platformTradeNo > b.platformTradeNo ? 1 : a.amountFen - b.amountFen)
  );
}
