import type { EpochMs } from '../../../shared/time';
import type { Chance } from './chance';

interface Timer {
  readonly at: EpochMs;
  readonly order: number;
  readonly wake: () => void;
}

/**
 * One thread, one virtual clock. A task runs until it waits at a `point` or in a `sleep`; then chance picks who goes on.
 * When nobody can, the clock jumps to the next sleeper. Nothing else in a simulation may wait for anything.
 */
export class Scheduler {
  readonly #chance: Chance;
  readonly #afterStep: () => void;
  readonly #ready: (() => void)[] = [];
  readonly #timers: Timer[] = [];
  #now: EpochMs;
  #order = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(input: { readonly chance: Chance; readonly startAt: EpochMs; readonly afterStep?: () => void }) {
    this.#chance = input.chance;
    this.#now = input.startAt;
    this.#afterStep = input.afterStep ?? (() => undefined);
  }

  get now(): EpochMs {
    return this.#now;
  }

  /** Somebody else may go first. */
  point(): Promise<void> {
    return new Promise((resolve) => this.#ready.push(resolve));
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.#addTimer({ at: this.#now + ms, order: this.#order++, wake }));
  }

  /** Starts a task of its own. What it throws ends the simulation. */
  start(task: () => Promise<unknown>): void {
    this.point()
      .then(task)
      .catch((error: unknown) => this.fail(error));
  }

  /** Ends the simulation; the first failure counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Runs until no task can go on and none sleeps. Throws what failed. */
  async run(): Promise<void> {
    for (;;) {
      // A macrotask later every promise that could settle has settled.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#wakeSleepers();
      const chosen = this.#take();
      if (chosen === undefined) return;
      this.#now += this.#chance.below(3);
      this.#afterStep();
      chosen();
    }
  }

  #take(): (() => void) | undefined {
    if (this.#ready.length === 0) return undefined;
    const index = this.#chance.below(this.#ready.length);
    const chosen = this.#ready[index];
    const last = this.#ready.pop();
    if (last !== undefined && index < this.#ready.length) this.#ready[index] = last;
    return chosen;
  }

  #wakeSleepers(): void {
    const next = this.#timers[0];
    if (this.#ready.length === 0 && next !== undefined && next.at > this.#now) this.#now = next.at;
    for (let timer = this.#timers[0]; timer !== undefined && timer.at <= this.#now; timer = this.#timers[0]) {
      this.#removeFirst();
      this.#ready.push(timer.wake);
    }
  }

  // A binary heap: sleepers are many and come and go at every step.
  #addTimer(timer: Timer): void {
    const timers = this.#timers;
    let at = timers.length;
    timers.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = timers[parent];
      if (above === undefined || isBefore(above, timer)) break;
      timers[at] = above;
      at = parent;
    }
    timers[at] = timer;
  }

  #removeFirst(): void {
    const timers = this.#timers;
    const last = timers.pop();
    if (last === undefined || timers.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const leftTimer = timers[left];
      const rightTimer = timers[right];
      const child = rightTimer !== undefined && leftTimer !== undefined && isBefore(rightTimer, leftTimer) ? right : left;
      const below = timers[child];
      if (below === undefined || isBefore(last, below)) break;
      timers[at] = below;
      at = child;
    }
    timers[at] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
