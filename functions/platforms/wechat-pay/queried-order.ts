import * as v from 'valibot';
import type { AppError } from '../../../shared/errors';
import type { OrderRef, PlatformOrder } from '../contract';
import { codeOf, type WechatAnswer } from './channel';
import { type Ourselves, readTransaction, transactionSchema } from './transaction';

/** How the caller's errors are called. */
interface Refusals {
  refusal(answer: WechatAnswer): AppError;
  unavailable(reason: string): AppError;
}

/** The answer about one order that we asked for by our number, of whatever product of the platform. */
export function readQueriedOrder(answer: WechatAnswer, order: OrderRef, ourselves: Ourselves, refusals: Refusals): PlatformOrder {
  const { merchantOrderNo } = order;
  if (isOrderUnknown(answer)) return { status: answer.signed ? 'not-found' : 'pending', merchantOrderNo };
  if (answer.status !== 200) throw refusals.refusal(answer);
  const parsed = v.safeParse(transactionSchema, answer.content);
  if (!parsed.success) throw refusals.unavailable('answer-malformed');
  // A genuine, signed answer about another order must not pay for this one.
  if (parsed.output.out_trade_no !== merchantOrderNo) throw refusals.unavailable('answer-other-order');
  const read = readTransaction(parsed.output, ourselves);
  if ('fault' in read) throw refusals.unavailable(`answer-${read.fault}`);
  return read.order;
}

export function isOrderUnknown(answer: WechatAnswer): boolean {
  // Documents of different years spell it both ways.
  return answer.status === 404 && ['ORDER_NOT_EXIST', 'ORDERNOTEXIST'].includes(codeOf(answer));
}
