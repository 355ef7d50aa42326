import type { ApiSlice } from '../route';
import { cardStatementBody, cardStatementReply } from '../terminal-statements';

export const terminalStatementsSlice: ApiSlice = {
  schemas: { CardStatementBody: cardStatementBody, CardStatementReply: cardStatementReply },
  routes: [
    {
      method: 'POST',
      path: '/terminal/statements',
      id: 'cardStatement',
      summary: 'A month of the card on a machine, by the query password',
      caller: 'terminal',
      body: 'CardStatementBody',
      reply: 'CardStatementReply',
      errors: [
        'terminal.wrong-kind',
        'claim.password-required',
        'claim.pin-unreadable',
        'auth.wrong-password',
        'auth.locked',
        'card.unknown',
        'card.bad-chip-code',
        'card.lost',
        'card.replaced',
        'account.closed',
        'account.unknown',
        'request.busy',
        'school.unknown',
      ],
    },
  ],
};
