import { AppError } from '../../shared/errors';
import * as wiring from '../wiring/query-order';

jest.mock('../wiring/query-order', () => ({
  queryReport: { log: { info: jest.fn(), error: jest.fn() }, counter: { count: jest.fn(), publish: jest.fn() } },
  wireQueryOrder: jest.fn(),
}));

const query = jest.fn();
const record = (messageId: string, body: unknown) => ({ messageId, body: typeof body === 'string' ? body : JSON.stringify(body) });
const message = (orderNo: string) => ({ schoolId: 'dufl', orderNo, dueAt: 1 });

test('a failed start is tried again; then only what really failed is delivered again, and the others are done', async () => {
  const { handler } = await import('./query-order');
  const wire = jest.mocked(wiring.wireQueryOrder);
  wire.mockRejectedValueOnce(new Error('no settings'));
  wire.mockResolvedValue(query);
  await expect(handler({ Records: [] })).rejects.toThrow('no settings');
  query.mockImplementation(async ({ orderNo }: { readonly orderNo: string }) => {
    if (orderNo === 'dufl_refused') throw new AppError('top-up.platform-unavailable');
    if (orderNo === 'dufl_broken') throw new Error('the table is gone');
    return undefined;
  });
  const Records = [
    record('1', message('dufl_good')),
    record('2', message('dufl_refused')),
    record('3', message('dufl_broken')),
    record('4', 'no JSON'),
    record('5', { ...message('dufl_good'), dueAt: 'soon' }),
  ];
  const { batchItemFailures } = await handler({ Records });
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual(['3', '4', '5']);
  expect(query).toHaveBeenCalledTimes(3);
  expect(wiring.queryReport.log.error).toHaveBeenCalledTimes(4);
});

test('an event that is none of a queue is not passed over', async () => {
  const { handler } = await import('./query-order');
  await expect(handler({ records: [] })).rejects.toThrow();
});
