import * as v from 'valibot';
import type { Bilingual } from '../../shared/rule-pack';
import { type MachineWorld, PowerCut } from './machine';
import type { PinKey } from './seal-pin';
import { type Purpose, signedHeaders, type TerminalKey } from './signed-request';

export interface MachineIdentity {
  readonly schoolId: string;
  readonly terminal: number;
  readonly key: TerminalKey;
  /** Keys of the server that the card office enrolled; a form names the one in force. */
  readonly pinKeys: readonly PinKey[];
}

/** An act that was begun, as the machine keeps it over a power cut: the very bytes it signed. */
export const openActSchema = v.object({
  /** "claim", "written", "cash" …: the first half of its steps' names. */
  name: v.string(),
  purpose: v.string(),
  path: v.string(),
  sequence: v.number(),
  body: v.string(),
  attempts: v.number(),
  /** It tells of money that a machine holds: also a refusal does not end it, a person does. */
  isKept: v.optional(v.boolean(), false),
});
export type OpenAct = v.InferOutput<typeof openActSchema>;

const memorySchema = v.object({
  nextSequence: v.number(),
  open: v.array(openActSchema),
  refused: v.optional(v.array(openActSchema), []),
  /** What a machine keeps beside its acts: notes that it has counted. */
  own: v.unknown(),
});
export type LinkMemory = v.InferOutput<typeof memorySchema>;

/** What came back. `nothing`: the act stays open, and the same bytes are sent again. */
export type Heard =
  | { readonly kind: 'answer'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly code: string; readonly text: Bilingual; readonly serverTime?: unknown }
  | { readonly kind: 'nothing'; readonly text: Bilingual; readonly sequence: number; readonly serverTime?: unknown };

export interface ActPlan {
  readonly name: string;
  readonly purpose: Purpose;
  readonly path: string;
  /** See `OpenAct`. */
  readonly isKept?: boolean;
  /** The body beside school, terminal, sequence and time. */
  readonly facts: (act: { readonly schoolId: string; readonly terminal: number; readonly sequence: number }) => object;
}

const TIMEOUT_MS = 10_000;
const MAX_SENDINGS = 2;
const SOFTWARE = '1.0.0';
const NO_ANSWER: Bilingual = { zh: '没有收到应答，请稍候重试', en: 'No answer came; wait a moment and try again.' };
/** These end nothing: the same bytes may still do what they ask. */
const NOT_FINAL = ['request.busy', 'request.internal', 'terminal.stale', 'bank.unavailable'];

const errorSchema = v.object({
  error: v.object({
    code: v.string(),
    messageZh: v.string(),
    messageEn: v.string(),
    detail: v.optional(v.record(v.string(), v.unknown()), {}),
  }),
});

export interface LinkFaults {
  readonly networkCut: boolean;
  readonly answerLost: boolean;
  readonly aheadMs: number;
}

/**
 * A machine's line to the server, by docs/terminal-api.md: what moves money is written down before it is sent, and its bytes are repeated until
 * there is an answer, also after a power cut. Every effect is announced to `world.step` first.
 */
export class MachineLink {
  readonly #identity: MachineIdentity;
  readonly #world: MachineWorld;
  readonly #faults: () => LinkFaults;
  #correctionMs = 0;

  constructor(identity: MachineIdentity, world: MachineWorld, faults: () => LinkFaults) {
    this.#identity = identity;
    this.#world = world;
    this.#faults = faults;
  }

  get identity(): MachineIdentity {
    return this.#identity;
  }

  get own(): unknown {
    return this.#load().own;
  }

  set own(own: unknown) {
    this.#world.memory.save({ ...this.#load(), own });
  }

  get open(): readonly OpenAct[] {
    return this.#load().open;
  }

  /** What the card office is to look into. */
  get refused(): readonly OpenAct[] {
    return this.#load().refused;
  }

  /** The machine's own clock, set by the server's when it was told that it is wrong. */
  now(): number {
    return this.#world.clock() + this.#faults().aheadMs + this.#correctionMs;
  }

  async step(name: string): Promise<void> {
    await this.#world.step?.(name);
  }

  /** Asks once, and forgets: for what moves nothing. */
  async ask(plan: ActPlan): Promise<Heard> {
    return this.#send(this.#plan(plan, this.#load()));
  }

  /** Says how the machine is; what is heard is its settings. Undefined: no answer came. */
  async heartbeat(): Promise<unknown> {
    const { schoolId, terminal } = this.#identity;
    const { nextSequence, open } = this.#load();
    const openSales = { count: open.length, amountFen: 0 };
    const body = JSON.stringify({ schoolId, terminal, software: SOFTWARE, clock: this.now(), nextSequence, openSales, faults: [] });
    const act = { name: 'heartbeat', purpose: 'heartbeat', path: '/terminal/heartbeats', sequence: 0, body, attempts: 1, isKept: false };
    const heard = await this.#send(act);
    return heard.kind === 'answer' ? heard.body : undefined;
  }

