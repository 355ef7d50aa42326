import type { UtilityName } from '../../shared/api/common';
import { RECEIVABLE_LEG } from '../../shared/passbook/postings';
import type { TopUpChannel } from './order';

/**
 * The counterparties of a posting: the chart of accounts in the passbook's words. Positive on a leg: more is owed to that side. So
 * what the school owes (merchants, suppliers, deposits) stands positive, what it has or is owed (clearing, bank, cash) negative, and
 * all legs of a school sum to zero at every instant.
 */
export const legs = {
  /** What a platform or the bank has taken for us and not yet settled to our bank account. */
  channel: (channel: TopUpChannel | 'cash') => `channel:${channel}`,
  /** The school's account at its bank. */
  bank: 'bank:main',
  /** Notes inside a cash machine. */
  cash: (terminal: number) => `cash:${terminal}`,
  merchant: (merchant: number) => `merchant:${merchant}`,
  utility: (utility: UtilityName) => `utility:${utility}`,
  /** The budget that subsidies are granted from and return to. */
  subsidyFunding: 'funding:subsidy',
  /** 首餐补贴: what the school bears of the first sale of a meal period. */
  mealSubsidy: 'funding:meal-subsidy',
  cardFee: 'income:card-fee',
  /** 搭伙费: what those whom the school does not subsidise pay on top of the price. */
  surcharge: 'income:surcharge',
  /** What the school keeps of a merchant's sales. */
  merchantFee: 'income:merchant-fee',
  /** 管理费 of a transfer from a bank card. */
  bankFee: 'income:bank-fee',
  cardDeposit: 'deposit:card',
  /** What a platform keeps for itself when it settles. */
  fee: (channel: TopUpChannel) => `fee:${channel}`,
  /** 挂账: money whose owner is not yet known. */
  suspense: 'suspense',
  receivable: RECEIVABLE_LEG,
  /** 长款 / 短款: what counting found too much or too little. */
  overShort: 'over-short',
} as const;
