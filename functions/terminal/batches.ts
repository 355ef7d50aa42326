import type { BatchReply } from '../../shared/api/terminal-batches';
import { toIso } from '../../shared/time';
import { createHttpHandler } from '../lib/handler';
import { jsonReply } from '../lib/http';
import { batchesHandlerDeps, wireTerminalBatches } from '../wiring/terminal-batches';

/** POST /terminal/batches: a terminal states what it sold; holders who doubt a sale that it lacks have their money back. */
export const handler = createHttpHandler(async () => {
  const takeBatch = await wireTerminalBatches();
  return async (request) => {
    const { head, told } = await takeBatch(request);
    const { terminal, day, parts, ackedSeq, closedAt, totals } = head;
    const serverTime = toIso(batchesHandlerDeps.clock());
    return jsonReply({ terminal, day, parts, ackedSeq, closed: closedAt !== undefined, totals, ...told, serverTime } satisfies BatchReply);
  };
}, batchesHandlerDeps);
