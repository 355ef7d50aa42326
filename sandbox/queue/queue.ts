import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { jsonResponse, parseJson, type SandboxRequest, type SandboxResponse } from '../lib/http';
import type { Timers } from '../lib/timers';
import { signatureFault } from './aws-signature';

/** What a Lambda is given of a queue. */
export interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string; readonly eventSource: 'aws:sqs' }[];
}

export interface PlayedQueue {
  /** The JSON protocol of SQS: GetQueueUrl and SendMessage. */
  readonly service: (request: SandboxRequest) => SandboxResponse;
  /** Messages on their way, or being worked on. */
  waiting(): number;
  /** Bodies of messages that failed too often. */
  readonly deadLetters: readonly string[];
  stop(): void;
}

export interface QueueOptions {
  readonly names: readonly string[];
  readonly clock: () => number;
  readonly timers: Timers;
  readonly newId: () => string;
  /** Invokes the function behind the queue. */
  readonly deliver: (queueName: string, event: QueueEvent) => Promise<unknown>;
  /** Told of each delivery that failed. */
  readonly onError?: (error: unknown) => void;
}

/** As serverless.yml sets the queue up. */
const MOST_RECEIVES = 3;
const VISIBILITY_MS = 150_000;
const LONGEST_DELAY_SECONDS = 900;

const sendSchema = v.object({
  QueueUrl: v.string(),
  MessageBody: v.pipe(v.string(), v.nonEmpty(), v.maxLength(262_144)),
  DelaySeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LONGEST_DELAY_SECONDS)), 0),
});
const failuresSchema = v.object({ batchItemFailures: v.array(v.object({ itemIdentifier: v.string() })) });

/** Stands in for SQS and for the mapping that invokes a function with what it holds. Kept in memory: a lost message must do no harm. */
export function createPlayedQueue(options: QueueOptions): PlayedQueue {
  const { names, clock, timers } = options;
  const cancels = new Map<string, () => void>();
  const deadLetters: string[] = [];
  let stopped = false;

  function plan(message: { readonly id: string; readonly queue: string; readonly body: string }, delayMs: number, receives: number): void {
    if (stopped) return;
    const cancel = timers.after(delayMs, () => {
      void receive(message, receives + 1);
    });
    cancels.set(message.id, cancel);
  }

  async function receive(message: { readonly id: string; readonly queue: string; readonly body: string }, receives: number): Promise<void> {
    let isDone = false;
    try {
      const { id: messageId, body } = message;
      const said = await options.deliver(message.queue, { Records: [{ messageId, body, eventSource: 'aws:sqs' }] });
      const answer = v.safeParse(failuresSchema, said);
      isDone = !answer.success || !answer.output.batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === messageId);
    } catch (error) {
      options.onError?.(error);
    }
    cancels.delete(message.id);
    if (isDone) return;
    if (receives >= MOST_RECEIVES) deadLetters.push(message.body);
    else plan(message, VISIBILITY_MS, receives);
  }

  return {
    service(request) {
      const fault = signatureFault(request, 'sqs', clock());
      if (fault !== undefined) return refusal(403, `com.amazon.coral.service#${fault}`);
      const action = request.headers['x-amz-target'];
      const base = `http://${request.headers.host ?? ''}/000000000000/`;
      if (action === 'AmazonSQS.GetQueueUrl') {
        const asked = v.safeParse(v.object({ QueueName: v.string() }), parseJson(request.body));
        if (!asked.success || !names.includes(asked.output.QueueName)) return refusal(400, 'com.amazonaws.sqs#QueueDoesNotExist');
        return jsonResponse(200, { QueueUrl: `${base}${asked.output.QueueName}` });
      }
      if (action !== 'AmazonSQS.SendMessage') return refusal(400, 'com.amazon.coral.service#UnknownOperationException');
      const sent = v.safeParse(sendSchema, parseJson(request.body));
      if (!sent.success) return refusal(400, 'com.amazonaws.sqs#InvalidParameterValue');
      const { QueueUrl, MessageBody: body, DelaySeconds } = sent.output;
      const queue = names.find((name) => QueueUrl === `${base}${name}`);
      if (queue === undefined) return refusal(400, 'com.amazonaws.sqs#QueueDoesNotExist');
      const id = options.newId();
      plan({ id, queue, body }, DelaySeconds * 1_000, 0);
      return jsonResponse(200, { MessageId: id, MD5OfMessageBody: createHash('md5').update(body).digest('hex') });
    },
    waiting: () => cancels.size,
    deadLetters,
    stop() {
      stopped = true;
      for (const cancel of cancels.values()) cancel();
      cancels.clear();
    },
  };
}

function refusal(status: number, type: string): SandboxResponse {
  return jsonResponse(status, { __type: type });
}
