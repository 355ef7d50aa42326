import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createCashMachine } from '../../sandbox/terminals/cash-machine';
import { createKiosk } from '../../sandbox/terminals/kiosk';
import type { Machine, Screen, MachineWorld as Surroundings } from '../../sandbox/terminals/machine';
import type { MachineIdentity } from '../../sandbox/terminals/machine-link';
import { CardChip } from '../../sandbox/terminals/physical-card';
import type { PinKey } from '../../sandbox/terminals/seal-pin';
import { newTerminalKey, type Purpose, signedHeaders } from '../../sandbox/terminals/signed-request';
import { AppError, errorTable } from '../../shared/errors';
import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { topUpDraft } from '../domain/account-changes';
import { writeCardNumber } from '../domain/card-number';
import { chipKey } from '../domain/school-keys';
import { createFieldCipher, type FieldCipher } from '../lib/field-cipher';
import { refuse } from '../lib/handler';
import type { HttpReply, HttpRequest } from '../lib/http';
import type { Banks } from '../operations/bank-order-source';
import { createHolders, type Holder } from '../store/holders';
import { createSchools } from '../store/schools';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';
import type { ServiceParts } from '../wiring/machine-parts';
import { createTerminalBank, type TerminalBank } from '../wiring/terminal-bank';
import { createTerminalServices, type TerminalServices } from '../wiring/terminal-services';
import { FakeBank } from './fake-bank';
import { createModelDatabase } from './model-database';
import { SaleFixture } from './sale-fixture';

const KIOSK = 31;
const CASH_MACHINE = 32;
const quiet = {
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  counter: { count: () => undefined, publish: () => undefined },
  texts: errorTable,
};

/** A school's machines with their screens, on a line to the functions as the wiring makes them, over the model of the database. */
export class KioskWorld {
  readonly database = createModelDatabase();
  readonly school: SaleFixture;
  readonly services: TerminalServices;
  /** What answers now; a test puts another in its place, over a database that fails. */
  bankService: TerminalBank;
  readonly bankOver: (database: Database) => TerminalBank;
  readonly bank: FakeBank;
  readonly fieldCipher: FieldCipher;
  readonly holders;
  accountNo = 0;
  /** What happens at a step of the machine. */
  onStep: (name: string, count: number) => Promise<void> | void = () => undefined;
  /** Steps since `countSteps`. */
  steps: string[] = [];
  /** The line is cut: nothing arrives. */
  isCut = false;
  /** So many answers are lost on their way back. */
  loseAnswers = 0;
  /** What arrived, as it was signed. */
  readonly sent: { readonly path: string; readonly body: string }[] = [];
  chip!: CardChip;

  readonly #identity: MachineIdentity;
  /** What each machine has kept, by its number. */
  readonly #kept = new Map<number, string>();

