import { SSO_STATE_PREFIX } from '../../../shared/api/ways-in';
import { typeScale } from '../lib/type-scale';
import type { Container, Place, Platform, SsoReturn } from './contract';
import { ownPrivacy, taroCopy, taroLanguage, taroStorage, taroTransport } from './taro-common';
import { type BridgeHost, payInAlipayWeb, payInWeChatWeb } from './web-bridges';
import { type OAuthReturn, readOAuthReturn, webContainer } from './web-container';

const container: Container = webContainer(navigator.userAgent);

// Two containers may share one origin (the bench top's two phones do), so each keeps its own drawer.
const storage = taroStorage(`ecode:${container}:`);

function webBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

let ssoReturn: SsoReturn | undefined;

/** The same for a school's own sign-in, which a screen of ours began: it finds there what came back. */
function takeSsoReturn({ code, state, issuer, search }: OAuthReturn): SsoReturn {
  const expected = storage.read('sso-state') === state;
  const hash = storage.read('sso-hash') ?? location.hash;
  storage.remove('sso-state');
  storage.remove('sso-hash');
  history.replaceState(null, '', location.pathname + search + hash);
  return { state, code: code === '' ? undefined : code, issuer, expected };
}

/**
 * Runs when this file is loaded (app.tsx, before the router starts): takes what the consent page added out of the
 * address, so that a reload does not present the code again, and puts back the screen that asked.
 */
function takeOAuthReturn(): { code: string; expected: boolean } | undefined {
  const back = readOAuthReturn(location.search);
  if (back === undefined) return undefined;
  if (back.state.startsWith(SSO_STATE_PREFIX)) {
    ssoReturn = takeSsoReturn(back);
    return undefined;
  }
  const expected = storage.read('oauth-state') === back.state;
  const hash = storage.read('oauth-hash') ?? location.hash;
  storage.remove('oauth-state');
  storage.remove('oauth-hash');
  history.replaceState(null, '', location.pathname + back.search + hash);
  return { code: back.code, expected };
}
let arrived = takeOAuthReturn();

/** The school's console opens us with the school in the address; that is lost on the way to its sign-in and back. */
function openedBy(): string | undefined {
  if (container !== 'wecom-web') return undefined;
  const named = new URLSearchParams(location.search).get('school') ?? undefined;
  if (named !== undefined) storage.write('opened-by', named);
  return named ?? storage.read('opened-by');
}

function newState(): string {
  let text = '';
  for (const byte of webBytes(16)) text += byte.toString(16).padStart(2, '0');
  return text;
}

function bridgeHost(): BridgeHost {
  // The bridges are globals that the container adds to the window or dispatches on the document.
  return {
    get WeixinJSBridge() {
      return (window as unknown as BridgeHost).WeixinJSBridge;
    },
    get AlipayJSBridge() {
      return (window as unknown as BridgeHost).AlipayJSBridge;
    },
    addEventListener: (type, listener, options) => document.addEventListener(type, listener, options),
  };
}

// What has the role of a button is no button element here: give it a button's keys.
document.addEventListener('keydown', (event) => {
  const { target, key } = event;
  if (!(target instanceof HTMLElement) || (key !== 'Enter' && key !== ' ')) return;
  if (!['button', 'tab', 'radio'].includes(target.getAttribute('role') ?? '')) return;
  event.preventDefault();
  target.click();
});

const darkLook = matchMedia('(prefers-color-scheme: dark)');

/** What the browser or the phone makes of `font`, in px. */
function measured(font: string): number {
  const probe = document.createElement('span');
  probe.style.font = font;
  document.body.append(probe);
  const size = Number.parseFloat(getComputedStyle(probe).fontSize);
  probe.remove();
  return size;
}

