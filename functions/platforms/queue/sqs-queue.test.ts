import { createPlayedQueue } from '../../../sandbox/queue/queue';
import { createSqsQueue, type SqsSettings } from './sqs-queue';

const NOW = Date.UTC(2026, 10, 21, 4, 0, 0);
const message = { schoolId: 'dufl', orderNo: 'dufl0123456789ABCDE', dueAt: NOW + 10_000 };
const settings: SqsSettings = {
  queueName: 'ecode-query-order-test',
  region: 'ap-southeast-1',
  endpoint: 'http://127.0.0.1:9324',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: 'of this session' },
};

/** Our client before the stand-in, which checks the signature by its own means. */
function connect(changes: Partial<SqsSettings> = {}, network: { fail: boolean } = { fail: false }) {
  const delays: number[] = [];
  const asked: string[] = [];
  const lost: unknown[] = [];
  const queue = createPlayedQueue({
    names: [settings.queueName],
    clock: () => NOW,
    newId: () => `m${delays.length}`,
    timers: {
      after: (ms) => {
        delays.push(ms);
        return () => undefined;
      },
    },
    deliver: async () => undefined,
  });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (network.fail) throw new Error('no route');
    const url = new URL(String(input));
    const headers = { ...Object.fromEntries(new Headers(init?.headers)), host: url.host };
    asked.push(headers['x-amz-target' as 'host'] ?? '');
    const body = Buffer.from(String(init?.body));
    const answer = queue.service({ method: 'POST', path: url.pathname, fullPath: url.pathname, query: '', headers, body });
    return new Response(answer.body, { status: answer.status });
  };
  const client = createSqsQueue({ ...settings, ...changes }, { fetch, now: () => NOW, onLost: (error) => lost.push(error) });
  return { client, delays, asked, lost, network };
}

test('a message is signed as AWS wants it, sent to the queue by its name, and held back', async () => {
  const { client, delays, asked, lost } = connect();
  await client.later(message, 9_001);
  await client.later(message, 30_000);
  expect(delays).toEqual([10_000, 30_000]);
  // The address is asked for once.
  expect(asked).toEqual(['AmazonSQS.GetQueueUrl', 'AmazonSQS.SendMessage', 'AmazonSQS.SendMessage']);
  expect(lost).toEqual([]);
});

test('a wait longer than the queue can hold is cut, and one that is over is none', async () => {
  const { client, delays } = connect();
  await client.later(message, 16 * 60_000);
  await client.later(message, -5);
  expect(delays).toEqual([900_000, 0]);
});

test.each([
  ['a key that is not ours', { credentials: { accessKeyId: 'local', secretAccessKey: 'other' } }],
  ['a queue that is not there', { queueName: 'ecode-other' }],
])('%s loses the message, is reported, and stops nobody', async (_, changes) => {
  const { client, delays, lost } = connect(changes);
  await client.later(message, 1_000);
  expect(delays).toEqual([]);
  expect(lost).toHaveLength(1);
});

test('after trouble of the network the address is asked for anew', async () => {
  const { client, delays, lost, network } = connect({}, { fail: true });
  await client.later(message, 1_000);
  expect(lost).toHaveLength(1);
  network.fail = false;
  await client.later(message, 1_000);
  expect(delays).toEqual([1_000]);
});
