import { bindAppDraft } from '../domain/account-changes';
import type { Entry } from '../domain/entry';
import { createModelDatabase } from '../test/model-database';
import { SaleFixture } from '../test/sale-fixture';
import { streamRecord } from '../test/stream-record';
import { watchReport } from '../wiring/watch-passbook';
import { handler } from './watch-passbook';

const tell = jest.fn<Promise<number>, [Entry]>();
const mockStart = jest.fn(async () => tell);
jest.mock('../wiring/watch-passbook', () => ({ ...jest.requireActual('../wiring/watch-passbook'), wireTelling: () => mockStart() }));

const record = (eventName: string, n = 3) => ({
  eventID: '1',
  eventName,
  dynamodb: { Keys: { pk: { S: 'shanghaitech#42' }, n: { N: String(n) } } },
});

const errors = jest.spyOn(watchReport.log, 'error').mockImplementation(() => {});
const counted = jest.spyOn(watchReport.counter, 'count').mockImplementation(() => {});
jest.spyOn(watchReport.counter, 'publish').mockImplementation(() => {});
beforeEach(() => {
  errors.mockClear();
  counted.mockClear();
  tell.mockReset().mockResolvedValue(1);
});

/** Three entries that were added, as the stream delivers them. */
async function inserts() {
  const till = new SaleFixture(createModelDatabase());
  const accountNo = await till.account({ cardFen: 500 });
  await till.change(accountNo, (head) => bindAppDraft(head, { slot: 1, entryId: 'bind-2', occurredAt: till.now }));
  const entries = (await till.all(accountNo)).slice(-3);
  return { entries, records: entries.map((entry, i) => streamRecord(entry, { sequence: `seq-${i}` })) };
}

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

describe('entries that were added', () => {
  it('are each told of, and count for no alarm', async () => {
    const { entries, records } = await inserts();
    expect(await handler({ Records: records })).toEqual({ batchItemFailures: [] });
    expect(tell.mock.calls.map(([entry]) => entry)).toEqual(entries);
    expect(counted).not.toHaveBeenCalled();
  });

  it('are asked for again one by one where telling failed, and the others are not', async () => {
    const { entries, records } = await inserts();
    tell.mockImplementation(async ({ n }) => {
      if (n === entries[1]?.n) throw new Error('the table is away');
      return 1;
    });
    expect(await handler({ Records: records })).toEqual({ batchItemFailures: [{ itemIdentifier: 'seq-1' }] });
    expect(tell).toHaveBeenCalledTimes(3);
    expect(counted.mock.calls).toEqual([['Refusal']]);
  });

  it('that cannot be read are asked for again, and the others are told', async () => {
    const { records } = await inserts();
    const [first, ...rest] = records;
    const broken = { ...first, dynamodb: { ...first?.dynamodb, NewImage: { kind: { S: 'charge' } } } };
    expect(await handler({ Records: [broken, ...rest] })).toEqual({ batchItemFailures: [{ itemIdentifier: 'seq-0' }] });
    expect(tell).toHaveBeenCalledTimes(2);
  });

  it('do not keep the alarm silent when telling cannot even begin, and beginning is tried again', async () => {
    const { records } = await inserts();
    await jest.isolateModulesAsync(async () => {
      const { handler: fresh } = await import('./watch-passbook');
      mockStart.mockRejectedValueOnce(new Error('config.invalid'));
      const published = jest.spyOn(watchReport.counter, 'publish');
      await expect(fresh({ Records: [record('MODIFY'), ...records] })).rejects.toThrow('config.invalid');
      expect(published).toHaveBeenCalled();
      expect(await fresh({ Records: records })).toEqual({ batchItemFailures: [] });
    });
  });
});
