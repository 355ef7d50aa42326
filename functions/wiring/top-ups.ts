import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import type { TopUpDeps } from '../operations/create-top-up';
import { createAlipay } from '../platforms/alipay/alipay';
import { createWechatPay } from '../platforms/wechat-pay/wechat-pay';
import type { Database } from '../store/table';
import { alipaySetting, createConfirmDeps, wechatPaySetting } from './money-in';

/** Of every function that asks the payment platforms: both with their SDKs. */
export const topUpSettings = {
  ...wechatPaySetting,
  ...alipaySetting,
  /** Where the payment platforms reach this API: HTTPS, without query. They are given `/callbacks/<platform>` below it. */
  ECODE_CALLBACK_BASE_URL: v.pipe(
    v.string(),
    v.url(),
    v.regex(/^https?:\/\/[^?#]+$/),
    v.transform((text) => text.replace(/\/+$/, '')),
  ),
};

interface TopUpConfig {
  readonly ECODE_WECHAT_PAY: unknown;
  readonly ECODE_ALIPAY: unknown;
  readonly ECODE_CALLBACK_BASE_URL: string;
}

/** What `createTopUp`, `readOrder` and `queryOrder` borrow from the world. */
export function createTopUpDeps(database: Database, config: TopUpConfig): TopUpDeps {
  const world = { fetch, now: systemClock, randomBytes };
  return {
    ...createConfirmDeps(database),
    platforms: {
      'wechat-pay': createWechatPay(config.ECODE_WECHAT_PAY, world),
      alipay: createAlipay(config.ECODE_ALIPAY, world),
    },
    notifyUrls: {
      'wechat-pay': `${config.ECODE_CALLBACK_BASE_URL}/callbacks/wechat-pay`,
      alipay: `${config.ECODE_CALLBACK_BASE_URL}/callbacks/alipay`,
    },
  };
}
