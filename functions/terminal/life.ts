import { AppError } from '../../shared/errors';
import { toIso } from '../../shared/time';
import { createHttpHandler } from '../lib/handler';
import { type HttpRequest, jsonReply } from '../lib/http';
import { lifeHandlerDeps, wireTerminalLife } from '../wiring/terminal-life';

/** POST /terminal/enrolments, /terminal/keys, /terminal/heartbeats; GET /terminal/clock: what a terminal is before and beside its sales. */
export const handler = createHttpHandler(async () => {
  const life = await wireTerminalLife();
  const routes = new Map<string, (request: HttpRequest) => Promise<object>>([
    ['POST /terminal/enrolments', life.enrol],
    ['POST /terminal/keys', life.rotate],
    ['POST /terminal/heartbeats', life.heartbeat],
    ['GET /terminal/clock', readClock],
  ]);
  return async (request) => {
    const answer = routes.get(`${request.method} ${request.path}`);
    if (answer === undefined) throw new AppError('request.not-found');
    return jsonReply(await answer(request));
  };
}, lifeHandlerDeps);

async function readClock(): Promise<object> {
  const epochMs = lifeHandlerDeps.clock();
  return { serverTime: toIso(epochMs), epochMs };
}
