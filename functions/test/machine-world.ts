import { createHash, generateKeyPairSync } from 'node:crypto';
import { sealPin } from '../../sandbox/terminals/seal-pin';
import type { CardsBody, CardsBodyOf, CardsReply } from '../../shared/api/terminal-cards';
import type { CashBody, ChipBody, ClaimBody } from '../../shared/api/terminal-services';
import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { topUpDraft } from '../domain/account-changes';
import { writeCardNumber } from '../domain/card-number';
import type { Entry } from '../domain/entry';
import { createPasswords } from '../domain/password';
import { chipKey, chipMac } from '../domain/school-keys';
import { createPinOpener } from '../lib/pin-seal';
import { type CardOnTerminalDeps, cardOnTerminal } from '../operations/card-on-terminal';
import { claimAtMachine, type MachineClaimDeps } from '../operations/claim-at-machine';
import type { MachineRequest } from '../operations/machine';
import { type TakeCashDeps, takeCash } from '../operations/take-cash';
import { writeChip } from '../operations/write-chip';
import { createAdjustments } from '../store/adjustments';
import { createChipWrites } from '../store/chip-writes';
import { createClaims } from '../store/claims';
import type { Holder } from '../store/holders';
import { createHouseActs } from '../store/house-acts';
import { createLockouts } from '../store/lockouts';
import { createPassbook } from '../store/passbook';
import type { Database } from '../store/table';
import { createModelDatabase } from './model-database';
import { SaleFixture } from './sale-fixture';

type Deps = MachineClaimDeps & TakeCashDeps & CardOnTerminalDeps;
const TERMINAL = 31;

/** A school's kiosk and cash machine over any store, and cards to put on them. Sequence numbers count up by themselves. */
export class MachineWorld {
  readonly till: SaleFixture;
  readonly database: Database;
  readonly deps: Deps;
  readonly pinKey: { readonly keyId: string; readonly publicKey: string };
  /** What the roster says of every holder. */
  holder: Pick<Holder, 'name' | 'number' | 'idTail' | 'passwordHash' | 'transactionPasswordHash'> = {
    name: '测试甲',
    number: '2021000037',
    idTail: '',
    passwordHash: null,
  };
  scrypts = 0;
  #sequence = 100;
  #pinOpener;

  constructor(database: Database = createModelDatabase(), schoolId = 'shanghaitech', pack: Partial<RulePack> = {}) {
    this.database = database;
    this.till = new SaleFixture(database, schoolId, pack);
    const { privateKey, publicKey } = generateKeyPairSync('x25519');
    const raw = (der: Buffer): Buffer => der.subarray(-32);
    const key = raw(privateKey.export({ type: 'pkcs8', format: 'der' }));
    this.#pinOpener = createPinOpener({ current: 'p1', keys: { p1: new Uint8Array(key) } });
    this.pinKey = { keyId: 'p1', publicKey: raw(publicKey.export({ type: 'spki', format: 'der' })).toString('base64') };
    this.deps = this.depsOver(database);
  }

  /** The same world seen through another database: one that fails. */
  depsOver(database: Database): Deps {
    const passwords = createPasswords({
      peppers: { current: 'k1', keys: { k1: new Uint8Array(32) } },
      randomBytes: (count) => new Uint8Array(count),
      // The cost of a real scrypt is tested elsewhere.
      deriveKey: async (secret) => {
        this.scrypts += 1;
        return createHash('sha256').update(secret).digest();
      },
    });
    return {
      passbook: createPassbook(database),
      clock: () => this.till.now,
      backOff: async () => undefined,
      ownCard: async () => undefined,
      packOf: async () => this.till.pack,
      claims: createClaims(database),
      chipWrites: createChipWrites(database),
      houseActs: createHouseActs(database),
      adjustments: createAdjustments(database),
      lockouts: createLockouts(database),
      counter: { count: () => undefined },
      transact: database.transact,
      passwords,
      pinOpener: this.#pinOpener,
      fieldCipher: { seal: (_place, text) => text, open: (_place, text) => text },
      // Of the store of holders only this is asked.
      holders: {
        find: async (schoolId: string, accountNo: number) => ({ schoolId, accountNo, ...this.holder }),
      } as never,
    };
  }

