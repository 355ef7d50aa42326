import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { toItem } from '../store/entry-item';
import { startTestEngine, type TestEngine } from './engine';
import { itemSize } from './item-size';
import { WORST_ENTRIES } from './large-entries';

/** The engine counts by DynamoDB's documented rules; our own counting (`item-size.ts`) must not be the only witness. */
describe('the largest entry of each kind', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  it.each(Object.entries(WORST_ENTRIES))('costs one write unit on the table and at most one on the index: %s', async (name, entry) => {
    const client = DynamoDBDocumentClient.from(engine.client);
    const { ConsumedCapacity } = await client.send(
      new PutCommand({
        TableName: engine.tables.passbook,
        Item: { ...toItem(entry), n: Object.keys(WORST_ENTRIES).indexOf(name) + 1 },
        ReturnConsumedCapacity: 'INDEXES',
      }),
    );
    expect(ConsumedCapacity?.Table?.CapacityUnits).toBe(1);
    expect(ConsumedCapacity?.GlobalSecondaryIndexes?.book?.CapacityUnits ?? 0).toBe(entry.counterparty === undefined ? 0 : 1);
  });

  it('is counted by us to the byte as the engine counts it: 1,024 bytes are one write unit and 1,025 are two', async () => {
    const client = DynamoDBDocumentClient.from(engine.client);
    for (const [index, entry] of Object.values(WORST_ENTRIES).entries()) {
      const key = { pk: 'padded', n: 999_999_999 - index };
      const item = { ...toItem(entry), ...key, padding: '' };
      const units: unknown[] = [];
      for (const size of [1_024, 1_025]) {
        const Item = { ...item, padding: 'x'.repeat(size - itemSize(item)) };
        const { ConsumedCapacity } = await client.send(
          new PutCommand({ TableName: engine.tables.passbook, Item, ReturnConsumedCapacity: 'INDEXES' }),
        );
        units.push(ConsumedCapacity?.Table?.CapacityUnits);
        await client.send(new DeleteCommand({ TableName: engine.tables.passbook, Key: key }));
      }
      expect(units).toEqual([1, 2]);
    }
  });
});
