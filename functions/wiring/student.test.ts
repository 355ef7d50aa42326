import { createSchools } from '../store/schools';
import { handler } from '../student/student-api';
import { type LocalFunctions, newLocalSecrets, startLocalFunctions } from '../test/local-functions';
import { loadPack } from '../test/sale-fixture';
import { studentHandlerDeps } from './student';

/** Nobody listens there: what needs a platform must say so and nothing else. */

const before = { ...process.env };
let local: LocalFunctions;

beforeAll(async () => {
  local = await startLocalFunctions(newLocalSecrets(), studentHandlerDeps);
  await createSchools(local.database).publish(loadPack('bistu'));
});
afterAll(() => local.stop());

async function ask(environment: Readonly<Record<string, string>>, method: string, rawPath: string, body?: object) {
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
    const { [name]: _missing, ...rest } = local.settings;
    const heard = await ask({ ...rest, [name]: '' }, 'GET', '/student/schools');
    expect(heard).toMatchObject({ status: 500, body: { error: { code: 'config.invalid' } } });
    expect(heard.body.error.detail).toBeUndefined();
    expect(lines.join('\n')).toContain(name);
  });

  it('starts with the settings of a deployment and answers from the tables', async () => {
    const heard = await ask(local.settings, 'GET', '/student/schools');
    expect(heard).toMatchObject({ status: 200, body: { schools: [{ schoolId: 'bistu' }] } });
  });

  it.each(['wechat-mini', 'wechat-web', 'alipay-mini', 'alipay-web'])(
    'knows its app of %s, and says when the platform cannot be reached',
    async (platform) => {
      const heard = await ask(local.settings, 'POST', '/student/sign-in', { platform, code: 'x' });
      expect(heard).toMatchObject({ status: 503, body: { error: { code: 'auth.platform-unavailable' } } });
    },
  );
});
