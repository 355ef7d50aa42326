import { AppError } from '../../../shared/errors';
import type { EpochMs } from '../../../shared/time';
import type { CloseOutcome, CreatedOrder, NewOrder, OrderRef, PaidOrder, PaymentPlatform, PlatformOrder } from '../../platforms/contract';
import type { FunctionInstance } from './function-instance';
import type { World } from './world';

interface PlatformRow {
  readonly order: NewOrder;
  state: 'open' | 'paid' | 'closed';
  paidAt: EpochMs;
}

type Orders = Pick<PaymentPlatform, 'createOrder' | 'queryOrder' | 'closeOrder'>;

/** A payment platform that keeps its word: an order is paid at most once, by its payer, before it ends. */
export class PlatformModel {
  readonly #world: World;
  readonly #rows = new Map<string, PlatformRow>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The payer presses 支付. Undefined when the platform does not take the money. */
  pay(orderNo: string): PaidOrder | undefined {
    const row = this.#rows.get(orderNo);
    if (row === undefined || row.state !== 'open' || this.#world.scheduler.now > row.order.expiresAt) return undefined;
    row.state = 'paid';
    row.paidAt = this.#world.scheduler.now;
    return said(row);
  }

  /** The platform as one function sees it: each call may fail before or after it happened. */
  seenBy(instance: FunctionInstance): Orders {
    const reach = async <T>(run: () => T): Promise<T> => {
      await instance.pause();
      if (this.#world.chance.is(this.#world.weather.requestLost)) throw new AppError('top-up.platform-unavailable');
      const answer = run();
      await instance.pause();
      if (this.#world.chance.is(this.#world.weather.answerLost)) throw new AppError('top-up.platform-unavailable');
      return answer;
    };
    return {
      createOrder: (order) => reach(() => this.#create(order)),
      queryOrder: (order) => reach(() => this.#query(order)),
      closeOrder: (order) => reach(() => this.#close(order)),
    };
  }

  #create(order: NewOrder): CreatedOrder {
    const row = this.#rows.get(order.merchantOrderNo);
    if (row !== undefined && row.state !== 'open') throw new AppError('top-up.platform-refused');
    if (row === undefined) this.#rows.set(order.merchantOrderNo, { order, state: 'open', paidAt: 0 });
    return { payParams: {}, platformOrderRef: `ref-${order.merchantOrderNo}` };
  }

  #query({ merchantOrderNo }: OrderRef): PlatformOrder {
    const row = this.#rows.get(merchantOrderNo);
    if (row === undefined) return { status: 'not-found', merchantOrderNo };
    // Now and then it does not know itself.
    if (this.#world.chance.is(0.05) && this.#world.weather.slow > 0) return { status: 'pending', merchantOrderNo };
    if (row.state === 'paid') return said(row);
    return { status: row.state === 'open' ? 'not-paid' : 'closed', merchantOrderNo };
  }

  #close({ merchantOrderNo }: OrderRef): CloseOutcome {
    const row = this.#rows.get(merchantOrderNo);
    if (row === undefined) return 'not-found';
    if (row.state === 'paid') return 'already-paid';
    row.state = 'closed';
    return 'closed';
  }
}

function said({ order, paidAt }: PlatformRow): PaidOrder {
  const { merchantOrderNo, amountFen, appId, payerOpenId } = order;
  return {
    status: 'paid',
    merchantOrderNo,
    amountFen,
    currency: 'CNY',
    appId,
    platformTradeNo: `T${merchantOrderNo}`,
    paidAt,
    payerOpenId,
  };
}
