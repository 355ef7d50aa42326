import { createHttpHandler } from '../lib/handler';
import { jsonReply } from '../lib/http';
import { passesHandlerDeps, wireTerminalPasses } from '../wiring/terminal-passes';

/** POST /terminal/passes: a till tells of a sale that it made by pass without network. */
export const handler = createHttpHandler(async () => {
  const takePass = await wireTerminalPasses();
  return async (request) => jsonReply(await takePass(request));
}, passesHandlerDeps);
