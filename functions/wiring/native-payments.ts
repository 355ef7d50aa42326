import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import type { ConfirmDeps } from '../operations/confirm-order';
import { refundOrphan } from '../operations/refund-orphan';
import type { VoidNativeDeps } from '../operations/void-native';
import { createAlipayCodePay } from '../platforms/alipay/code-pay';
import { createWechatCodePay } from '../platforms/wechat-pay/code-pay';
import { createAdjustments } from '../store/adjustments';
import { createHouseActs } from '../store/house-acts';
import { createLinks } from '../store/links';
import { createNativePayments } from '../store/native-payments';
import { createPayOuts } from '../store/pay-outs';
import { createReversals } from '../store/reversals';
import type { Database } from '../store/table';
import { alipaySetting, createConfirmDeps, wechatPaySetting } from './money-in';
import { createQueryQueue, queueSettings } from './query-queue';
import { createRefundRouteTo } from './refund-route';
import { scanAppsOf, topUpSettings } from './top-ups';

const { ECODE_CALLBACK_BASE_URL } = topUpSettings;
/** Of every function that takes a payer's own code, or asks what became of it. */
export const nativeSettings = { ...wechatPaySetting, ...alipaySetting, ...queueSettings, ECODE_CALLBACK_BASE_URL };
const settings = v.object(nativeSettings);

/** @throws AppError config.invalid */
export function createNativeDeps(
  database: Database,
  config: v.InferOutput<typeof settings>,
  common: ConfirmDeps = createConfirmDeps(database),
): VoidNativeDeps {
  const world = { fetch, now: systemClock, randomBytes };
  const queue = createQueryQueue(config);
  const reversals = createReversals(database);
  const refund = createRefundRouteTo(database, config, { orders: common.orders, toBank: { send: never, query: never } });
  const payOuts = { ...common, payOuts: createPayOuts(database), routes: { refund }, reversals };
  const suspense = { ...payOuts, houseActs: createHouseActs(database), adjustments: createAdjustments(database) };
  return {
    ...payOuts,
    natives: createNativePayments(database),
    links: createLinks(database),
    platforms: {
      'wechat-pay': createWechatCodePay(config.ECODE_WECHAT_PAY, world),
      alipay: createAlipayCodePay(config.ECODE_ALIPAY, world),
    },
    saleApps: scanAppsOf(config),
    giveBack: (orphan) => refundOrphan(suspense, orphan),
    ...(queue === undefined ? {} : { queue }),
  };
}

const never = () => Promise.reject(new Error('what a code has paid goes back the way it came, and no bank is asked'));
