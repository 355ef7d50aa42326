import { type KeyObject, X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { baseUrlSetting, privateKeySetting, publicKeySetting, textSetting, timeoutSetting } from '../settings';

/**
 * One key the platform signs with: a platform certificate (its serial number in hex) or a WeChat Pay public key
 * (PUB_KEY_ID_…). Both kinds are verified alike; several stand side by side while the merchant switches.
 */
const platformKey = v.pipe(
  v.object({
    serial: v.pipe(v.string(), v.regex(/^(?:PUB_KEY_ID_[0-9A-Za-z]{1,64}|[0-9A-F]{8,40})$/)),
    pem: v.string(),
  }),
  v.check(({ serial, pem }) => !pem.includes('BEGIN CERTIFICATE') || serialOf(pem) === serial),
  v.transform(({ serial, pem }) => ({ serial, key: pem })),
  v.object({ serial: v.string(), key: publicKeySetting }),
);

/** Null where the text is no certificate at all, which equals no serial number. */
function serialOf(pem: string): string | null {
  try {
    return new X509Certificate(pem).serialNumber.replace(/^0+/, '');
  } catch {
    return null;
  }
}

const noticeEntries = {
  merchantId: v.pipe(v.string(), v.regex(/^\d{6,16}$/)),
  /** The mini-program and the official account whose payers this merchant takes. */
  appIds: v.pipe(v.array(textSetting), v.minLength(1)),
  /** 32 ASCII characters, set by the merchant: the AES-256 key of notices. */
  apiV3Key: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{32}$/)),
  /** The first one is named in requests (`Wechatpay-Serial`), which asks the platform to sign its answers with it. */
  platformKeys: v.pipe(
    v.array(platformKey),
    v.minLength(1),
    v.check((keys) => new Set(keys.map(({ serial }) => serial)).size === keys.length),
  ),
};

/** What reading callbacks needs; it holds no key that could sign. */
export const wechatPayNoticeSettings = v.object(noticeEntries);

export const wechatPaySettings = v.object({
  ...noticeEntries,
  /** `https://api.mch.weixin.qq.com` in production. */
  baseUrl: baseUrlSetting,
  merchantSerialNo: v.pipe(v.string(), v.regex(/^[0-9A-F]{8,40}$/)),
  merchantPrivateKey: privateKeySetting,
  timeoutMs: timeoutSetting,
});

/** What 校园轻松付 knows of a school: "签约模板号" and "学校编号" of the merchant's console. */
const schoolPlan = v.object({
  schoolId: textSetting,
  planId: v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{1,32}$/)),
  schoolCode: v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{1,32}$/)),
  /** `scene_info.scene_type`; the document's one example is CANTEEN, others are agreed with the platform. */
  sceneType: v.optional(v.pipe(v.string(), v.regex(/^[A-Z_]{1,32}$/)), 'CANTEEN'),
  /** `device_info` is optional; where the platform wants one, this is the address the deductions come from. */
  deviceIp: v.optional(v.pipe(v.string(), v.ip())),
});

export const wechatDeductSettings = v.object({ ...wechatPaySettings.entries, schoolPlans: v.pipe(v.array(schoolPlan), v.minLength(1)) });

export type SchoolPlan = v.InferOutput<typeof schoolPlan>;
export type WechatDeductSettings = v.InferOutput<typeof wechatDeductSettings>;
export type WechatPayNoticeSettings = v.InferOutput<typeof wechatPayNoticeSettings>;
export type WechatPaySettings = v.InferOutput<typeof wechatPaySettings>;

export type PlatformKeys = ReadonlyMap<string, KeyObject>;

/** A Map, not an object: a serial of "toString" must find nothing. */
export function keysBySerial(settings: WechatPayNoticeSettings): PlatformKeys {
  return new Map(settings.platformKeys.map(({ serial, key }) => [serial, key]));
}