  /** Writes the act down, sends it, and keeps it until it is answered. `own` is kept in the same step. */
  async insist(plan: ActPlan, own?: unknown): Promise<Heard> {
    const memory = this.#load();
    const act = this.#plan(plan, memory);
    // Sequence and act are one write: a number that was used is never used again.
    this.#world.memory.save({
      ...this.#load(),
      open: [...memory.open, { ...act, attempts: 0 }],
      ...(own === undefined ? {} : { own }),
    });
    return this.resend(act.sequence);
  }

  /** The same bytes once more. An act that is answered is open no longer. */
  async resend(sequence: number): Promise<Heard> {
    let heard: Heard = { kind: 'nothing', text: NO_ANSWER, sequence };
    for (let sendings = 0; sendings < MAX_SENDINGS && heard.kind === 'nothing'; sendings += 1) {
      const act = this.open.find((one) => one.sequence === sequence);
      if (act === undefined) return heard;
      const next = { ...act, attempts: act.attempts + 1 };
      this.#change((open) => open.map((one) => (one.sequence === sequence ? next : one)));
      heard = await this.#send(next);
    }
    if (heard.kind === 'nothing') return heard;
    const { open, refused, ...memory } = this.#load();
    const isKept = heard.kind === 'refused' ? open.filter((one) => one.sequence === sequence && one.isKept) : [];
    this.#world.memory.save({ ...memory, open: open.filter((one) => one.sequence !== sequence), refused: [...refused, ...isKept] });
    return heard;
  }

  /** Ends what an earlier visit or a power cut has left open. False: the server cannot be reached, and nothing new is begun. */
  async settle(): Promise<boolean> {
    for (const { sequence } of this.open) {
      if ((await this.resend(sequence)).kind === 'nothing') return false;
    }
    return true;
  }

  /** Takes an act out of those that are ended by themselves: its holder has gone on. Undefined when it is open no longer. */
  layAside(sequence: number): OpenAct | undefined {
    const act = this.open.find((one) => one.sequence === sequence);
    this.#change((open) => open.filter((one) => one.sequence !== sequence));
    return act;
  }

  /** The same bytes of an act that was laid aside. */
  async takeUp(act: OpenAct): Promise<Heard> {
    this.#change((open) => [...open, act]);
    return this.resend(act.sequence);
  }

  #plan({ name, purpose, path, isKept = false, facts }: ActPlan, memory: LinkMemory): OpenAct {
    const { schoolId, terminal } = this.#identity;
    const sequence = memory.nextSequence;
    const act = { schoolId, terminal, sequence };
    this.#world.memory.save({ ...memory, nextSequence: sequence + 1 });
    const body = JSON.stringify({ ...act, occurredAt: this.now(), ...facts(act) });
    return { name, purpose, path, sequence, body, attempts: 1, isKept };
  }

  /** Once more where only the clock was wrong: the body is the same, the time that is signed beside it is the server's. */
  async #send(act: OpenAct): Promise<Heard> {
    const heard = await this.#sendOnce(act);
    if (heard.kind === 'answer' || typeof heard.serverTime !== 'number') return heard;
    this.#correctionMs += heard.serverTime - this.now();
    return this.#sendOnce(act);
  }

  async #sendOnce({ name, purpose, path, sequence, body, attempts: attempt }: OpenAct): Promise<Heard> {
    await this.step(`${name}.send`);
    const { schoolId, terminal, key } = this.#identity;
    // The name of a purpose was ours when it was kept.
    const signing = { purpose: purpose as Purpose, schoolId, terminal, attempt, sentAt: this.now(), body };
    let heard: Heard;
    try {
      if (this.#faults().networkCut) throw new TypeError('the network is cut');
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const headers = signedHeaders(key, signing);
      const reply = await this.#world.fetch(`${this.#world.baseUrl}${path}`, { method: 'POST', headers, body, signal });
      const text: unknown = await reply.json();
      if (this.#faults().answerLost) throw new TypeError('the answer was lost');
      heard = reply.ok ? answerOf(text, sequence) : refusalOf(text, sequence);
    } catch (error) {
      if (error instanceof PowerCut) throw error;
      // Lost on the way there or back: nothing is known.
      heard = { kind: 'nothing', text: NO_ANSWER, sequence };
    }
    await this.step(`${name}.heard`);
    return heard;
  }

  #change(change: (open: readonly OpenAct[]) => OpenAct[]): void {
    const memory = this.#load();
    this.#world.memory.save({ ...memory, open: change(memory.open) });
  }

  #load(): LinkMemory {
    const kept = this.#world.memory.load();
    return kept === null || kept === undefined ? { nextSequence: 1, open: [], refused: [], own: null } : v.parse(memorySchema, kept);
  }
}

const PENDING: Bilingual = { zh: '银行处理中，请勿取走卡片，稍候再查', en: 'The bank has not said yet; leave the card and ask again' };
const pendingSchema = v.object({ state: v.literal('pending') });

/** What is still pending ends no act. */
function answerOf(body: unknown, sequence: number): Heard {
  return v.is(pendingSchema, body) ? { kind: 'nothing', text: PENDING, sequence } : { kind: 'answer', body };
}

function refusalOf(reply: unknown, sequence: number): Heard {
  const parsed = v.safeParse(errorSchema, reply);
  if (!parsed.success) return { kind: 'nothing', text: NO_ANSWER, sequence };
  const { code, messageZh, messageEn, detail } = parsed.output.error;
  const said = { text: { zh: messageZh, en: messageEn }, ...(detail.serverTime === undefined ? {} : { serverTime: detail.serverTime }) };
  return NOT_FINAL.includes(code) ? { kind: 'nothing', sequence, ...said } : { kind: 'refused', code, ...said };
}
