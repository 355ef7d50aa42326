import { AppError } from '../../shared/errors';
import { createHttpHandler } from '../lib/handler';
import { type HttpRequest, jsonReply } from '../lib/http';
import { pursesHandlerDeps, wireTerminalPurses } from '../wiring/terminal-purses';

/** POST /terminal/purses, /terminal/purse-uses: settlement machines and water controllers. */
export const handler = createHttpHandler(async () => {
  const purses = await wireTerminalPurses();
  const routes = new Map<string, (request: HttpRequest) => Promise<object>>([
    ['POST /terminal/purses', purses.settle],
    ['POST /terminal/purse-uses', purses.upload],
  ]);
  return async (request) => {
    const answer = routes.get(`${request.method} ${request.path}`);
    if (answer === undefined) throw new AppError('request.not-found');
    return jsonReply(await answer(request));
  };
}, pursesHandlerDeps);
