import { isAppError } from '../../shared/errors';
import { errorFields } from '../lib/logger';
import { readQueryMessages } from '../operations/query-messages';
import { queryReport, wireQueryOrder } from '../wiring/query-order';

let started: ReturnType<typeof wireQueryOrder> | undefined;

/**
 * Messages of the queue `query-order`: each names an order, or a payment by code, to ask its platform about. A refusal is no failure of the message, since the order
 * has its next time by then; anything else is delivered again, and ends among the dead letters, which have an alarm.
 */
export async function handler(event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  const { log, counter } = queryReport;
  started ??= wireQueryOrder();
  const query = await started.catch((error: unknown) => {
    started = undefined;
    throw error;
  });
  const failed: { itemIdentifier: string }[] = [];
  await Promise.all(
    readQueryMessages(event).map(async ({ messageId, message }) => {
      try {
        if (message === undefined) throw new Error('not a message of ours');
        const order = await query(message);
        log.info('order', { orderNo: message.orderNo, state: order?.state ?? 'not due' });
      } catch (error) {
        counter.count('Refusal');
        log.error('order', { orderNo: message?.orderNo ?? '', ...errorFields(error) });
        if (!isAppError(error)) failed.push({ itemIdentifier: messageId });
      }
    }),
  );
  if (failed.length > 0) counter.publish();
  return { batchItemFailures: failed };
}
