import type { MachineWorld } from '../machine';
import { type Purpose, signedHeaders, type TerminalKey } from '../signed-request';
import { type Heard, readHeard } from './answers';
import type { Journal } from './journal';

export interface TillIdentity {
  readonly schoolId: string;
  readonly terminal: number;
  readonly key: TerminalKey;
}

export interface Sending {
  readonly purpose: Purpose;
  readonly path: string;
  readonly body: string;
  readonly attempt: number;
}

const TIMEOUT_MS = 5_000;

/** Signs and sends, and keeps the till's clock right by what the server says when it refuses for the time. */
export class Sender {
  /** Nothing came back the last time. */
  offline = false;
  readonly #identity: TillIdentity;
  readonly #world: MachineWorld;
  readonly #journal: Journal;

  constructor(identity: TillIdentity, world: MachineWorld, journal: Journal) {
    this.#identity = identity;
    this.#world = world;
    this.#journal = journal;
  }

  now(): number {
    return this.#world.clock() + this.#journal.memory.clockOffsetMs;
  }

  async send({ purpose, path, body, attempt }: Sending): Promise<Heard> {
    const { schoolId, terminal, key } = this.#identity;
    await this.#world.step?.(`${purpose}.send`);
    const sentAt = this.now();
    const headers = signedHeaders(key, { purpose, schoolId, terminal, attempt, sentAt, body });
    const heard = await this.#exchange(path, headers, body);
    await this.#world.step?.(`${purpose}.answer`);
    const wasOffline = this.offline;
    this.offline = heard.kind === 'nothing';
    if (heard.kind === 'refused') this.#correct(heard, sentAt);
    if (wasOffline && !this.offline) this.#journal.wake(this.now());
    return heard;
  }

  async #exchange(path: string, headers: Record<string, string>, body: string): Promise<Heard> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const reply = await this.#world.fetch(`${this.#world.baseUrl}${path}`, { method: 'POST', headers, body, signal });
      return readHeard(reply.status, await reply.json());
    } catch {
      // Lost on the way there or back: nobody here can tell which.
      return { kind: 'nothing' };
    }
  }

  /** The request was on its way for seconds at most, so a refusal for its time speaks of the clock. */
  #correct({ refusal, serverTime }: Extract<Heard, { kind: 'refused' }>, sentAt: number): void {
    if (serverTime === undefined || (refusal.code !== 'terminal.clock' && refusal.code !== 'terminal.stale')) return;
    const { clockOffsetMs } = this.#journal.memory;
    this.#journal.change({ clockOffsetMs: clockOffsetMs + Math.round(serverTime - (sentAt + this.now()) / 2) });
  }
}
