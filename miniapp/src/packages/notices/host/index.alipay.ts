import { alipayAnswer } from './answers';
import type { MessageHost } from './contract';

/** Since base library 2.7.10. */
interface MyMessages {
  requestSubscribeMessage?: (options: { entityIds: string[]; success: (answer: unknown) => void; fail: (reason: unknown) => void }) => void;
}
declare const my: MyMessages;

export const host = {
  app: typeof my.requestSubscribeMessage === 'function' ? 'alipay' : undefined,
  ask: (templateId) =>
    new Promise((resolve) => {
      if (typeof my.requestSubscribeMessage !== 'function') return resolve('unknown');
      const answer = (said: unknown) => resolve(alipayAnswer(said));
      my.requestSubscribeMessage({ entityIds: [templateId], success: answer, fail: answer });
    }),
} satisfies MessageHost;
