import { fen, formatYuan } from '../../../shared/money';
import type { Bilingual } from '../../../shared/rule-pack';
import { toIso } from '../../../shared/time';
import { type Forward, type JournalSale, type MeansKind, paidFen } from './memory';

export interface ReceiptHead {
  readonly school: Bilingual;
  readonly merchant: Bilingual;
  readonly terminal: number;
}

const MEANS_NAMES: Readonly<Record<MeansKind, string>> = { card: '校园卡', code: '校园码', 'wechat-pay': '微信支付', alipay: '支付宝' };

const STATES: Readonly<Record<JournalSale['state'], string>> = {
  charged: '消费',
  voided: '消费撤销',
  'not-charged': '未扣款',
  open: '未定，请勿作凭证',
  unknown: '未定，请勿作凭证',
};

/** What the printer puts out for a sale: no name, no number and no digit of a card or a code. */
export function receiptOf(sale: JournalSale, head: ReceiptHead, copy = false): string[] {
  const { sequence, occurredAt, means, state, result } = sale;
  const money = (label: string, value: number | undefined) => (value === undefined ? [] : [`${label} ${yuanText(value)}`]);
  return [
    ...headLines(head, { sequence, occurredAt }, copy),
    `类型 ${STATES[state]}`,
    `方式 ${MEANS_NAMES[means]}`,
    `金额 ${yuanText(paidFen(sale))}`,
    ...money('标价', result?.listFen),
    ...money('搭伙费', result?.surchargeFen || undefined),
    ...money('首餐补贴', result?.discountFen || undefined),
    ...(state === 'charged' && means !== 'wechat-pay' && means !== 'alipay' ? money('卡余额', result?.cardFen ?? undefined) : []),
  ];
}

export function offlineReceipt({ sequence, occurredAt, amountFen }: Forward, head: ReceiptHead, copy = false): string[] {
  return [
    ...headLines(head, { sequence, occurredAt }, copy),
    '类型 离线消费',
    '方式 离线码',
    `金额 ${yuanText(amountFen)}`,
    '余额 联网后可查',
  ];
}

function headLines(
  { school, merchant, terminal }: ReceiptHead,
  { sequence, occurredAt }: { readonly sequence: number; readonly occurredAt: number },
  copy: boolean,
): string[] {
  return [
    ...(copy ? ['** 重印 COPY **'] : []),
    school.zh,
    `商户 ${merchant.zh}`,
    `终端 ${terminal}  流水 ${sequence}`,
    `时间 ${toIso(occurredAt).slice(0, 19).replace('T', ' ')}`,
  ];
}

export function yuanText(amountFen: number): string {
  return `${formatYuan(fen(amountFen))}元`;
}
