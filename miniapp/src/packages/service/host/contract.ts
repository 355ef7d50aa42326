/** How the app is reached, kept and passed on in this build. */
export interface ServiceHost {
  /** Whose menu the screen tells of. */
  readonly menu: 'wechat-mini' | 'alipay-mini' | 'wechat-web' | 'alipay-web' | 'browser';
  /** Where the app is found by its address; undefined in a mini-program, which is found by its name. */
  readonly address: () => string | undefined;
  readonly copy: (text: string) => Promise<boolean>;
  /** A page outside the app: opened, or its address copied where the container opens no pages of others. */
  readonly openPage: (url: string) => Promise<'opened' | 'copied' | 'failed'>;
  /** The phone's own sheet for sharing; undefined where there is none. */
  readonly shareSheet: ((what: { readonly title: string; readonly url: string }) => Promise<void>) | undefined;
  /** Whether it is among the user's mini-programs already; undefined where nobody can say. */
  readonly isKept: () => Promise<boolean | undefined>;
}
