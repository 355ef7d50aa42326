import type { ApiSlice } from '../route';
import { identityBody, identityReply } from '../terminal-identities';

export const terminalIdentitiesSlice: ApiSlice = {
  schemas: { IdentityBody: identityBody, IdentityReply: identityReply },
  routes: [
    {
      method: 'POST',
      path: '/terminal/identities',
      id: 'verifyIdentity',
      summary: 'An identity code or a card at a gate: is it good, and of which role is its holder',
      caller: 'terminal',
      body: 'IdentityBody',
      reply: 'IdentityReply',
      errors: [
        'identity.not-valid',
        'identity.payment-code',
        'identity.used',
        'identity.passback',
        'identity.too-late',
        'code.not-offered',
        'code.malformed',
        'code.identity-pass',
        'code.expired',
        'code.not-yet-valid',
        'code.frozen',
        'code.first-sync',
        'code.wechat',
        'code.alipay',
        'code.unionpay',
        'card.unknown',
        'card.bad-chip-code',
        'card.lost',
        'card.replaced',
        'account.closed',
        'account.unknown',
        'terminal.wrong-kind',
        'payment.other-body',
        'request.busy',
        'school.unknown',
      ],
    },
  ],
};
