import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { createLog, errorFields } from '../lib/logger';
import type { QueryQueue } from '../platforms/queue/query-queue';
import { createSqsQueue } from '../platforms/queue/sqs-queue';

/** Where no queue is named, the sweep alone comes back to an order. The keys are those that Lambda gives to a function's role. */
export const queueSettings = {
  QUERY_QUEUE: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{1,80}$/))),
  /** Set only where the queue is not AWS's own. */
  SQS_ENDPOINT: v.optional(v.pipe(v.string(), v.url())),
  AWS_REGION: v.optional(v.string()),
  AWS_ACCESS_KEY_ID: v.optional(v.string()),
  AWS_SECRET_ACCESS_KEY: v.optional(v.string()),
  AWS_SESSION_TOKEN: v.optional(v.string()),
};

type QueueConfig = { readonly [name in keyof typeof queueSettings]?: string | undefined };

export function createQueryQueue(config: QueueConfig): QueryQueue | undefined {
  const { QUERY_QUEUE: queueName, AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = config;
  if (queueName === undefined || region === undefined || accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const session = config.AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: config.AWS_SESSION_TOKEN };
  const log = createLog();
  return createSqsQueue(
    { queueName, region, endpoint: config.SQS_ENDPOINT, credentials: { accessKeyId, secretAccessKey, ...session } },
    { fetch, now: systemClock, onLost: (error) => log.warn('a message to the queue was lost', errorFields(error)) },
  );
}
