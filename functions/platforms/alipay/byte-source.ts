/** Bytes that come in pieces, taken in pieces of another size. Nothing but the piece at hand is kept. */
export interface ByteSource {
  /** Exactly `count` bytes without taking them, or undefined where the source ends before. */
  peek(count: number): Promise<Buffer | undefined>;
  /** Exactly `count` bytes, or undefined where the source ends before. */
  take(count: number): Promise<Buffer | undefined>;
  /** What is at hand, at least one byte and at most `count`; undefined at the end. */
  some(count: number): Promise<Buffer | undefined>;
  /** Puts back what was taken last. */
  giveBack(bytes: Buffer): void;
  close(): Promise<void>;
}

export function byteSource(chunks: AsyncGenerator<Uint8Array, void, undefined>): ByteSource {
  let atHand: Buffer = Buffer.alloc(0);

  async function more(): Promise<boolean> {
    const next = await chunks.next();
    if (next.done === true) return false;
    atHand = atHand.length === 0 ? Buffer.from(next.value) : Buffer.concat([atHand, next.value]);
    return true;
  }

  async function peek(count: number): Promise<Buffer | undefined> {
    while (atHand.length < count) if (!(await more())) return undefined;
    return atHand.subarray(0, count);
  }

  function drop(bytes: Buffer | undefined): Buffer | undefined {
    atHand = atHand.subarray(bytes?.length ?? 0);
    return bytes;
  }

  return {
    peek,
    take: async (count) => drop(await peek(count)),
    async some(count) {
      while (atHand.length === 0) if (!(await more())) return undefined;
      return drop(atHand.subarray(0, count));
    },
    giveBack(bytes) {
      atHand = atHand.length === 0 ? bytes : Buffer.concat([bytes, atHand]);
    },
    async close() {
      await chunks.return();
    },
  };
}
