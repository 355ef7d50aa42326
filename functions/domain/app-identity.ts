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

/** A member of a WeChat Work is no WeChat identity of ours: another app id, another name for the person. */
const VENDOR: Readonly<Record<SignInPlatform, LinkTarget | undefined>> = {
  'wechat-mini': 'wechat',
  'wechat-web': 'wechat',
  'alipay-mini': 'alipay',
  'alipay-web': 'alipay',
  'wecom-mini': undefined,
  'wecom-web': undefined,
};

export function vendorOf(platform: SignInPlatform): LinkTarget | undefined {
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
  return platform === 'wechat-web' || platform === 'alipay-web' || platform === 'wecom-web' || platform === 'pc-web';
}
