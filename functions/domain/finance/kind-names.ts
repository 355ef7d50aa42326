import type { EntryKind } from '../../../shared/api/common';
import type { Bilingual } from '../../../shared/rule-pack';

/** Kinds of entries that move money, as finance calls them. */
const NAMES: Readonly<Partial<Record<EntryKind, Bilingual>>> = {
  'top-up': { zh: '充值', en: 'Top-up' },
  charge: { zh: '消费', en: 'Sale' },
  void: { zh: '撤销', en: 'Void' },
  reversal: { zh: '冲正', en: 'Reversal' },
  claim: { zh: '领取', en: 'Claim' },
  refund: { zh: '退款', en: 'Refund' },
  'refund-returned': { zh: '退款退回', en: 'Refund returned' },
  withdrawal: { zh: '提现', en: 'Withdrawal' },
  'withdrawal-returned': { zh: '提现退回', en: 'Withdrawal returned' },
  'utility-payment': { zh: '缴费', en: 'Utility payment' },
  'utility-returned': { zh: '缴费退回', en: 'Utility payment returned' },
  transfer: { zh: '账户内转账', en: 'Transfer' },
  'chip-intent': { zh: '写卡', en: 'Chip write' },
  'chip-written': { zh: '写卡完成', en: 'Chip written' },
  'subsidy-granted': { zh: '补助发放', en: 'Subsidy granted' },
  'subsidy-expired': { zh: '补助到期收回', en: 'Subsidy expired' },
  fee: { zh: '工本费', en: 'Card fee' },
  deposit: { zh: '押金', en: 'Deposit' },
  'deposit-returned': { zh: '退押金', en: 'Deposit returned' },
  adjustment: { zh: '调账', en: 'Adjustment' },
  'native-charge': { zh: '消费（微信/支付宝付款码）', en: 'Sale by native code' },
  'native-refund': { zh: '付款码消费退款', en: 'Native sale refunded' },
  'pass-charge': { zh: '离线消费', en: 'Offline sale' },
  'purse-loaded': { zh: '小钱包预充', en: 'Purse loaded' },
  'purse-settled': { zh: '小钱包结算', en: 'Purse settled' },
  'purse-returned': { zh: '小钱包退回', en: 'Purse returned' },
  'receivable-cleared': { zh: '应收款结清', en: 'Receivable cleared' },
  'platform-settlement': { zh: '渠道到账', en: 'Channel settlement' },
  'merchant-payout': { zh: '商户付款', en: 'Merchant payout' },
  suspense: { zh: '挂账', en: 'Suspense' },
  'suspense-cleared': { zh: '挂账处理', en: 'Suspense cleared' },
  'cash-collected': { zh: '现金解款', en: 'Cash collected' },
};

/** The kind itself where it has no name yet. */
export function kindName(kind: string): Bilingual {
  // Any text may be asked for; what is not a kind has no name.
  return NAMES[kind as EntryKind] ?? { zh: kind, en: kind };
}
