import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { bindAppDraft, openedDraft } from '../../functions/domain/account-changes';
import { type Draft, type Entry, firstEntry, nextEntry, recordingTime } from '../../functions/domain/entry';
import { createDynamoDatabase } from '../../functions/store/dynamo-database';
import { createPassbook, type Passbook } from '../../functions/store/passbook';
import { createSchools } from '../../functions/store/schools';
import type { Database } from '../../functions/store/table';
import { startEngine } from '../../sandbox/local/dynamodb-engine';
import { createTables, localClient } from '../../sandbox/local/tables';
import { type RulePack, rulePackSchema } from '../../shared/rule-pack';
import { type Consumed, measureCapacity } from './capacity';

const root = path.resolve(__dirname, '../..');

/** The embedded engine with the tables of serverless.yml and one school, and a count of what every call consumes. */
export interface BenchWorld {
  readonly database: Database;
  readonly passbook: Passbook;
  readonly pack: RulePack;
  readonly take: () => readonly Consumed[];
  openAccount(): Promise<number>;
  change(accountNo: number, draft: (head: Entry) => Draft): Promise<void>;
  stop(): Promise<void>;
}

export async function startBenchWorld(schoolId: string): Promise<BenchWorld> {
  const engine = await startEngine();
  const stage = `bench-${randomUUID().slice(0, 8)}`;
  const tables = await createTables({ endpoint: engine.endpoint, stage, serverlessYmlPath: path.join(root, 'serverless.yml') });
  const client = localClient(engine.endpoint);
  const { take } = measureCapacity(client);
  const database = createDynamoDatabase(DynamoDBDocumentClient.from(client), tables);
  const pack = v.parse(rulePackSchema, JSON.parse(readFileSync(path.join(root, 'packs', `${schoolId}.json`), 'utf8')));
  await createSchools(database).publish(pack);
  const passbook = createPassbook(database);
  const { utcOffsetMinutes } = pack;

  async function change(accountNo: number, draft: (head: Entry) => Draft): Promise<void> {
    const head = await passbook.head(schoolId, accountNo);
    if (head === undefined) throw new Error('no such account');
    const entry = nextEntry(head, draft(head), { recordedAt: recordingTime(head, Date.now()), utcOffsetMinutes });
    if (!(await passbook.append(entry)).appended) throw new Error('somebody else was first');
  }

  return {
    database,
    passbook,
    pack,
    take,
    change,
    async openAccount() {
      const accountNo = 1_000_000 + randomBytes(3).readUIntBE(0, 3);
      const draft = openedDraft({ occurredAt: Date.now(), cardIssue: 1 });
      await passbook.append(firstEntry({ schoolId, accountNo, draft, recordedAt: Date.now(), utcOffsetMinutes }));
      await change(accountNo, (head) => bindAppDraft(head, { slot: 0, entryId: 'bound', occurredAt: Date.now() }));
      return accountNo;
    },
    async stop() {
      client.destroy();
      await engine.stop();
    },
  };
}
