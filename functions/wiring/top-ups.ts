import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { createBankOrderSource } from '../operations/bank-order-source';
import type { TopUpDeps } from '../operations/create-top-up';
import { createDeductions } from '../operations/deductions';
import { createAlipay } from '../platforms/alipay/alipay';
import { createWechatPay } from '../platforms/wechat-pay/wechat-pay';
import { createAutoTopUps } from '../store/auto-top-ups';
import type { Database } from '../store/table';
import { bankSetting, createBanks } from './banks';
import { createDeducts } from './deducts';
import { alipaySetting, createConfirmDeps, wechatPaySetting } from './money-in';
import { createQueryQueue, queueSettings } from './query-queue';

/** Of every function that asks the payment platforms: both with their SDKs. */
export const topUpSettings = {
  ...wechatPaySetting,
  ...alipaySetting,
  ...queueSettings,
  ...bankSetting,
  /** Where the payment platforms reach this API: HTTPS, without query. They are given `/callbacks/<platform>` below it. */
  ECODE_CALLBACK_BASE_URL: v.pipe(
    v.string(),
    v.url(),
    v.regex(/^https?:\/\/[^?#]+$/),
    v.transform((text) => text.replace(/\/+$/, '')),
  ),
};

type TopUpConfig = Parameters<typeof createQueryQueue>[0] & {
  readonly ECODE_WECHAT_PAY: unknown;
  readonly ECODE_ALIPAY: unknown;
  readonly ECODE_BANK?: unknown;
  readonly ECODE_CALLBACK_BASE_URL: string;
  /** Our own page, where the function knows it. */
  readonly ECODE_PUBLIC_BASE_URL?: string | undefined;
};

/** Under the name of which app a code is shown or a page opened: the first one of the platform's settings. */
const wechatApps = v.object({ appIds: v.tuple([v.string()]) });
const alipayApps = v.object({ apps: v.tuple([v.object({ appId: v.string() })]) });

export function scanAppsOf(
  config: Pick<TopUpConfig, 'ECODE_WECHAT_PAY' | 'ECODE_ALIPAY'>,
): Readonly<Record<'wechat-pay' | 'alipay', string>> {
  return {
    'wechat-pay': v.parse(wechatApps, config.ECODE_WECHAT_PAY).appIds[0],
    alipay: v.parse(alipayApps, config.ECODE_ALIPAY).apps[0].appId,
  };
}

/** Where each platform sends its callbacks. */
export function notifyUrlsOf({ ECODE_CALLBACK_BASE_URL: base }: Pick<TopUpConfig, 'ECODE_CALLBACK_BASE_URL'>): TopUpDeps['notifyUrls'] {
  return { 'wechat-pay': `${base}/callbacks/wechat-pay`, alipay: `${base}/callbacks/alipay` };
}

/** What `createTopUp`, `readOrder` and `queryOrder` borrow from the world. */
export function createTopUpDeps(database: Database, config: TopUpConfig): TopUpDeps {
  const world = { fetch, now: systemClock, randomBytes };
  const queue = createQueryQueue(config);
  const common = createConfirmDeps(database);
  const notifyUrls = notifyUrlsOf(config);
  return {
    ...common,
    deductions: createDeductions({ ...common, deducts: createDeducts(config), autoTopUps: createAutoTopUps(database), notifyUrls }),
    platforms: {
      'wechat-pay': createWechatPay(config.ECODE_WECHAT_PAY, world),
      alipay: createAlipay(config.ECODE_ALIPAY, world),
      'bank-card': createBankOrderSource(createBanks(config)),
    },
    notifyUrls,
    scanApps: scanAppsOf(config),
    ...(config.ECODE_PUBLIC_BASE_URL === undefined ? {} : { returnUrl: config.ECODE_PUBLIC_BASE_URL }),
    ...(queue === undefined ? {} : { queue }),
  };
}
