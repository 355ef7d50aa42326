import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startEngine } from '../../sandbox/local/dynamodb-engine';
import { createTables, localClient, type TableNames } from '../../sandbox/local/tables';

/** The embedded DynamoDB with the tables of serverless.yml, for one test file: start in `beforeAll`, stop in `afterAll`. */
export interface TestEngine {
  readonly endpoint: string;
  readonly tables: TableNames;
  readonly client: DynamoDBClient;
  stop(): Promise<void>;
}

export async function startTestEngine(options: { readonly dbPath?: string; readonly stage?: string } = {}): Promise<TestEngine> {
  const engine = await startEngine(options);
  // On a shared DYNAMODB_ENDPOINT every test file has tables of its own.
  const stage = options.stage ?? `test-${randomUUID().slice(0, 8)}`;
  const tables = await createTables({
    endpoint: engine.endpoint,
    stage,
    serverlessYmlPath: path.resolve(__dirname, '../../serverless.yml'),
  });
  const client = localClient(engine.endpoint);
  return {
    endpoint: engine.endpoint,
    tables,
    client,
    stop: async () => {
      client.destroy();
      await engine.stop();
    },
  };
}
