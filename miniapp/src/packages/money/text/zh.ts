/** Every sentence of the money screens in Chinese. They travel with their subpackage; src/i18n holds what the first screens say. */
export const zh = {
  'debt.title': '欠款结清',
  'debt.owed': '欠款',
  'debt.why': '离线付款时钱不够或离线码重复使用，商户已照常收款，差额记在这里。',
  'debt.stopped': '结清前，付款码与离线码暂停使用，实体卡不受影响。',
  'debt.free': '校园卡可用余额',
  'debt.reserved': '离线码预留',
  'debt.reserved-hint': '到期未用自动释放，也可用于结清',
  'debt.settle-now': '本次结清',
  'debt.missing': '还差',
  'debt.missing-text': '还差 {amount}，充值后即可结清。',
  'debt.waiting': '{label} {amount} 到账后也可用于结清：{next}',
  'debt.settle': '结清 {amount}',
  'debt.settle-part': '先结清 {amount}',
  'debt.top-up': '充值 {amount} 以上',
  'debt.none': '没有欠款',
  'debt.none-hint': '付款码可以正常使用',
  'debt.done': '已结清',
  'debt.done-hint': '付款码已恢复',
  'debt.done-lost': '校园卡挂失中，解挂后付款码恢复',
  'debt.part-done': '已从校园卡结清 {amount}',
  'debt.to-code': '去付款码',
  'money.home': '回到首页',
} as const;

export type MoneyKey = keyof typeof zh;
