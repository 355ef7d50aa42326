import { createHash, type Hash } from 'node:crypto';
import { AppError } from '../../../shared/errors';

const LINE_FEED = 0x0a;
/** A piece of work: large enough that the steps between pieces cost nothing, small enough to stay in the processor's cache. */
const PIECE_BYTES = 128 * 1_024;
/** The longest line a bill may have. Ours have about 400 bytes. */
const LONGEST_LINE = 64 * 1_024;

/** Whole lines in [0, end) of `bytes`. The buffer is used again for the next block. */
export interface Block {
  readonly bytes: Buffer;
  readonly end: number;
  /** False only for a last line without a line feed: it may have been cut. */
  readonly terminated: boolean;
}

export interface Blocks {
  readonly blocks: AsyncGenerator<Block, void, void>;
  /** SHA-256 (hex) of all bytes; after the last block only. */
  sha256(): string;
}

/**
 * Cuts a stream of bytes, however it is chunked, into blocks of whole lines, and hashes it on the way. 0x0A is never a part of a longer
 * character in UTF-8 or GBK.
 * @throws AppError bill.malformed (a line longer than 64 KiB)
 */
export function blocksOf(chunks: AsyncIterable<Uint8Array>): Blocks {
  const hash = createHash('sha256');
  return { blocks: readBlocks(chunks, hash), sha256: () => hash.digest('hex') };
}

async function* readBlocks(chunks: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Block, void, void> {
  const work = Buffer.allocUnsafe(PIECE_BYTES + LONGEST_LINE);
  let kept = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      const piece = chunk.subarray(from, from + PIECE_BYTES);
      work.set(piece, kept);
      const filled = kept + piece.length;
      const end = piece.lastIndexOf(LINE_FEED) < 0 ? 0 : kept + piece.lastIndexOf(LINE_FEED) + 1;
      if (end > 0) yield { bytes: work, end, terminated: true };
      work.copyWithin(0, end, filled);
      kept = filled - end;
      if (kept > LONGEST_LINE) throw new AppError('bill.malformed', { reason: 'line too long' });
    }
  }
  if (kept > 0) yield { bytes: work, end: kept, terminated: false };
}
