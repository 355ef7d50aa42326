import * as v from 'valibot';
import { isSafeUrl, privateKeySetting, publicKeySetting, textSetting, timeoutSetting } from '../settings';

const gatewayEntries = {
  /** `https://openapi.alipay.com/gateway.do` in production. */
  gatewayUrl: v.pipe(v.string(), v.check(isSafeUrl)),
  appId: textSetting,
  /** Ours, whose public half is registered at the platform. */
  appPrivateKey: privateKeySetting,
  /** The platform's, from the console of this app (key mode, "支付宝公钥"). */
  alipayPublicKey: publicKeySetting,
  timeoutMs: timeoutSetting,
};

export const alipayGatewaySettings = v.object(gatewayEntries);

/** What reading notices needs; it holds no key that could sign. */
export const alipayNoticeSettings = v.object({
  appId: textSetting,
  /** The merchant's 2088… number (PID), as notices name it. */
  sellerId: v.pipe(v.string(), v.regex(/^2088\d{12}$/)),
  alipayPublicKey: publicKeySetting,
});

export const alipaySettings = v.object({ ...gatewayEntries, ...alipayNoticeSettings.entries });

export type AlipayGatewaySettings = v.InferOutput<typeof alipayGatewaySettings>;
export type AlipayNoticeSettings = v.InferOutput<typeof alipayNoticeSettings>;
export type AlipaySettings = v.InferOutput<typeof alipaySettings>;
