import Taro from '@tarojs/taro';
import { alipayOutcome, alipaySignOutcome } from './alipay-outcome';
import type { Platform } from './contract';
import {
  ownPrivacy,
  taroBrighten,
  taroBuzz,
  taroCopy,
  taroDeviceLabel,
  taroKeepAwake,
  taroLanguage,
  taroLocate,
  taroScheme,
  taroStorage,
  taroTransport,
  taroTypeScale,
  weakBytes,
} from './taro-common';

/** What Taro's types lack of the Alipay base library. */
interface MyExtras {
  getAuthCode: (options: { scopes: string; success: (answer: { authCode: string }) => void; fail: (reason: unknown) => void }) => void;
  tradePay: (options: { tradeNO: string; success: (answer: unknown) => void; fail: (answer: unknown) => void }) => void;
  paySignCenter?: (options: { signStr: string; success: (answer: unknown) => void; fail: (answer: unknown) => void }) => void;
  /** Not in every version. */
  onThemeChange?: (changed: () => void) => void;
  offThemeChange?: (changed: () => void) => void;
  setNavigationBar: (options: { title: string; backgroundColor: string; frontColor: string }) => void;
}
declare const my: MyExtras;

export const platform = {
  container: () => 'alipay-mini',
  openedBy: () => undefined,
  sso: undefined,
  payChannel: () => 'alipay',
  signIn: () =>
    new Promise((resolve, reject) => {
      my.getAuthCode({
        scopes: 'auth_base',
        success: ({ authCode }) => resolve({ kind: 'code', platform: 'alipay-mini', code: authCode }),
        fail: reject,
      });
    }),
  pay: (params) =>
    new Promise((resolve) => {
      const answer = (result: unknown) => resolve(alipayOutcome(result));
      my.tradePay({ tradeNO: params.tradeNO ?? '', success: answer, fail: answer });
    }),
  privacy: ownPrivacy,
  signContract: (params) =>
    new Promise((resolve) => {
      // Not in every version.
      if (typeof my.paySignCenter !== 'function') return resolve('unknown');
      const answer = (result: unknown) => resolve(alipaySignOutcome(result));
      my.paySignCenter({ signStr: params.signStr ?? '', success: answer, fail: answer });
    }),
  transport: taroTransport,
  storage: taroStorage('ecode:'),
  randomBytes: (count) => Promise.resolve(weakBytes(count)),
  whenShown: (run) => Taro.nextTick(run),
  brighten: taroBrighten,
  keepAwake: taroKeepAwake,
  onCapture(seen) {
    Taro.onUserCaptureScreen?.(seen);
    return () => Taro.offUserCaptureScreen?.(seen);
  },
  buzz: taroBuzz,
  // A mini-program's screen is handed on by the host's own menu, not by an address.
  linkTo: () => undefined,
  copy: taroCopy,
  locate: taroLocate,
  deviceLabel: () => taroDeviceLabel('Alipay'),
  scheme: taroScheme,
  onScheme(changed) {
    my.onThemeChange?.(changed);
    return () => my.offThemeChange?.(changed);
  },
  typeScale: () => taroTypeScale(16),
  language: taroLanguage,
  setBar: (bar) => my.setNavigationBar({ title: bar.title, backgroundColor: bar.background, frontColor: bar.dark ? '#ffffff' : '#000000' }),
} satisfies Platform;
