import { pictureOf } from './canvas';
import { type Phone, SCREEN } from './phone';
import { selectorQuery } from './selector-query';
import { type Callbacks, settle, type World } from './world';
import { bodyOf, parsed, readHeaders } from './wx-api';

type Options = Callbacks & Readonly<Record<string, unknown>>;

/** `my`, as far as the app uses it. Where Alipay differs from WeChat (names, shapes, failure by status) it does so here. */
export function createMy(phone: Phone, world: World): Record<string, unknown> {
  const quietly =
    (effect: (options: Options) => void = () => undefined) =>
    (options: Options = {}) =>
      settle(options, () => {
        effect(options);
        return { success: true };
      });
  const navigate = (name: 'navigateTo' | 'redirectTo' | 'reLaunch' | 'switchTab') => (options: Options) =>
    settle(options, () => phone.host()[name](String(options.url)));
  const systemInfo = {
    ...SCREEN,
    titleBarHeight: 44,
    brand: 'Test',
    model: 'Test Phone',
    system: '14',
    platform: 'Android',
    language: 'zh-Hans',
    version: '10.6.50',
    app: 'alipay',
    safeArea: { top: 44, bottom: 778, left: 0, right: 375, width: 375, height: 734 },
  };

  const { messages } = world;
  return {
    ...(messages && {
      requestSubscribeMessage: (options: Options) =>
        settle(options, async () => {
          const ids = Array.isArray(options.entityIds) ? options.entityIds.map(String) : [];
          if (ids.length === 0 || ids.length > 3) throw { behavior: '', errorCode: 203, errorMessage: '无效的参数' };
          const answer = await messages(ids);
          if (answer === 'accept')
            return { behavior: 'subscribe', show: true, result: { subscribeEntityIds: ids, subscribedEntityIds: ids } };
          throw { behavior: 'cancel', errorCode: 11, errorMessage: '用户取消订阅', show: answer === 'reject', refuse: answer === 'off' };
        }),
    }),
    canIUse: () => true,
    SDKVersion: '2.8.0',
    env: { USER_DATA_PATH: '/', clientEnv: 'prod' },
    getSystemInfoSync: () => systemInfo,
    getSystemInfo: (options: Options) => settle(options, () => systemInfo),
    getWindowInfo: () => systemInfo,
    getLaunchOptionsSync: () => ({ path: 'pages/home/index', query: {}, scene: '1000' }),
    getEnterOptionsSync: () => ({ path: 'pages/home/index', query: {}, scene: '1000' }),
    getAppIdSync: () => ({ appId: '2021000000000001' }),

    request: (options: Options) => {
      settle(options, async () => {
        const method = String(options.method ?? 'GET');
        const headers = readHeaders(options.headers ?? options.header);
        const answer = await world
          .request({ url: String(options.url), method, headers, body: bodyOf(options.data, method) })
          .catch((reason: Error) => Promise.reject({ error: 12, errorMessage: reason.message }));
        const reply = { status: answer.status, headers: answer.headers, data: parsed(answer.text) };
        // Alipay fails for every status outside 2xx, with the answer inside.
        if (answer.status < 200 || answer.status >= 300) throw { error: 19, errorMessage: 'http status error', ...reply };
        return reply;
      });
      return { abort() {} };
    },
    getAuthCode: (options: Options) =>
      settle(options, async () => ({ authCode: await world.loginCode(), authSuccessScopes: ['auth_base'], authErrorScopes: {} })),
    ...(world.sign && { paySignCenter: (options: Options) => settle(options, async () => world.sign?.({ signStr: options.signStr })) }),
    tradePay: (options: Options) => settle(options, () => world.pay({ tradeNO: options.tradeNO })),

    getStorageSync: ({ key }: { key: string }) => ({ data: phone.storage.get(key) ?? null, success: true }),
    setStorageSync: ({ key, data }: { key: string; data: unknown }) => {
      phone.keep(key, data);
      return { success: true };
    },
    removeStorageSync: ({ key }: { key: string }) => {
      phone.storage.delete(key);
      return { success: true };
    },

    navigateTo: navigate('navigateTo'),
    redirectTo: navigate('redirectTo'),
    reLaunch: navigate('reLaunch'),
    switchTab: navigate('switchTab'),
    navigateBack: (options: Options = {}) => settle(options, () => phone.host().navigateBack(Number(options.delta ?? 1))),

    showToast: quietly(({ content }) => phone.shown.push(`toast: ${String(content)}`)),
    hideToast: quietly(),
    showLoading: quietly(),
    hideLoading: quietly(),
    confirm: (options: Options) =>
      settle(options, () => {
        phone.shown.push(`modal: ${String(options.title ?? '')} ${String(options.content ?? '')}`);
        return { confirm: true };
      }),
    alert: quietly(({ content }) => phone.shown.push(`modal: ${String(content)}`)),
    setNavigationBar: quietly(({ title }) => phone.shown.push(`title: ${String(title)}`)),
    setBackgroundColor: quietly(),
    stopPullDownRefresh: quietly(),
    pageScrollTo: quietly(),
    vibrateShort: quietly(),
    vibrate: quietly(),
    setKeepScreenOn: quietly(),
    getScreenBrightness: (options: Options) => settle(options, () => ({ brightness: 0.4 })),
    setScreenBrightness: quietly(({ brightness }) => phone.shown.push(`brightness: ${String(brightness)}`)),
    onUserCaptureScreen: () => undefined,
    offUserCaptureScreen: () => undefined,
    getLocation: (options: Options) =>
      settle(options, () => phone.place ?? Promise.reject({ error: 2001, errorMessage: '用户拒绝给权限' })),
    canvasToTempFilePath: (options: Options) => settle(options, () => pictureOf(options)),
    // Without these two words Alipay shows a picture that can be looked at only.
    previewImage: quietly(({ urls, enablesavephoto, enableShowPhotoDownload }) =>
      phone.shown.push(`picture${enablesavephoto && enableShowPhotoDownload ? '' : ' to look at'}: ${String(urls)}`),
    ),
    setClipboard: quietly(({ text }) => phone.shown.push(`copied: ${String(text)}`)),
    makePhoneCall: quietly(),
    openLocation: quietly(),
    createSelectorQuery: () => selectorQuery(phone),
    nextTick: (done: () => void) => setImmediate(done),
    onNetworkStatusChange: () => undefined,
    getNetworkType: (options: Options) => settle(options, () => ({ networkAvailable: true, networkType: 'WIFI' })),
  };
}
