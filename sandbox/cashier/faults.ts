import type { Delivery, Fault, SwitchedFault, WorldState } from '../state';

/** What can go wrong with a callback, in the words the bench top shows, and on which platform it can happen. */
interface FaultText {
  readonly zh: string;
  readonly en: string;
  readonly platforms: readonly Delivery['platform'][];
}

const BOTH = ['wechat-pay', 'alipay'] as const;
const WECHAT = ['wechat-pay'] as const;
const ALIPAY = ['alipay'] as const;

export const faultTable = {
  lost: { zh: '回调丢失', en: 'The callback never arrives.', platforms: BOTH },
  repeated: { zh: '回调重复三次', en: 'The callback arrives three times.', platforms: BOTH },
  late: { zh: '回调迟到 25 小时', en: 'The callback arrives 25 hours late (the wait is sped up).', platforms: BOTH },
  'out-of-order': { zh: '回调乱序', en: 'The callback arrives after the next one.', platforms: BOTH },
  'byte-flipped': { zh: '传输中翻转一个字节', en: 'One byte is flipped after signing.', platforms: BOTH },
  'amount-changed': { zh: '金额被改（签名有效）', en: 'Another amount, validly signed.', platforms: BOTH },
  'currency-changed': { zh: '币种被改（签名有效）', en: 'Another currency, validly signed.', platforms: WECHAT },
  'other-seller': { zh: '其他商户的通知', en: 'The notice names another merchant.', platforms: BOTH },
  'other-app': { zh: '其他应用的通知', en: 'The notice names another app.', platforms: BOTH },
  'unknown-order': { zh: '未知订单号', en: 'The notice names an order nobody made.', platforms: BOTH },
  unsigned: { zh: '没有签名', en: 'The signature is missing.', platforms: BOTH },
  'stale-time': { zh: '时间戳过旧', en: 'Signed ten minutes ago.', platforms: WECHAT },
  'unknown-serial': { zh: '未知证书序列号', en: 'The serial names no platform key.', platforms: WECHAT },
  'bad-tag': { zh: '密文认证标签错误（签名有效）', en: 'A wrong GCM tag, validly signed.', platforms: WECHAT },
  'wrong-associated-data': { zh: '附加数据不符（签名有效）', en: 'Wrong associated data, validly signed.', platforms: WECHAT },
  'sign-test': { zh: '先发签名探测流量', en: 'A WECHATPAY/SIGNTEST/ probe comes first.', platforms: WECHAT },
  'sign-type-rsa': { zh: '旧式签名 sign_type=RSA（SHA-1）', en: 'Signed with SHA-1, sign_type=RSA.', platforms: ALIPAY },
  'bad-percent-encoding': { zh: '百分号编码损坏', en: 'A percent sign that encodes nothing.', platforms: ALIPAY },
} as const satisfies Record<Fault, FaultText>;

export function isFault(text: string): text is Fault {
  return Object.hasOwn(faultTable, text);
}

export function faultApplies(fault: Fault, platform: Delivery['platform']): boolean {
  const platforms: readonly Delivery['platform'][] = faultTable[fault].platforms;
  return platforms.includes(platform);
}

/** The fault switched for this order, else the one switched everywhere; null where it cannot happen. */
export function faultFor(state: WorldState, platform: Delivery['platform'], orderNo: string): SwitchedFault | null {
  const own = Object.hasOwn(state.faults.orders, orderNo) ? state.faults.orders[orderNo] : undefined;
  const switched = own ?? state.faults.everywhere;
  return switched && faultApplies(switched.fault, platform) ? switched : null;
}

/** The fault of the attempt now composed; later attempts may be good. */
export function faultOfAttempt(delivery: Delivery): Fault | null {
  const { fault } = delivery;
  if (!fault) return null;
  return fault.attempts === null || delivery.attempts < fault.attempts ? fault.fault : null;
}
