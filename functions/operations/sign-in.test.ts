import { DAY_MS } from '../../shared/time';
import { createModelDatabase, type ModelDatabase } from '../test/model-database';
import { codeOf, StudentWorld } from '../test/student-world';
import { authorizeUrl } from './authorize-url';

let database: ModelDatabase;
let world: StudentWorld;
beforeEach(async () => {
  database = createModelDatabase();
  world = await StudentWorld.create(database);
});

describe('signing in', () => {
  it('answers an opaque token of 32 bytes, and stores no more of it than its hash', async () => {
    const phone = world.phone('a');
    const { body } = await phone.signIn();
    expect(body).toMatchObject({ bound: null, expiresAt: expect.stringMatching(/^2026-12-21T.*\+08:00$/) });
    expect(Buffer.from(body.sessionToken, 'base64url')).toHaveLength(32);
    expect(JSON.stringify([...database.all('records')])).not.toContain(body.sessionToken);
  });

  it('knows the same openid apart in each app', async () => {
    const holder = await world.holder();
    const mini = world.phone('a');
    await mini.signIn();
    await mini.bind(holder, '123456');
    for (const platform of ['wechat-web', 'alipay-mini', 'alipay-web'] as const) {
      expect((await world.phone('a', platform).signIn()).body.bound).toBeNull();
    }
  });

  it('refuses a code that the platform refuses, a platform it does not know, and a code that is no text', async () => {
    const phone = world.phone('a');
    expect(codeOf(await phone.post('/student/sign-in', { platform: 'wechat-mini', code: 'used' }))).toBe('auth.platform-refused');
    expect(codeOf(await phone.post('/student/sign-in', { platform: 'qq', code: 'code-a' }))).toBe('request.malformed');
    expect(codeOf(await phone.post('/student/sign-in', { platform: 'wechat-mini', code: 7 }))).toBe('request.malformed');
  });

  it('ends after thirty days, also before the table has deleted the row', async () => {
    const phone = world.phone('a');
    await phone.signIn();
    world.now += 30 * DAY_MS - 1;
    expect(codeOf(await phone.get('/student/account'))).toBe('auth.bind-required');
    world.now += 1;
    expect(codeOf(await phone.get('/student/account'))).toBe('auth.sign-in-required');
  });

  it('keeps three sessions of one identity and ends the oldest with the fourth', async () => {
    const phones = ['a', 'a', 'a', 'a'].map((openid) => world.phone(openid));
    for (const phone of phones) await phone.signIn();
    const codes = await Promise.all(phones.map(async (phone) => codeOf(await phone.get('/student/account'))));
    expect(codes).toEqual(['auth.sign-in-required', 'auth.bind-required', 'auth.bind-required', 'auth.bind-required']);
  });

  it('many at once leaves three live sessions and no more', async () => {
    const phones = Array.from({ length: 12 }, () => world.phone('a'));
    expect((await Promise.all(phones.map((phone) => phone.signIn()))).every(({ status }) => status === 200)).toBe(true);
    const codes = await Promise.all(phones.map(async (phone) => codeOf(await phone.get('/student/account'))));
    expect(codes.filter((code) => code === 'auth.bind-required')).toHaveLength(3);
  });

  it.each([
    'Bearer',
    'Bearer ',
    'Basic abc',
    `Bearer ${'a'.repeat(43)}`,
    `Bearer ${'a'.repeat(42)}`,
    `Bearer ${'a'.repeat(43)} more`,
    'Bearer ../../SESSION',
  ])('does not take %p for a session', async (authorization) => {
    const heard = await world.event({
      rawPath: '/student/account',
      headers: { authorization },
      requestContext: { http: { method: 'GET', sourceIp: '192.0.2.1' } },
    });
    expect(codeOf(heard)).toBe('auth.sign-in-required');
  });
});

describe('the address that a page sends its visitor to', () => {
  const state = '0123456789abcdef';
  const ask = (returnTo: string, container = 'wechat-web') =>
    world.phone('a').get(`/student/sign-in/authorize-url?${new URLSearchParams({ container, returnTo, state })}`);

  it('comes back to our own page with the state of the phone', async () => {
    const { body } = await ask('/app/index.html?school=bistu');
    const url = new URL(body.url);
    expect(url.searchParams.get('redirect_uri')).toBe('https://card.example/app/index.html?school=bistu');
    expect(url.searchParams.get('state')).toBe(state);
    expect(new URL((await ask('/app/', 'alipay-web')).body.url).host).toBe('alipay.example');
  });

  it('drops a fragment, behind which the code would be lost', async () => {
    expect(new URL((await ask('/app/#/home')).body.url).searchParams.get('redirect_uri')).toBe('https://card.example/app/');
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/app/../../evil',
    '/other/',
    '/app@evil.example/',
    '/application/',
    'app',
    '',
  ])('never is %p', async (returnTo) => {
    expect(codeOf(await ask(returnTo))).toBe('request.malformed');
  });

  it.each([
    'https://evil.example/app/',
    '//evil.example/app/',
    '/\\\\evil.example/app/',
    '/\t/evil.example/app/',
    'javascript:alert(1)',
    'http://',
  ])('never is %p, whoever calls the operation', (returnTo) => {
    expect(() => authorizeUrl(world.deps, { container: 'wechat-web', returnTo, state })).toThrow('request.malformed');
  });

  it('is not given for an app or a state of another form', async () => {
    expect(codeOf(await ask('/app/', 'wechat-mini'))).toBe('request.malformed');
    expect(codeOf(await world.phone('a').get('/student/sign-in/authorize-url?container=wechat-web&returnTo=/app/&state=x'))).toBe(
      'request.malformed',
    );
  });
});
