import type { QueryMessage, QueryQueue } from '../platforms/queue/query-queue';

/** A queue in simulated time that may lose or double what it is given, and waits no longer than SQS does. */
export class ModelQueue implements QueryQueue {
  readonly #clock: () => number;
  readonly #waiting: { readonly at: number; readonly message: QueryMessage }[] = [];
  /** How often each message is delivered: 0 loses it, 2 doubles it. */
  copies = 1;
  sent = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  async later(message: QueryMessage, delayMs: number): Promise<void> {
    this.sent += 1;
    const at = this.#clock() + Math.min(900_000, Math.ceil(delayMs / 1_000) * 1_000);
    for (let copy = 0; copy < this.copies; copy += 1) this.#waiting.push({ at, message });
  }

  /** Takes what has come by now. */
  take(): readonly QueryMessage[] {
    const now = this.#clock();
    const come = this.#waiting.filter(({ at }) => at <= now);
    for (const one of come) this.#waiting.splice(this.#waiting.indexOf(one), 1);
    return come.map(({ message }) => message);
  }
}
