import { createPrivateKey, sign } from 'node:crypto';
import { newTerminalKey, type Purpose, signedHeaders, type TerminalKey } from './signed-request';

/** What a machine keeps of its own life, over power cuts. */
export interface LifeMemory {
  /** Signs everything. Null until the machine has enrolled. */
  readonly key: TerminalKey | null;
  /** A key on its way to the server, with the very bytes that ask for it; `useFrom`: the server has it, and from then on everybody knows it. */
  readonly next: { readonly key: TerminalKey; readonly body: string; readonly useFrom: number | null } | null;
  /** What the server said of this machine, last. */
  readonly settings: Readonly<Record<string, unknown>> | null;
  /** Our clock less the server's. */
  readonly clockOffsetMs: number;
}

export const NEW_MACHINE: LifeMemory = { key: null, next: null, settings: null, clockOffsetMs: 0 };

export interface LifeWorld {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: () => number;
  /** Of the functions. */
  readonly baseUrl: string;
  readonly memory: { load(): LifeMemory; save(memory: LifeMemory): void };
  readonly newKey?: () => TerminalKey;
}

export interface LifeIdentity {
  readonly schoolId: string;
  readonly terminal: number;
  /** Version of the machine's program: "4.2.0". */
  readonly software: string;
}

/** `unknown`: nothing was heard; the same is asked again. */
export interface LifeAnswer {
  readonly outcome: 'done' | 'refused' | 'unknown';
  readonly code: string | null;
  readonly messageZh: string;
  readonly messageEn: string;
  readonly reply: Readonly<Record<string, unknown>>;
}

export interface MachineState {
  readonly nextSequence: number;
  readonly openSales: { readonly count: number; readonly amountFen: number };
  readonly faults: readonly string[];
}

const TIMEOUT_MS = 5_000;

/**
 * A terminal's side of enrolment, key rotation, clock check and heartbeat, made from docs/terminal-api.md alone. It writes a new key down
 * before it sends it, and keeps the old one until the server has answered to the new: whatever is lost, one of them is good.
 */
export class TerminalLife {
  readonly #identity: LifeIdentity;
  readonly #world: LifeWorld;

  constructor(identity: LifeIdentity, world: LifeWorld) {
    this.#identity = identity;
    this.#world = world;
  }

  get isEnrolled(): boolean {
    return this.#memory.key !== null;
  }

  get settings(): LifeMemory['settings'] {
    return this.#memory.settings;
  }

  /** What signs this machine's requests now. */
  key(): TerminalKey {
    const { key, next } = this.#memory;
    if (key === null) throw new Error('the machine has not enrolled');
    return next !== null && next.useFrom !== null && this.now() >= next.useFrom ? this.#takeNextKey() : key;
  }

  /** The server's time, as far as this machine knows. */
  now(): number {
    return this.#world.clock() - this.#memory.clockOffsetMs;
  }

  /** Sets the clock by the server; asked without a key, so that a machine with a wrong clock can. */
  async checkClock(): Promise<LifeAnswer> {
    return this.#hear(await this.#fetch('/terminal/clock', { method: 'GET' }));
  }

