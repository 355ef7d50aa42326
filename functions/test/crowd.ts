/**
 * Many functions on one account: each waits where it asked to wait until the crowd lets it go on, a few at a time and in an order of its own, so
 * that reads and writes of different requests lie between one another as on a real table, and nothing depends on the machine's clock.
 */
export class Crowd {
  readonly #waiting: (() => void)[] = [];
  readonly #pick: (below: number) => number;
  readonly #atOnce: number;

  constructor(pick: (below: number) => number, atOnce = 5) {
    this.#pick = pick;
    this.#atOnce = atOnce;
  }

  /** Also the pause between two tries of one request. */
  pause = (): Promise<void> => new Promise((resolve) => this.#waiting.push(resolve));

  /** Runs all of them to their ends. */
  async run<T>(tasks: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
    let open = tasks.length;
    const all = Promise.all(
      tasks.map(async (task) => {
        try {
          await this.pause();
          return await task();
        } finally {
          open -= 1;
        }
      }),
    );
    while (open > 0) {
      for (let one = 0; one < this.#atOnce && this.#waiting.length > 0; one += 1) {
        const [go] = this.#waiting.splice(this.#pick(this.#waiting.length), 1);
        go?.();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return all;
  }
}

/** The same numbers for one seed (mulberry32). */
export function pickBySeed(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
