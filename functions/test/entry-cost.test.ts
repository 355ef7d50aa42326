import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { toItem } from '../store/entry-item';
import { startTestEngine, type TestEngine } from './engine';
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
});
