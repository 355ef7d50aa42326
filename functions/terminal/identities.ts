import { createHttpHandler } from '../lib/handler';
import { jsonReply } from '../lib/http';
import { identitiesHandlerDeps, wireTerminalIdentities } from '../wiring/terminal-identities';

/** POST /terminal/identities: who stands at a gate. */
export const handler = createHttpHandler(async () => {
  const verify = await wireTerminalIdentities();
  return async (request) => jsonReply(await verify(request));
}, identitiesHandlerDeps);
