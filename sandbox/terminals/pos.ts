import type { CardChip } from './physical-card';
import { type Purpose, signedHeaders, type TerminalKey } from './signed-request';

/** What a till remembers of a sale until it knows how it ended: the very bytes it signed. */
export interface OpenSale {
  readonly sequence: number;
  readonly amountFen: number;
  readonly body: string;
  readonly attempts: number;
}

/** What the cashier is told. `charged` and `not-charged` are final; `unknown` means: press again. */
export interface PosAnswer {
  readonly outcome: 'charged' | 'not-charged' | 'voided' | 'unknown';
  readonly definite: boolean;
  readonly amountFen: number;
  readonly claimedFen: number;
  readonly cardFen: number | null;
  readonly code: string | null;
  readonly messageZh: string;
  readonly messageEn: string;
  readonly tookMs: number;
}

export interface PosWorld {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: () => number;
  readonly baseUrl: string;
  /** Kept over power cuts: the next sequence number and the open sale. */
  readonly memory: { load(): PosMemory; save(memory: PosMemory): void };
}

export interface PosMemory {
  readonly nextSequence: number;
  readonly last: OpenSale | null;
}

export interface PosIdentity {
  readonly schoolId: string;
  readonly terminal: number;
  readonly key: TerminalKey;
}

const TIMEOUT_MS = 5_000;
const NO_ANSWER = { messageZh: '没有收到应答，请按“查询”', messageEn: 'No answer came; press query.' };

/**
 * A till in a canteen. It writes a sale down before it sends it, repeats the same bytes until the answer is definite,
 * and never starts a new sale while the last one is open.
 */
export class Pos {
  readonly #identity: PosIdentity;
  readonly #world: PosWorld;

  constructor(identity: PosIdentity, world: PosWorld) {
    this.#identity = identity;
    this.#world = world;
  }

  get schoolId(): string {
    return this.#identity.schoolId;
  }

  /** The last sale, open or ended. */
  get last(): OpenSale | null {
    return this.#world.memory.load().last;
  }

  chargeCode(amountFen: number, code: string): Promise<PosAnswer> {
    return this.#start(amountFen, (sequence) => ({ ...this.#common(sequence, amountFen), kind: 'charge-code', code }));
  }

  chargeCard(amountFen: number, chip: CardChip): Promise<PosAnswer> {
    const { schoolId, terminal } = this.#identity;
    return this.#start(amountFen, (sequence) => ({
      ...this.#common(sequence, amountFen),
      kind: 'charge-card',
      card: chip.cardNumber,
      chip: chip.tap({ schoolId, terminal, sequence, amountFen }),
    }));
  }

  /** The same bytes once more. */
  retry(): Promise<PosAnswer> {
    return this.#resend('charge', '/terminal/charges');
  }

  query(): Promise<PosAnswer> {
    return this.#resend('query', '/terminal/charges/query');
  }

  void(): Promise<PosAnswer> {
    return this.#resend('void', '/terminal/voids');
  }

  #common(sequence: number, amountFen: number) {
    const { schoolId, terminal } = this.#identity;
    return { schoolId, terminal, sequence, amountFen, occurredAt: this.#world.clock() };
  }

  #start(amountFen: number, body: (sequence: number) => object): Promise<PosAnswer> {
    const { nextSequence } = this.#world.memory.load();
    const last: OpenSale = { sequence: nextSequence, amountFen, body: JSON.stringify(body(nextSequence)), attempts: 0 };
    this.#world.memory.save({ nextSequence: nextSequence + 1, last });
    return this.#resend('charge', '/terminal/charges');
  }

  async #resend(purpose: Purpose, path: string): Promise<PosAnswer> {
    const memory = this.#world.memory.load();
    if (memory.last === null) throw new Error('there is no sale to ask about');
    const sale = { ...memory.last, attempts: memory.last.attempts + 1 };
    this.#world.memory.save({ ...memory, last: sale });
    return this.#send(purpose, path, sale);
  }

  async #send(purpose: Purpose, path: string, sale: OpenSale): Promise<PosAnswer> {
    const { schoolId, terminal, key } = this.#identity;
    const sentAt = this.#world.clock();
    const headers = signedHeaders(key, { purpose, schoolId, terminal, attempt: sale.attempts, sentAt, body: sale.body });
    const open = { outcome: 'unknown', definite: false, amountFen: sale.amountFen, claimedFen: 0, cardFen: null, code: null } as const;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const reply = await this.#world.fetch(`${this.#world.baseUrl}${path}`, { method: 'POST', headers, body: sale.body, signal });
      return readAnswer(await reply.json(), open, this.#world.clock() - sentAt);
    } catch {
      // Lost on the way there or back: the sale stays open and the till asks again.
      return { ...open, ...NO_ANSWER, tookMs: this.#world.clock() - sentAt };
    }
  }
}

/** The reply as docs/terminal-api.md describes it; a refusal without an outcome never charged and never will. */
function readAnswer(reply: unknown, open: Omit<PosAnswer, 'messageZh' | 'messageEn' | 'tookMs'>, tookMs: number): PosAnswer {
  const found = isRecord(reply) ? reply : {};
  const problem = isRecord(found.reason) ? found.reason : isRecord(found.error) ? found.error : {};
  const outcome = OUTCOMES.find((one) => one === found.outcome) ?? 'unknown';
  return {
    outcome,
    definite: found.definite === true,
    amountFen: typeof found.amountFen === 'number' && found.amountFen > 0 ? found.amountFen : open.amountFen,
    claimedFen: typeof found.claimedFen === 'number' ? found.claimedFen : 0,
    cardFen: typeof found.cardFen === 'number' ? found.cardFen : null,
    code: typeof problem.code === 'string' ? problem.code : null,
    messageZh: typeof problem.messageZh === 'string' ? problem.messageZh : '',
    messageEn: typeof problem.messageEn === 'string' ? problem.messageEn : '',
    tookMs,
  };
}

const OUTCOMES = ['charged', 'not-charged', 'voided'] as const;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
