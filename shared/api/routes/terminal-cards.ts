import type { ApiSlice } from '../route';
import { cardsBody, cardsReply } from '../terminal-cards';

export const terminalCardsSlice: ApiSlice = {
  schemas: { CardsBody: cardsBody, CardsReply: cardsReply },
  routes: [
    {
      method: 'POST',
      path: '/terminal/cards',
      id: 'cardOnTerminal',
      summary: 'A card on a terminal: its first sync and balance, an earlier card back into use, another password',
      caller: 'terminal',
      body: 'CardsBody',
      reply: 'CardsReply',
      errors: [
        'card.unknown',
        'card.bad-chip-code',
        'card.lost',
        'card.replaced',
        'card.not-found-lost',
        'account.closed',
        'account.unknown',
        'claim.password-required',
        'claim.pin-unreadable',
        'claim.too-late',
        'auth.wrong-password',
        'auth.locked',
        'auth.password-weak',
        'terminal.wrong-kind',
        'payment.other-body',
        'request.busy',
        'school.unknown',
      ],
    },
  ],
};
