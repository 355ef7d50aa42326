import { AppError, isAppError } from '../../../shared/errors';
import type { TopUpChannel } from '../../domain/order';
import { confirmOrder } from '../../operations/confirm-order';
import { createTopUp, type Payer as PayerIdentity, type TopUpDeps } from '../../operations/create-top-up';
import { readOrder } from '../../operations/read-order';
import { settleDueOrders } from '../../operations/settle-due-orders';
import type { PaidOrder } from '../../platforms/contract';
import { createOrders, DUE_SHARDS } from '../../store/orders';
import { createPassbook } from '../../store/passbook';
import { Broken } from './broken';
import type { Cardholder } from './cardholder';
import { type FunctionInstance, StoreTrouble } from './function-instance';
import { send } from './network';
import type { PlatformModel } from './payment-platform';
import { drawDelayMs } from './weather';
import { isOver, type World } from './world';

const PATIENCE_MS = 8_000;
const SWEEP_MS = 55_000;
/** The platforms give up after about a day; here after a few, so that the sweep must find some. */
const MOST_NOTICES = 4;

/** People who top up, the platform that tells us of it, and the sweep that asks when nobody told. */
export class TopUps {
  readonly #world: World;
  readonly #platform: PlatformModel;
  readonly #channel: TopUpChannel;
  #requests = 0;

  constructor(world: World, platform: PlatformModel) {
    this.#world = world;
    this.#platform = platform;
    const offered = world.pack.topUp.channels.find(({ id, enabled }) => enabled && (id === 'wechat-pay' || id === 'alipay'));
    if (offered === undefined) throw new Error('this school tops up through no platform');
    this.#channel = offered.id === 'alipay' ? 'alipay' : 'wechat-pay';
  }

  async topUp(holders: readonly Cardholder[]): Promise<void> {
    const { chance, scheduler } = this.#world;
    while (!isOver(this.#world)) {
      await scheduler.sleep(chance.between(500, 20_000));
      const holder = chance.pick(holders);
      scheduler.start(() => this.#once(holder.accountNo));
    }
  }

  async #once(accountNo: number): Promise<void> {
    const { chance, scheduler, pack } = this.#world;
    this.#requests += 1;
    const wish = { requestId: `request-${this.#requests}`, amountFen: chance.between(1, 60) * 100, channel: this.#channel };
    const platform = this.#channel === 'alipay' ? 'alipay-mini' : 'wechat-mini';
    const payer: PayerIdentity = { schoolId: pack.schoolId, accountNo, platform, appId: `app-${platform}`, openid: `open-${accountNo}` };
    let orderNo: string | undefined;
    for (let attempt = 0; attempt < 4 && orderNo === undefined; attempt += 1) {
      const outcome = await this.#send((deps) => createTopUp(deps, payer, wish));
      orderNo = outcome?.orderNo;
    }
    if (orderNo === undefined || !chance.is(0.85)) return;
    await scheduler.sleep(drawDelayMs(chance));
    const paid = this.#platform.pay(orderNo);
    if (paid === undefined) return;
    this.#world.watch.paid.set(orderNo, { orderNo, accountNo, amountFen: paid.amountFen });
    this.#world.watch.tell(() => `paid ${orderNo} ${paid.amountFen} fen for ${accountNo}`);
    scheduler.start(() => this.#notify(paid));
    const known = orderNo;
    for (let look = 0; look < 3; look += 1) {
      await scheduler.sleep(chance.between(1_000, 5_000));
      await this.#send((deps) => readOrder(deps, payer, known));
    }
  }

  /** Callbacks until one is accepted, each possibly twice. */
  async #notify(paid: PaidOrder): Promise<void> {
    for (let notice = 0; notice < MOST_NOTICES; notice += 1) {
      if ((await this.#confirm(paid)) !== undefined && this.#world.chance.is(0.7)) return;
      await this.#world.scheduler.sleep(this.#world.chance.between(500, 15_000));
    }
  }

  async #confirm(paid: PaidOrder) {
    const order = await this.#send((deps) => confirmOrder(deps, this.#channel, paid));
    if (order !== undefined && order.state !== 'credited') throw new Broken(`${paid.merchantOrderNo}: confirmed and not credited`);
    return order;
  }

  /** The one-minute sweep. */
  async sweep(): Promise<void> {
    while (!isOver(this.#world)) {
      await this.#world.scheduler.sleep(60_000);
      await this.#sweepOnce();
    }
  }

  /** Sweeps until every paid order has been credited. */
  async settle(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      await this.#world.scheduler.sleep(61_000);
      this.#world.model.catchUp();
      await this.#sweepOnce();
    }
  }

  async #sweepOnce(): Promise<void> {
    await this.#send(async (deps) => {
      const sweep = await settleDueOrders({ ...deps, dueShards: DUE_SHARDS }, deps.clock() + SWEEP_MS);
      for (const { error } of sweep.failed) if (!isAppError(error) && !(error instanceof StoreTrouble)) throw error;
      return sweep;
    });
  }

  /** Undefined when nothing was heard or the answer was a refusal; only passing trouble may be one. */
  async #send<T>(run: (deps: TopUpDeps) => Promise<T>): Promise<T | undefined> {
    const outcome = await send(
      this.#world,
      async (instance) => {
        this.#world.operations += 1;
        try {
          return await run(this.#deps(instance));
        } catch (error) {
          if (!isAppError(error)) throw error;
          if (error.code === 'request.busy' || error.code === 'top-up.platform-unavailable' || error.code === 'top-up.platform-refused')
            return undefined;
          throw new Broken(`a top-up was refused with ${error.code}`);
        }
      },
      PATIENCE_MS,
    );
    return 'answer' in outcome ? outcome.answer : undefined;
  }

  #deps(instance: FunctionInstance): TopUpDeps {
    const { database, clock, backOff } = instance;
    const seen = this.#platform.seenBy(instance);
    const { pack } = this.#world;
    return {
      orders: createOrders(database),
      passbook: createPassbook(database),
      clock,
      backOff,
      packOf: async (schoolId) => {
        if (schoolId !== pack.schoolId) throw new AppError('school.unknown');
        return pack;
      },
      platforms: { 'wechat-pay': seen, alipay: seen },
      notifyUrls: { 'wechat-pay': 'https://callback.example/wechat-pay', alipay: 'https://callback.example/alipay' },
    };
  }
}