  claimBody(
    accountNo: number,
    more: { kind?: ClaimBody['kind']; pin?: string; issue?: number; cursor?: string; sequence?: number; terminal?: number } = {},
  ): ClaimBody {
    const common = this.#withCard(accountNo, 0, more);
    switch (more.kind ?? 'claim') {
      case 'read':
        return { ...common, kind: 'read' };
      case 'transfers':
        return { ...common, kind: 'transfers', cursor: more.cursor };
      case 'claim':
        return { ...common, kind: 'claim', pin: sealPin(more.pin ?? '123456', this.pinKey, common) };
    }
  }

  rewriteBody(accountNo: number, more: { issue?: number } = {}): ChipBody {
    return { ...this.#withCard(accountNo, 0, more), kind: 'rewrite' };
  }

  reportBody(accountNo: number, kind: 'written' | 'failed', write: number, amountFen: number): ChipBody {
    return { ...this.#act(), kind, card: writeCardNumber({ accountNo, issue: 1 }), write, amountFen: fen(amountFen) };
  }

  syncBody(accountNo: number, more: { issue?: number } = {}): CardsBodyOf<'sync'> {
    return { ...this.#withCard(accountNo, 0, more), kind: 'sync' };
  }

  activateBody(accountNo: number, more: { issue?: number; pin?: string; sequence?: number } = {}): CardsBodyOf<'activate'> {
    const common = this.#withCard(accountNo, 0, more);
    return { ...common, kind: 'activate', pin: sealPin(more.pin ?? '123456', this.pinKey, common) };
  }

  cashBody(accountNo: number, count: number, more: Partial<CashBody> & { issue?: number } = {}): CashBody {
    const { issue, ...changes } = more;
    const amountFen = fen(count * 10_000);
    const notes = [{ denominationFen: 10_000, edition: '2005', count }];
    return { ...this.#withCard(accountNo, amountFen, issue === undefined ? {} : { issue }), notes, amountFen, canWrite: true, ...changes };
  }

  request<Body>(body: Body): MachineRequest<Body> {
    const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    return { body, bodyHash, pack: this.till.pack, keys: this.till.keys };
  }

  claim = (body: ClaimBody, deps: Deps = this.deps) => claimAtMachine(deps, this.request(body));
  chip = (body: ChipBody, deps: Deps = this.deps) => writeChip(deps, this.request(body));
  card = <Body extends CardsBody>(body: Body, deps: Deps = this.deps) =>
    cardOnTerminal(deps, this.request<CardsBody>(body)) as Promise<Extract<CardsReply, { kind: Body['kind'] }>>;
  cash = (body: CashBody, deps: Deps = this.deps) => takeCash(deps, { ...this.request(body), takesCash: true });

  /** Money that waits, as a callback credits it. */
  topUp(accountNo: number, amountFen: number): Promise<Entry> {
    this.#sequence += 1;
    const orderNo = `order_${this.#sequence}`;
    const credit = { orderNo, channel: 'alipay', amountFen: fen(amountFen), paidAt: this.till.now, recordedAt: this.till.now } as const;
    return this.till.change(accountNo, (head) => topUpDraft(head, credit, this.till.pack));
  }

  async places(accountNo: number) {
    const { card, transit, chipPending } = (await this.till.head(accountNo)).state.balances;
    return { card, transit, chipPending };
  }

  async state(accountNo: number, change: object): Promise<void> {
    await this.till.change(accountNo, (head) => ({
      ...{ kind: 'limits-changed', entryId: `e${head.n}`, postings: [], occurredAt: this.till.now },
      state: { ...head.state, ...change },
    }));
  }

  #act({ sequence, terminal = TERMINAL }: { sequence?: number; terminal?: number } = {}) {
    this.#sequence += 1;
    return { schoolId: this.till.schoolId, terminal, sequence: sequence ?? this.#sequence, occurredAt: this.till.now };
  }

  #withCard(accountNo: number, amountFen: number, more: { issue?: number; sequence?: number; terminal?: number } = {}) {
    const { issue = 1 } = more;
    const act = this.#act(more);
    const card = writeCardNumber({ accountNo, issue });
    const tap = { schoolId: act.schoolId, terminal: act.terminal, sequence: act.sequence, amountFen, counter: act.sequence };
    return { ...act, card, chip: { counter: act.sequence, mac: chipMac(chipKey(this.till.keys, card), tap) } };
  }
}
