import type { SignInPlatform } from '../../shared/api/student';

/** Somebody as one app knows them. An openid differs from app to app, so all three together are the key. */
export interface AppIdentity {
  readonly platform: SignInPlatform;
  readonly appId: string;
  readonly openid: string;
}

/** The account that an app is bound to, and its place among the account's four. */
export interface BoundAccount {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly bindingId: string;
  readonly slot: number;
}

/** Whose identity a linked account is: WeChat or Alipay, whatever the app. */
export type LinkTarget = 'wechat' | 'alipay';

const VENDOR: Readonly<Record<SignInPlatform, LinkTarget>> = {
  'wechat-mini': 'wechat',
  'wechat-web': 'wechat',
  'alipay-mini': 'alipay',
  'alipay-web': 'alipay',
};

export function vendorOf(platform: SignInPlatform): LinkTarget {
  return VENDOR[platform];
}

/** Where a session lives: an app of a platform, or a page on a computer that nobody has signed in to. */
export type SessionPlatform = SignInPlatform | 'pc-web';

/** Somebody as one app, or one visit to a page, knows them. */
export interface VisitorIdentity {
  readonly platform: SessionPlatform;
  readonly appId: string;
  readonly openid: string;
}

/** A page in a browser, whose visitor is also told by the address it comes from. */
export function isBrowser(platform: SessionPlatform): boolean {
  return platform === 'wechat-web' || platform === 'alipay-web' || platform === 'pc-web';
}
