import type { ApiSlice } from '../route';

const native = {
  caller: 'terminal',
  body: 'SaleBody',
  reply: 'SaleReply',
  errors: ['payment.other-body', 'terminal.wrong-kind', 'request.busy', 'school.unknown'],
  answers: [
    'code.malformed',
    'code.pass',
    'code.identity-pass',
    'code.unionpay',
    'native.campus-code',
    'native.cancelled',
    'native.code-expired',
    'native.not-offered',
    'native.refused',
    'payment.amount-invalid',
    'payment.not-charged',
    'payment.over-terminal-limit',
    'payment.unknown',
    'terminal.clock',
  ],
} as const;

/** A payer's own WeChat or Alipay code at a till. */
export const terminalNativeSlice: ApiSlice = {
  schemas: {},
  routes: [
    {
      method: 'POST',
      path: '/terminal/native-charges',
      id: 'chargeNative',
      summary: 'Charge a WeChat or Alipay payment code; repeat the same bytes until definite',
      ...native,
    },
    { method: 'POST', path: '/terminal/native-charges/query', id: 'queryNativeCharge', summary: 'Was it charged?', ...native },
    {
      method: 'POST',
      path: '/terminal/native-charges/voids',
      id: 'voidNativeCharge',
      summary: 'Take it back: unpaid, it is cancelled; paid, it goes back to the payer by the way it came',
      ...native,
      errors: [...native.errors, 'native.not-reversible', 'refund.over-rest', 'request.replayed-differently', 'account.unknown'],
    },
  ],
};
