import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { Entry } from '../domain/entry';
import { newOrder, type OrderWish } from '../domain/order';
import type { PayOutKind } from '../domain/pay-out';
import type { BankCard } from '../domain/refund-plan';
import { authorizePayment } from '../operations/authorize-payment';
import { creditOrder } from '../operations/confirm-order';
import type { SuspenseDeps } from '../operations/open-suspense';
import type { PayOutAnswer, PayOutRoute } from '../operations/pay-out';
import type { RefundDeps, RefundWish } from '../operations/refund';
import { createRefundRoute } from '../operations/refund-route';
import type { RefundSaleDeps } from '../operations/refund-sale';
import { settleDuePayOuts } from '../operations/settle-due-pay-outs';
import { createAdjustments } from '../store/adjustments';
import { createHouseActs } from '../store/house-acts';
import { createOrders } from '../store/orders';
import { createPassbook } from '../store/passbook';
import { createPayOuts, PAY_OUT_SHARDS } from '../store/pay-outs';
import { createRefunds } from '../store/refunds';
import { createReversals } from '../store/reversals';
import type { Database } from '../store/table';
import { FakeRefundPlatform } from './fake-refund-platform';
import { SaleFixture } from './sale-fixture';

type FixtureDeps = RefundDeps & RefundSaleDeps & SuspenseDeps;

/** A school whose students pay in and get back: both platforms and a bank that do what the test says. */
export class RefundFixture {
  readonly till: SaleFixture;
  readonly wechat = new FakeRefundPlatform('wechat-pay');
  readonly alipay = new FakeRefundPlatform('alipay');
  readonly database: Database;
  readonly deps: FixtureDeps;
  bankCard: BankCard | undefined;
  /** What the bank answers, and what it was asked to pay. */
  bankSays: PayOutAnswer['status'] = 'succeeded';
  readonly bankPaid = new Map<string, number>();
  #orders = 0;

  constructor(database: Database, schoolId = 'bistu', pack: Partial<RulePack> = {}) {
    this.database = database;
    this.till = new SaleFixture(database, schoolId, pack);
    this.wechat.clock = () => this.till.now;
    this.alipay.clock = () => this.till.now;
    this.deps = this.depsOver(database);
  }

  depsOver(database: Database): FixtureDeps {
    const orders = createOrders(database);
    const reversals = createReversals(database);
    const adjustments = createAdjustments(database);
    const toBank: Pick<PayOutRoute, 'send' | 'query'> = {
      send: async (payOut) => this.#bank(payOut.payOutNo, payOut.amountFen),
      query: async (payOut) => this.#bank(payOut.payOutNo, payOut.amountFen),
    };
    const refund = createRefundRoute({
      platforms: { 'wechat-pay': this.wechat, alipay: this.alipay },
      notifyUrls: { 'wechat-pay': 'https://ecode.example/callbacks/wechat-pay/refunds', alipay: 'https://ecode.example/callbacks/alipay' },
      toBank,
      orders,
      reversals,
      adjustments,
    });
    const routes: Partial<Record<PayOutKind, PayOutRoute>> = { refund };
    return {
      orders,
      reversals,
      passbook: createPassbook(database),
      payOuts: createPayOuts(database),
      refunds: createRefunds(database),
      houseActs: createHouseActs(database),
      adjustments,
      routes,
      clock: () => this.till.now,
      backOff: () => new Promise((resolve) => setImmediate(resolve)),
      packOf: async () => this.till.pack,
      bankCardOf: async () => this.bankCard,
      saleApps: { 'wechat-pay': 'wx0000000000000001', alipay: '2021000000000001' },
    };
  }

  #bank(payOutNo: string, amountFen: number): PayOutAnswer {
    switch (this.bankSays) {
      case 'succeeded':
        this.bankPaid.set(payOutNo, amountFen);
        return { status: 'succeeded', at: this.till.now, externalRef: `b-${payOutNo}` };
      case 'failed':
      case 'stuck':
        return { status: this.bankSays, failure: 'bank' };
      case 'pending':
        return { status: 'pending' };
    }
  }

  /** A top-up that was paid and credited, `daysAgo`. */
  async topUp(accountNo: number, amountFen: number, more: Partial<OrderWish> & { readonly daysAgo?: number } = {}): Promise<string> {
    this.#orders += 1;
    const { daysAgo = 0, ...wish } = more;
    const orderNo = `${this.till.schoolId}${String(this.#orders).padStart(15, '0')}`;
    const paidAt = this.till.now - daysAgo * 86_400_000;
    const order = newOrder(
      {
        ...{ schoolId: this.till.schoolId, orderNo, accountNo, channel: 'wechat-pay', appId: 'wx0000000000000001', payerOpenId: 'oPayer' },
        amountFen: fen(amountFen),
        ...wish,
      },
      paidAt,
    );
    await this.deps.orders.insert(order);
    await creditOrder(this.deps, order, { platformTradeNo: `trade-${orderNo}`, paidAt });
    return orderNo;
  }

  async charge(accountNo: number, amountFen: number): Promise<Entry> {
    const answer = await authorizePayment(this.till.deps, this.till.tapSale(accountNo, amountFen));
    if (!('entry' in answer)) throw new Error(`not charged: ${JSON.stringify(answer)}`);
    return answer.entry;
  }

  wish(accountNo: number, changes: Partial<RefundWish> = {}): RefundWish {
    const { schoolId } = this.till;
    return { schoolId, accountNo, requestId: 'request-1', amountFen: 'all', whose: 'own', askedBy: 'holder', reason: '退款', ...changes };
  }

  async left(orderNo: string): Promise<number> {
    const order = await this.deps.orders.find(this.till.schoolId, orderNo);
    if (order?.state !== 'credited') throw new Error('not credited');
    return order.credit.remainingFen;
  }

  later(ms: number): void {
    this.till.now += ms;
  }

  /** The job of every minute. */
  sweep(): ReturnType<typeof settleDuePayOuts> {
    return settleDuePayOuts({ ...this.deps, dueShards: PAY_OUT_SHARDS }, this.till.now + 1);
  }
}
