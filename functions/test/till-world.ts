import { PowerCut } from '../../sandbox/terminals/machine';
import { CardChip } from '../../sandbox/terminals/physical-card';
import { Pos } from '../../sandbox/terminals/pos';
import { newTerminalKey } from '../../sandbox/terminals/signed-request';
import type { TerminalPurpose } from '../../shared/api/terminal';
import { batchBody } from '../../shared/api/terminal-batches';
import { errorTable, isAppError, terminalTexts } from '../../shared/errors';
import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { topUpDraft } from '../domain/account-changes';
import { writeCardNumber } from '../domain/card-number';
import type { Entry } from '../domain/entry';
import { chipKey } from '../domain/school-keys';
import { errorReply, type HttpReply, jsonReply } from '../lib/http';
import { authorizePayment, type SaleAnswer, type SaleRequest } from '../operations/authorize-payment';
import { querySale } from '../operations/query-sale';
import { takeBatch } from '../operations/take-batch';
import { verifySigned, verifyTerminal } from '../operations/verify-terminal';
import { voidSale } from '../operations/void-sale';
import { createBooks } from '../store/books';
import { createReversals } from '../store/reversals';
import type { Database } from '../store/table';
import { createTerminalBatches } from '../store/terminal-batches';
import { renderSale } from '../terminal/render-sale';
import { createModelDatabase } from './model-database';
import { SaleFixture } from './sale-fixture';

export type Network = 'up' | 'cut' | 'answer-lost';

type Route = { readonly purpose: TerminalPurpose; readonly answer: (request: SaleRequest) => Promise<SaleAnswer> };

/** A till of the sandbox before the real operations over any store, with the wire between them in the hand of a test. */
export class TillWorld {
  readonly fixture: SaleFixture;
  readonly database: Database;
  readonly key = newTerminalKey();
  network: Network = 'up';
  /** What the till's own clock is ahead of the server's. */
  aheadMs = 0;
  /** Called before each effect of a till with its name. */
  step: (name: string) => void = () => undefined;
  /** Every request that reached the server: purpose and attempt. */
  readonly reached: string[] = [];
  memory: unknown;
  readonly routes: Record<string, Route>;
  #topUps = 0;
  readonly #chips = new Map<number, CardChip>();

  constructor(pack: Partial<RulePack> = {}, database: Database = createModelDatabase()) {
    this.database = database;
    this.fixture = new SaleFixture(database, 'shanghaitech', pack);
    const { deps } = this.fixture;
    const voids = { ...deps, reversals: createReversals(database) };
    this.routes = {
      '/terminal/charges': { purpose: 'charge', answer: (request) => authorizePayment(deps, request) },
      '/terminal/charges/query': { purpose: 'query', answer: (request) => querySale(deps, request) },
      '/terminal/voids': { purpose: 'void', answer: (request) => voidSale(voids, request) },
    };
  }

  get now(): number {
    return this.fixture.now;
  }

  /** A till as it is after its power came back: whatever it did not keep is gone. */
  switchOn(terminal = 7): Pos {
    const { schoolId } = this.fixture;
    return new Pos({ schoolId, terminal, key: this.key }, this.machineWorld());
  }

  machineWorld() {
    return {
      // Looked up at each request, so that a test may change the wire under a till.
      fetch: ((input, init) => this.fetch(input, init)) as typeof globalThis.fetch,
      clock: () => this.now + this.aheadMs,
      baseUrl: 'http://functions.test',
      memory: {
        load: () => (this.memory === undefined ? undefined : JSON.parse(JSON.stringify(this.memory))),
        save: (memory: unknown) => {
          this.memory = JSON.parse(JSON.stringify(memory));
        },
      },
      step: (name: string) => this.step(name),
    };
  }

  chip(accountNo: number): CardChip {
    const known = this.#chips.get(accountNo);
    if (known) return known;
    const cardNumber = writeCardNumber({ accountNo, issue: 1 });
    const made = new CardChip({ cardNumber, chipKey: chipKey(this.fixture.keys, cardNumber) });
    this.#chips.set(accountNo, made);
    return made;
  }

