import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { sandboxCredentials } from '../../sandbox/credentials';
import { localEnvironment } from '../../sandbox/local/environment';
import { newTerminalKey, type Purpose, signedHeaders, type TerminalKey } from '../../sandbox/terminals/signed-request';
import { createWorld } from '../../sandbox/world';
import { apiRoutes } from '../../shared/api/routes';
import { terminalPurposeSchema } from '../../shared/api/terminal';
import type { HttpHandler } from '../lib/handler';
import { createSchools } from '../store/schools';
import { createTerminals } from '../store/terminals';
import { createModelDatabase } from './model-database';
import { loadPack, NOON } from './sale-fixture';

// Every function of the terminals as it is deployed, with its own wiring, settings and caches; only the tables are the model's.
const database = createModelDatabase();
jest.mock('../store/dynamo-database', () => ({ createDynamoDatabase: () => database }));

const SCHOOL = 'shanghaitech';
const CACHE_MS = 10_000;
const key = newTerminalKey();
const before = { ...process.env };
const terminals = createTerminals(database);
const enrolled = { schoolId: SCHOOL, terminal: 7, publicKey: key.publicKey, merchant: 12, name: '7', status: 'active' } as const;

const service = parse(readFileSync(path.resolve(__dirname, '../../serverless.yml'), 'utf8'), { logLevel: 'silent' });
// The shape is that of serverless.yml, which test/house/serverless.test.ts asserts.
const functions = Object.values(service.functions) as { handler: string; events?: { httpApi?: string }[] }[];
/** Every address that asks for a terminal's signature, and the file that answers. */
const doors = apiRoutes
  .filter(({ caller }) => caller === 'terminal')
  .map(({ path: address }) => {
    const found = functions.find(({ events = [] }) => events.some(({ httpApi }) => httpApi === `POST ${address}`));
    return [address, found?.handler.replace(/^functions\/(.*)\.handler$/, '../$1') ?? ''] as const;
  });

let now = NOON;
beforeAll(async () => {
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  jest.spyOn(console, 'log').mockImplementation();
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const secret = Buffer.alloc(32, 9).toString('base64');
  const secrets = { masterKey: secret, pepper: secret, fieldKey: secret, pinKey: secret, staffPassword: secret, terminalKeys: {} };
  const nowhere = 'http://127.0.0.1:9';
  process.env = {
    ...before,
    ...localEnvironment(sandboxCredentials(createWorld(), nowhere), secrets as never, {
      dynamodb: nowhere,
      web: nowhere,
      functions: nowhere,
    }),
    ...{ PASSBOOK_TABLE: 'passbook', RECORDS_TABLE: 'records', AWS_REGION: 'local', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
  };
  await createSchools(database).publish(loadPack(SCHOOL));
  await createSchools(database).publish(loadPack('bistu'));
  // A terminal of the same number at another school.
  await terminals.save({ ...enrolled, schoolId: 'bistu', publicKey: newTerminalKey().publicKey });
});
afterAll(() => {
  jest.restoreAllMocks();
  process.env = before;
});

interface Wrong {
  readonly key?: TerminalKey;
  readonly sentAt?: number;
  readonly body?: object;
  readonly headers?: Record<string, string>;
  readonly sent?: string;
  readonly schoolId?: string;
}

describe.each(doors)('%s', (address, file) => {
  let handler: HttpHandler;
  let purpose: Purpose;

  const send = async (as: Purpose, wrong: Wrong = {}) => {
    const { schoolId = SCHOOL } = wrong;
    const body = JSON.stringify({ schoolId: SCHOOL, terminal: 7, ...wrong.body });
    const signing = { purpose: as, schoolId, terminal: 7, attempt: 1, sentAt: wrong.sentAt ?? now, body };
    const reply = await handler({
      rawPath: address,
      headers: { ...signedHeaders(wrong.key ?? key, signing), ...wrong.headers },
      body: wrong.sent ?? body,
      requestContext: { http: { method: 'POST', sourceIp: '192.0.2.7' } },
    });
    const heard = JSON.parse(String(reply.body));
    return { code: heard.error?.code, serverTime: heard.error?.detail?.serverTime, zh: heard.error?.messageZh, en: heard.error?.messageEn };
  };

  beforeAll(async () => {
    now += 60_000;
    await terminals.save(enrolled);
    ({ handler } = await import(file));
    const known: Purpose[] = [];
    // A body that says nothing but whose it is comes as far as being malformed, under the one purpose that is right.
    for (const one of terminalPurposeSchema.options) if ((await send(one)).code === 'request.malformed') known.push(one);
    expect(known).toHaveLength(1);
    purpose = known[0] ?? 'charge';
  });

  it('opens to its own purpose alone', async () => {
    for (const other of terminalPurposeSchema.options)
      if (other !== purpose) expect(await send(other)).toMatchObject({ code: 'terminal.bad-signature' });
  });

  it('refuses a wrong key, a body that was changed, and a request without a signature', async () => {
    expect(await send(purpose, { key: newTerminalKey() })).toMatchObject({ code: 'terminal.bad-signature' });
    expect(await send(purpose, { sent: JSON.stringify({ schoolId: SCHOOL, terminal: 7, sequence: 1 }) })).toMatchObject({
      code: 'terminal.bad-signature',
    });
    expect(await send(purpose, { headers: { 'x-ecode-signature': '!' } })).toMatchObject({ code: 'terminal.unsigned' });
  });

  it('tells our time to whoever is late or early', async () => {
    expect(await send(purpose, { sentAt: now - 30_001 })).toMatchObject({ code: 'terminal.stale', serverTime: now });
    expect(await send(purpose, { sentAt: now + 30_001 })).toMatchObject({ code: 'terminal.clock', serverTime: now });
  });

  it('refuses a number that nobody enrolled, a terminal of another school, and a body of another', async () => {
    expect(await send(purpose, { headers: { 'x-ecode-terminal': '8' } })).toMatchObject({ code: 'terminal.unknown' });
    expect(await send(purpose, { schoolId: 'bistu' })).toMatchObject({ code: 'terminal.bad-signature' });
    expect(await send(purpose, { body: { schoolId: 'bistu' } })).toMatchObject({ code: 'terminal.other-school' });
    expect(await send(purpose, { body: { terminal: 8 } })).toMatchObject({ code: 'terminal.other-school' });
  });

  it('is shut to a revoked terminal within ten seconds, though it was asked a moment before, and says what to do', async () => {
    expect(await send(purpose)).toMatchObject({ code: 'request.malformed' });
    await terminals.save({ ...enrolled, status: 'revoked' });
    now += CACHE_MS;
    const refused = await send(purpose);
    expect(refused).toMatchObject({ code: 'terminal.revoked', zh: expect.stringContaining('请'), en: expect.stringContaining(':') });
  });
});

test('every address of a terminal is looked at', () => {
  expect(doors.length).toBeGreaterThanOrEqual(10);
  expect(doors.filter(([, file]) => file === '')).toEqual([]);
});
