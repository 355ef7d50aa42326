import { createHttpHandler } from '../lib/handler';
import { jsonReply } from '../lib/http';
import { bankHandlerDeps, wireTerminalBank } from '../wiring/terminal-bank';

/** POST /terminal/bank: a card on a machine and its holder's bank. */
export const handler = createHttpHandler(async () => {
  const answer = await wireTerminalBank();
  return async (request) => jsonReply(await answer(request));
}, bankHandlerDeps);
