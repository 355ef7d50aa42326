import type { RequestedPayOut } from '../domain/pay-out';
import type { UtilityGateway, UtilityPayment } from '../platforms/contract';
import type { PayOutAnswer, PayOutRoute } from './pay-out';

/** How a payment to a supplier is sent and asked about. A timeout is pending: only a query ends it, never a second payment. */
export function utilityRoute(gateway: Pick<UtilityGateway, 'pay' | 'queryPayment'>): PayOutRoute {
  const send = async (payOut: RequestedPayOut): Promise<PayOutAnswer> => {
    const { to } = payOut;
    if (to.via !== 'utility') throw new Error('a utility payment that goes elsewhere');
    const { schoolId, payOutNo: requestNo, amountFen } = payOut;
    return answerOf(payOut, await gateway.pay({ requestNo, schoolId, kind: to.utility, account: to.account, amountFen }));
  };
  return {
    send,
    async query(payOut) {
      const said = await gateway.queryPayment({ requestNo: payOut.payOutNo });
      // What was sent before can no longer arrive once the supplier has said so: the same number is asked for again.
      return said.status === 'not-found' ? send(payOut) : answerOf(payOut, said);
    },
  };
}

function answerOf(payOut: RequestedPayOut, said: UtilityPayment): PayOutAnswer {
  switch (said.status) {
    case 'succeeded':
      // Another amount than ours is no answer to our payment; a person must look.
      if (said.amountFen !== payOut.amountFen) return { status: 'stuck', failure: 'other-amount' };
      return { status: 'succeeded', at: said.at, externalRef: said.receiptNo };
    case 'failed':
      return { status: 'failed', failure: said.reason };
    case 'pending':
    case 'not-found':
      return { status: 'pending' };
  }
}