  /** Cuts the power when a till comes to this effect, once. */
  cutPowerAt(wanted: string): void {
    this.step = (name) => {
      if (name !== wanted) return;
      this.step = () => undefined;
      throw new PowerCut(name);
    };
  }

  /** Cuts or mends the network when a till comes to this effect. */
  networkAt(wanted: string, network: Network): void {
    this.step = (name) => {
      if (name === wanted) this.network = network;
    };
  }

  /** Money on the card at once. */
  async topUp(accountNo: number, amountFen: number): Promise<void> {
    const { pack } = this.fixture;
    this.#topUps += 1;
    const times = { paidAt: this.now, recordedAt: this.now };
    const credit = { orderNo: `order_${this.#topUps}`, channel: 'alipay', amountFen: fen(amountFen), ...times } as const;
    const realtime: RulePack = { ...pack, arrival: { ...pack.arrival, mode: 'realtime' } };
    await this.fixture.change(accountNo, (head) => topUpDraft(head, credit, realtime));
  }

  async charges(accountNo: number): Promise<readonly Entry[]> {
    return (await this.fixture.all(accountNo)).filter(({ kind }) => kind === 'charge');
  }

  async cardFen(accountNo: number): Promise<number> {
    return (await this.fixture.head(accountNo)).state.balances.card;
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    if (this.network === 'cut') throw new TypeError('the network is cut');
    const { pathname } = new URL(String(input));
    const headers = { ...(init?.headers as Record<string, string>) };
    const reply = await this.#reply(pathname, headers, new TextEncoder().encode(String(init?.body)));
    if (this.network === 'answer-lost') throw new TypeError('the answer was lost');
    return new Response(reply.body as string, { status: reply.status, headers: reply.headers });
  };

  async #reply(path: string, headers: Record<string, string>, rawBody: Uint8Array): Promise<HttpReply> {
    const { deps, schoolId, pack, keys } = this.fixture;
    const publicKey = this.key.publicKey;
    const findTerminal = async (school: string, terminal: number) =>
      ({ schoolId: school, terminal, publicKey, merchant: 12, name: '一号窗口', status: 'active' }) as const;
    const verify = { clock: deps.clock, findTerminal };
    try {
      if (path === '/terminal/batches') {
        const signed = await verifySigned(verify, { purpose: 'batch', headers, rawBody }, batchBody);
        this.reached.push(`batch ${signed.attempt}`);
        const terminalBatches = createTerminalBatches(this.database);
        const head = await takeBatch({ ...deps, terminalBatches, packOf: async () => pack }, signed);
        const { terminal, day, parts, ackedSeq, closedAt, totals } = head;
        return jsonReply({ terminal, day, parts, ackedSeq, closed: closedAt !== undefined, totals, serverTime: toIso(this.now) });
      }
      const route = this.routes[path];
      if (route === undefined) return jsonReply({ error: { code: 'request.not-found', messageZh: '没有', messageEn: 'Nothing.' } }, 404);
      const { body, bodyHash, attempt } = await verifyTerminal(verify, { purpose: route.purpose, headers, rawBody });
      this.reached.push(`${route.purpose} ${attempt}`);
      if (body.schoolId !== schoolId) throw new Error('another school');
      return renderSale(await route.answer({ body, bodyHash, attempt, merchant: 12, pack, keys }), this.now);
    } catch (error) {
      if (isAppError(error)) return errorReply(error, path === '/terminal/batches' ? errorTable : terminalTexts);
      throw error;
    }
  }

  /** The book of terminal and day, as finance reads it. */
  async book(
    day: string,
    terminal = 7,
  ): Promise<readonly { readonly kind: string; readonly amountFen: number; readonly entryId: string }[]> {
    const lines = [];
    for await (const { kind, postings, entryId } of createBooks(this.database).lines(
      this.fixture.schoolId,
      `terminal/${terminal}/${day}`,
    )) {
      const amountFen = postings.filter(({ leg }) => leg.startsWith('merchant:')).reduce((total, leg) => total + leg.amountFen, 0);
      lines.push({ kind, amountFen, entryId });
    }
    return lines;
  }
}
