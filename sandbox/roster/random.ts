/** xorshift128 over a text: the same numbers on every machine, and others for another seed. Not for secrets. */
export class SeededRandom {
  readonly #state: Uint32Array;

  constructor(seed: string) {
    // FNV-1a from four starts, so that near seeds part at once.
    this.#state = Uint32Array.from([1, 2, 3, 4], (start) => {
      let hash = 0x811c9dc5 ^ start;
      for (const char of seed) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
      return hash >>> 0 || start;
    });
    for (let i = 0; i < 20; i += 1) this.#next();
  }

  /** 0 ≤ n < bound. */
  below(bound: number): number {
    return Math.floor((this.#next() / 2 ** 32) * bound);
  }

  pick<T>(list: readonly T[]): T {
    const value = list[this.below(list.length)];
    if (value === undefined) throw new RangeError('an empty list');
    return value;
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => this.below(10)).join('');
  }

  #next(): number {
    const [a = 0, , , d = 0] = this.#state;
    const mixed = a ^ (a << 11);
    this.#state.copyWithin(0, 1);
    this.#state[3] = d ^ (d >>> 19) ^ mixed ^ (mixed >>> 8);
    return this.#state[3] ?? 0;
  }
}
