import * as v from 'valibot';
import type { AppError } from '../../../shared/errors';
import type { OrderRef, PlatformOrder } from '../contract';
import { parseBeijing, readYuan } from '../wire';
import type { AlipayGateway, AlipayRefusal } from './gateway';
import { tradeStatus } from './trade-status';

/** How the caller's errors are called. */
interface Refusals {
  refusal(answer: AlipayRefusal): AppError;
  unavailable(reason: string): AppError;
}

const tradeSchema = v.object({
  code: v.literal('10000'),
  out_trade_no: v.string(),
  trade_no: v.pipe(v.string(), v.minLength(1)),
  trade_status: v.string(),
  total_amount: v.optional(v.string()),
  send_pay_date: v.optional(v.string()),
  trans_currency: v.optional(v.string()),
  buyer_open_id: v.optional(v.string()),
  buyer_user_id: v.optional(v.string()),
});

/** alipay.trade.query. The answer names no app: it is the one that asked. */
export async function queryTrade({ merchantOrderNo, appId }: OrderRef, gateway: AlipayGateway, refusals: Refusals): Promise<PlatformOrder> {
  const answer = await gateway.call({ method: 'alipay.trade.query', bizContent: { out_trade_no: merchantOrderNo } });
  if (answer.isError) {
    if (answer.subCode !== 'ACQ.TRADE_NOT_EXIST') throw refusals.refusal(answer);
    return { status: answer.signed ? 'not-found' : 'pending', merchantOrderNo };
  }
  const trade = v.safeParse(tradeSchema, answer.content);
  if (!trade.success) throw refusals.unavailable('answer-malformed');
  // A genuine answer about another order must not stand for this one.
  if (trade.output.out_trade_no !== merchantOrderNo) throw refusals.unavailable('answer-other-order');
  return readTrade(trade.output, appId, refusals);
}

function readTrade(trade: v.InferOutput<typeof tradeSchema>, appId: string, { unavailable }: Refusals): PlatformOrder {
  const merchantOrderNo = trade.out_trade_no;
  const status = tradeStatus(trade.trade_status);
  if (status !== 'paid') return { status, merchantOrderNo };
  const amountFen = readYuan(trade.total_amount ?? '');
  const paidAt = parseBeijing(trade.send_pay_date ?? '');
  if (amountFen === undefined || paidAt === undefined) throw unavailable('answer-incomplete');
  if (trade.trans_currency !== undefined && trade.trans_currency !== 'CNY') throw unavailable('answer-other-currency');
  return {
    status,
    merchantOrderNo,
    amountFen,
    currency: 'CNY',
    appId,
    platformTradeNo: trade.trade_no,
    paidAt,
    payerOpenId: trade.buyer_open_id ?? trade.buyer_user_id,
  };
}
