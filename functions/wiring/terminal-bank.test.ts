import { randomBytes } from 'node:crypto';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { sandboxCredentials } from '../../sandbox/credentials';
import { localEnvironment } from '../../sandbox/local/environment';
import { CardChip } from '../../sandbox/terminals/physical-card';
import { newTerminalKey, signedHeaders } from '../../sandbox/terminals/signed-request';
import { createWorld } from '../../sandbox/world';
import { openedDraft } from '../domain/account-changes';
import { writeCardNumber } from '../domain/card-number';
import { firstEntry } from '../domain/entry';
import { chipKey, deriveSchoolKeys } from '../domain/school-keys';
import { createDynamoDatabase } from '../store/dynamo-database';
import { createHolders } from '../store/holders';
import { createPassbook } from '../store/passbook';
import { createSchools } from '../store/schools';
import { createTerminals } from '../store/terminals';
import { handler } from '../terminal/bank';
import { startTestEngine, type TestEngine } from '../test/engine';
import { loadPack } from '../test/sale-fixture';
import { bankHandlerDeps } from './terminal-bank';

const NOWHERE = 'http://127.0.0.1:9';
const SCHOOL = 'shanghaitech';
const ACCOUNT = 4_321;
const before = { ...process.env };
const key = newTerminalKey();
const secret = () => randomBytes(32).toString('base64');
const secrets = { masterKey: secret(), pepper: secret(), fieldKey: secret(), pinKey: secret(), staffPassword: secret(), terminalKeys: {} };
const keys = deriveSchoolKeys(Buffer.from(secrets.masterKey, 'base64'), SCHOOL);
const pack = loadPack(SCHOOL);
let engine: TestEngine;

beforeAll(async () => {
  jest.spyOn(bankHandlerDeps.log, 'info').mockImplementation();
  jest.spyOn(bankHandlerDeps.log, 'error').mockImplementation();
  jest.spyOn(bankHandlerDeps.counter, 'count').mockImplementation();
  jest.spyOn(bankHandlerDeps.counter, 'publish').mockImplementation();
  engine = await startTestEngine();
  const database = createDynamoDatabase(DynamoDBDocumentClient.from(engine.client), engine.tables);
  await createSchools(database).publish(pack);
  const terminal = { schoolId: SCHOOL, terminal: 31, publicKey: key.publicKey, merchant: 1, name: '圈存机', kind: 'kiosk' } as const;
  await createTerminals(database).save({ ...terminal, status: 'active' });
  const recordedAt = Date.now() - 60_000;
  const at = { recordedAt, utcOffsetMinutes: pack.utcOffsetMinutes };
  const opened = firstEntry({ schoolId: SCHOOL, accountNo: ACCOUNT, draft: openedDraft({ occurredAt: recordedAt, cardIssue: 1 }), ...at });
  const holder = { schoolId: SCHOOL, accountNo: ACCOUNT, number: '2021000037', name: '测试甲', kind: 'student', idTail: '' } as const;
  const rows = createHolders(database).newRows({
    ...{ ...holder, mobile: '', cardNumbers: [], passwordHash: null, passwordChangedAt: null, provenAt: null, links: {}, version: 1 },
  });
  await createPassbook(database).appendTogether([opened], rows);
  process.env = {
    ...before,
    ...localEnvironment(sandboxCredentials(createWorld(), NOWHERE), secrets, {
      dynamodb: engine.endpoint,
      web: NOWHERE,
      functions: NOWHERE,
    }),
    PASSBOOK_TABLE: engine.tables.passbook,
    RECORDS_TABLE: engine.tables.records,
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
});
afterAll(async () => {
  jest.restoreAllMocks();
  process.env = before;
  await engine.stop();
});

it('answers the form of a card over the engine, with the settings of a local deployment', async () => {
  const cardNumber = writeCardNumber({ accountNo: ACCOUNT, issue: 1 });
  const chip = new CardChip({ cardNumber, chipKey: chipKey(keys, cardNumber) });
  const act = { schoolId: SCHOOL, terminal: 31, sequence: 1 };
  const body = JSON.stringify({ ...act, occurredAt: Date.now(), kind: 'form', card: cardNumber, chip: chip.tap({ ...act, amountFen: 0 }) });
  const headers = signedHeaders(key, { purpose: 'bank', schoolId: SCHOOL, terminal: 31, attempt: 1, sentAt: Date.now(), body });
  const event = { rawPath: '/terminal/bank', headers, requestContext: { http: { method: 'POST', sourceIp: '192.0.2.1' } }, body };
  const reply = await handler(event);
  expect([reply.statusCode, JSON.parse(reply.body)]).toMatchObject([
    200,
    { kind: 'form', nameMasked: '测**', bankName: { zh: '上海银行' }, cardTail: null, idMasked: null },
  ]);
}, 20_000);