  private constructor(schoolId: string, change: (pack: RulePack) => RulePack, at?: { readonly banks?: (clock: () => number) => Banks }) {
    this.school = new SaleFixture(this.database, schoolId);
    Object.assign(this.school, { pack: change(this.school.pack) });
    this.holders = createHolders(this.database);
    const ring = () => ({ current: 'k1', keys: { k1: new Uint8Array(randomBytes(32)) } });
    const fieldKeys = ring();
    const { privateKey, publicKey } = generateKeyPairSync('x25519');
    const raw = (der: Buffer): Buffer => der.subarray(-32);
    const pinKey = new Uint8Array(raw(privateKey.export({ type: 'pkcs8', format: 'der' })));
    this.#identity = {
      schoolId,
      terminal: KIOSK,
      key: newTerminalKey(),
      pinKeys: [{ keyId: 'k1', publicKey: raw(publicKey.export({ type: 'spki', format: 'der' })).toString('base64') }],
    };
    const parts: ServiceParts = {
      database: this.database,
      clock: () => this.school.now,
      counter: quiet.counter,
      masterKey: new Uint8Array(32).fill(7),
      fieldKeys,
      peppers: ring(),
      pinKeys: { current: 'k1', keys: { k1: pinKey } },
      // The cost of a real scrypt is tested elsewhere.
      deriveKey: async (secret, salt) => createHash('sha256').update(secret).update(salt).digest(),
    };
    this.services = createTerminalServices(parts);
    this.bank = new FakeBank(() => this.school.now);
    const banks: Banks = at?.banks?.(() => this.school.now) ?? (() => this.bank);
    this.bankOver = (database) => createTerminalBank({ ...parts, database }, banks);
    this.bankService = this.bankOver(this.database);
    this.fieldCipher = createFieldCipher(fieldKeys, (count) => new Uint8Array(randomBytes(count)));
  }

  static async open(
    schoolId = 'shanghaitech',
    change: (pack: RulePack) => RulePack = (pack) => pack,
    at?: { readonly banks?: (clock: () => number) => Banks },
  ): Promise<KioskWorld> {
    const world = new KioskWorld(schoolId, change, at);
    await createSchools(world.database).publish(world.school.pack);
    const terminals = createTerminals(world.database);
    const common = { schoolId, publicKey: world.#identity.key.publicKey, merchant: 1, name: '圈存机', status: 'active' } as const;
    await terminals.save({ ...common, terminal: KIOSK, kind: 'kiosk' });
    await terminals.save({ ...common, terminal: CASH_MACHINE, kind: 'cash-machine', takesCash: true });
    world.accountNo = await world.school.account();
    await world.database.transact(
      world.holders.newRows({
        ...{ schoolId, accountNo: world.accountNo, number: '2021000037', name: '测试甲', kind: 'student', idTail: '', mobile: '' },
        ...{ cardNumbers: [], passwordHash: null, passwordChangedAt: null, provenAt: null, links: {}, version: 1 },
      }),
    );
    world.chip = world.card();
    return world;
  }

  /** The holder's card; the newest issue where nothing else is said. */
  card(issue = 1): CardChip {
    const cardNumber = writeCardNumber({ accountNo: this.accountNo, issue });
    return new CardChip({ cardNumber, chipKey: chipKey(this.school.keys, cardNumber) });
  }

  /** A kiosk over what the last one has kept: the same one, after its power was cut. */
  kiosk(): Machine {
    return createKiosk(this.#identity, this.school.pack, this.surroundings(KIOSK));
  }

  cashMachine(): Machine {
    return createCashMachine({ ...this.#identity, terminal: CASH_MACHINE }, this.school.pack, this.surroundings(CASH_MACHINE));
  }

  private surroundings(terminal: number): Surroundings {
    return {
      fetch: (input, init) => this.#fetch(new URL(String(input)), init ?? {}),
      clock: () => this.school.now,
      baseUrl: 'http://functions.invalid',
      memory: {
        load: () => JSON.parse(this.#kept.get(terminal) ?? 'null'),
        // Text, as on a disk.
        save: (memory) => this.#kept.set(terminal, JSON.stringify(memory)),
      },
      step: async (name) => {
        this.steps.push(name);
        await this.onStep(name, this.steps.length);
      },
    };
  }

  /** A kiosk with the holder's card on it. */
  async visit(): Promise<{ readonly kiosk: Machine; readonly screen: Screen }> {
    const kiosk = this.kiosk();
    return { kiosk, screen: await kiosk.place(this.chip) };
  }

  /** Money that waits, as a platform's callback credits it. */
  async topUp(amountFen: number, channel: 'wechat-pay' | 'alipay' = 'wechat-pay'): Promise<void> {
    this.school.now += 1_000;
    const { now: paidAt, pack } = this.school;
    const credit = { orderNo: `order_${channel}_${paidAt}`, channel, amountFen: fen(amountFen), paidAt, recordedAt: paidAt } as const;
    await this.school.change(this.accountNo, (head) => topUpDraft(head, credit, pack));
  }

  async places() {
    const { card, transit, chipPending } = (await this.school.head(this.accountNo)).state.balances;
    return { card, transit, chipPending };
  }

  async holder(): Promise<Holder> {
    const found = await this.holders.find(this.school.schoolId, this.accountNo);
    if (found === undefined) throw new Error('no such holder');
    return found;
  }

  /** The roster knows the holder's ID, and so does the bank. */
  async withId(idNumber = '21020020030417002X', name = '测试甲'): Promise<void> {
    const { schoolId } = this.school;
    const idTail = this.fieldCipher.seal({ schoolId, accountNo: this.accountNo, field: 'idTail' }, idNumber.slice(-7));
    await this.holders.save({ ...(await this.holder()), name, idTail });
    this.bank.own = { name, idNumber, cardTail: '6789' };
  }

  /** A request that no machine of ours makes: signed by the machine's key all the same, or over another text than is sent. */
  send(purpose: Purpose, path: string, facts: object | string, terminal = KIOSK, signedText?: string): Promise<unknown> {
    const body = typeof facts === 'string' ? facts : JSON.stringify(facts);
    return this.sendSigned(path, body, this.#headers(purpose, signedText ?? body, this.school.now, terminal));
  }

  sendAt(purpose: Purpose, path: string, body: string, sentAt: number): Promise<unknown> {
    return this.sendSigned(path, body, this.#headers(purpose, body, sentAt, KIOSK));
  }

  async sendSigned(path: string, body: string, headers: Record<string, string>): Promise<unknown> {
    return JSON.parse(String((await this.#answer(path, { headers, body })).body));
  }

  get pinKey(): PinKey {
    const [key] = this.#identity.pinKeys;
    if (key === undefined) throw new Error('no key was enrolled');
    return key;
  }

  #headers(purpose: Purpose, body: string, sentAt: number, terminal: number): Record<string, string> {
    const { schoolId, key } = this.#identity;
    return signedHeaders(key, { purpose, schoolId, terminal, attempt: 1, sentAt, body });
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    if (this.isCut) throw new TypeError('the line is cut');
    this.sent.push({ path: url.pathname, body: String(init.body) });
    const reply = await this.#answer(url.pathname, init);
    if (this.loseAnswers > 0) {
      this.loseAnswers -= 1;
      throw new TypeError('the answer was lost');
    }
    if (this.isCut) throw new TypeError('the line is cut');
    return new Response(String(reply.body), { status: reply.status });
  }

  async #answer(path: string, init: RequestInit): Promise<HttpReply> {
    const request: HttpRequest = {
      method: 'POST',
      path,
      query: {},
      headers: Object.fromEntries(new Headers(init.headers).entries()),
      rawBody: new TextEncoder().encode(String(init.body)),
      sourceIp: '192.0.2.1',
      requestId: 'r',
    };
    try {
      return { status: 200, headers: {}, body: JSON.stringify(await this.#route(path)(request)) };
    } catch (error) {
      return refuse(error, quiet);
    }
  }

  #route(path: string): (request: HttpRequest) => Promise<object> {
    switch (path) {
      case '/terminal/claims':
        return this.services.claim;
      case '/terminal/chip-writes':
        return this.services.chip;
      case '/terminal/cash':
        return this.services.cash;
      case '/terminal/cards':
        return this.services.card;
      case '/terminal/statements':
        return this.services.statement;
      case '/terminal/bank':
        return this.bankService;
      default:
        throw new AppError('request.not-found');
    }
  }
}

/** What a person reads on a line of a screen. */
export function read(screen: Screen, label: string): string {
  const line = screen.lines.find((one) => one.label.zh === label);
  if (line === undefined) throw new Error(`the screen ${screen.id} has no line ${label}`);
  return typeof line.value === 'string' ? line.value : line.value.zh;
}

export function labels(screen: Screen): readonly string[] {
  return screen.buttons.map(({ label }) => label.zh);
}
