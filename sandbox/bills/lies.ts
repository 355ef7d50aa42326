import type { BookKeeper } from './journal';
import type { BillLie, Lie } from './state';

/** What a bill can be told to be, in the words of the control API; `on` says which platform can lie so. */
export const lieTable = {
  'missing-line': { zh: '少一行', en: 'A line is missing.', on: ['wechatPay', 'alipay'] },
  'extra-line': { zh: '多一行', en: 'A payment of an order nobody made.', on: ['wechatPay', 'alipay'] },
  'changed-amount': { zh: '金额不同', en: 'One line says another amount.', on: ['wechatPay', 'alipay'] },
  'duplicate-line': { zh: '重复一行', en: 'One line stands there twice.', on: ['wechatPay', 'alipay'] },
  'wrong-total': { zh: '合计不符', en: 'The totals do not add up.', on: ['wechatPay', 'alipay'] },
  'wrong-date': { zh: '日期不符', en: 'The bill is of the day before.', on: ['wechatPay', 'alipay'] },
  'wrong-encoding': { zh: '编码不符', en: 'GBK for UTF-8, or UTF-8 for GBK.', on: ['wechatPay', 'alipay'] },
  'byte-order-mark': { zh: '带 BOM', en: 'A byte order mark stands before the text; nothing is wrong.', on: ['wechatPay'] },
  'cut-file': {
    zh: '文件截断',
    en: 'The text ends in the middle of a line; digest and archive are those of what is left.',
    on: ['wechatPay', 'alipay'],
  },
  'cut-archive': { zh: '压缩包截断', en: 'The download ends in the middle of the archive.', on: ['wechatPay', 'alipay'] },
  'other-merchant': { zh: '别家商户', en: 'The bill of another merchant.', on: ['wechatPay', 'alipay'] },
  'other-column-order': { zh: '列序不同', en: 'The columns stand in another order.', on: ['wechatPay', 'alipay'] },
  'unknown-column': { zh: '多一列', en: 'A column that no document names.', on: ['wechatPay', 'alipay'] },
  'hash-mismatch': { zh: '摘要不符', en: 'The digest is of another file.', on: ['wechatPay'] },
  'expired-url': { zh: '链接过期', en: 'The download address has expired when it is used.', on: ['wechatPay', 'alipay'] },
  'not-ready': { zh: '账单未生成', en: 'The bill is not made yet.', on: ['wechatPay', 'alipay'] },
} as const satisfies Record<Lie, { zh: string; en: string; on: readonly BookKeeper[] }>;

export function isLie(text: string): text is Lie {
  return Object.hasOwn(lieTable, text);
}

/** Lies told of a bill now. */
export function liesOf(lies: readonly BillLie[], keeper: BookKeeper, day: string): BillLie[] {
  return lies.filter((lie) => lie.platform === keeper && lie.day === day && lie.times !== 0);
}

export function tells(lies: readonly BillLie[], lie: Lie): boolean {
  return lies.some((one) => one.lie === lie);
}

/** A lie told only so many times is used up by this telling. True when it was told. */
export function tellOnce(lies: readonly BillLie[], name: Lie): boolean {
  const lie = lies.find((one) => one.lie === name);
  if (!lie) return false;
  if (lie.times !== null) lie.times -= 1;
  return true;
}
