import { createHttpHandler } from '../lib/handler';
import { jsonReply } from '../lib/http';
import { refundsHandlerDeps, wireTerminalRefunds } from '../wiring/terminal-refunds';

/** POST /terminal/refunds: a supervisor takes an earlier sale back. */
export const handler = createHttpHandler(async () => {
  const refund = await wireTerminalRefunds();
  return async (request) => jsonReply(await refund(request));
}, refundsHandlerDeps);
