import { AppError } from '../../shared/errors';
import type { Fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type {
  CloseOutcome,
  CreatedOrder,
  NewOrder,
  OrderRef,
  PaidOrder,
  PaymentPlatform,
  PaymentPlatformName,
  PlatformOrder,
} from '../platforms/contract';

interface HeldOrder {
  readonly wish: NewOrder;
  state: 'not-paid' | 'paid' | 'closed';
  paidAt: EpochMs;
}

type Call = 'createOrder' | 'queryOrder' | 'closeOrder';

/** A payment platform that keeps its contract, without any vendor's wire: for tests of operations. */
export class FakePlatform implements PaymentPlatform {
  readonly name: PaymentPlatformName;
  readonly orders = new Map<string, HeldOrder>();
  readonly calls: Call[] = [];
  /** Runs before each call is answered: a test throws here, or lets something else happen meanwhile. */
  before: (call: Call, orderNo: string) => Promise<void> | void = () => {};
  /** Runs once the call has had its effect: throwing here loses the answer. */
  after: (call: Call, orderNo: string) => Promise<void> | void = () => {};

  constructor(name: PaymentPlatformName) {
    this.name = name;
  }

  async createOrder(wish: NewOrder): Promise<CreatedOrder> {
    return this.#answer('createOrder', wish.merchantOrderNo, () => {
      const held = this.orders.get(wish.merchantOrderNo);
      if (held !== undefined && held.state !== 'not-paid') throw new AppError('top-up.platform-refused', { platformCode: 'ORDER_PAID' });
      if (held === undefined) this.orders.set(wish.merchantOrderNo, { wish, state: 'not-paid', paidAt: 0 });
      const ref = `ref-${this.orders.size}`;
      return { payParams: { package: `prepay_id=${ref}` }, platformOrderRef: ref };
    });
  }

  async queryOrder({ merchantOrderNo: orderNo }: OrderRef): Promise<PlatformOrder> {
    return this.#answer('queryOrder', orderNo, () => {
      const held = this.orders.get(orderNo);
      if (held === undefined) return { status: 'not-found', merchantOrderNo: orderNo };
      return held.state === 'paid' ? this.paidOrder(orderNo) : { status: held.state, merchantOrderNo: orderNo };
    });
  }

  async closeOrder({ merchantOrderNo: orderNo }: OrderRef): Promise<CloseOutcome> {
    return this.#answer('closeOrder', orderNo, () => {
      const held = this.orders.get(orderNo);
      if (held === undefined) return 'not-found';
      if (held.state === 'paid') return 'already-paid';
      held.state = 'closed';
      return 'closed';
    });
  }

  /** The payer presses 支付. */
  pay(orderNo: string, at: EpochMs): PaidOrder {
    const held = this.orders.get(orderNo);
    if (held === undefined || held.state === 'closed') throw new Error('this order cannot be paid');
    held.state = 'paid';
    held.paidAt = at;
    return this.paidOrder(orderNo);
  }

  paidOrder(orderNo: string, changes: { readonly amountFen?: Fen; readonly appId?: string } = {}): PaidOrder {
    const held = this.orders.get(orderNo);
    if (held === undefined) throw new Error('no such order');
    const { amountFen, appId, payerOpenId } = held.wish;
    return {
      status: 'paid',
      merchantOrderNo: orderNo,
      amountFen,
      currency: 'CNY',
      appId,
      platformTradeNo: `trade-of-${orderNo}`,
      paidAt: held.paidAt,
      payerOpenId,
      ...changes,
    };
  }

  parseNotice(): never {
    throw new Error('notices are read by the adapters; their tests are with the callbacks');
  }

  noticeAnswer(): never {
    throw new Error('notices are answered by the adapters');
  }

  async #answer<T>(call: Call, orderNo: string, run: () => T): Promise<T> {
    this.calls.push(call);
    await this.before(call, orderNo);
    const answer = run();
    await this.after(call, orderNo);
    return answer;
  }
}
