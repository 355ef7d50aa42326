import * as v from 'valibot';
import type { ApiSlice } from '../route';
import { refundBody, refundReply } from '../terminal-refunds';
import { wantedAmount } from '../wanted-amount';

export const terminalRefundSlice: ApiSlice = {
  schemas: {
    TerminalRefundBody: v.strictObject({ ...refundBody.entries, amountFen: v.optional(wantedAmount) }),
    TerminalRefundReply: refundReply,
  },
  routes: [
    {
      method: 'POST',
      path: '/terminal/refunds',
      id: 'refundAtTerminal',
      summary: 'A supervisor takes back an earlier sale of the merchant, whole or in part',
      caller: 'terminal',
      body: 'TerminalRefundBody',
      reply: 'TerminalRefundReply',
      errors: [
        'terminal.wrong-kind',
        'payment.amount-invalid',
        'payment.other-body',
        'claim.too-late',
        'claim.pin-unreadable',
        'refund.supervisor-wrong',
        'refund.sale-unknown',
        'refund.other-merchant',
        'refund.window-over',
        'refund.nothing-left',
        'refund.over-rest',
        'staff.forbidden',
        'auth.locked',
        'account.unknown',
        'request.busy',
        'school.unknown',
      ],
    },
  ],
};
