import type { MachineWorld } from '../machine';
import { waitMs } from './back-off';
import type { Journal } from './journal';
import type { Forward } from './memory';
import type { Sender } from './sender';

/** Bytes that the server will believe whenever they come. */
export interface ForwardItem {
  /** What makes it one and the same however often it is shown: the serial of a pass. */
  readonly key: string;
  readonly sequence: number;
  /** Of a refund: which sale. */
  readonly of?: number;
  readonly purpose: Forward['purpose'];
  readonly path: string;
  readonly body: string;
  readonly amountFen: number;
}

/** Judges a pass with what the till holds, without a network: keys, times, a list of what is revoked. */
export interface OfflinePassVerifier {
  verify(digits: string, sale: OfflineSale): PassVerdict;
}

export interface OfflineSale {
  readonly schoolId: string;
  readonly terminal: number;
  readonly sequence: number;
  readonly amountFen: number;
  readonly occurredAt: number;
}

export type PassVerdict =
  | { readonly accepted: true; readonly upload: Pick<ForwardItem, 'key' | 'path' | 'body'> }
  | { readonly accepted: false; readonly code: string; readonly messageZh: string; readonly messageEn: string };

/** Stores what was sold offline before the goods are handed out, or given back, and forwards it until the server has answered. */
export class Forwarder {
  readonly #world: MachineWorld;
  readonly #journal: Journal;
  readonly #sender: Sender;

  constructor(world: MachineWorld, journal: Journal, sender: Sender) {
    this.#world = world;
    this.#journal = journal;
    this.#sender = sender;
  }

  /** Written once: false where this till holds it already, whatever became of it. */
  async forward(item: ForwardItem, at: { readonly occurredAt: number; readonly day: string }): Promise<boolean> {
    if (this.#journal.memory.forwards.some(({ key }) => key === item.key)) return false;
    await this.#world.step?.('forward.write');
    const shift = this.#journal.shift?.number ?? 0;
    this.#journal.beginForward({ ...item, ...at, shift, attempts: 0, state: 'waiting', tries: 0, dueAt: at.occurredAt });
    return true;
  }

  waiting(): readonly Forward[] {
    return this.#journal.memory.forwards.filter(({ state }) => state === 'waiting');
  }

  async tick(): Promise<void> {
    for (const item of this.waiting()) {
      if (item.dueAt > this.#sender.now()) continue;
      await this.#send(item);
      if (this.#sender.offline) return;
    }
  }

  /** At once, because a person waits for the answer. */
  async now(key: string): Promise<Forward | undefined> {
    const item = this.waiting().find((one) => one.key === key);
    if (item !== undefined) await this.#send(item);
    return this.#journal.memory.forwards.find((one) => one.key === key);
  }

  async #send(item: Forward): Promise<void> {
    const counted = this.#journal.putForward({ ...item, attempts: item.attempts + 1 });
    const { purpose, path, body, attempts: attempt } = counted;
    const heard = await this.#sender.send({ purpose, path, body, attempt });
    if (heard.kind === 'answered' && heard.status < 300) {
      const { refusal: _earlier, ...taken } = counted;
      this.#journal.putForward({ ...taken, state: 'taken' });
      return;
    }
    const refusal = heard.kind === 'refused' ? { refusal: heard.refusal } : {};
    const isFinal = heard.kind === 'refused' && heard.status < 500 && !isPassing(heard.refusal.code);
    const dueAt = this.#sender.now() + waitMs(counted.tries);
    this.#journal.putForward({ ...counted, ...refusal, tries: counted.tries + 1, dueAt, state: isFinal ? 'refused' : 'waiting' });
  }
}

/** What time, a clock or a person mends: the item stays in the queue. */
function isPassing(code: string): boolean {
  return code === 'request.busy' || code === 'request.not-found' || code.startsWith('terminal.');
}
