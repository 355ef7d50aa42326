import { createHash, createHmac } from 'node:crypto';
import { createManualTime, type ManualTime } from '../lib/manual-time';
import { signatureFault } from './aws-signature';
import { createPlayedQueue, type PlayedQueue, type QueueEvent } from './queue';

const START = Date.UTC(2026, 10, 21, 4, 0, 0);
const NAME = 'ecode-query-order-test';
let time: ManualTime;
let queue: PlayedQueue;
let delivered: { readonly at: number; readonly event: QueueEvent }[];
let answer: (event: QueueEvent) => unknown;

beforeEach(() => {
  time = createManualTime(START);
  delivered = [];
  answer = () => ({ batchItemFailures: [] });
  let ids = 0;
  queue = createPlayedQueue({
    names: [NAME],
    clock: time.clock,
    timers: time.timers,
    newId: () => {
      ids += 1;
      return `message-${ids}`;
    },
    deliver: async (_name, event) => {
      delivered.push({ at: time.clock(), event });
      return answer(event);
    },
  });
});

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A request signed by the published recipe of Signature Version 4, written out. */
function ask(action: string, input: unknown, changes: { readonly secret?: string; readonly at?: number; readonly body?: string } = {}) {
  const body = JSON.stringify(input);
  const date = new Date(changes.at ?? START).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = date.slice(0, 8);
  const target = `AmazonSQS.${action}`;
  const canonical = `POST\n/\n\nhost:q.test\nx-amz-date:${date}\nx-amz-target:${target}\n\nhost;x-amz-date;x-amz-target\n${sha256(body)}`;
  const scope = `${day}/ap-southeast-1/sqs/aws4_request`;
  const key = hmac(hmac(hmac(hmac(`AWS4${changes.secret ?? 'local'}`, day), 'ap-southeast-1'), 'sqs'), 'aws4_request');
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).toString('hex');
  const headers = {
    host: 'q.test',
    'x-amz-date': date,
    'x-amz-target': target,
    authorization: `AWS4-HMAC-SHA256 Credential=local/${scope}, SignedHeaders=host;x-amz-date;x-amz-target, Signature=${signature}`,
  };
  return { method: 'POST', path: '/', fullPath: '/', query: '', headers, body: Buffer.from(changes.body ?? body) };
}

const url = `http://q.test/000000000000/${NAME}`;
const send = (body: string, DelaySeconds = 10) =>
  queue.service(ask('SendMessage', { QueueUrl: url, MessageBody: body, DelaySeconds }, { at: time.clock() }));

test('a message is delivered once, after its delay', async () => {
  expect(JSON.parse(queue.service(ask('GetQueueUrl', { QueueName: NAME })).body)).toEqual({ QueueUrl: url });
  expect(send('one').status).toBe(200);
  await time.advance(9_999);
  expect(delivered).toEqual([]);
  await time.advance(1);
  expect(delivered).toEqual([
    { at: START + 10_000, event: { Records: [{ messageId: 'message-1', body: 'one', eventSource: 'aws:sqs' }] } },
  ]);
  await time.advance(3_600_000);
  expect(delivered).toHaveLength(1);
  expect(queue.waiting()).toBe(0);
});

test.each([
  ['is reported as failed', ({ Records }: QueueEvent) => ({ batchItemFailures: [{ itemIdentifier: Records[0]?.messageId }] })],
  [
    'makes the function fail',
    () => {
      throw new Error('failed');
    },
  ],
])('a message that %s comes again, and is a dead letter after the third time', async (_, fail) => {
  answer = fail;
  send('bad', 0);
  await time.advance(150_000);
  expect(delivered).toHaveLength(2);
  expect(queue.deadLetters).toEqual([]);
  await time.advance(3_600_000);
  expect(delivered).toHaveLength(3);
  expect(queue.deadLetters).toEqual(['bad']);
});

test.each([
  ['an unknown queue', () => ask('GetQueueUrl', { QueueName: 'other' }), 400, /QueueDoesNotExist/],
  [
    'a delay above 15 minutes',
    () => ask('SendMessage', { QueueUrl: url, MessageBody: 'x', DelaySeconds: 901 }),
    400,
    /InvalidParameterValue/,
  ],
  ['an empty message', () => ask('SendMessage', { QueueUrl: url, MessageBody: '' }), 400, /InvalidParameterValue/],
  ['another action', () => ask('PurgeQueue', { QueueUrl: url }), 400, /UnknownOperation/],
  ['a wrong secret', () => ask('SendMessage', { QueueUrl: url, MessageBody: 'x' }, { secret: 'other' }), 403, /SignatureDoesNotMatch/],
  ['a changed body', () => ask('SendMessage', { QueueUrl: url, MessageBody: 'x' }, { body: '{}' }), 403, /SignatureDoesNotMatch/],
  [
    'a time that is past',
    () => ask('SendMessage', { QueueUrl: url, MessageBody: 'x' }, { at: START - 16 * 60_000 }),
    403,
    /SignatureDoesNotMatch/,
  ],
  ['no signature', () => ({ ...ask('SendMessage', {}), headers: { host: 'q.test' } }), 403, /MissingAuthenticationToken/],
])('%s is refused', (_, request, status, message) => {
  const reply = queue.service(request());
  expect(reply.status).toBe(status);
  expect(reply.body).toMatch(message);
});

test('a signature of another service is not one of this', () => {
  expect(signatureFault(ask('SendMessage', {}), 'dynamodb', START)).toBe('SignatureDoesNotMatch');
});
