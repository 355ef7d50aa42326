import * as v from 'valibot';
import { listSchoolsReply, schoolReply } from '../../shared/api/student';
import { createModelDatabase } from '../test/model-database';
import { codeOf, StudentWorld } from '../test/student-world';

let world: StudentWorld;
beforeAll(async () => {
  world = await StudentWorld.create(createModelDatabase());
});

const http = (method: string, rawPath: string, more: object = {}) =>
  world.event({ rawPath, headers: {}, requestContext: { http: { method, sourceIp: '192.0.2.1' } }, ...more });

/** Every address that belongs to a holder, with a body that would be accepted. */
const ADDRESSES: readonly (readonly [string, string, object?])[] = [
  ['POST', '/student/unbind'],
  ['GET', '/student/account'],
  ['GET', '/student/entries?after=1'],
  ['GET', '/student/entries/1'],
  ['GET', '/student/passbook?from=1'],
  ['GET', '/student/code-key'],
  ['POST', '/student/top-ups', { requestId: '0123456789abcdef', amountFen: 1, channel: 'wechat-pay' }],
  ['GET', '/student/top-ups/order_1'],
  ['GET', '/student/statement?month=2026-11'],
  ['GET', '/student/proofs'],
  ['POST', '/student/sms-code'],
  ['POST', '/student/password', { oldPassword: '123456', newPassword: '739154' }],
  ['POST', '/student/loss', { keepCodes: false }],
  ['POST', '/student/loss/cancel', { password: '739154' }],
  ['POST', '/student/links/wechat'],
  ['DELETE', '/student/links/wechat'],
  ['GET', '/student/apps'],
  ['DELETE', '/student/apps/bnd_00000000000000000000000000'],
];

describe('who may ask', () => {
  it.each(ADDRESSES.map(([method, target, body]) => ({ method, target, body })))(
    '$method $target needs a session and a bound card',
    async ({ method, target, body }) => {
      const [rawPath = '', rawQueryString = ''] = target.split('?');
      const more = { rawQueryString, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      expect(codeOf(await http(method, rawPath, more))).toBe('auth.sign-in-required');
      const phone = world.phone('unbound');
      await phone.signIn();
      expect(codeOf(await http(method, rawPath, { ...more, headers: { authorization: `Bearer ${phone.token}` } }))).toBe(
        'auth.bind-required',
      );
    },
  );

  it.each([
    ['POST', '/student/bind'],
    ['POST', '/student/sign-out'],
  ])('%s %s needs a session', async (method, rawPath) => {
    expect(codeOf(await http(method, rawPath, { body: '{}' }))).toBe('auth.sign-in-required');
  });
});

describe('an address', () => {
  it.each([
    ['GET', '/student'],
    ['GET', '/student/nothing'],
    ['PUT', '/student/account'],
    ['GET', '/student/bind'],
    ['GET', '/student/../terminal/charges'],
    ['GET', '//student/schools'],
    ['GET', '/student/schools/a/b'],
  ])('that is none: %s %s', async (method, rawPath) => {
    expect(await http(method, rawPath)).toMatchObject({ status: 404, body: { error: { code: 'request.not-found' } } });
  });

  it('may hold bad percent-encoding', async () => {
    expect(codeOf(await http('GET', '/student/schools/%ZZ'))).toBe('school.unknown');
    expect((await http('GET', '/student/schools', { rawQueryString: 'q=%E4%B8' })).status).toBe(200);
  });
});

describe('a body', () => {
  it.each(['', '{', '[]', '"text"', 'null', '{"platform":"wechat-mini"}', '{"platform":"wechat-mini","code":{"$ne":""}}'])(
    '%p is malformed',
    async (body) => {
      expect(codeOf(await http('POST', '/student/sign-in', { body }))).toBe('request.malformed');
    },
  );

  it('above 64 KB is too large, also in base64', async () => {
    const body = JSON.stringify({ platform: 'wechat-mini', code: 'x'.repeat(70_000) });
    expect(await http('POST', '/student/sign-in', { body })).toMatchObject({ status: 413, body: { error: { code: 'request.too-large' } } });
    const encoded = { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
    expect(codeOf(await http('POST', '/student/sign-in', encoded))).toBe('request.too-large');
  });

  it('in base64 is read as what it was', async () => {
    const body = Buffer.from(JSON.stringify({ platform: 'wechat-mini', code: 'code-base64' })).toString('base64');
    expect((await http('POST', '/student/sign-in', { body, isBase64Encoded: true })).status).toBe(200);
  });
});

describe('schools', () => {
  const find = async (query: string) => {
    const { body } = await world.phone('a').get(`/student/schools?${query}`);
    return v.parse(listSchoolsReply, body);
  };

  it.each(['q=shkjdx', 'q=shanghai', 'q=%E4%B8%8A%E6%B5%B7', 'q=%E4%B8%8A%E7%A7%91%E5%A4%A7', 'city=%E4%B8%8A%E6%B5%B7%E5%B8%82'])(
    'ShanghaiTech is found by %s (ST-51, ST-52)',
    async (query) => {
      expect((await find(query)).schools.map(({ schoolId }) => schoolId)).toContain('shanghaitech');
    },
  );

  it('come with every city, nearest first where the place is known (DL-05)', async () => {
    const { schools, cities, nextCursor } = await find('latitude=40.0&longitude=116.3');
    expect(schools[0]?.schoolId).toBe('bistu');
    expect(cities.map(({ en }) => en)).toEqual(expect.arrayContaining(['Beijing', 'Shanghai', 'Dalian']));
    expect(nextCursor).toBeNull();
  });

  it('are refused half a place, a place beyond the globe and a cursor that no page gave', async () => {
    for (const query of ['latitude=40', 'latitude=91&longitude=0', 'latitude=x&longitude=0', 'cursor=nowhere']) {
      expect(codeOf(await world.phone('a').get(`/student/schools?${query}`))).toBe('request.malformed');
    }
  });

  it('show their whole pack, and an unknown one is refused', async () => {
    const { body } = await world.phone('a').get('/student/schools/bistu');
    expect(v.parse(schoolReply, body).pack).toMatchObject({ schoolId: 'bistu', topUp: { maxFen: 99_900 } });
    for (const schoolId of ['nowhere', 'X', 'constructor', '__proto__']) {
      expect(await world.phone('a').get(`/student/schools/${schoolId}`)).toMatchObject({
        status: 404,
        body: { error: { code: 'school.unknown' } },
      });
    }
  });
});
