import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import type { AutoTopUpDeps } from '../operations/auto-top-up';
import { createAlipayDeduct } from '../platforms/alipay/deduct';
import { createWechatDeduct } from '../platforms/wechat-pay/deduct';

interface DeductConfig {
  readonly ECODE_WECHAT_PAY: unknown;
  readonly ECODE_ALIPAY: unknown;
}

/** A merchant without these in its settings has no standing contracts. */
const withPlans = v.object({ schoolPlans: v.array(v.unknown()) });
const withAgreement = v.object({ agreement: v.unknown() });

/** The platforms by whose standing contracts money may be asked for. */
export function createDeducts(config: DeductConfig): AutoTopUpDeps['deducts'] {
  const world = { fetch, now: systemClock, randomBytes };
  return {
    ...(v.is(withPlans, config.ECODE_WECHAT_PAY) ? { 'wechat-pay': createWechatDeduct(config.ECODE_WECHAT_PAY, world) } : {}),
    ...(v.is(withAgreement, config.ECODE_ALIPAY) ? { alipay: createAlipayDeduct(config.ECODE_ALIPAY, world) } : {}),
  };
}
