import { AppError, type ErrorTexts, errorText, isAppError } from '../../shared/errors';
import type { Clock } from './clock';
import { errorReply, type HttpReply, type HttpRequest, readEvent, renderReply } from './http';
import { errorFields, type Log } from './logger';
import type { Counter } from './metrics';

export type Answer = (request: HttpRequest) => Promise<HttpReply>;

export interface HandlerDeps {
  readonly log: Log;
  readonly counter: Counter;
  readonly clock: Clock;
  /** The sentences of the refusals that callers of this function may hear. */
  readonly texts: ErrorTexts;
}

export type HttpHandler = (event: unknown) => Promise<ReturnType<typeof renderReply>>;

/**
 * The one wrapper around every HTTP entry. A refusal becomes its status and body; anything else is logged and answered
 * as `request.internal`, so that nothing of a vendor, a table or a stack reaches the caller.
 * @param start builds the entry on the first request and is kept; a failed start is tried again on the next.
 */
export function createHttpHandler(start: () => Promise<Answer>, deps: HandlerDeps): HttpHandler {
  let started: Promise<Answer> | undefined;
  const answerOf = async (): Promise<Answer> => {
    started ??= start();
    try {
      return await started;
    } catch (error) {
      started = undefined;
      throw error;
    }
  };

  return async (event) => {
    const began = deps.clock();
    let request: HttpRequest | undefined;
    let reply: HttpReply;
    try {
      request = readEvent(event);
      reply = await (await answerOf())(request);
    } catch (error) {
      reply = refuse(error, deps);
    }
    deps.counter.count('Request');
    deps.log.info('request', {
      // The path of an unknown address is whatever somebody typed; ours hold ids of ours at most.
      requestId: request?.requestId ?? '',
      method: request?.method ?? '',
      path: request === undefined || reply.status === 404 ? '' : request.path,
      status: reply.status,
      tookMs: deps.clock() - began,
    });
    deps.counter.publish();
    return renderReply(reply);
  };
}

/** The reply to whatever was thrown; a router that catches by itself calls it too, so that there is one rule. */
export function refuse(error: unknown, deps: Pick<HandlerDeps, 'log' | 'counter' | 'texts'>): HttpReply {
  if (isAppError(error)) {
    deps.counter.count('Refusal');
    const report = { ...errorFields(error) };
    if (errorText(error.code, deps.texts).status >= 500) deps.log.error('refusal', report);
    else deps.log.info('refusal', report);
    // What our configuration lacks is for the log, not for a caller.
    return errorReply(error.code === 'config.invalid' ? new AppError('config.invalid') : error, deps.texts);
  }
  deps.counter.count('InternalError');
  deps.log.error('unexpected', errorFields(error));
  return errorReply(new AppError('request.internal'), deps.texts);
}
