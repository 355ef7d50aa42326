import { slotOf } from './byte-keys';

/** No line. */
export const NONE = 0xffffffff;
const FIRST_SLOTS = 1 << 12;

/**
 * Numbers of lines by the hash of their key: open addressing, two words a slot, the hash and the line. Most misses end at the hash, without
 * a look at the line. Whether a line with the right hash is the right line is for the caller to say.
 */
export class SlotTable {
  private words = emptySlots(FIRST_SLOTS);
  private used = 0;

  /** Where a search for a hash begins. */
  first(hash: number): number {
    return slotOf(hash, this.words.length - 1);
  }

  /** The slot at or after `slot` that holds the hash, or the empty one that ends the search. */
  seek(slot: number, hash: number): number {
    const { words } = this;
    const mask = words.length - 1;
    let at = slot;
    while (words[at + 1] !== NONE && words[at] !== hash) at = (at + 2) & mask;
    return at;
  }

  after(slot: number): number {
    return (slot + 2) & (this.words.length - 1);
  }

  line(slot: number): number {
    return this.words[slot + 1] ?? NONE;
  }

  /** Fills the empty slot that a search has ended at. It may move all slots, so a search begins anew afterwards. */
  fill(slot: number, hash: number, line: number): void {
    this.words[slot] = hash;
    this.words[slot + 1] = line;
    this.used += 1;
    // Six of ten: searches stay short, and two million lines need 32 MiB.
    if (this.used * 10 > this.words.length * 3) this.grow();
  }

  private grow(): void {
    const { words: before } = this;
    this.words = emptySlots(before.length);
    const { words } = this;
    const mask = words.length - 1;
    for (let from = 0; from < before.length; from += 2) {
      const line = before[from + 1] ?? NONE;
      if (line === NONE) continue;
      const hash = before[from] ?? 0;
      let slot = slotOf(hash, mask);
      while (words[slot + 1] !== NONE) slot = (slot + 2) & mask;
      words[slot] = hash;
      words[slot + 1] = line;
    }
  }
}

function emptySlots(count: number): Uint32Array {
  return new Uint32Array(count * 2).fill(NONE);
}
