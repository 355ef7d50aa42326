import { randomBytes } from 'node:crypto';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { sandboxCredentials } from '../../sandbox/credentials';
import { localEnvironment } from '../../sandbox/local/environment';
import type { LocalSecrets } from '../../sandbox/local/secrets';
import { createWorld } from '../../sandbox/world';
import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { openedDraft, topUpDraft } from '../domain/account-changes';
import { firstEntry, nextEntry } from '../domain/entry';
import type { HandlerDeps } from '../lib/handler';
import { createDynamoDatabase } from '../store/dynamo-database';
import { createHolders, type Holder } from '../store/holders';
import { createPassbook } from '../store/passbook';
import type { Database } from '../store/table';
import { startTestEngine } from './engine';

/** Nobody listens there: what needs a platform must say so and nothing else. */
export const NOWHERE = 'http://127.0.0.1:9';

export interface LocalFunctions {
  readonly database: Database;
  /** Every variable of a local deployment, over this test's engine. */
  readonly settings: Readonly<Record<string, string>>;
  /** Sets the process back as it was, and ends the engine. */
  readonly stop: () => Promise<void>;
}

export function newLocalSecrets(): LocalSecrets {
  const secret = () => randomBytes(32).toString('base64');
  return { masterKey: secret(), pepper: secret(), fieldKey: secret(), pinKey: secret(), staffPassword: secret(), terminalKeys: {} };
}

/** Functions with their own wiring over the engine, in the settings of a local deployment; what they would log and count is not heard. */
export async function startLocalFunctions(
  secrets: LocalSecrets,
  ...reports: readonly Pick<HandlerDeps, 'log' | 'counter'>[]
): Promise<LocalFunctions> {
  for (const { log, counter } of reports) {
    jest.spyOn(log, 'info').mockImplementation();
    jest.spyOn(log, 'error').mockImplementation();
    jest.spyOn(counter, 'count').mockImplementation();
    jest.spyOn(counter, 'publish').mockImplementation();
  }
  const before = { ...process.env };
  const engine = await startTestEngine();
  const addresses = { dynamodb: engine.endpoint, web: NOWHERE, functions: NOWHERE };
  const settings = {
    ...localEnvironment(sandboxCredentials(createWorld(), NOWHERE), secrets, addresses),
    PASSBOOK_TABLE: engine.tables.passbook,
    RECORDS_TABLE: engine.tables.records,
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  process.env = { ...before, ...settings };
  return {
    database: createDynamoDatabase(DynamoDBDocumentClient.from(engine.client), engine.tables),
    settings,
    async stop() {
      jest.restoreAllMocks();
      process.env = before;
      await engine.stop();
    },
  };
}

/** 测试甲 with a first card, opened a minute ago; with `toppedUpFen` topped up in Alipay at once. */
export async function openAccount(
  database: Database,
  pack: RulePack,
  { accountNo, toppedUpFen, ...facts }: Partial<Holder> & { readonly accountNo: number; readonly toppedUpFen?: number },
): Promise<void> {
  const { schoolId, utcOffsetMinutes } = pack;
  const recordedAt = Date.now() - 60_000;
  const at = { recordedAt, utcOffsetMinutes };
  const opened = firstEntry({ schoolId, accountNo, draft: openedDraft({ occurredAt: recordedAt, cardIssue: 1 }), ...at });
  const credit = { orderNo: 'order_1', channel: 'alipay', amountFen: fen(toppedUpFen ?? 0), paidAt: recordedAt, recordedAt } as const;
  const more = toppedUpFen === undefined ? [] : [nextEntry(opened, topUpDraft(opened, credit, pack), at)];
  const rows = createHolders(database).newRows({
    ...{ schoolId, accountNo, number: '2021000037', name: '测试甲', kind: 'student', idTail: '', mobile: '', cardNumbers: [] },
    ...{ passwordHash: null, passwordChangedAt: null, provenAt: null, links: {}, version: 1 },
    ...facts,
  });
  await createPassbook(database).appendTogether([opened, ...more], rows);
}
