import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { Entry } from '../domain/entry';
import type { Payer, TopUpDeps, TopUpWish } from '../operations/create-top-up';
import type { SweepDeps } from '../operations/settle-due-orders';
import { createOrders, DUE_SHARDS } from '../store/orders';
import { createPassbook } from '../store/passbook';
import type { Database } from '../store/table';
import { FakePlatform } from './fake-platform';
import { SaleFixture } from './sale-fixture';

export const APP_ID = 'wx0000000000000001';
export const OPENID = 'oTestOpenid0000000000000001';

/** A student with a bound card, the two platforms, and the operations' dependencies over any store. */
export class TopUpFixture {
  readonly till: SaleFixture;
  readonly wechat = new FakePlatform('wechat-pay');
  readonly alipay = new FakePlatform('alipay');
  readonly database: Database;
  readonly deps: TopUpDeps & SweepDeps;
  #requests = 0;

  constructor(database: Database, schoolId = 'shanghaitech', pack: Partial<RulePack> = {}) {
    this.database = database;
    this.till = new SaleFixture(database, schoolId, pack);
    this.deps = this.depsOver(database);
  }

  /** The same world seen through another database: one that fails, or counts. */
  depsOver(database: Database): TopUpDeps & SweepDeps {
    return {
      orders: createOrders(database),
      passbook: createPassbook(database),
      clock: () => this.till.now,
      backOff: () => new Promise((resolve) => setImmediate(resolve)),
      packOf: async () => this.till.pack,
      platforms: { 'wechat-pay': this.wechat, alipay: this.alipay },
      notifyUrls: { 'wechat-pay': 'https://ecode.example/callbacks/wechat-pay', alipay: 'https://ecode.example/callbacks/alipay' },
      dueShards: DUE_SHARDS,
    };
  }

  async student(platform: Payer['platform'] = 'wechat-mini'): Promise<Payer> {
    const accountNo = await this.till.account();
    return { schoolId: this.till.schoolId, accountNo, platform, appId: APP_ID, openid: OPENID };
  }

  wish(changes: Partial<TopUpWish> = {}): TopUpWish {
    this.#requests += 1;
    return { requestId: `request-${String(this.#requests).padStart(12, '0')}`, amountFen: 2_000, channel: 'wechat-pay', ...changes };
  }

  later(ms: EpochMs): void {
    this.till.now += ms;
  }

  async topUps(payer: Payer): Promise<readonly Entry[]> {
    return (await this.till.all(payer.accountNo)).filter((entry) => entry.kind === 'top-up');
  }
}
