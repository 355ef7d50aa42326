import Taro from '@tarojs/taro';

/** Every way from one screen to another. */
const PATHS = {
  home: '/pages/home/index',
  schools: '/pages/schools/index',
  bind: '/pages/bind/index',
  code: '/pages/code/index',
  'top-up': '/pages/top-up/index',
  order: '/pages/order/index',
  account: '/packages/manage/pages/account/index',
  loss: '/packages/manage/pages/loss/index',
  password: '/packages/manage/pages/password/index',
  links: '/packages/manage/pages/links/index',
  apps: '/packages/manage/pages/apps/index',
  places: '/packages/manage/pages/places/index',
  statement: '/packages/records/pages/statement/index',
  entry: '/packages/records/pages/entry/index',
  month: '/packages/records/pages/month/index',
  check: '/packages/records/pages/check/index',
  debt: '/packages/money/pages/debt/index',
} as const;
export type ScreenName = keyof typeof PATHS;

function address(screen: ScreenName, query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return PATHS[screen] + (pairs.length === 0 ? '' : `?${pairs.join('&')}`);
}

export function go(screen: ScreenName, query: Readonly<Record<string, string>> = {}): void {
  Taro.navigateTo({ url: address(screen, query) }).catch(() => undefined);
}

/** Instead of this screen: going back skips it. */
export function goInstead(screen: ScreenName, query: Readonly<Record<string, string>> = {}): void {
  Taro.redirectTo({ url: address(screen, query) }).catch(() => undefined);
}

/** A new beginning: nothing behind it to go back to. */
export function startAt(screen: ScreenName): void {
  Taro.reLaunch({ url: address(screen, {}) }).catch(() => undefined);
}

export function goBack(): void {
  if (Taro.getCurrentPages().length > 1) Taro.navigateBack().catch(() => undefined);
  else startAt('home');
}
