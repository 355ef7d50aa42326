import type { Delivery, Fault, SwitchedFault, WorldState } from '../state';
import type { Surroundings } from '../surroundings';

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
  repeated: { zh: '重复 3 次', en: 'The callback arrives three times.', platforms: BOTH },
  late: { zh: '晚 25 小时', en: 'The callback arrives 25 hours late (the wait is sped up).', platforms: BOTH },
  'out-of-order': { zh: '乱序到达', en: 'The callback arrives after the next one.', platforms: BOTH },
  'byte-flipped': { zh: '改一个字节', en: 'One byte is flipped after signing.', platforms: BOTH },
  'amount-changed': { zh: '改金额', en: 'Another amount, validly signed.', platforms: BOTH },
  'currency-changed': { zh: '改币种', en: 'Another currency, validly signed.', platforms: WECHAT },
  'other-seller': { zh: '别家商户', en: 'The notice names another merchant.', platforms: BOTH },
  'other-app': { zh: '别家应用', en: 'The notice names another app.', platforms: BOTH },
  'unknown-order': { zh: '未知订单', en: 'The notice names an order nobody made.', platforms: BOTH },
  unsigned: { zh: '不签名', en: 'The signature is missing.', platforms: BOTH },
  'stale-time': { zh: '时间过旧', en: 'Signed ten minutes ago.', platforms: WECHAT },
  'unknown-serial': { zh: '未知序列号', en: 'The serial names no platform key.', platforms: WECHAT },
  'bad-tag': { zh: '认证标签错误', en: 'A wrong GCM tag, validly signed.', platforms: WECHAT },
  'wrong-associated-data': { zh: '附加数据错误', en: 'Wrong associated data, validly signed.', platforms: WECHAT },
  'sign-test': { zh: '签名探测', en: 'A WECHATPAY/SIGNTEST/ probe comes first.', platforms: WECHAT },
  'sign-type-rsa': { zh: '旧式签名 RSA', en: 'Signed with SHA-1, sign_type=RSA.', platforms: ALIPAY },
  'bad-percent-encoding': { zh: '编码损坏', en: 'A percent sign that encodes nothing.', platforms: ALIPAY },
} as const satisfies Record<Fault, FaultText>;

export function isFault(text: string): text is Fault {
  return Object.hasOwn(faultTable, text);
}

export function faultApplies(fault: Fault, platform: Delivery['platform']): boolean {
  const platforms: readonly Delivery['platform'][] = faultTable[fault].platforms;
  return platforms.includes(platform);
}

/** null ends the fault. Without an order it holds for every callback begun from now on. */
export function switchFault(parts: Surroundings, fault: SwitchedFault | null, orderNo?: string): void {
  const { faults } = parts.state;
  if (orderNo === undefined) faults.everywhere = fault;
  else if (fault) faults.orders[orderNo] = fault;
  else delete faults.orders[orderNo];
  parts.changed();
  parts.events.publish('control', 'control.changed', orderNo ?? 'every order', { fault: fault?.fault ?? 'none' });
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
