import { AppError, isAppError } from '../../shared/errors';
import type { Fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { PlatformChannel } from '../domain/order';
import type { Notice } from '../store/notices';
import type { DifferenceRow } from '../store/reconciliations';
import { type ConfirmDeps, confirmOrder, findOrder } from './confirm-order';
import type { Orphan } from './refund-orphan';

/** What a student is told of: reconciliation found their money, and credited it or sent it back to its payer. */
export interface HealedNotice {
  readonly kind: 'order-credited' | 'order-refunded';
  readonly schoolId: string;
  readonly accountNo: number;
  readonly orderNo: string;
  /** Of a refund, its number. */
  readonly about: string;
  readonly amountFen: Fen;
  readonly at: EpochMs;
}

/** As it stands in the student's inbox, once for each credit and each refund. */
export function noticeOfHealed({ kind, schoolId, accountNo, about, amountFen, at }: HealedNotice): Notice {
  return { schoolId, accountNo, key: `${kind}/${about}`, kind, at, amountFen, about };
}

export interface ActDeps extends ConfirmDeps {
  /** See `refundOrphan`. */
  readonly refundOrphan: (orphan: Orphan) => Promise<{ readonly payOutNo: string; readonly createdAt: EpochMs }>;
  /** The app that a refund is asked as, where the bill does not say. */
  readonly refundAppIds: Readonly<Record<PlatformChannel, string>>;
  /** Told once for an order or a refund (`about`); a repeat changes nothing. */
  readonly tellHealed: (notice: HealedNotice) => Promise<void>;
}

export type ActOutcome = Pick<DifferenceRow, 'actState'> & { readonly result?: string };

/** Refusals of the act that only a person can clear; anything else is tried again by the next run. */
const FOR_A_PERSON = [
  'order.unknown',
  'account.unknown',
  'callback.amount-mismatch',
  'callback.other-app',
  'request.replayed-differently',
] as const;

/**
 * Does what a difference calls for, as a normal operation with its own idempotency: a credit is `confirmOrder`, a refund is `refundOrphan`.
 * Doing it again is harmless. A refusal leaves it to a person or to the next run, and is its result.
 */
export async function actOn(deps: ActDeps, schoolId: string, row: DifferenceRow): Promise<ActOutcome> {
  try {
    switch (row.act) {
      case 'credit':
        return await credit(deps, row);
      case 'refund':
        return await refund(deps, schoolId, row);
      case 'hold':
        return { actState: 'held' };
      case 'wait':
        return { actState: 'waiting' };
      case 'reverse':
        throw new Error('a sale at a terminal is not of a bill');
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const isForPerson = FOR_A_PERSON.some((code) => isAppError(error, code));
    return { actState: isForPerson ? 'held' : 'failed', result: error.code };
  }
}

async function credit(deps: ActDeps, row: DifferenceRow): Promise<ActOutcome> {
  const { orderNo, platformTradeNo, billFen, at: paidAt } = row;
  if (platformTradeNo === undefined || billFen === undefined) return { actState: 'held', result: 'no-line' };
  const order = await findOrder(deps.orders, orderNo);
  const { accountNo, schoolId, appId } = order;
  const reported = {
    status: 'paid',
    merchantOrderNo: orderNo,
    amountFen: billFen,
    currency: 'CNY',
    appId,
    platformTradeNo,
    paidAt,
  } as const;
  const credited = await confirmOrder(deps, channelOf(row), { ...reported, payerOpenId: undefined });
  const at = credited.credit.creditedAt;
  await deps.tellHealed({ kind: 'order-credited', schoolId, accountNo, orderNo, about: orderNo, amountFen: billFen, at });
  return { actState: 'done', result: `entry ${accountNo}/${credited.credit.n}` };
}

/**
 * An act that a run died in: the order was credited by this very payment, and neither the student nor the record knows it. Undefined where
 * nothing was begun; then nothing is, since the bill of today may not say it any more.
 */
export async function finishCredit(deps: ActDeps, row: DifferenceRow): Promise<ActOutcome | undefined> {
  if (row.act !== 'credit') return undefined;
  const order = await deps.orders.find(row.schoolId ?? '', row.orderNo);
  const isCredited = order?.state === 'credited' && order.payment.platformTradeNo === row.platformTradeNo;
  return isCredited ? credit(deps, row) : undefined;
}

async function refund(deps: ActDeps, schoolId: string, row: DifferenceRow): Promise<ActOutcome> {
  const { orderNo, platformTradeNo, billFen, day } = row;
  // Whose it would be in the books is not known: a person finds out.
  if (row.schoolId === undefined || platformTradeNo === undefined || billFen === undefined)
    return { actState: 'held', result: 'no-school' };
  const channel = channelOf(row);
  const appId = deps.refundAppIds[channel];
  const orphan = { schoolId, channel, merchantOrderNo: orderNo, appId, platformTradeNo, amountFen: billFen, day };
  const { payOutNo: about, createdAt: at } = await deps.refundOrphan(orphan);
  // A second payment of an order of ours: its student paid twice, and is told that one of the two goes back.
  const order = await deps.orders.find(schoolId, orderNo);
  if (order !== undefined) {
    const { accountNo } = order;
    await deps.tellHealed({ kind: 'order-refunded', schoolId, accountNo, orderNo, about, amountFen: billFen, at });
  }
  return { actState: 'done', result: `refund ${about}` };
}

function channelOf(row: DifferenceRow): PlatformChannel {
  if (row.channel === 'wechat-pay' || row.channel === 'alipay') return row.channel;
  throw new Error('a difference of a channel that has no bill');
}
