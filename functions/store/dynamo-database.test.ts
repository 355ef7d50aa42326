import { DynamoDBClient, TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoDatabase } from './dynamo-database';
import type { Database } from './table';

/** No local engine raises what AWS raises when two writers meet, so the client is made to. */
function databaseThat(fails: Error): Database {
  const client = new DynamoDBClient({ region: 'local', credentials: { accessKeyId: 'x', secretAccessKey: 'x' }, maxAttempts: 1 });
  client.middlewareStack.add(
    () => async () => {
      throw fails;
    },
    { step: 'initialize' },
  );
  return createDynamoDatabase(DynamoDBDocumentClient.from(client), { passbook: 'passbook', records: 'records' });
}

function cancelled(...codes: string[]): TransactionCanceledException {
  return new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons: codes.map((Code) => ({ Code })) });
}

const item = { pk: 'shanghaitech#1', n: 2 };
const two = [
  { table: 'passbook', write: { put: item, when: { is: 'absent' } } },
  { table: 'records', write: { put: { pk: 'a', sk: 'b' } } },
] as const;

describe('when two writers meet on one item', () => {
  const conflict = new TransactionConflictException({ message: 'ongoing', $metadata: {} });

  test('a put or remove that a transaction stands in the way of was simply not first', async () => {
    const database = databaseThat(conflict);
    expect(await database.passbook.put(item, { is: 'absent' })).toEqual({ written: false, found: undefined });
    expect(await database.records.remove({ pk: 'a', sk: 'b' }, { is: 'present' })).toEqual({ written: false, found: undefined });
  });

  test('a transaction that another one stands in the way of was not first either, and says at which write', async () => {
    expect(await databaseThat(cancelled('None', 'TransactionConflict')).transact(two)).toEqual({
      written: false,
      failed: 1,
      found: undefined,
    });
    expect(await databaseThat(cancelled('TransactionConflict', 'None')).transact(two)).toEqual({
      written: false,
      failed: 0,
      found: undefined,
    });
  });

  test('a condition that failed is told before a conflict', async () => {
    const database = databaseThat(cancelled('TransactionConflict', 'ConditionalCheckFailed'));
    expect(await database.transact(two)).toEqual({ written: false, failed: 1, found: undefined });
  });

  test('a put without a condition that met a conflict is a fault: nobody looks at its answer', async () => {
    await expect(databaseThat(conflict).records.put({ pk: 'a', sk: 'b' })).rejects.toThrow('ongoing');
  });

  test('any other cancellation is a fault and bubbles', async () => {
    await expect(databaseThat(cancelled('ThrottlingError', 'None')).transact(two)).rejects.toThrow('cancelled');
  });
});
