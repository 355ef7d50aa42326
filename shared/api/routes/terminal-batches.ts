import type { ApiSlice } from '../route';
import { batchBody, batchReply } from '../terminal-batches';

export const batchSlice: ApiSlice = {
  schemas: { BatchBody: batchBody, BatchReply: batchReply },
  routes: [
    {
      method: 'POST',
      path: '/terminal/batches',
      id: 'takeBatch',
      summary: 'A part of a terminal’s signed statement of its day; the last one closes it',
      caller: 'terminal',
      body: 'BatchBody',
      reply: 'BatchReply',
      errors: ['batch.totals', 'batch.out-of-order', 'batch.closed', 'request.replayed-differently', 'request.busy', 'school.unknown'],
    },
  ],
};
