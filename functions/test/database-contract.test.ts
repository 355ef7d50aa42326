import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoDatabase } from '../store/dynamo-database';
import type { Database } from '../store/table';
import { describeDatabaseContract, type Subject } from './database-contract';
import { startTestEngine, type TestEngine } from './engine';
import { createModelDatabase } from './model-database';

describe('the store port', () => {
  let engine: TestEngine;
  let database: Database;
  beforeAll(async () => {
    engine = await startTestEngine();
    database = createDynamoDatabase(DynamoDBDocumentClient.from(engine.client), engine.tables);
  });
  afterAll(() => engine.stop());
  describeDatabaseContract('engine', () => ({ database, catchUp: () => undefined }));
});

describe('the model', () => {
  const prompt = createModelDatabase();
  describeDatabaseContract('model', () => ({ database: prompt, catchUp: () => undefined }));
  const late = createModelDatabase({ late: true });
  const lateSubject: Subject = { database: late, catchUp: () => late.catchUp() };
  describeDatabaseContract('late model', () => lateSubject);
});

describe('lateness of the model', () => {
  const line = { pk: 's#1', n: 1, bookPk: 's/day', bookSk: '1' };
  const inBook = async (database: Database) =>
    (await database.passbook.query({ index: 'book', partition: { name: 'bookPk', value: 's/day' } })).items.length;

  it('hides a write from the index and from reads that are not consistent, until it catches up', async () => {
    const model = createModelDatabase({ late: true });
    await model.passbook.put(line);
    expect(await inBook(model)).toBe(0);
    await expect(model.passbook.get({ pk: 's#1', n: 1 })).resolves.toBeUndefined();
    await expect(model.passbook.get({ pk: 's#1', n: 1 }, { consistent: true })).resolves.toEqual(line);
    expect(model.waiting()).toBe(1);
    model.catchUp();
    expect(await inBook(model)).toBe(1);
    await expect(model.passbook.get({ pk: 's#1', n: 1 })).resolves.toEqual(line);
  });

  it('may show a later item before an earlier one, but the changes of one item in their order', async () => {
    const model = createModelDatabase({ late: true });
    await model.records.put({ pk: 'p', sk: 'a', version: 1 });
    await model.records.put({ pk: 'p', sk: 'b', version: 1 });
    await model.records.put({ pk: 'p', sk: 'a', version: 2 });
    model.catchUp(1, () => 1);
    await expect(model.records.get({ pk: 'p', sk: 'a' })).resolves.toBeUndefined();
    await expect(model.records.get({ pk: 'p', sk: 'b' })).resolves.toMatchObject({ version: 1 });
    model.catchUp(1, () => 1);
    await expect(model.records.get({ pk: 'p', sk: 'a' })).resolves.toMatchObject({ version: 1 });
    model.catchUp();
    await expect(model.records.get({ pk: 'p', sk: 'a' })).resolves.toMatchObject({ version: 2 });
  });

  it('forgets a transaction token after ten minutes, as DynamoDB does', async () => {
    let now = 0;
    const model = createModelDatabase({ now: () => now });
    const write = (by: number) => model.transact([{ table: 'records', write: { put: { pk: 'p', sk: 'a', by } } }], 'token');
    await write(1);
    await model.records.put({ pk: 'p', sk: 'a', by: 0 });
    now = 599_999;
    await write(1);
    await expect(model.records.get({ pk: 'p', sk: 'a' })).resolves.toMatchObject({ by: 0 });
    now = 600_000;
    await write(1);
    await expect(model.records.get({ pk: 'p', sk: 'a' })).resolves.toMatchObject({ by: 1 });
  });
});
