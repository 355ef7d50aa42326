import { fen } from '../../../shared/money';
import type { BillLine } from '../bills/bill';
import type { LineColumns } from '../bills/bill-batch';
import { ByteArena, hashBytes, hashDivider, hashStart, hashText, isText, slotOf } from './bytes-table';

/** A line of a bill with its key; 0xFFFFFFFF: none. */
const NONE = 0xffffffff;
const FIRST_SLOTS = 1 << 12;
/** Lines of a chunk of columns. */
const CHUNK_BITS = 15;
const CHUNK = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK - 1;

/** What the books have said of a line. */
export const ENTRY = 1;
/** An entry of the day's own book. */
export const ENTRY_OF_DAY = 2;
/** The refund was undone. */
export const RETURNED = 4;
/** The entry was written at another time than its line suggests, so that it may belong to another payment of the same order. */
export const FAR = 8;
/** Among the differences already. */
export const TOLD = 16;
/** Not the first line of its key. */
export const REPEATED = 32;

interface Chunk {
  readonly refund: Uint8Array;
  readonly marks: Uint8Array;
  readonly school: Uint16Array;
  readonly app: Uint8Array;
  readonly status: Uint8Array;
  readonly orderLength: Uint8Array;
  readonly refundNoLength: Uint8Array;
  readonly tradeLength: Uint8Array;
  readonly position: Uint32Array;
  readonly hash: Int32Array;
  /** The next line of the same key. */
  readonly next: Uint32Array;
  readonly amountFen: Float64Array;
  readonly feeFen: Float64Array;
  readonly at: Float64Array;
}

/**
 * All lines of a bill by order number (and refund number): about 110 bytes a line, no object and no string for any. Equal means equal bytes,
 * so no two numbers are ever taken for one another.
 */
export class BillTable {
  length = 0;
  private readonly chunks: Chunk[] = [];
  private readonly arena = new ByteArena();
  private slots = new Uint32Array(FIRST_SLOTS).fill(NONE);
  private keys = 0;
  private apps: readonly string[] = [];
  private statuses: readonly string[] = [];

  /** Takes over a batch. `schoolOf` names the school of the line's order number by its bytes. */
  addBatch(batch: LineColumns, schoolOf: (bytes: Buffer, from: number, length: number) => number): void {
    const { bytes, order, trade, refundNo } = batch;
    for (let line = 0; line < batch.length; line += 1) {
      const orderFrom = order.start[line] ?? 0;
      const orderLength = order.length[line] ?? 0;
      const refundFrom = refundNo.start[line] ?? 0;
      const refundLength = refundNo.length[line] ?? 0;
      const tradeFrom = trade.start[line] ?? 0;
      const tradeLength = trade.length[line] ?? 0;
      const refund = batch.refund[line] ?? 0;
      const chunk = this.chunkOf(this.length);
      const at = this.length & CHUNK_MASK;
      const position = this.arena.reserve(orderLength + refundLength + tradeLength);
      const segment = this.arena.segment(position);
      let to = this.arena.offset(position);
      to = copy(bytes, orderFrom, orderLength, segment, to);
      to = copy(bytes, refundFrom, refundLength, segment, to);
      copy(bytes, tradeFrom, tradeLength, segment, to);
      let hash = hashBytes(bytes, orderFrom, orderFrom + orderLength, hashStart(refund === 1));
      if (refund === 1) hash = hashBytes(bytes, refundFrom, refundFrom + refundLength, hashDivider(hash));
      chunk.refund[at] = refund;
      chunk.school[at] = schoolOf(bytes, orderFrom, orderLength);
      chunk.app[at] = batch.app[line] ?? 0;
      chunk.status[at] = batch.status[line] ?? 0;
      chunk.orderLength[at] = orderLength;
      chunk.refundNoLength[at] = refundLength;
      chunk.tradeLength[at] = tradeLength;
      chunk.position[at] = position;
      chunk.hash[at] = hash;
      chunk.next[at] = NONE;
      chunk.amountFen[at] = batch.amountFen[line] ?? 0;
      chunk.feeFen[at] = batch.feeFen[line] ?? 0;
      chunk.at[at] = batch.at[line] ?? 0;
      this.length += 1;
      this.enter(this.length - 1, chunk, at, hash);
    }
    this.apps = batch.apps.all;
    this.statuses = batch.statuses.all;
  }
