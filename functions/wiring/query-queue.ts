import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { createLog, errorFields } from '../lib/logger';
import type { MessageLine } from '../operations/send-messages';
import type { LaterQueue, QueryQueue } from '../platforms/queue/query-queue';
import { createSqsQueue } from '../platforms/queue/sqs-queue';

const queueName = v.optional(v.pipe(v.string(), v.regex(/^[\w-]{1,80}$/)));

/** Where no queue is named, the sweep alone comes back to an order and notices stay in the inbox. The keys are those that Lambda gives to a function's role. */
export const queueSettings = {
  QUERY_QUEUE: queueName,
  MESSAGE_QUEUE: queueName,
  /** Set only where the queue is not AWS's own. */
  SQS_ENDPOINT: v.optional(v.pipe(v.string(), v.url())),
  AWS_REGION: v.optional(v.string()),
  AWS_ACCESS_KEY_ID: v.optional(v.string()),
  AWS_SECRET_ACCESS_KEY: v.optional(v.string()),
  AWS_SESSION_TOKEN: v.optional(v.string()),
};

type QueueConfig = { readonly [name in keyof typeof queueSettings]?: string | undefined };

export function createQueryQueue(config: QueueConfig): QueryQueue | undefined {
  return createQueue(config.QUERY_QUEUE, config);
}

/** Notices on their way to phones. */
export function createMessageQueue(config: QueueConfig): LaterQueue<MessageLine> | undefined {
  return createQueue(config.MESSAGE_QUEUE, config);
}

function createQueue<Message>(queueName: string | undefined, config: QueueConfig): LaterQueue<Message> | undefined {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = config;
  if (queueName === undefined || region === undefined || accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const session = config.AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: config.AWS_SESSION_TOKEN };
  const log = createLog();
  return createSqsQueue(
    { queueName, region, endpoint: config.SQS_ENDPOINT, credentials: { accessKeyId, secretAccessKey, ...session } },
    { fetch, now: systemClock, onLost: (error) => log.warn('a message to the queue was lost', errorFields(error)) },
  );
}
