import type { EpochMs } from '../../shared/time';

export interface SentMessage {
  readonly app: 'wechat' | 'alipay';
  readonly openid: string;
  readonly templateId: string;
  readonly title: string;
  readonly page: string;
  readonly data: Readonly<Record<string, string>>;
  readonly at: EpochMs;
}

export interface MessagesState {
  /** "app/openid/template" → how many more the person agreed to. */
  readonly agreed: Record<string, number>;
  readonly sent: SentMessage[];
}

export function emptyMessagesState(): MessagesState {
  return { agreed: {}, sent: [] };
}
