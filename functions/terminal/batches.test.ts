import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type TerminalPurpose, terminalSignedText } from '../../shared/api/terminal';
import type { BatchBody } from '../../shared/api/terminal-batches';
import { businessDay } from '../../shared/time';
import { saleOf } from '../domain/dispute';
import { authorizePayment } from '../operations/authorize-payment';
import { openDispute } from '../operations/dispute-sale';
import { createDynamoDatabase } from '../store/dynamo-database';
import { createPayOuts } from '../store/pay-outs';
import { createSchools } from '../store/schools';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';
import { startTestEngine, type TestEngine } from '../test/engine';
import { loadPack, SaleFixture } from '../test/sale-fixture';
import { disputeDepsOver } from '../wiring/dispute-deps';
import { createConfirmDeps } from '../wiring/money-in';
import { batchesHandlerDeps } from '../wiring/terminal-batches';
import { handler } from './batches';

let engine: TestEngine;
let database: Database;
let key: KeyObject;
const before = { ...process.env };

beforeAll(async () => {
  jest.spyOn(batchesHandlerDeps.log, 'info').mockImplementation();
  jest.spyOn(batchesHandlerDeps.counter, 'publish').mockImplementation();
  engine = await startTestEngine();
  process.env = {
    ...before,
    PASSBOOK_TABLE: engine.tables.passbook,
    RECORDS_TABLE: engine.tables.records,
    DYNAMODB_ENDPOINT: engine.endpoint,
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  database = createDynamoDatabase(DynamoDBDocumentClient.from(engine.client), engine.tables);
  await createSchools(database).publish(loadPack('bistu'));
  const pair = generateKeyPairSync('ed25519');
  key = pair.privateKey;
  const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  await createTerminals(database).save({ schoolId: 'bistu', terminal: 7, publicKey, merchant: 12, name: '一号窗口', status: 'active' });
});
afterAll(async () => {
  jest.restoreAllMocks();
  process.env = before;
  await engine.stop();
});

async function state(body: BatchBody, purpose: TerminalPurpose = 'batch') {
  const raw = JSON.stringify(body);
  const [sentAt, attempt] = [Date.now(), 1];
  const bodySha256 = createHash('sha256').update(raw).digest('hex');
  const text = terminalSignedText({ purpose, schoolId: 'bistu', terminal: 7, attempt, sentAt, bodySha256 });
  const reply = await handler({
    rawPath: '/terminal/batches',
    headers: {
      'x-ecode-school': 'bistu',
      'x-ecode-terminal': '7',
      'x-ecode-attempt': String(attempt),
      'x-ecode-sent-at': String(sentAt),
      'x-ecode-signature': sign(null, Buffer.from(text), key).toString('base64'),
    },
    body: raw,
    requestContext: { http: { method: 'POST', sourceIp: '192.0.2.7' } },
  });
  return { status: reply.statusCode, body: JSON.parse(reply.body) };
}

const day = businessDay(Date.now(), 480);
const batch = (changes: Partial<BatchBody> = {}): BatchBody => ({
  ...{ schoolId: 'bistu', terminal: 7, day, part: 1, fromSequence: 1, ackedSeq: 50, lines: [] },
  ...{ totals: { count: 0, amountFen: 0 as BatchBody['totals']['amountFen'] }, closed: false },
  ...changes,
});

test('row 57: a holder who waits for the terminal’s word has the money back with the statement that lacks the sale', async () => {
  const till = new SaleFixture(database, 'bistu');
  till.now = Date.now();
  const accountNo = await till.account({ cardFen: 2_000 });
  const charged = await authorizePayment(till.deps, till.tapSale(accountNo, 1_200));
  if (!('entry' in charged)) throw new Error('not charged');
  expect(saleOf(charged.entry.entryId)?.sequence).toBeLessThanOrEqual(50);
  const deps = disputeDepsOver(database, { ...createConfirmDeps(database), payOuts: createPayOuts(database), routes: {} });
  const name = { schoolId: 'bistu', accountNo, n: charged.entry.n };
  expect((await openDispute(deps, { ...name, reason: 'not-received', text: '' })).state).toBe('waiting');

  const heard = await state(batch());
  expect(heard).toMatchObject({ status: 200, body: { terminal: 7, day, parts: 1, ackedSeq: 50, closed: false } });
  expect(await deps.disputes.find(name)).toMatchObject({ state: 'reversed', decidedBy: 'terminal-statement' });
  expect((await till.head(accountNo)).state.balances.card).toBe(2_000);
  expect(heard.body).not.toHaveProperty('book');
  // Repeated, it is the same answer and no second reversal.
  expect((await state(batch())).body).toMatchObject({ parts: 1 });
  expect((await till.head(accountNo)).state.balances.card).toBe(2_000);
});

test.each<[string, Partial<BatchBody>, TerminalPurpose, string]>([
  ['signed for something else', { part: 2 }, 'charge', 'terminal.bad-signature'],
  ['of another terminal', { terminal: 8 }, 'batch', 'terminal.other-school'],
  ['with a gap', { part: 3 }, 'batch', 'batch.out-of-order'],
  [
    'that does not add up',
    { part: 2, fromSequence: 51, ackedSeq: 60, totals: { count: 1, amountFen: 0 as never } },
    'batch',
    'batch.totals',
  ],
  ['with a field of its own', { more: 1 } as never, 'batch', 'request.malformed'],
])('a statement %s is refused', async (_, changes, purpose, code) => {
  expect((await state(batch(changes), purpose)).body.error.code).toBe(code);
});

test('the part that closes the day tells what the books have of it, also when it is asked again', async () => {
  const totals = { count: 1, amountFen: 700 as BatchBody['totals']['amountFen'] };
  const line = { sequence: 55, amountFen: totals.amountFen, outcome: 'sold' } as const;
  const closing = batch({ part: 2, fromSequence: 51, ackedSeq: 60, lines: [line], totals, closed: true, dayTotals: totals });
  const told = { closed: true, book: { count: 0, amountFen: 0 }, more: false };
  const differences = [{ sequence: 55, kind: 'missing-in-book', batchFen: 700, bookFen: null }];
  for (let times = 0; times < 2; times += 1) expect((await state(closing)).body).toMatchObject({ ...told, differences });
});
