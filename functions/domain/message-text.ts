import type { NoticeKind } from '../../shared/api/notices';
import { type Fen, formatYuan } from '../../shared/money';
import { type EpochMs, toIso } from '../../shared/time';

/** The parts of a message that a template's fields may show. */
export const MESSAGE_PARTS = ['what', 'amount', 'time', 'advice'] as const;
export type MessagePart = (typeof MESSAGE_PARTS)[number];
export type MessageText = Readonly<Record<MessagePart, string>>;
export type MessageLanguage = 'zh' | 'en';

/** Where a press on a message leads. */
export const MESSAGE_PAGE = 'packages/notices/pages/inbox/index';

/** WeChat shows 20 characters of a `thing`; Alipay more. Kinds that are missing are not sent. */
const WHAT: Readonly<Partial<Record<NoticeKind, Readonly<Record<MessageLanguage, string>>>>> = {
  'large-spend': { zh: '校园卡大额消费', en: 'Large purchase' },
  'low-balance': { zh: '校园卡余额不足', en: 'Low balance' },
  'loss-reported': { zh: '校园卡已挂失', en: 'Card reported lost' },
  'loss-cancelled': { zh: '校园卡已解挂', en: 'Loss report ended' },
  'app-bound': { zh: '绑定了新应用', en: 'New app bound' },
  'claim-waiting': { zh: '充值待领取', en: 'Top-up to claim' },
  'sale-refunded': { zh: '消费已退款', en: 'Purchase refunded' },
  'refund-returned': { zh: '退款被退回', en: 'Refund came back' },
};
const ADVICE: Readonly<Record<MessageLanguage, string>> = { zh: '点击查看账户通知', en: 'Open to see notices' };

/**
 * What a notice says on the phone: nothing that names a person, a card or a merchant. Undefined where it is not sent: another kind, or an amount
 * below zero, which WeChat's form of an amount cannot show.
 */
export function messageText(
  { kind, amountFen, at }: { readonly kind: NoticeKind; readonly amountFen: Fen; readonly at: EpochMs },
  { language, utcOffsetMinutes }: { readonly language: MessageLanguage; readonly utcOffsetMinutes: number },
): MessageText | undefined {
  const what = WHAT[kind]?.[language];
  if (what === undefined || amountFen < 0) return undefined;
  return { what, amount: `¥${formatYuan(amountFen)}`, time: clockText(toIso(at, utcOffsetMinutes), language), advice: ADVICE[language] };
}

/** "2026年11月29日 14:05" and "2026-11-29 14:05": both are forms that the platforms take. */
function clockText(iso: string, language: MessageLanguage): string {
  const [year, month, day] = iso.slice(0, 10).split('-');
  const time = iso.slice(11, 16);
  return language === 'zh' ? `${year}年${month}月${day}日 ${time}` : `${year}-${month}-${day} ${time}`;
}
