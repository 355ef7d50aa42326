/** 4 MiB at a time, so that growing never copies what is there. A piece never crosses a segment. */
const SEGMENT_BITS = 22;
const SEGMENT_BYTES = 1 << SEGMENT_BITS;
const SEGMENT_MASK = SEGMENT_BYTES - 1;

/** Bytes of millions of short texts, end to end. Reaches 4 GiB, which is 30 million lines of a bill. */
export class ByteArena {
  private readonly segments: Buffer[] = [];
  private used = SEGMENT_BYTES;

  /** Room for `length` bytes (at most a segment); answers the position, from which `segment` and `offset` follow. */
  reserve(length: number): number {
    if (this.used + length > SEGMENT_BYTES) {
      if (this.segments.length === 1 << (32 - SEGMENT_BITS)) throw new Error('a bill of more than 4 GiB');
      this.segments.push(Buffer.allocUnsafeSlow(SEGMENT_BYTES));
      this.used = 0;
    }
    const offset = this.used;
    this.used += length;
    return (this.segments.length - 1) * SEGMENT_BYTES + offset;
  }

  segment(position: number): Buffer {
    const segment = this.segments[position >>> SEGMENT_BITS];
    if (segment === undefined) throw new Error('no such position');
    return segment;
  }

  offset(position: number): number {
    return position & SEGMENT_MASK;
  }

  text(position: number, length: number): string {
    const offset = this.offset(position);
    return this.segment(position).toString('latin1', offset, offset + length);
  }
}

/** Taken once: inside a `vm` context, as tests have, each look at a global costs more than the multiplication. */
const { imul } = Math;

const HASH_START = 0x811c9dc5;
const HASH_PRIME = 0x01000193;

/**
 * FNV-1a, two bytes a step, to be continued from an earlier hash. Only to find candidates: equality is always of the bytes themselves.
 */
export function hashBytes(bytes: Uint8Array, from: number, to: number, hash: number): number {
  let value = hash;
  let at = from;
  for (; at + 1 < to; at += 2) value = imul(value ^ ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)), HASH_PRIME);
  return at < to ? imul(value ^ (bytes[at] ?? 0), HASH_PRIME) : value;
}

/** The same of a text of ASCII characters, which is all that a number of an order may hold. */
export function hashText(text: string, hash: number): number {
  const to = text.length;
  let value = hash;
  let at = 0;
  for (; at + 1 < to; at += 2) value = imul(value ^ (text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8)), HASH_PRIME);
  return at < to ? imul(value ^ text.charCodeAt(at), HASH_PRIME) : value;
}

/** Payments and refunds of one order are different keys, and so are "AB" + "C" and "A" + "BC". */
export function hashStart(refund: boolean): number {
  return refund ? HASH_START ^ 0x5bd1e995 : HASH_START;
}

export function hashDivider(hash: number): number {
  return imul(hash ^ 0x100, HASH_PRIME);
}

/** FNV's low bits depend on few input bits; the slot, always an even place, is taken from all of them. */
export function slotOf(hash: number, mask: number): number {
  let value = hash ^ (hash >>> 16);
  value = imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  return (value << 1) & mask;
}

export function isText(bytes: Uint8Array, from: number, text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (bytes[from + at] !== text.charCodeAt(at)) return false;
  return true;
}
