import * as v from 'valibot';
import type { PlatformOrder } from '../contract';
import { parseRfc3339, readFen } from '../wire';

/** The order as notice and query tell it (APIv3 "JSAPI 支付通知", "查询订单"). Unpaid orders lack most of it. */
export const transactionSchema = v.object({
  appid: v.string(),
  mchid: v.string(),
  out_trade_no: v.string(),
  trade_state: v.string(),
  transaction_id: v.optional(v.string()),
  success_time: v.optional(v.string()),
  // `payer_total` is not read: a coupon lowers it, while the platform pays the merchant `total`.
  amount: v.optional(v.object({ total: v.optional(v.number()), currency: v.optional(v.string()) })),
  payer: v.optional(v.object({ openid: v.optional(v.string()) })),
});

export type Transaction = v.InferOutput<typeof transactionSchema>;

export type TransactionFault = 'other-merchant' | 'other-app' | 'other-currency' | 'incomplete';

export type ReadTransaction = { readonly order: PlatformOrder } | { readonly fault: TransactionFault };

export interface Ourselves {
  readonly merchantId: string;
  readonly appIds: readonly string[];
}

export function readTransaction(transaction: Transaction, ourselves: Ourselves): ReadTransaction {
  if (transaction.mchid !== ourselves.merchantId) return { fault: 'other-merchant' };
  if (!ourselves.appIds.includes(transaction.appid)) return { fault: 'other-app' };
  const status = statusOf(transaction.trade_state);
  if (status !== 'paid') return { order: { status, merchantOrderNo: transaction.out_trade_no } };
  return readPaid(transaction);
}

/**
 * REFUND says that money came and went back, wholly or in part: neither success nor failure, so a person or the bill
 * decides. REVOKED and PAYERROR belong to payment codes; neither can be paid any more.
 */
function statusOf(tradeState: string): PlatformOrder['status'] {
  switch (tradeState) {
    case 'SUCCESS':
      return 'paid';
    case 'CLOSED':
    case 'REVOKED':
      return 'closed';
    case 'NOTPAY':
      return 'not-paid';
    default:
      return 'pending';
  }
}

function readPaid(transaction: Transaction): ReadTransaction {
  const { total, currency = 'CNY' } = transaction.amount ?? {};
  if (currency !== 'CNY') return { fault: 'other-currency' };
  const amountFen = total === undefined ? undefined : readFen(total);
  const paidAt = parseRfc3339(transaction.success_time ?? '');
  const platformTradeNo = transaction.transaction_id;
  if (amountFen === undefined || paidAt === undefined || !platformTradeNo) return { fault: 'incomplete' };
  return {
    order: {
      status: 'paid',
      merchantOrderNo: transaction.out_trade_no,
      amountFen,
      currency,
      appId: transaction.appid,
      platformTradeNo,
      paidAt,
      payerOpenId: transaction.payer?.openid,
    },
  };
}
