import { purseBody, purseReply, purseUsesBody, purseUsesReply } from '../purses';
import type { ApiSlice } from '../route';

export const purseSlice: ApiSlice = {
  schemas: { PurseBody: purseBody, PurseReply: purseReply, PurseUsesBody: purseUsesBody, PurseUsesReply: purseUsesReply },
  routes: [
    {
      method: 'POST',
      path: '/terminal/purses',
      id: 'purseAtMachine',
      summary: 'A card with a small purse on a settlement machine or a connected controller: what it used, or its settlement and refill',
      caller: 'terminal',
      body: 'PurseBody',
      reply: 'PurseReply',
      errors: [
        'terminal.wrong-kind',
        'purse.not-offered',
        'purse.not-loaded',
        'purse.bad-proof',
        'purse.other-state',
        'payment.insufficient-balance',
        'payment.other-body',
        'claim.too-late',
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
    {
      method: 'POST',
      path: '/terminal/purse-uses',
      id: 'uploadPurseUses',
      summary: 'What a controller sold from purses without a network; each use once by its serial, however late',
      caller: 'terminal',
      body: 'PurseUsesBody',
      reply: 'PurseUsesReply',
      errors: ['terminal.wrong-kind', 'purse.not-offered', 'school.unknown'],
    },
  ],
};
