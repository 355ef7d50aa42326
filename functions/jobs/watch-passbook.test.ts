import { watchReport } from '../wiring/watch-passbook';
import { handler } from './watch-passbook';

const record = (eventName: string, n = 3) => ({
  eventID: '1',
  eventName,
  dynamodb: { Keys: { pk: { S: 'shanghaitech#42' }, n: { N: String(n) } }, NewImage: { pk: { S: 'shanghaitech#42' } } },
});

const errors = jest.spyOn(watchReport.log, 'error').mockImplementation(() => {});
const counted = jest.spyOn(watchReport.counter, 'count').mockImplementation(() => {});
jest.spyOn(watchReport.counter, 'publish').mockImplementation(() => {});
beforeEach(() => {
  errors.mockClear();
  counted.mockClear();
});

test.each(['MODIFY', 'REMOVE'])('%s of an entry is an error in the log and counts for the alarm', async (eventName) => {
  expect(await handler({ Records: [record(eventName, 3), record('INSERT', 4), record(eventName, 5)] })).toEqual({ batchItemFailures: [] });
  expect(counted.mock.calls).toEqual([['EntryChanged'], ['EntryChanged']]);
  expect(errors.mock.calls.map(([, fields]) => fields)).toEqual([
    { change: eventName, entry: 'shanghaitech#42/3' },
    { change: eventName, entry: 'shanghaitech#42/5' },
  ]);
});

test('an entry that was added is what happens all day', async () => {
  await handler({ Records: [record('INSERT')] });
  expect(counted).not.toHaveBeenCalled();
  expect(errors).not.toHaveBeenCalled();
});

test('an event that cannot be read is not passed over in silence', async () => {
  await expect(handler({ Records: [{ eventName: 'MODIFY' }] })).rejects.toThrow();
});
