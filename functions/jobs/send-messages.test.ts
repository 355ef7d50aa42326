import type { MessageLine } from '../operations/send-messages';
import * as wiring from '../wiring/send-messages';

jest.mock('../wiring/send-messages', () => ({
  messageReport: { log: { info: jest.fn(), error: jest.fn() }, counter: { count: jest.fn(), publish: jest.fn() } },
  wireSendMessages: jest.fn(),
}));

const send = jest.fn();
const { log, counter } = jest.mocked(wiring.messageReport);
const line = (key: string): object => ({ schoolId: 'dufl', accountNo: 42, key, kind: 'low-balance', amountFen: 500, at: 1 });
const record = (messageId: string, body: unknown) => ({ messageId, body: typeof body === 'string' ? body : JSON.stringify(body) });

beforeEach(() => {
  jest.mocked(log.error).mockClear();
  jest.mocked(counter.count).mockClear();
});

test('a failed start is tried again; then a fault is delivered again, and what a platform refused is only told', async () => {
  const { handler } = await import('./send-messages');
  const wire = jest.mocked(wiring.wireSendMessages);
  wire.mockRejectedValueOnce(new Error('no settings'));
  wire.mockResolvedValue(send);
  await expect(handler({ Records: [] })).rejects.toThrow('no settings');
  send.mockImplementation(async ({ key }: MessageLine) => {
    if (key === 'broken') throw new Error('the table is gone');
    return key === 'refused' ? { sent: 0, failures: [new Error('43104')] } : { sent: 1, failures: [] };
  });
  const Records = [
    record('1', line('good')),
    record('2', line('refused')),
    record('3', line('broken')),
    record('4', 'no JSON'),
    record('5', { ...line('good'), at: 'soon' }),
  ];
  const { batchItemFailures } = await handler({ Records });
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual(['3', '4', '5']);
  expect(send).toHaveBeenCalledTimes(3);
  expect(counter.count.mock.calls).toEqual([['Refusal'], ['Refusal'], ['Refusal'], ['Refusal']]);
  expect(log.error).toHaveBeenCalledTimes(4);
  expect(log.info).toHaveBeenCalledWith('message', { kind: 'low-balance', sent: 1 });
});

test('an event that is none of a queue is not passed over', async () => {
  const { handler } = await import('./send-messages');
  await expect(handler({ records: [] })).rejects.toThrow();
});
