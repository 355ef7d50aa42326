import { isUnsettled, type Journal } from './journal';
import type { Sender, TillIdentity } from './sender';

const EACH_MS = 60_000;
/** After one that was not answered. */
const AGAIN_MS = 10_000;
const SOFTWARE = '1.0.0';

/** Once a minute the till says how it is, and hears its settings: which passes it may take, without a network, among them. */
export class Heartbeat {
  readonly #identity: TillIdentity;
  readonly #journal: Journal;
  readonly #sender: Sender;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(identity: TillIdentity, journal: Journal, sender: Sender) {
    this.#identity = identity;
    this.#journal = journal;
    this.#sender = sender;
  }

  /** What the server says of the settings; undefined when it is not time, or nothing was said. */
  async tick(): Promise<unknown> {
    const clock = this.#sender.now();
    if (clock < this.#nextAt) return undefined;
    this.#nextAt = clock + AGAIN_MS;
    const { schoolId, terminal } = this.#identity;
    const { nextSequence, sales, forwards } = this.#journal.memory;
    const open = [...sales.filter(isUnsettled), ...forwards.filter(({ state }) => state === 'waiting')];
    const openSales = { count: open.length, amountFen: open.reduce((total, { amountFen }) => total + amountFen, 0) };
    const body = JSON.stringify({ schoolId, terminal, software: SOFTWARE, clock, nextSequence, openSales, faults: [] });
    const heard = await this.#sender.send({ purpose: 'heartbeat', path: '/terminal/heartbeats', body, attempt: 1 });
    if (heard.kind !== 'answered' || heard.status >= 300) return undefined;
    this.#nextAt = clock + EACH_MS;
    return heard.body.settings;
  }
}
