import { randomUUID } from 'node:crypto';
import { listen } from '../lib/server';
import { systemTimers } from '../lib/timers';
import { createPlayedQueue, type QueueEvent } from './queue';

/** The queues of serverless.yml on this machine, for a stack: they invoke the functions behind them as AWS would. */
export interface LocalQueue {
  readonly url: string;
  /** The functions start after the queue, because its address is among their settings. */
  deliverTo(functions: { invoke(functionName: string, event: QueueEvent): Promise<unknown> }): void;
  close(): Promise<void>;
}

/** Queue → function, by their names in serverless.yml. */
const queuesOf = (stage: string): Readonly<Record<string, string>> => ({
  [`ecode-query-order-${stage}`]: 'query-order',
  [`ecode-send-messages-${stage}`]: 'send-messages',
});

export async function openLocalQueue(options: { readonly stage: string; readonly onError: (error: unknown) => void }): Promise<LocalQueue> {
  const queues = queuesOf(options.stage);
  let functions: Parameters<LocalQueue['deliverTo']>[0] | undefined;
  const queue = createPlayedQueue({
    names: Object.keys(queues),
    clock: Date.now,
    timers: systemTimers,
    newId: randomUUID,
    onError: options.onError,
    deliver: (queueName, event) => {
      if (functions === undefined) return Promise.reject(new Error('the functions have not started'));
      return functions.invoke(queues[queueName] ?? '', event);
    },
  });
  const server = await listen(0, async (request) => queue.service({ ...request, fullPath: request.path }));
  return {
    url: server.baseUrl,
    deliverTo: (started) => {
      functions = started;
    },
    close: () => {
      queue.stop();
      return server.close();
    },
  };
}
