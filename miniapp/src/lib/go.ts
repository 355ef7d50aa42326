import Taro from '@tarojs/taro';
import type { RulePack } from '../../../shared/rule-pack';
import { topUpWay } from './channels';

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
  reset: '/packages/manage/pages/reset/index',
  statement: '/packages/records/pages/statement/index',
  entry: '/packages/records/pages/entry/index',
  month: '/packages/records/pages/month/index',
  year: '/packages/records/pages/year/index',
  check: '/packages/records/pages/check/index',
  data: '/packages/records/pages/data/index',
  debt: '/packages/money/pages/debt/index',
  wallet: '/packages/money/pages/wallet/index',
  'bank-card': '/packages/money/pages/bank-card/index',
  transfer: '/packages/money/pages/transfer/index',
  withdraw: '/packages/money/pages/withdraw/index',
  'wallet-entries': '/packages/money/pages/wallet-entries/index',
  'customer-info': '/packages/money/pages/customer-info/index',
  unionpay: '/packages/money/pages/unionpay/index',
  money: '/packages/money/pages/hub/index',
  transfers: '/packages/money/pages/transfers/index',
  utility: '/packages/money/pages/utility/index',
  refunds: '/packages/money/pages/refunds/index',
  disputes: '/packages/money/pages/disputes/index',
  dispute: '/packages/money/pages/dispute/index',
  gifts: '/packages/money/pages/gifts/index',
  gift: '/packages/money/pages/gift/index',
  'pay-other': '/packages/money/pages/pay-other/index',
  auto: '/packages/money/pages/auto/index',
  limits: '/packages/money/pages/limits/index',
  guide: '/packages/service/pages/guide/index',
  help: '/packages/service/pages/help/index',
  offers: '/packages/service/pages/offers/index',
  privacy: '/packages/service/pages/privacy/index',
  share: '/packages/service/pages/share/index',
  desktop: '/packages/service/pages/desktop/index',
  'get-app': '/packages/service/pages/get-app/index',
  computer: '/packages/computer/pages/school/index',
  'computer-form': '/packages/computer/pages/form/index',
  'computer-confirm': '/packages/computer/pages/confirm/index',
  'computer-order': '/packages/computer/pages/order/index',
  'computer-records': '/packages/computer/pages/records/index',
  'computer-lost': '/packages/computer/pages/lost/index',
  'computer-balance': '/packages/computer/pages/balance/index',
  sso: '/packages/entry/pages/sso/index',
  identity: '/packages/entry/pages/identity/index',
  notices: '/packages/notices/pages/inbox/index',
  'notice-settings': '/packages/notices/pages/settings/index',
} as const;
export type ScreenName = keyof typeof PATHS;

/** As a host knows a screen, for what is shared with others too. */
export function addressOf(screen: ScreenName, query: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return PATHS[screen] + (pairs.length === 0 ? '' : `?${pairs.join('&')}`);
}

export function go(screen: ScreenName, query: Readonly<Record<string, string>> = {}): void {
  Taro.navigateTo({ url: addressOf(screen, query) }).catch(() => undefined);
}

/** Instead of this screen: going back skips it. */
export function goInstead(screen: ScreenName, query: Readonly<Record<string, string>> = {}): void {
  Taro.redirectTo({ url: addressOf(screen, query) }).catch(() => undefined);
}

/** 充值, wherever the school has it; `yuan` is an amount to begin with. */
export function goTopUp(pack: Pick<RulePack, 'topUp'>, yuan?: string): void {
  const query: Readonly<Record<string, string>> = yuan === undefined ? {} : { yuan };
  const way = topUpWay(pack);
  if (way === undefined) go('top-up', query);
  else go('transfer', { ...query, way });
}

/** A new beginning: nothing behind it to go back to. */
export function startAt(screen: ScreenName, query: Readonly<Record<string, string>> = {}): void {
  Taro.reLaunch({ url: addressOf(screen, query) }).catch(() => undefined);
}

export function goBack(): void {
  if (Taro.getCurrentPages().length > 1) Taro.navigateBack().catch(() => undefined);
  else startAt('home');
}
