import { pictureOf } from './canvas';
import { type Phone, SCREEN } from './phone';
import { selectorQuery } from './selector-query';
import { type Callbacks, settle, type World } from './world';

type Options = Callbacks & Readonly<Record<string, unknown>>;

/** Where WeChat lets an app write. */
const USER_FOLDER = 'wxfile://usr';

/** `wx`, as far as the app uses it; anything else is absent, as on an older base library. */
export function createWx(phone: Phone, world: World): Record<string, unknown> {
  const ok = (name: string) => ({ errMsg: `${name}:ok` });
  const quietly =
    (name: string, effect: (options: Options) => void = () => undefined) =>
    (options: Options = {}) =>
      settle(options, () => {
        effect(options);
        return ok(name);
      });
  const navigate = (name: 'navigateTo' | 'redirectTo' | 'reLaunch' | 'switchTab') => (options: Options) =>
    settle(options, () => {
      phone.host()[name](String(options.url));
      return ok(name);
    });
  const systemInfo = {
    ...SCREEN,
    brand: 'devtools',
    model: 'Test Phone',
    system: 'Android 14',
    platform: 'android',
    language: 'zh_CN',
    version: '8.0.50',
    SDKVersion: '3.6.0',
    safeArea: { top: 44, bottom: 778, left: 0, right: 375, width: 375, height: 734 },
  };

  const { workCode, sign, messages } = world;
  return {
    // Its presence is how an app knows that WeChat Work runs it.
    ...(workCode && {
      qy: { login: (options: Options) => settle(options, async () => ({ errMsg: 'qy__login:ok', code: await workCode() })) },
    }),
    ...(messages && {
      requestSubscribeMessage: (options: Options) =>
        settle(options, async () => {
          const ids = Array.isArray(options.tmplIds) ? options.tmplIds.map(String) : [];
          if (ids.length === 0 || ids.length > 3) throw { errCode: 20003, errMsg: 'requestSubscribeMessage:fail tmplIds' };
          const answer = await messages(ids);
          if (answer === 'off') throw { errCode: 20004, errMsg: 'requestSubscribeMessage:fail The main switch is switched off' };
          return { ...ok('requestSubscribeMessage'), ...Object.fromEntries(ids.map((id) => [id, answer])) };
        }),
    }),
    canIUse: () => true,
    env: { USER_DATA_PATH: USER_FOLDER },
    getSystemInfoSync: () => systemInfo,
    getSystemInfo: (options: Options) => settle(options, () => systemInfo),
    getWindowInfo: () => systemInfo,
    getDeviceInfo: () => systemInfo,
    getAppBaseInfo: () => systemInfo,
    getMenuButtonBoundingClientRect: () => ({ top: 48, bottom: 80, left: 281, right: 368, width: 87, height: 32 }),
    getLaunchOptionsSync: () => ({ path: 'pages/home/index', query: phone.query, scene: 1001 }),
    getEnterOptionsSync: () => ({ path: 'pages/home/index', query: phone.query, scene: 1001 }),
    getAccountInfoSync: () => ({ miniProgram: { appId: 'wx0000000000000001', envVersion: 'release' } }),

    request: (options: Options) => {
      settle(options, async () => {
        const method = String(options.method ?? 'GET');
        const headers = readHeaders(options.header);
        const answer = await world
          .request({ url: String(options.url), method, headers, body: bodyOf(options.data, method) })
          .catch((reason: Error) => Promise.reject({ errno: 600001, errMsg: `request:fail ${reason.message}` }));
        return { errMsg: 'request:ok', statusCode: answer.status, header: answer.headers, data: parsed(answer.text), cookies: [] };
      });
      return { abort() {}, onHeadersReceived() {}, offHeadersReceived() {} };
    },
    login: (options: Options) => settle(options, async () => ({ ...ok('login'), code: await world.loginCode() })),
    requestPayment: (options: Options) =>
      settle(options, async () => {
        const { timeStamp, nonceStr, package: prepay, signType, paySign } = options;
        const result = await world.pay({ timeStamp, nonceStr, package: prepay, signType, paySign });
        if (result.errMsg !== 'requestPayment:ok') throw result;
        return result;
      }),

    // Succeeds when the other mini-program is open; what is done there the caller is not told.
    ...(sign && {
      navigateToMiniProgram: (options: Options) =>
        settle(options, async () => {
          phone.shown.push(`mini-program: ${String(options.appId)} ${String(options.path)}`);
          await sign(options.extraData as Record<string, unknown>);
          return ok('navigateToMiniProgram');
        }),
    }),

    getStorageSync: (key: string) => phone.storage.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => phone.keep(key, value),
    removeStorageSync: (key: string) => void phone.storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...phone.storage.keys()], currentSize: 1, limitSize: 10_240 }),

    navigateTo: navigate('navigateTo'),
    redirectTo: navigate('redirectTo'),
    reLaunch: navigate('reLaunch'),
    switchTab: navigate('switchTab'),
    navigateBack: (options: Options = {}) =>
      settle(options, () => {
        phone.host().navigateBack(Number(options.delta ?? 1));
        return ok('navigateBack');
      }),

    showToast: quietly('showToast', ({ title }) => phone.shown.push(`toast: ${String(title)}`)),
    hideToast: quietly('hideToast'),
    showLoading: quietly('showLoading'),
    hideLoading: quietly('hideLoading'),
    showModal: (options: Options) =>
      settle(options, () => {
        phone.shown.push(`modal: ${String(options.title ?? '')} ${String(options.content ?? '')}`);
        return { ...ok('showModal'), confirm: true, cancel: false };
      }),
    setNavigationBarTitle: quietly('setNavigationBarTitle', ({ title }) => phone.shown.push(`title: ${String(title)}`)),
    setNavigationBarColor: quietly('setNavigationBarColor'),
    setBackgroundColor: quietly('setBackgroundColor'),
    stopPullDownRefresh: quietly('stopPullDownRefresh'),
    pageScrollTo: quietly('pageScrollTo'),
    vibrateShort: quietly('vibrateShort'),
    setKeepScreenOn: quietly('setKeepScreenOn'),
    getScreenBrightness: (options: Options) => settle(options, () => ({ ...ok('getScreenBrightness'), value: 0.4 })),
    setScreenBrightness: quietly('setScreenBrightness', ({ value }) => phone.shown.push(`brightness: ${String(value)}`)),
    setVisualEffectOnCapture: quietly('setVisualEffectOnCapture', ({ visualEffect }) =>
      phone.shown.push(`capture: ${String(visualEffect)}`),
    ),
    onUserCaptureScreen: () => undefined,
    offUserCaptureScreen: () => undefined,
    getPrivacySetting: (options: Options) =>
      settle(options, () => ({
        ...ok('getPrivacySetting'),
        needAuthorization: !phone.privacyAgreed(),
        privacyContractName: '《校园e码通小程序隐私保护指引》',
      })),
    onNeedPrivacyAuthorization: () => undefined,
    openPrivacyContract: quietly('openPrivacyContract'),
    getFuzzyLocation: (options: Options) =>
      settle(options, () => phone.place ?? Promise.reject({ errMsg: 'getFuzzyLocation:fail auth deny' })),
    getLocation: (options: Options) => settle(options, () => phone.place ?? Promise.reject({ errMsg: 'getLocation:fail auth deny' })),
    getFileSystemManager: () => ({
      writeFileSync: (file: string, text: string) => {
        if (!file.startsWith(`${USER_FOLDER}/`)) throw new Error(`writeFileSync:fail permission denied, open "${file}"`);
        phone.files.set(file, text);
      },
    }),
    shareFileMessage: (options: Options) => {
      const isTapped = phone.isTapped();
      settle(options, () => {
        if (!isTapped) throw { errMsg: 'shareFileMessage:fail can only be invoked by user TAP gesture.' };
        if (!phone.files.has(String(options.filePath))) throw { errMsg: 'shareFileMessage:fail file not exist' };
        phone.shown.push(`sent: ${String(options.fileName)}`);
        return ok('shareFileMessage');
      });
    },
    canvasToTempFilePath: (options: Options) => settle(options, () => ({ ...ok('canvasToTempFilePath'), ...pictureOf(options) })),
    previewImage: quietly('previewImage', ({ urls }) => phone.shown.push(`picture: ${String(urls)}`)),
    setClipboardData: quietly('setClipboardData', ({ data }) => phone.shown.push(`copied: ${String(data)}`)),
    makePhoneCall: quietly('makePhoneCall'),
    openLocation: quietly('openLocation'),
    createSelectorQuery: () => selectorQuery(phone),
    nextTick: (done: () => void) => setImmediate(done),
    onNetworkStatusChange: () => undefined,
    getNetworkType: (options: Options) => settle(options, () => ({ ...ok('getNetworkType'), networkType: 'wifi' })),
    getRandomValues: (options: Options) =>
      settle(options, () => ({ randomValues: crypto.getRandomValues(new Uint8Array(Number(options.length))).buffer })),
  };
}

export function readHeaders(header: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries((header ?? {}) as Record<string, unknown>).map(([name, value]) => [name, String(value)]));
}

/** Both platforms turn an object into JSON for a POST; a GET's would go into the query, which the app does not use. */
export function bodyOf(data: unknown, method: string): string | undefined {
  if (method === 'GET' || data === undefined) return undefined;
  return typeof data === 'string' ? data : JSON.stringify(data);
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // dataType json gives the text where it is none.
    return text;
  }
}
