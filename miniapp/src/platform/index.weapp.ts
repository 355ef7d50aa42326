import Taro from '@tarojs/taro';
import type { HostPrivacy, Platform, SignInOutcome } from './contract';
import {
  taroBrighten,
  taroBuzz,
  taroCopy,
  taroDeviceLabel,
  taroKeepAwake,
  taroLanguage,
  taroScheme,
  taroSetBar,
  taroStorage,
  taroTransport,
  taroTypeScale,
  weakBytes,
} from './taro-common';

/** What Taro's types lack of the WeChat base library. */
interface WxExtras {
  getPrivacySetting?: (options: { success: (answer: { needAuthorization: boolean }) => void; fail: () => void }) => void;
  onNeedPrivacyAuthorization?: (listener: (answer: AnswerPrivacy) => void) => void;
  openPrivacyContract?: (options: { fail: () => void }) => void;
  readonly qy?: WecomExtras;
  getRandomValues?: (options: { length: number; success: (answer: { randomValues: ArrayBuffer }) => void; fail: () => void }) => void;
}
/** WeChat Work runs mini-programs too, and says so by this. */
interface WecomExtras {
  readonly login: (options: { success: (answer: { code: string }) => void; fail: (reason: unknown) => void }) => void;
}
declare const wx: WxExtras;

const wecom = typeof wx.qy?.login === 'function' ? wx.qy : undefined;

/** WeChat Work opens us under a path that its console was told, with the school in it. */
function openedBy(): string | undefined {
  const { school } = (wecom && Taro.getLaunchOptionsSync().query) ?? {};
  return typeof school === 'string' && school !== '' ? school : undefined;
}

async function signInToWecom(qy: WecomExtras, schoolId: string | undefined): Promise<SignInOutcome> {
  if (schoolId === undefined) return { kind: 'no-container' };
  const code = await new Promise<string>((resolve, reject) => qy.login({ success: (answer) => resolve(answer.code), fail: reject }));
  return { kind: 'code', platform: 'wecom-mini', code, schoolId };
}

/** errMsg of a closed cashier, as the base library words it. */
const CANCELLED = /cancel/i;

function errMsg(reason: unknown): string {
  const fields = (typeof reason === 'object' && reason !== null ? reason : {}) as { errMsg?: unknown };
  return typeof fields.errMsg === 'string' ? fields.errMsg : '';
}

type AnswerPrivacy = (answer: { event: 'agree'; buttonId: string } | { event: 'disagree' }) => void;

/** Older base libraries have none of these three, and ask for nothing. */
const wechatPrivacy: HostPrivacy = {
  asks: () =>
    new Promise((resolve) => {
      if (typeof wx.getPrivacySetting !== 'function') return resolve(false);
      wx.getPrivacySetting({ success: ({ needAuthorization }) => resolve(needAuthorization), fail: () => resolve(false) });
    }),
  onAsked: (ask) =>
    wx.onNeedPrivacyAuthorization?.((answer) => {
      ask().then(
        () => answer({ event: 'agree', buttonId: 'consent-yes' }),
        () => answer({ event: 'disagree' }),
      );
    }),
  openContract: typeof wx.openPrivacyContract === 'function' ? () => wx.openPrivacyContract?.({ fail: () => undefined }) : undefined,
};

export const platform = {
  container: () => (wecom === undefined ? 'wechat-mini' : 'wecom-mini'),
  openedBy,
  sso: undefined,
  payChannel: () => (wecom === undefined ? 'wechat-pay' : undefined),
  async signIn() {
    if (wecom !== undefined) return signInToWecom(wecom, openedBy());
    const { code } = await Taro.login();
    return { kind: 'code', platform: 'wechat-mini', code };
  },
  pay: (params) =>
    new Promise((resolve) => {
      Taro.requestPayment({
        timeStamp: params.timeStamp ?? '',
        nonceStr: params.nonceStr ?? '',
        package: params.package ?? '',
        // The server signs with RSA only; Taro's type lists the two older names as well.
        signType: 'RSA',
        paySign: params.paySign ?? '',
        success: () => resolve('done'),
        fail: (reason) => resolve(CANCELLED.test(errMsg(reason)) ? 'cancelled' : 'unknown'),
      })?.catch?.(() => undefined);
    }),
  privacy: wechatPrivacy,
  signContract: ({ appId = '', path = '', ...extraData }) =>
    new Promise((resolve) => {
      Taro.navigateToMiniProgram({
        ...{ appId, path, extraData },
        success: () => resolve('done'),
        fail: (reason) => resolve(CANCELLED.test(errMsg(reason)) ? 'cancelled' : 'unknown'),
      })?.catch?.(() => undefined);
    }),
  transport: taroTransport,
  storage: taroStorage('ecode:'),
  randomBytes: (count) =>
    new Promise((resolve) => {
      if (typeof wx.getRandomValues !== 'function') return resolve(weakBytes(count));
      wx.getRandomValues({
        length: count,
        success: (answer) => resolve(new Uint8Array(answer.randomValues)),
        fail: () => resolve(weakBytes(count)),
      });
    }),
  whenShown: (run) => Taro.nextTick(run),
  brighten: taroBrighten,
  keepAwake: taroKeepAwake,
  onCapture(seen) {
    const hide = (visualEffect: 'hidden' | 'none') => Taro.setVisualEffectOnCapture?.({ visualEffect })?.catch?.(() => undefined);
    hide('hidden');
    Taro.onUserCaptureScreen?.(seen);
    return () => {
      Taro.offUserCaptureScreen?.(seen);
      hide('none');
    };
  },
  buzz: taroBuzz,
  // A mini-program's screen is handed on by the host's own menu, not by an address.
  linkTo: () => undefined,
  copy: taroCopy,
  async locate() {
    try {
      const where = await Taro.getFuzzyLocation({ type: 'wgs84' });
      return { latitude: Number(where.latitude), longitude: Number(where.longitude) };
    } catch {
      return undefined;
    }
  },
  deviceLabel: () => taroDeviceLabel('WeChat'),
  scheme: taroScheme,
  onScheme(changed) {
    Taro.onThemeChange?.(changed);
    return () => Taro.offThemeChange?.(changed);
  },
  // WeChat's middle setting is 17 on an iPhone, 16 on Android.
  typeScale: () => taroTypeScale(17),
  language: taroLanguage,
  setBar: taroSetBar,
} satisfies Platform;
