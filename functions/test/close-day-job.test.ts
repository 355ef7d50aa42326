import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { handler } from '../jobs/close-day';
import { createCloseRuns } from '../store/close-runs';
import { createDynamoDatabase } from '../store/dynamo-database';
import { createSchools } from '../store/schools';
import { startTestEngine, type TestEngine } from './engine';
import { loadPack } from './sale-fixture';

let engine: TestEngine;
const before = { ...process.env };

beforeAll(async () => {
  engine = await startTestEngine();
  Object.assign(process.env, {
    PASSBOOK_TABLE: engine.tables.passbook,
    RECORDS_TABLE: engine.tables.records,
    DYNAMODB_ENDPOINT: engine.endpoint,
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
});
afterAll(async () => {
  process.env = before;
  await engine.stop();
});

it('the closing job runs over every school by the real clock, and leaves a row of each run', async () => {
  const database = createDynamoDatabase(DynamoDBDocumentClient.from(engine.client), engine.tables);
  const schools = createSchools(database);
  for (const name of ['shanghaitech', 'dufl']) await schools.publish(loadPack(name));
  // Before ten in the morning yesterday is not over yet; afterwards it is closed, with nothing in it.
  const first = await handler();
  expect(first).toMatchObject({ schools: 2, locked: 0, failed: 0 });
  expect([0, 2]).toContain(first.closed);
  expect(await handler()).toMatchObject({ schools: 2, failed: 0 });
  const runs = createCloseRuns(database);
  for (const name of ['shanghaitech', 'dufl']) {
    const rows = await runs.newest(name, 9);
    expect(rows).toHaveLength(2);
    expect(rows.map(({ failure }) => failure)).toEqual([undefined, undefined]);
  }
});
