import { type Answer, type HandlerDeps, refuse } from '../lib/handler';
import type { HttpReply } from '../lib/http';
import type { CallbackWiring } from '../wiring/callbacks';

/**
 * A callback's answer in the platform's own form. A refusal keeps the status of its code, which both platforms read as
 * "send it again"; why it was refused is for our log only.
 */
export function answerNotice(wiring: CallbackWiring, deps: HandlerDeps): Answer {
  return async (request) => {
    try {
      const { merchantOrderNo, status } = await wiring.take(request);
      deps.log.info('notice', { orderNo: merchantOrderNo, status });
      return reply(wiring, 'accepted');
    } catch (error) {
      const { status } = refuse(error, deps);
      return { ...reply(wiring, 'refused'), status };
    }
  };
}

function reply(wiring: CallbackWiring, verdict: 'accepted' | 'refused'): HttpReply {
  const { status, contentType, body } = wiring.answer(verdict);
  return { status, headers: { 'content-type': contentType, 'cache-control': 'no-store' }, body };
}
