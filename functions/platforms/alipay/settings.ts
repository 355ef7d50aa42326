import * as v from 'valibot';
import { isSafeUrl, privateKeySetting, publicKeySetting, textSetting, timeoutSetting } from '../settings';

/** How to reach the gateway. */
export const gatewayEntries = {
  /** `https://openapi.alipay.com/gateway.do` in production. */
  gatewayUrl: v.pipe(v.string(), v.check(isSafeUrl)),
  timeoutMs: timeoutSetting,
};

/** An app whose words are to be verified: key mode, "支付宝公钥" of this app's console. */
const listenedApp = v.object({ appId: textSetting, alipayPublicKey: publicKeySetting });

/** An app that also asks: with the key whose public half is registered at the platform. */
const askingApp = v.object({ ...listenedApp.entries, appPrivateKey: privateKeySetting });

/** The mini-program and, where it has an app id of its own, the page in the web view. */
export const askingApps = v.pipe(v.array(askingApp), v.minLength(1));

/** The merchant's 2088… number (PID), as notices name it. */
const sellerId = v.pipe(v.string(), v.regex(/^2088\d{12}$/));

/** What reading notices needs; it holds no key that could sign. */
export const alipayNoticeSettings = v.object({ sellerId, apps: v.pipe(v.array(listenedApp), v.minLength(1)) });

/** One merchant with its apps. */
export const alipaySettings = v.object({ ...gatewayEntries, sellerId, apps: askingApps });

/** Where bills are fetched, beside the gateway's own host. */
const billHosts = v.optional(v.array(v.pipe(v.string(), v.regex(/^[a-z0-9.-]+$/))), ['dwbillcenter.alipay.com']);

export const alipayBillSettings = v.object({ ...alipaySettings.entries, billHosts });

/** The product that the merchant has signed for: 商家扣款 unless told. `signScene` is one of the scenes of that product, "INDUSTRY|…". */
const agreement = v.object({
  productCode: v.optional(textSetting, 'GENERAL_WITHHOLDING'),
  personalProductCode: v.optional(textSetting, 'GENERAL_WITHHOLDING_P'),
  signScene: v.pipe(v.string(), v.regex(/^[A-Z0-9_]{1,32}\|[A-Z0-9_]{1,32}$/)),
});

export const alipayDeductSettings = v.object({ ...alipaySettings.entries, agreement });

export type AlipayNoticeSettings = v.InferOutput<typeof alipayNoticeSettings>;
export type AlipaySettings = v.InferOutput<typeof alipaySettings>;
export type AlipayBillSettings = v.InferOutput<typeof alipayBillSettings>;
export type AlipayDeductSettings = v.InferOutput<typeof alipayDeductSettings>;
export type AskingApp = v.InferOutput<typeof askingApp>;
