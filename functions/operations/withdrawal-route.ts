import { AppError, isAppError } from '../../shared/errors';
import type { RequestedPayOut } from '../domain/pay-out';
import type { FieldCipher } from '../lib/field-cipher';
import type { BankPayment } from '../platforms/contract';
import { openAgreement } from './bank-agreement';
import { type Banks, bankAt } from './bank-order-source';
import type { PayOutAnswer, PayOutRoute } from './pay-out';

/**
 * To the holder's own bound card, under the pay-out's number. `to.agreementRef` is sealed, as on the bank card's row. A refusal that the bank
 * has signed is a failure, so the money goes back; what it never heard of is sent again; all else stays pending.
 */
export function createBankPayOutRoute(deps: {
  readonly banks: Banks<'payOut' | 'queryPayOut'>;
  readonly fieldCipher: FieldCipher;
}): PayOutRoute {
  async function send(payOut: RequestedPayOut): Promise<PayOutAnswer> {
    const { schoolId, accountNo, payOutNo, amountFen, to, reason } = payOut;
    if (to.via !== 'bank') throw new AppError('config.invalid', { kind: payOut.kind });
    const agreementRef = openAgreement(deps.fieldCipher, { schoolId, accountNo, agreement: to.agreementRef });
    try {
      return answerOf(await bankAt(deps.banks, schoolId).payOut({ requestNo: payOutNo, agreementRef, amountFen, description: reason }));
    } catch (error) {
      if (isAppError(error) && REFUSED.includes(error.code)) return { status: 'failed', failure: error.code };
      throw error;
    }
  }
  return {
    send,
    async query(payOut) {
      const said = await bankAt(deps.banks, payOut.schoolId).queryPayOut({ requestNo: payOut.payOutNo });
      return said.status === 'not-found' ? send(payOut) : answerOf(said);
    },
  };
}

/** Nothing moved, and nothing will under this number. */
const REFUSED: readonly string[] = ['bank.refused', 'bank.binding-ended', 'bank.over-limit'];

function answerOf(payment: BankPayment): PayOutAnswer {
  switch (payment.status) {
    case 'succeeded':
      return { status: 'succeeded', at: payment.at, externalRef: payment.bankTradeNo };
    case 'failed':
      return { status: 'failed', failure: payment.reason };
    case 'pending':
    case 'not-found':
      return { status: 'pending' };
  }
}