/** The user's own size of text, which src/index.html's root size does not follow. */
function webTypeScale(): number {
  // An iPhone's setting shows in its system font, 17 px at the middle.
  if (/iPhone|iPad/.test(navigator.userAgent)) return typeScale(measured('-apple-system-body') / 17);
  // A web view that zooms text zooms these 100 px too, and will zoom ours: only what is beyond that is ours to do.
  return typeScale((measured('medium sans-serif') / 16) * (100 / measured('100px sans-serif')));
}

export const platform = {
  container: () => container,
  openedBy,
  sso:
    container === 'plain'
      ? undefined
      : {
          returnTo: () => location.pathname,
          leave(url, state) {
            storage.write('sso-state', state);
            storage.write('sso-hash', location.hash);
            location.assign(url);
          },
          takeReturn() {
            const back = ssoReturn;
            ssoReturn = undefined;
            return back;
          },
        },
  payChannel: () => (container === 'wechat-web' ? 'wechat-pay' : container === 'alipay-web' ? 'alipay' : undefined),
  async signIn(help) {
    if (container !== 'wechat-web' && container !== 'alipay-web' && container !== 'wecom-web') return { kind: 'no-container' };
    const schoolId = openedBy();
    // Each school's WeChat Work is one of its own: without its name there is nobody to ask.
    if (container === 'wecom-web' && schoolId === undefined) return { kind: 'no-container' };
    const whose = schoolId === undefined ? {} : { schoolId };
    const back = arrived;
    if (back !== undefined) {
      // A code is for one use.
      arrived = undefined;
      // A code that came with another state was not asked for by this page (login CSRF). Failing, rather than asking
      // anew, cannot loop where storage is blocked; the screen offers to try again.
      if (!back.expected) throw new Error('sign-in came back with another state');
      return { kind: 'code', platform: container, code: back.code, ...whose };
    }
    const state = newState();
    storage.write('oauth-state', state);
    storage.write('oauth-hash', location.hash);
    const url = await help.authorizeUrl({ container, ...whose, returnTo: location.pathname + location.search, state });
    location.assign(url);
    return { kind: 'leaving' };
  },
  pay: (params) => {
    if (container === 'wechat-web') return payInWeChatWeb(bridgeHost(), params);
    if (container === 'alipay-web') return payInAlipayWeb(bridgeHost(), params);
    return Promise.resolve('unknown');
  },
  privacy: ownPrivacy,
  // The platforms' pages of consent open from their own mini-programs only.
  signContract: undefined,
  transport: taroTransport,
  storage,
  randomBytes: (count) => Promise.resolve(webBytes(count)),
  // A page may not change the brightness of the phone.
  brighten: () => Promise.resolve(() => undefined),
  whenShown: (run) => run(),
  keepAwake() {
    let released = false;
    let lock: { release(): Promise<void> } | undefined;
    const ask = navigator.wakeLock?.request('screen');
    ask
      ?.then((got) => {
        lock = got;
        if (released) return got.release();
      })
      .catch(() => undefined);
    return () => {
      released = true;
      lock?.release().catch(() => undefined);
    };
  },
  onCapture: () => () => undefined,
  linkTo: (address) => `${location.origin}${location.pathname}#${address}`,
  copy: taroCopy,
  buzz: () => {
    navigator.vibrate?.(30);
  },
  locate: () =>
    new Promise<Place | undefined>((resolve) => {
      if (!navigator.geolocation) return resolve(undefined);
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude }),
        () => resolve(undefined),
        { timeout: 8_000, maximumAge: 600_000 },
      );
    }),
  deviceLabel: () => (/iPhone|iPad/.test(navigator.userAgent) ? 'iPhone' : /Android/.test(navigator.userAgent) ? 'Android' : 'Web'),
  scheme: () => (darkLook.matches ? 'dark' : 'light'),
  onScheme(changed) {
    // addListener and not addEventListener: the browsers of old iPhones have only this one.
    darkLook.addListener(changed);
    return () => darkLook.removeListener(changed);
  },
  typeScale: webTypeScale,
  language: taroLanguage,
  setBar: (bar) => {
    document.title = bar.title;
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', bar.background);
  },
} satisfies Platform;
