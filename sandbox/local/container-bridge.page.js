/**
 * What WeChat's and Alipay's web views add to a page, played in an ordinary browser: the user agent and the pay bridge. It opens the
 * sandbox's cashier with the parameters as they come, so that a wrong signature is refused there; on the bench top the cashier is shown
 * beside the phones (a message to the parent page), elsewhere over the page.
 */
(() => {
  const { container, userAgent } = document.currentScript.dataset;
  const cashier = '/sandbox/cashier';
  Object.defineProperty(navigator, 'userAgent', { get: () => userAgent, configurable: true });

  // Who holds this phone: the platforms' sign-in pages read the cookie, the cashier is told by name.
  const drawer = `sandbox-person:${container}`;
  const named = new URLSearchParams(location.search).get('sandbox_person');
  if (named !== null) localStorage.setItem(drawer, named);
  const person = localStorage.getItem(drawer) ?? undefined;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser this page is opened in.
  if (person !== undefined) document.cookie = `sandbox_person_${container}=${encodeURIComponent(person)}; path=/; SameSite=Lax`;

  async function open(platform, parameters) {
    const answer = await fetch(`${cashier}/open`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ platform, parameters, person }),
    });
    return answer.json();
  }

  /** The platform's own result, once the payer has pressed 支付 or 取消. */
  async function settled(id) {
    for (;;) {
      const answer = await fetch(`${cashier}/${encodeURIComponent(id)}`, { headers: { accept: 'application/json' } });
      const view = await answer.json();
      if (view.result !== null) return view.result;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  function showOver(id) {
    const frame = document.createElement('iframe');
    frame.src = `${cashier}/${encodeURIComponent(id)}`;
    frame.title = 'cashier';
    frame.dataset.sandboxCashier = id;
    frame.style.cssText = 'position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483647;background:#f5f5f5';
    document.body.appendChild(frame);
    return () => frame.remove();
  }

  async function pay(platform, parameters) {
    const opened = await open(platform, parameters);
    if (opened.refusal !== undefined) return opened.result;
    const onBenchTop = window.parent !== window;
    if (onBenchTop) window.parent.postMessage({ type: 'phone-cashier', container, id: opened.id }, location.origin);
    const hide = onBenchTop ? () => undefined : showOver(opened.id);
    try {
      return await settled(opened.id);
    } finally {
      hide();
    }
  }

  const bridges = {
    wechat: () => {
      window.WeixinJSBridge = {
        on() {},
        invoke(name, parameters, done) {
          if (name !== 'getBrandWCPayRequest') return done({ err_msg: `${name}:fail function not exist` });
          pay('wechat-pay', parameters).then(done, () => done({ err_msg: 'get_brand_wcpay_request:fail' }));
        },
      };
      return 'WeixinJSBridgeReady';
    },
    alipay: () => {
      window.AlipayJSBridge = {
        call(name, parameters, done) {
          if (name !== 'tradePay') return done({ error: 1, errorMessage: 'not implemented' });
          pay('alipay', parameters).then(done, () => done({ resultCode: '4000' }));
        },
      };
      return 'AlipayJSBridgeReady';
    },
  };
  // WeChat Work opens no cashier for us.
  if (!Object.hasOwn(bridges, container)) return;
  // The containers add their bridge while the page loads and say so by an event.
  document.addEventListener('DOMContentLoaded', () => document.dispatchEvent(new Event(bridges[container]())));
})();
