import { encode } from 'iconv-lite';
import { tells } from './lies';
import type { BillLie } from './state';

export type Encoding = 'utf-8' | 'gbk';
const CHUNK = 64 * 1024;

/** A bill's bytes, a chunk at a time: nobody holds the whole of a large one. `text` is read twice where the bill is cut. */
export async function* billBytes(text: () => Iterable<string>, encoding: Encoding, lies: readonly BillLie[]): AsyncGenerator<Buffer> {
  const other = encoding === 'gbk' ? 'utf-8' : 'gbk';
  const told = tells(lies, 'wrong-encoding') ? other : encoding;
  let waiting = tells(lies, 'byte-order-mark') ? '\uFEFF' : '';
  for (const piece of tells(lies, 'cut-file') ? cutText(text) : text()) {
    waiting += piece;
    if (waiting.length < CHUNK) continue;
    yield encode(waiting, told);
    waiting = '';
    // A large bill must not stop everything else on this machine.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (waiting !== '') yield encode(waiting, told);
}

/** Half of the lines, and half of the one after them. */
function* cutText(text: () => Iterable<string>): Generator<string> {
  let left = 0;
  for (const _ of text()) left += 0.5;
  for (const piece of text()) {
    if (left < 1) {
      yield piece.slice(0, Math.ceil(piece.length / 2));
      return;
    }
    left -= 1;
    yield piece;
  }
}

/** The end of a download is lost on the way: half of what came last. */
export async function* cutBytes(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined;
  for await (const chunk of chunks) {
    if (held) yield held;
    held = chunk;
  }
  if (held) yield held.subarray(0, Math.floor(held.length / 2));
}
