import type { RulePack } from '../../shared/rule-pack';
import type { Entry } from '../domain/entry';
import { type Banks, createBankOrderSource } from '../operations/bank-order-source';
import { type Sweep, type SweepDeps, settleDueOrders } from '../operations/settle-due-orders';
import { type PayOutSweep, settleDuePayOuts } from '../operations/settle-due-pay-outs';
import type { WalletDeps } from '../operations/wallet-deps';
import { createBankPayOutRoute } from '../operations/withdrawal-route';
import { createBankBindings } from '../store/bank-bindings';
import { createBankCards } from '../store/bank-cards';
import { createCardTransfers } from '../store/card-transfers';
import { createCustomerInfos } from '../store/customer-infos';
import { createPayOuts, PAY_OUT_SHARDS } from '../store/pay-outs';
import { createUnionpayChecks } from '../store/unionpay-checks';
import { walletRoutes } from '../student/wallet-routes';
import { FakeBank } from './fake-bank';
import { createModelDatabase } from './model-database';
import { MoneyWorld } from './money-world';
import { type Heard, type Phone, StudentWorld, type TestHolder } from './student-world';

export const ID_NUMBER = '21020020030417002X';
const INFO = { occupation: 'student', nationality: 'CN', gender: 'female', address: '旅顺南路西段6号', idExpiresOn: '2031-05-01' } as const;

/** A DUFL student's phone, the bank, and the wallet's routes over HTTP. */
export class WalletWorld {
  readonly student: StudentWorld;
  readonly phone: Phone;
  readonly holder: TestHolder;
  readonly bank: FakeBank;
  readonly deps: WalletDeps & SweepDeps;
  readonly #money: MoneyWorld;
  #requests = 0;

  private constructor(student: StudentWorld, phone: Phone, holder: TestHolder, real: Banks | undefined) {
    this.student = student;
    this.phone = phone;
    this.holder = holder;
    this.bank = new FakeBank(() => student.now);
    this.bank.own = { name: holder.name, idNumber: ID_NUMBER, cardTail: '6789' };
    const { database } = student;
    const banks: Banks = real ?? (() => this.bank);
    let made: (WalletDeps & SweepDeps) | undefined;
    this.#money = new MoneyWorld(student, (readers, deps) => {
      made = {
        ...deps,
        platforms: { ...deps.platforms, 'bank-card': createBankOrderSource(banks) },
        banks,
        bankCards: createBankCards(database),
        bankBindings: createBankBindings(database),
        cardTransfers: createCardTransfers(database),
        customerInfos: createCustomerInfos(database),
        unionpayChecks: createUnionpayChecks(database),
        payOuts: createPayOuts(database),
        routes: { withdrawal: createBankPayOutRoute({ banks, fieldCipher: deps.fieldCipher }) },
      };
      return [walletRoutes(readers, made)];
    });
    if (made === undefined) throw new Error('nothing was mounted');
    this.deps = made;
  }

  static async create(
    change: (pack: RulePack) => RulePack = (pack) => pack,
    schoolId: 'dufl' | 'shanghaitech' = 'dufl',
    at: { readonly person?: { readonly name: string; readonly idNumber: string }; readonly banks?: (clock: () => number) => Banks } = {},
  ): Promise<WalletWorld> {
    const student = await StudentWorld.create(createModelDatabase(), { [schoolId]: change });
    const phone = student.phone('one');
    const proven = await student.provenHolder(phone, schoolId);
    const { name, idNumber } = at.person ?? { name: proven.name, idNumber: ID_NUMBER };
    const holder = { ...proven, name };
    // The roster's tail is that of the ID the bank knows.
    const found = await student.deps.holders.find(schoolId, holder.accountNo);
    if (found === undefined) throw new Error('no such holder');
    const idTail = student.deps.fieldCipher.seal({ schoolId, accountNo: holder.accountNo, field: 'idTail' }, idNumber.slice(-7));
    await student.deps.holders.save({ ...found, name, idTail });
    return new WalletWorld(
      student,
      phone,
      holder,
      at.banks?.(() => student.now),
    );
  }

  /** The same with a bound card and, if wished, money in the wallet. */
  static async bound(walletFen = 0, change?: (pack: RulePack) => RulePack): Promise<WalletWorld> {
    const world = await WalletWorld.create(change);
    await world.bind();
    if (walletFen > 0) await world.fill(walletFen);
    return world;
  }

  requestId(): string {
    this.#requests += 1;
    return `request-${String(this.#requests).padStart(12, '0')}`;
  }

  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', target: string, body?: unknown): Promise<Heard> {
    return this.#money.ask(this.phone, method, target, body);
  }

  startBinding(changes: object = {}): Promise<Heard> {
    return this.ask('POST', '/bank-card/bindings', { requestId: this.requestId(), idType: 'id-card', idNumber: ID_NUMBER, ...changes });
  }

  async bind(): Promise<Heard> {
    const { body } = await this.startBinding();
    return this.ask('POST', `/bank-card/bindings/${body.bindingNo}/confirm`, { code: this.bank.codeOf(body.bindingNo) });
  }

  /** 钱包充值 from the own card. */
  async fill(amountFen: number): Promise<Heard> {
    const { body } = await this.ask('POST', '/bank-top-ups', { requestId: this.requestId(), target: 'wallet', amountFen });
    return this.confirmTopUp(body.order.orderNo);
  }

  confirmTopUp(orderNo: string, code = this.bank.codeOf(orderNo)): Promise<Heard> {
    return this.ask('POST', `/bank-top-ups/${orderNo}/confirm`, { code });
  }

  /** A code of our own, as it came to the phone. */
  async ownCode(): Promise<string> {
    this.student.now += 61_000;
    await this.phone.post('/student/sms-code');
    return this.student.sent.at(-1)?.code ?? '';
  }

  saveInfo(changes: object = {}): Promise<Heard> {
    return this.ask('PUT', '/wallet/customer-info', { ...INFO, ...changes });
  }

  head(): Promise<Entry> {
    return this.student.head(this.holder);
  }

  async kinds(): Promise<readonly string[]> {
    return (await this.student.entries(this.holder)).slice(2).map(({ kind }) => kind);
  }

  later(ms: number): void {
    this.student.now += ms;
  }

  sweep(): Promise<Sweep> {
    return settleDueOrders(this.deps, Number.MAX_SAFE_INTEGER);
  }

  sweepPayOuts(): Promise<PayOutSweep> {
    return settleDuePayOuts({ ...this.deps, dueShards: PAY_OUT_SHARDS }, Number.MAX_SAFE_INTEGER);
  }
}
