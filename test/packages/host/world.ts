/** What a phone reaches beyond its own app: the server, the platform's sign-in, the platform's cashier. A test decides who answers. */
export interface World {
  request(question: HttpQuestion): Promise<HttpAnswer>;
  /** As wx.login or my.getAuthCode gives it. */
  loginCode(): Promise<string>;
  /** As wx.qy.login gives it, where WeChat Work runs the mini-program. */
  readonly workCode?: () => Promise<string>;
  /** The holder sees the platform's page of consent to a standing contract and agrees or turns back; without it the platform has no such page. */
  sign?(parameters: Readonly<Record<string, unknown>>): Promise<PayResult>;
  /** The payer sees the cashier and presses 支付 or 取消. */
  pay(parameters: Readonly<Record<string, unknown>>): Promise<PayResult>;
  /** The person answers the platform's question about messages. Absent as on an older base library. */
  readonly messages?: (templateIds: readonly string[]) => Promise<MessageAnswer>;
}

/** `off`: messages are switched off in the platform's settings, which shows no question. */
export type MessageAnswer = 'accept' | 'reject' | 'off';

export interface HttpQuestion {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The platform's own words: `errMsg` in WeChat, `resultCode` in Alipay. */
export type PayResult = Readonly<Record<string, string>>;

export type Callbacks = {
  readonly success?: (answer: unknown) => void;
  readonly fail?: (reason: unknown) => void;
  readonly complete?: (answer: unknown) => void;
};

/** WeChat's and Alipay's way to answer: success or fail, then complete. Never at once: neither platform does. */
export function settle(callbacks: Callbacks, work: () => Promise<unknown> | unknown): void {
  setImmediate(async () => {
    try {
      const answer = await work();
      callbacks.success?.(answer);
      callbacks.complete?.(answer);
    } catch (reason) {
      callbacks.fail?.(reason);
      callbacks.complete?.(reason);
    }
  });
}