  /** With the code that the card office has handed out. The same code again is the same bytes. */
  async enrol(code: string): Promise<LifeAnswer> {
    const { schoolId, terminal, software } = this.#identity;
    const typed = code.toUpperCase().replace(/[^0-9A-Z]/g, '');
    const kept = this.#memory.next;
    if (kept === null || JSON.parse(kept.body).code !== typed) {
      const key = (this.#world.newKey ?? newTerminalKey)();
      const body = JSON.stringify({ schoolId, terminal, code: typed, publicKey: key.publicKey, software });
      this.#save({ next: { key, body, useFrom: null } });
    }
    const next = this.#next();
    const answer = await this.#send('enrolment', '/terminal/enrolments', next.body, next.key);
    if (answer.outcome === 'done') this.#save({ key: next.key, next: null });
    else if (answer.code?.startsWith('enrolment.')) this.#save({ next: null });
    return answer;
  }

  /** A new key for this machine. */
  async rotate(): Promise<LifeAnswer> {
    const present = this.key();
    if (this.#memory.next === null) this.#save({ next: { ...this.#newKeyBody(present), useFrom: null } });
    const answer = await this.#sendByEither('key', '/terminal/keys', () => this.#next().body);
    const { next } = this.#memory;
    if (answer.outcome === 'done' && next !== null) this.#save({ next: { ...next, useFrom: Date.parse(String(answer.reply.useFrom)) } });
    return answer;
  }

  async heartbeat(state: MachineState): Promise<LifeAnswer> {
    const { schoolId, terminal, software } = this.#identity;
    return this.#sendByEither('heartbeat', '/terminal/heartbeats', () =>
      JSON.stringify({ schoolId, terminal, software, clock: this.#world.clock(), ...state }),
    );
  }

  get #memory(): LifeMemory {
    return this.#world.memory.load();
  }

  #save(change: Partial<LifeMemory>): void {
    this.#world.memory.save({ ...this.#memory, ...change });
  }

  #next(): NonNullable<LifeMemory['next']> {
    const { next } = this.#memory;
    if (next === null) throw new Error('there is no new key');
    return next;
  }

  #takeNextKey(): TerminalKey {
    const { key } = this.#next();
    this.#save({ key, next: null });
    return key;
  }

  #newKeyBody(present: TerminalKey): { key: TerminalKey; body: string } {
    const { schoolId, terminal } = this.#identity;
    const key = (this.#world.newKey ?? newTerminalKey)();
    const text = `ecode-terminal-key-v1\n${schoolId}\n${terminal}\n${present.publicKey}\n${key.publicKey}`;
    const proof = sign(null, Buffer.from(text), createPrivateKey(key.privateKeyPem)).toString('base64');
    return { key, body: JSON.stringify({ schoolId, terminal, publicKey: key.publicKey, proof }) };
  }

  /** By the key in use; where that is not known any more, the answer to an earlier change of it was lost, and the new one is. */
  async #sendByEither(purpose: Purpose, path: string, body: () => string): Promise<LifeAnswer> {
    const answer = await this.#send(purpose, path, body(), this.key());
    const { next } = this.#memory;
    if (answer.code !== 'terminal.bad-signature' || next === null) return answer;
    const second = await this.#send(purpose, path, body(), next.key);
    if (second.outcome === 'done') this.#takeNextKey();
    return second;
  }

  async #send(purpose: Purpose, path: string, body: string, key: TerminalKey): Promise<LifeAnswer> {
    const { schoolId, terminal } = this.#identity;
    const headers = signedHeaders(key, { purpose, schoolId, terminal, attempt: 1, sentAt: this.now(), body });
    return this.#hear(await this.#fetch(path, { method: 'POST', headers, body }));
  }

  async #fetch(path: string, request: RequestInit): Promise<unknown> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      return await (await this.#world.fetch(`${this.#world.baseUrl}${path}`, { ...request, signal })).json();
    } catch {
      return undefined;
    }
  }

  /** Keeps what every answer tells: the time, and the settings. */
  #hear(heard: unknown): LifeAnswer {
    const none = { code: null, messageZh: '', messageEn: '', reply: {} };
    if (!isRecord(heard)) return { ...none, outcome: 'unknown' };
    if (isRecord(heard.error)) {
      const { code, messageZh, messageEn, detail } = heard.error;
      if (isRecord(detail) && typeof detail.serverTime === 'number') this.#setClock(detail.serverTime);
      return { outcome: 'refused', code: String(code), messageZh: String(messageZh), messageEn: String(messageEn), reply: {} };
    }
    if (typeof heard.epochMs === 'number') this.#setClock(heard.epochMs);
    if (isRecord(heard.settings)) this.#save({ settings: heard.settings });
    return { ...none, outcome: 'done', reply: heard };
  }

  #setClock(epochMs: number): void {
    this.#save({ clockOffsetMs: this.#world.clock() - epochMs });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
