import { AppError } from '../../shared/errors';
import { createHttpHandler } from '../lib/handler';
import { type HttpRequest, jsonReply } from '../lib/http';
import { servicesHandlerDeps, wireTerminalServices } from '../wiring/terminal-services';

/** POST /terminal/claims, /terminal/chip-writes, /terminal/cash, /terminal/cards, /terminal/statements: what is done with a card on a machine. */
export const handler = createHttpHandler(async () => {
  const services = await wireTerminalServices();
  const routes = new Map<string, (request: HttpRequest) => Promise<object>>([
    ['POST /terminal/claims', services.claim],
    ['POST /terminal/chip-writes', services.chip],
    ['POST /terminal/cash', services.cash],
    ['POST /terminal/cards', services.card],
    ['POST /terminal/statements', services.statement],
  ]);
  return async (request) => {
    const answer = routes.get(`${request.method} ${request.path}`);
    if (answer === undefined) throw new AppError('request.not-found');
    return jsonReply(await answer(request));
  };
}, servicesHandlerDeps);
