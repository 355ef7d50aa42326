import { alipayOutcome } from './alipay-outcome';
import type { PayOutcome } from './contract';

/** The pay bridges that WeChat and Alipay put into their web views, as their documents for official-account pages say. */
interface WeixinBridge {
  invoke(name: 'getBrandWCPayRequest', params: Readonly<Record<string, string>>, done: (result: { err_msg?: string }) => void): void;
}
interface AlipayBridge {
  call(name: 'tradePay', params: { tradeNO: string }, done: (result: unknown) => void): void;
}
export interface BridgeHost {
  readonly WeixinJSBridge?: WeixinBridge;
  readonly AlipayJSBridge?: AlipayBridge;
  addEventListener(type: 'WeixinJSBridgeReady' | 'AlipayJSBridgeReady', listener: () => void, options: { once: true }): void;
}

/** A bridge that never comes leaves the outcome unknown; the order page then asks the server. */
const READY_TIMEOUT_MS = 8_000;

function whenReady<Bridge>(host: BridgeHost, find: () => Bridge | undefined, event: 'WeixinJSBridgeReady' | 'AlipayJSBridgeReady') {
  return new Promise<Bridge | undefined>((resolve) => {
    const present = find();
    if (present !== undefined) return resolve(present);
    const timer = setTimeout(() => resolve(find()), READY_TIMEOUT_MS);
    host.addEventListener(
      event,
      () => {
        clearTimeout(timer);
        resolve(find());
      },
      { once: true },
    );
  });
}

export async function payInWeChatWeb(host: BridgeHost, params: Readonly<Record<string, string>>): Promise<PayOutcome> {
  const bridge = await whenReady(host, () => host.WeixinJSBridge, 'WeixinJSBridgeReady');
  if (bridge === undefined) return 'unknown';
  return new Promise((resolve) => {
    bridge.invoke('getBrandWCPayRequest', params, (result) => {
      if (result.err_msg === 'get_brand_wcpay_request:ok') return resolve('done');
      resolve(result.err_msg === 'get_brand_wcpay_request:cancel' ? 'cancelled' : 'unknown');
    });
  });
}

export async function payInAlipayWeb(host: BridgeHost, params: Readonly<Record<string, string>>): Promise<PayOutcome> {
  const bridge = await whenReady(host, () => host.AlipayJSBridge, 'AlipayJSBridgeReady');
  if (bridge === undefined) return 'unknown';
  return new Promise((resolve) => {
    bridge.call('tradePay', { tradeNO: params.tradeNO ?? '' }, (result) => resolve(alipayOutcome(result)));
  });
}
