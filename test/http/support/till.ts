import { BENCH_TERMINAL } from '../../../sandbox/local/bench-machines';
import { terminalKeyOf } from '../../../sandbox/local/secrets';
import { type Purpose, signedHeaders, type TerminalKey } from '../../../sandbox/terminals/signed-request';
import { type Asking, ask, type Heard } from './ask';
import type { HttpWorld } from './world';

const PATHS: Readonly<Partial<Record<Purpose, string>>> = {
  charge: '/terminal/charges',
  query: '/terminal/charges/query',
  void: '/terminal/voids',
  claim: '/terminal/claims',
  chip: '/terminal/chip-writes',
  cash: '/terminal/cash',
};

export interface Sending {
  readonly purpose?: Purpose;
  readonly attempt?: number;
  readonly sentAt?: number;
  /** The address, where it is not that of the purpose signed for. */
  readonly path?: string;
  readonly method?: string;
  readonly key?: TerminalKey;
  /** Changes the request after it was signed. */
  readonly alter?: (signed: { headers: Record<string, string>; body: string }) => Asking;
}

/** A till whose requests can be made wrong in every way; `sandbox/terminals/pos.ts` is the one that does it right. */
export class Till {
  readonly world: HttpWorld;
  readonly schoolId: string;
  readonly key: TerminalKey;
  #sequence = 1;

  constructor(world: HttpWorld, schoolId: string) {
    this.world = world;
    this.schoolId = schoolId;
    this.key = terminalKeyOf(world.stack.secrets, schoolId, BENCH_TERMINAL);
  }

  /** The bytes of a new sale: written once, sent as often as needed. */
  sale(facts: Readonly<Record<string, unknown>>): string {
    const { schoolId } = this;
    const sequence = this.#sequence;
    this.#sequence += 1;
    const whole = { schoolId, terminal: BENCH_TERMINAL, sequence, amountFen: 100, occurredAt: Date.now(), kind: 'charge-code', ...facts };
    return JSON.stringify(whole);
  }

  send(body: string, sending: Sending = {}): Promise<Heard> {
    const { purpose = 'charge', attempt = 1, sentAt = Date.now(), path = PATHS[purpose] ?? '', method = 'POST', key = this.key } = sending;
    const headers = signedHeaders(key, { purpose, schoolId: this.schoolId, terminal: BENCH_TERMINAL, attempt, sentAt, body });
    return ask(`${this.world.stack.functionsUrl}${path}`, { method, ...(sending.alter?.({ headers, body }) ?? { headers, body }) });
  }

  charge(code: string, amountFen: unknown = 100): Promise<Heard> {
    return this.send(this.sale({ code, amountFen }));
  }

  /** As a till does: the same bytes until the answer is definite. */
  async untilDefinite(body: string): Promise<Heard> {
    for (let attempt = 1; attempt <= 40; attempt += 1) {
      const heard = await this.send(body, { attempt }).catch(() => undefined);
      if (heard?.body?.definite === true) return heard;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('no definite answer in 40 attempts');
  }
}
