import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoDatabase } from '../../../functions/store/dynamo-database';
import { createHolders, type Holders } from '../../../functions/store/holders';
import { createPassbook, type Passbook } from '../../../functions/store/passbook';
import type { Database } from '../../../functions/store/table';
import { type Stack, type StackOptions, startStack } from '../../../sandbox/local/stack';
import { localClient } from '../../../sandbox/local/tables';
import { root } from '../../support/project';
import { Ledger } from './ledger';

/** The product as it runs on this machine, and a look into its tables from outside it. */
export interface HttpWorld {
  readonly stack: Stack;
  readonly database: Database;
  readonly passbook: Passbook;
  readonly holders: Holders;
  readonly ledger: Ledger;
  stop(): Promise<void>;
}

/** Enough for a student a test, and few enough to start in seconds. */
export const CARDHOLDERS = 48;

/** Ports of their own, so that `npm start` and another test may run beside it. */
export function portsFor(file: number): NonNullable<StackOptions['ports']> {
  const base = 21_000 + file * 20;
  return { web: base, http: base + 1, lambda: base + 2, sandbox: base + 3 };
}

export async function startHttpWorld(file: number, options: Omit<Partial<StackOptions>, 'root'> = {}): Promise<HttpWorld> {
  const stack = await startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 1, ports: portsFor(file), ...options });
  const client = localClient(stack.dynamodbEndpoint);
  const documents = DynamoDBDocumentClient.from(client);
  const database = createDynamoDatabase(documents, stack.tables);
  return {
    stack,
    database,
    passbook: createPassbook(database),
    holders: createHolders(database),
    ledger: new Ledger(documents, stack.tables),
    async stop() {
      client.destroy();
      await stack.stop();
    },
  };
}
