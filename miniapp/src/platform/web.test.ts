import { alipayOutcome, alipaySignOutcome } from './alipay-outcome';
import { type BridgeHost, payInAlipayWeb, payInWeChatWeb } from './web-bridges';
import { readOAuthReturn, webContainer } from './web-container';

describe('the container of the browser build', () => {
  it('is told by the user agent', () => {
    expect(webContainer('Mozilla/5.0 (iPhone) MicroMessenger/8.0.50')).toBe('wechat-web');
    expect(webContainer('Mozilla/5.0 (Linux; Android 14) AliApp(AP/10.5) AlipayClient/10.5')).toBe('alipay-web');
    expect(webContainer('Mozilla/5.0 (X11; Linux x86_64) Chrome/130')).toBe('plain');
  });

  it('reads what the consent page added and leaves the rest of the address', () => {
    expect(readOAuthReturn('?a=1&code=c%2F1&state=s')).toEqual({ code: 'c/1', state: 's', search: '?a=1' });
    expect(readOAuthReturn('?auth_code=x&app_id=2&source=alipay_wallet&scope=auth_base&state=s')).toEqual({
      code: 'x',
      state: 's',
      search: '',
    });
    expect(readOAuthReturn('')).toBeUndefined();
    expect(readOAuthReturn('?code=c')).toBeUndefined();
  });
});

/** A page whose bridge may come later. */
function page(bridges: Partial<BridgeHost>, late = false) {
  const listeners: (() => void)[] = [];
  let ready = !late;
  const host: BridgeHost = {
    get WeixinJSBridge() {
      return ready ? bridges.WeixinJSBridge : undefined;
    },
    get AlipayJSBridge() {
      return ready ? bridges.AlipayJSBridge : undefined;
    },
    addEventListener: (_type, listener) => {
      listeners.push(listener);
    },
  };
  const arrive = () => {
    ready = true;
    for (const listener of listeners) listener();
  };
  return { host, arrive };
}
const weixin = (err_msg: string) => ({
  WeixinJSBridge: { invoke: (_name: string, _params: unknown, done: (result: { err_msg: string }) => void) => done({ err_msg }) },
});
const alipay = (result: unknown) => ({
  AlipayJSBridge: { call: (_name: string, _params: unknown, done: (result: unknown) => void) => done(result) },
});

describe('the pay bridges', () => {
  it.each([
    ['get_brand_wcpay_request:ok', 'done'],
    ['get_brand_wcpay_request:cancel', 'cancelled'],
    ['get_brand_wcpay_request:fail', 'unknown'],
    ['anything else', 'unknown'],
  ])('reads %s of WeChat as %s', async (message, outcome) => {
    await expect(payInWeChatWeb(page(weixin(message)).host, {})).resolves.toBe(outcome);
  });

  it('hands the parameters over as they are', async () => {
    const seen: unknown[] = [];
    const bridge = {
      WeixinJSBridge: {
        invoke: (name: string, params: unknown, done: (result: object) => void) => {
          seen.push(name, params);
          done({});
        },
      },
    };
    await payInWeChatWeb(page(bridge).host, { package: 'prepay_id=1', paySign: 's' });
    expect(seen).toEqual(['getBrandWCPayRequest', { package: 'prepay_id=1', paySign: 's' }]);
  });

  it('waits for a bridge that comes late', async () => {
    const wechat = page(weixin('get_brand_wcpay_request:ok'), true);
    const paying = payInWeChatWeb(wechat.host, {});
    wechat.arrive();
    await expect(paying).resolves.toBe('done');
    const ali = page(alipay({ resultCode: '6001' }), true);
    const closing = payInAlipayWeb(ali.host, { tradeNO: 't' });
    ali.arrive();
    await expect(closing).resolves.toBe('cancelled');
  });

  it('knows nothing when the bridge never comes', async () => {
    jest.useFakeTimers();
    const paying = payInWeChatWeb(page({}, true).host, {});
    await jest.advanceTimersByTimeAsync(9_000);
    await expect(paying).resolves.toBe('unknown');
    jest.useRealTimers();
  });

  it.each([
    ['9000', 'done'],
    [9000, 'done'],
    ['6001', 'cancelled'],
    ['8000', 'unknown'],
    ['6004', 'unknown'],
    ['4000', 'unknown'],
    [undefined, 'unknown'],
  ])('reads resultCode %s of Alipay as %s', (resultCode, outcome) => {
    expect(alipayOutcome({ resultCode })).toBe(outcome);
  });

  it.each([
    ['7000', 'done'],
    ['6001', 'cancelled'],
    ['7001', 'unknown'],
    [undefined, 'unknown'],
  ])('reads resultCode %s of Alipay’s page of consent as %s', (resultCode, outcome) => {
    expect(alipaySignOutcome({ resultCode })).toBe(outcome);
  });
});
