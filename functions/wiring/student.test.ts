import { randomBytes } from 'node:crypto';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { sandboxCredentials } from '../../sandbox/credentials';
import { localEnvironment } from '../../sandbox/local/environment';
import { createWorld } from '../../sandbox/world';
import { createDynamoDatabase } from '../store/dynamo-database';
import { createSchools } from '../store/schools';
import { handler } from '../student/student-api';
import { startTestEngine, type TestEngine } from '../test/engine';
import { loadPack } from '../test/sale-fixture';
import { studentHandlerDeps } from './student';

/** Nobody listens there: what needs a platform must say so and nothing else. */
const NOWHERE = 'http://127.0.0.1:9';

let engine: TestEngine;
let settings: Record<string, string>;
const before = { ...process.env };

beforeAll(async () => {
  jest.spyOn(studentHandlerDeps.log, 'info').mockImplementation();
  jest.spyOn(studentHandlerDeps.log, 'error').mockImplementation();
  jest.spyOn(studentHandlerDeps.counter, 'count').mockImplementation();
  jest.spyOn(studentHandlerDeps.counter, 'publish').mockImplementation();
  engine = await startTestEngine();
  const database = createDynamoDatabase(DynamoDBDocumentClient.from(engine.client), engine.tables);
  await createSchools(database).publish(loadPack('bistu'));
  const key = () => randomBytes(32).toString('base64');
  const secrets = { masterKey: key(), pepper: key(), fieldKey: key(), pinKey: key(), staffPassword: key(), terminalKeys: {} };
  const addresses = { dynamodb: engine.endpoint, web: 'http://127.0.0.1:9000', functions: 'http://127.0.0.1:9001' };
  settings = {
    ...localEnvironment(sandboxCredentials(createWorld(), NOWHERE), secrets, addresses),
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

async function ask(environment: Record<string, string>, method: string, rawPath: string, body?: object) {
  process.env = { ...before, ...environment };
  const reply = await handler({
    rawPath,
    headers: {},
    requestContext: { http: { method, sourceIp: '192.0.2.1' } },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.statusCode, body: JSON.parse(reply.body) };
}

describe('the student function', () => {
  it.each([
    'PASSBOOK_TABLE',
    'RECORDS_TABLE',
    'ECODE_MASTER_KEY',
    'ECODE_PASSWORD_PEPPERS',
    'ECODE_FIELD_KEYS',
    'ECODE_PUBLIC_BASE_URL',
    'ECODE_WECHAT_LOGIN',
    'ECODE_ALIPAY_LOGIN',
    'ECODE_SMS',
  ])('without %s says so in its log and tells the caller only that the configuration is incomplete', async (name) => {
    const lines: string[] = [];
    jest.spyOn(studentHandlerDeps.log, 'error').mockImplementation((_message, fields) => void lines.push(JSON.stringify(fields)));
    const { [name]: _missing, ...rest } = settings;
    const heard = await ask({ ...rest, [name]: '' }, 'GET', '/student/schools');
    expect(heard).toMatchObject({ status: 500, body: { error: { code: 'config.invalid' } } });
    expect(heard.body.error.detail).toBeUndefined();
    expect(lines.join('\n')).toContain(name);
  });

  it('starts with the settings of a deployment and answers from the tables', async () => {
    const heard = await ask(settings, 'GET', '/student/schools');
    expect(heard).toMatchObject({ status: 200, body: { schools: [{ schoolId: 'bistu' }] } });
  });

  it.each(['wechat-mini', 'wechat-web', 'alipay-mini', 'alipay-web'])(
    'knows its app of %s, and says when the platform cannot be reached',
    async (platform) => {
      const heard = await ask(settings, 'POST', '/student/sign-in', { platform, code: 'x' });
      expect(heard).toMatchObject({ status: 503, body: { error: { code: 'auth.platform-unavailable' } } });
    },
  );
});
