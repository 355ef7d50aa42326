/** What the person answered to the platform's own question. `off`: messages are switched off in the platform's settings, so that it asked nothing. */
export type AskOutcome = 'agreed' | 'refused' | 'off' | 'unknown';

export interface MessageHost {
  /** Whose messages they are; undefined where there are none. */
  readonly app: 'wechat' | 'alipay' | undefined;
  /** Asks about one template. WeChat wants it in the tap itself, so nothing may be awaited before. Never throws. */
  readonly ask: (templateId: string) => Promise<AskOutcome>;
}
