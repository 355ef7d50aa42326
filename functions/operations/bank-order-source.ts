import { AppError } from '../../shared/errors';
import { BANK_APP } from '../domain/bank-transfer';
import { schoolOfOrder } from '../domain/order-number';
import type { BankGateway, BankPayment, CloseOutcome, PlatformOrder } from '../platforms/contract';
import type { OrderSource } from './query-order';

/** The bank of a school; undefined where this deployment is set up for none. */
export type Banks<Acts extends keyof BankGateway = keyof BankGateway> = (schoolId: string) => Pick<BankGateway, Acts> | undefined;

/**
 * Debits of bound bank cards as orders that can be asked about and closed: `createdOrder`'s number is the debit's. Throws AppError
 * `bank.unavailable` (nothing is known), `bank.not-offered` (no bank of that school here), `order.unknown`.
 */
export function createBankOrderSource(banks: Banks<'queryDebit' | 'cancelDebit'>): OrderSource {
  const bankOf = (orderNo: string) => {
    const schoolId = schoolOfOrder(orderNo);
    if (schoolId === undefined) throw new AppError('order.unknown');
    return bankAt(banks, schoolId);
  };
  return {
    async queryOrder({ merchantOrderNo }) {
      return paymentAsOrder(merchantOrderNo, await bankOf(merchantOrderNo).queryDebit({ requestNo: merchantOrderNo }));
    },
    async closeOrder({ merchantOrderNo }) {
      return CLOSED[await bankOf(merchantOrderNo).cancelDebit({ requestNo: merchantOrderNo })];
    },
  };
}

const CLOSED = {
  cancelled: 'closed',
  'already-paid': 'already-paid',
  'not-found': 'not-found',
  pending: 'pending',
} as const satisfies Record<Awaited<ReturnType<BankGateway['cancelDebit']>>, CloseOutcome>;

/** @throws AppError bank.not-offered */
export function bankAt<Acts extends keyof BankGateway>(banks: Banks<Acts>, schoolId: string): Pick<BankGateway, Acts> {
  const bank = banks(schoolId);
  if (bank === undefined) throw new AppError('bank.not-offered');
  return bank;
}

/**
 * The bank's word in the words of orders. A debit that is pending waits for its code or is under way: not paid yet, and once its time is over
 * it is cancelled, which the bank does only while nothing has moved.
 */
export function paymentAsOrder(merchantOrderNo: string, payment: BankPayment): PlatformOrder {
  switch (payment.status) {
    case 'succeeded':
      return {
        status: 'paid',
        merchantOrderNo,
        amountFen: payment.amountFen,
        currency: 'CNY',
        appId: BANK_APP,
        platformTradeNo: payment.bankTradeNo,
        paidAt: payment.at,
        payerOpenId: undefined,
      };
    case 'failed':
      return { status: 'closed', merchantOrderNo };
    case 'not-found':
      return { status: 'not-found', merchantOrderNo };
    case 'pending':
      return { status: 'not-paid', merchantOrderNo };
  }
}
