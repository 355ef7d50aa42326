import Taro from '@tarojs/taro';
import type { Scheme } from '../lib/colors';
import { typeScale } from '../lib/type-scale';
import type { HostPrivacy, Place, TextStorage, Transport } from './contract';

/** What Taro makes alike everywhere, so that each platform file holds only what differs. */

interface FailedWithStatus {
  readonly status?: number;
  readonly statusCode?: number;
  readonly data?: unknown;
}

export const taroTransport: Transport = async (question) => {
  try {
    const answer = await Taro.request({
      url: question.url,
      method: question.method,
      header: question.headers,
      timeout: question.timeoutMs,
      dataType: 'json',
      // A GET carries its query in the URL; `data` would be appended to it once more.
      ...(question.body === undefined ? {} : { data: question.body }),
    });
    return { status: answer.statusCode, body: answer.data };
  } catch (reason) {
    // Alipay calls `fail` (error 19) for every status outside 2xx, with the answer inside.
    // The shape of a failure is the platform's own and is read defensively.
    const failed = (typeof reason === 'object' && reason !== null ? reason : {}) as FailedWithStatus;
    const status = failed.status ?? failed.statusCode;
    if (typeof status === 'number' && status >= 400 && failed.data !== undefined) return { status, body: asJson(failed.data) };
    throw reason;
  }
};

function asJson(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}

export function taroStorage(prefix: string): TextStorage {
  return {
    read: (key) => {
      const value: unknown = Taro.getStorageSync(prefix + key);
      return typeof value === 'string' && value !== '' ? value : undefined;
    },
    write: (key, value) => Taro.setStorageSync(prefix + key, value),
    remove: (key) => Taro.removeStorageSync(prefix + key),
  };
}

/** Where the host leaves the consent to the app. */
export const ownPrivacy: HostPrivacy = { asks: () => Promise.resolve(false), onAsked: () => undefined, openContract: undefined };

export async function taroBrighten(value: number): Promise<() => void> {
  try {
    const before = await Taro.getScreenBrightness();
    await Taro.setScreenBrightness({ value });
    const old = readBrightness(before);
    return () => {
      Taro.setScreenBrightness({ value: old }).catch(() => undefined);
    };
  } catch {
    return () => undefined;
  }
}

function readBrightness(answer: unknown): number {
  // WeChat answers { value }, Alipay { brightness }.
  const fields = (typeof answer === 'object' && answer !== null ? answer : {}) as { value?: unknown; brightness?: unknown };
  const value = fields.value ?? fields.brightness;
  return typeof value === 'number' ? value : 0.5;
}

export function taroKeepAwake(): () => void {
  Taro.setKeepScreenOn({ keepScreenOn: true }).catch(() => undefined);
  return () => {
    Taro.setKeepScreenOn({ keepScreenOn: false }).catch(() => undefined);
  };
}

export function taroBuzz(): void {
  Taro.vibrateShort({ type: 'medium' }).catch(() => undefined);
}

export async function taroLocate(): Promise<Place | undefined> {
  try {
    const where = await Taro.getLocation({ type: 'wgs84' });
    return { latitude: Number(where.latitude), longitude: Number(where.longitude) };
  } catch {
    return undefined;
  }
}

export async function taroCopy(text: string): Promise<boolean> {
  try {
    await Taro.setClipboardData({ data: text });
    return true;
  } catch {
    return false;
  }
}

export function taroDeviceLabel(fallback: string): string {
  try {
    const model = Taro.getSystemInfoSync().model;
    return (model || fallback).slice(0, 40);
  } catch {
    return fallback;
  }
}

export function taroLanguage(): 'zh' | 'en' {
  try {
    const language = Taro.getSystemInfoSync().language || 'zh';
    return language.toLowerCase().startsWith('en') ? 'en' : 'zh';
  } catch {
    return 'zh';
  }
}

/** What WeChat and Alipay tell of their own settings; the newer question first, whose answer has all of it. */
interface HostLook {
  readonly theme?: string;
  readonly fontSizeSetting?: number;
  readonly fontSizeScaleFactor?: number;
}
function hostLook(): HostLook {
  try {
    // Taro's types lack the newest fields.
    return (Taro.getAppBaseInfo?.() ?? Taro.getSystemInfoSync()) as HostLook;
  } catch {
    return {};
  }
}

export const taroScheme = (): Scheme => (hostLook().theme === 'dark' ? 'dark' : 'light');

/** `standardPx`: the host's own text at its middle setting. */
export function taroTypeScale(standardPx: number): number {
  const { fontSizeScaleFactor, fontSizeSetting } = hostLook();
  return typeScale(fontSizeScaleFactor ?? (fontSizeSetting ?? standardPx) / standardPx);
}

/** For ids where a host has no generator of its own: unique by time and chance, not secret. */
export function weakBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  let time = Date.now();
  for (let i = 0; i < count; i += 1) {
    bytes[i] = (Math.floor(Math.random() * 256) ^ (time & 255)) & 255;
    time = Math.floor(time / 7);
  }
  return bytes;
}

export function taroSetBar(bar: { title: string; dark: boolean; background: string }): void {
  Taro.setNavigationBarTitle({ title: bar.title })?.catch?.(() => undefined);
  Taro.setNavigationBarColor({
    frontColor: bar.dark ? '#ffffff' : '#000000',
    backgroundColor: bar.background,
  })?.catch?.(() => undefined);
}
