import type { SignInPlatform } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import { EntryWorld } from '../test/entry-world';
import { createModelDatabase } from '../test/model-database';
import { CONSENT, codeOf, type Heard, type Phone, StudentWorld, type TestHolder } from '../test/student-world';

const MINUTE = 60_000;

let student: StudentWorld;
let world: EntryWorld;
beforeEach(async () => {
  student = await StudentWorld.create(createModelDatabase());
  world = new EntryWorld(student);
});

async function signedIn(openid: string, platform?: SignInPlatform, sourceIp?: string): Promise<Phone> {
  const phone = student.phone(openid, platform, sourceIp);
  const heard = await phone.signIn();
  if (heard.status !== 200) throw new Error(codeOf(heard));
  return phone;
}

describe('WeChat Work (SQ-01)', () => {
  test('a member signs in, is bound to nothing by it, and registers with the three fields (SQ-04)', async () => {
    const holder = await student.holder('shanghaitech');
    const phone = await signedIn('member', 'wecom-web');
    expect(codeOf(await phone.get('/student/account'))).toBe('auth.bind-required');
    expect((await phone.bind(holder, '123456')).status).toBe(200);
    // Another day, another session of the same member: straight to the card.
    const again = await signedIn('member', 'wecom-web');
    expect((await again.get('/student/account')).body.name).toBe(holder.name);
  });

  test('whoever is no member is refused in both languages', async () => {
    const heard = await student
      .phone('x')
      .post('/student/sign-in', { platform: 'wecom-web', code: 'stranger-1', schoolId: 'shanghaitech' });
    expect([heard.status, codeOf(heard)]).toEqual([403, 'auth.not-a-member']);
    expect(heard.body.error.messageZh).toMatch(/学工号/);
    expect(heard.body.error.messageEn).toMatch(/student or staff number/);
  });

  test('a school without one, an unknown school and none at all are no platform of ours', async () => {
    for (const schoolId of ['dufl', 'atlantis', undefined]) {
      const heard = await student.phone('x').post('/student/sign-in', { platform: 'wecom-mini', code: 'code-x', schoolId });
      expect(codeOf(heard)).toBe('auth.platform-refused');
    }
  });

  test('sends a page to the corp of the school it names', async () => {
    const query = 'container=wecom-web&returnTo=/app/&state=abcdefghijklmnop';
    const heard = await student.phone('x').get(`/student/sign-in/authorize-url?${query}&schoolId=shanghaitech`);
    expect(new URL(heard.body.url).searchParams.get('appId')).toBe('ww-shanghaitech');
    expect(codeOf(await student.phone('x').get(`/student/sign-in/authorize-url?${query}`))).toBe('auth.platform-refused');
  });

  test('a bound one is listed by its name, and dies with its codes when it is removed elsewhere', async () => {
    const phone = student.phone('wechat');
    const holder = await student.provenHolder(phone);
    const wecom = await signedIn('member', 'wecom-mini');
    expect((await wecom.bind(holder, '739154')).status).toBe(200);
    expect((await wecom.get('/student/code-key')).body).toMatchObject({ slot: 1, keyVersion: 1 });
    const { apps } = (await phone.get('/student/apps')).body;
    const bound = apps.find(({ platform }: { platform: string }) => platform === 'wecom-mini');
    expect((await phone.delete(`/student/apps/${bound.bindingId}`)).status).toBe(200);
    expect(codeOf(await wecom.get('/student/account'))).toBe('auth.sign-in-required');
    expect((await student.head(holder)).state.apps[1]).toMatchObject({ bound: false, keyVersion: 2 });
  });

  test('its members pay and link nothing as somebody of WeChat', async () => {
    const holder = await student.holder('shanghaitech');
    const phone = await signedIn('member', 'wecom-web');
    await phone.bind(holder, '123456');
    expect(codeOf(await phone.post('/student/links/wechat'))).toBe('auth.wrong-container');
  });
});

describe('campus sign-on (SJ-04)', () => {
  const begin = (phone: Phone, changes: object = {}) => world.post(phone, '/sso', { schoolId: 'sjtu', returnTo: '/app/', ...changes });
  const finish = (phone: Phone, state: string, changes: object = {}) =>
    world.post(phone, '/sso/bind', { state, code: 'the-code', deviceLabel: 'Test phone', consent: CONSENT, ...changes });
  /** Begins and finishes with the school vouching for that person. */
  async function through(phone: Phone, { number, name }: { number: string; name?: string | undefined }): Promise<Heard> {
    world.vouches = { number, name };
    return finish(phone, (await begin(phone)).body.state);
  }
  let holder: TestHolder;
  let phone: Phone;
  beforeEach(async () => {
    holder = await student.holder('sjtu');
    phone = await signedIn('a', 'wechat-web');
  });

  test('binds without a password, and leaves all that needs one as it was', async () => {
    expect((await through(phone, holder)).body).toMatchObject({ bound: { schoolId: 'sjtu' }, passwordIsInitial: true });
    const account = (await phone.get('/student/account')).body;
    expect(account).toMatchObject({ name: holder.name, passwordIsInitial: true, capabilities: { showPaymentCode: false } });
    expect(codeOf(await phone.get('/student/code-key'))).toBe('auth.password-change-required');
    expect((await phone.get('/student/apps')).body.apps[0]).toMatchObject({ platform: 'wechat-web', deviceLabel: 'Test phone' });
  });

  test('refuses whoever gave no consent, and the visit can still be finished', async () => {
    world.vouches = { number: holder.number, name: undefined };
    const { state } = (await begin(phone)).body;
    expect(codeOf(await finish(phone, state, { consent: undefined }))).toBe('auth.consent-required');
    expect(world.answers).toEqual([]);
    expect((await finish(phone, state)).status).toBe(200);
  });

  test('goes back to our page only, and keeps verifier and nonce on the server', async () => {
    const { body } = await begin(phone);
    const [visit] = world.visits;
    expect(visit).toMatchObject({ redirectUri: 'https://card.example/app/', state: body.state });
    expect(JSON.stringify(body)).not.toContain(visit?.codeVerifier ?? 'none');
    expect(JSON.stringify(body)).not.toContain(visit?.nonce ?? 'none');
    await finish(phone, body.state, { issuer: 'https://sso.school.example' });
    const { nonce, codeVerifier, redirectUri } = visit ?? { nonce: '', codeVerifier: '', redirectUri: '' };
    expect(world.answers).toEqual([{ code: 'the-code', issuer: 'https://sso.school.example', nonce, codeVerifier, redirectUri }]);
    expect(new Set([nonce, codeVerifier, body.state]).size).toBe(3);
    for (const returnTo of ['https://evil.example/', '//evil.example/', '/app/../evil', '/application/', '/app/?a=1', '/app/#x', '/\\evil'])
      expect(codeOf(await begin(phone, { returnTo }))).toBe('request.malformed');
  });

  test('a state is finished once, by the session that began it, within ten minutes', async () => {
    world.vouches = { number: 'N0', name: undefined };
    const { state } = (await begin(phone)).body;
    const other = await signedIn('thief', 'wechat-web');
    expect(codeOf(await finish(other, state))).toBe('auth.sso-refused');
    expect(codeOf(await finish(phone, state))).toBe('auth.sso-no-card');
    expect(codeOf(await finish(phone, state))).toBe('auth.sso-refused');
    expect(world.answers).toHaveLength(1);
    const late = (await begin(phone)).body.state;
    student.now += 10 * MINUTE;
    expect(codeOf(await finish(phone, late))).toBe('auth.sso-refused');
    expect(codeOf(await finish(phone, `sso.${'A'.repeat(43)}`))).toBe('auth.sso-refused');
    expect(world.answers).toHaveLength(1);
  });

  test('of two that finish one visit at the same moment, one is heard', async () => {
    world.vouches = holder;
    const { state } = (await begin(phone)).body;
    const heard = await Promise.all([finish(phone, state), finish(phone, state)]);
    expect(heard.map(codeOf).sort()).toEqual(['200', 'auth.sso-refused']);
  });

  test('a number without a card, a card’s number and another name are refused alike', async () => {
    for (const person of [{ number: 'N0' }, { number: holder.cardNumber }, { number: holder.number, name: '别人' }]) {
      const heard = await through(await signedIn(`b-${person.number}`), person);
      expect(codeOf(heard)).toBe('auth.sso-no-card');
    }
    expect((await through(phone, { number: ` ${holder.number.toLowerCase()} `, name: '测试 • 甲' })).status).toBe(200);
  });

  test('is no way to try numbers without end', async () => {
    const codes: string[] = [];
    for (let tries = 0; tries < 6; tries += 1) codes.push(codeOf(await through(phone, { number: 'N0' })));
    expect(codes).toEqual([...Array(5).fill('auth.sso-no-card'), 'auth.locked']);
  });

  test('who is locked out of the account by wrong passwords waits; a crowd of strangers locks nobody out', async () => {
    for (let tries = 0; tries < 5; tries += 1) await phone.bind(holder, '909090');
    expect(codeOf(await through(phone, holder))).toBe('auth.locked');
    for (let tries = 0; tries < 20; tries += 1) await (await signedIn(`crowd-${tries}`)).bind(holder, '909090');
    expect((await through(await signedIn('holder'), holder)).status).toBe(200);
  });

  test('the limits of a bind hold: one account an app, four apps an account, nothing for a closed one', async () => {
    expect((await through(phone, holder)).status).toBe(200);
    expect(codeOf(await begin(phone))).toBe('auth.already-bound');
    for (const name of ['b', 'c', 'd']) expect((await through(await signedIn(name), holder)).status).toBe(200);
    expect(codeOf(await through(await signedIn('e'), holder))).toBe('auth.too-many-apps');
    const closed = await student.holder('sjtu');
    await student.append(closed, ({ state }) => ({
      kind: 'limits-changed',
      entryId: 'closed',
      postings: [],
      occurredAt: student.now,
      state: { ...state, closed: true },
    }));
    expect(codeOf(await through(await signedIn('f'), closed))).toBe('account.closed');
  });

  test('a card that is reported lost can be bound, and its codes stay stopped', async () => {
    const owner = student.phone('owner');
    const lost = await student.provenHolder(owner, 'sjtu');
    await owner.post('/student/loss', { password: '739154', keepCodes: false });
    expect((await through(phone, lost)).status).toBe(200);
    expect((await phone.get('/student/account')).body.loss).toMatchObject({ codesFrozen: true });
    expect(codeOf(await phone.get('/student/code-key'))).toBe('code.frozen');
  });

  test('what the provider says goes on, and leaves nothing bound', async () => {
    for (const code of ['auth.sso-refused', 'auth.sso-unavailable', 'config.invalid'] as const) {
      world.vouches = new AppError(code);
      expect(codeOf(await finish(phone, (await begin(phone)).body.state))).toBe(code);
    }
    expect(codeOf(await phone.get('/student/account'))).toBe('auth.bind-required');
  });

  test('is offered where the pack lists it and this deployment is a client, to whoever is signed in', async () => {
    expect(codeOf(await begin(phone, { schoolId: 'dufl' }))).toBe('auth.way-not-offered');
    expect(codeOf(await begin(phone, { schoolId: 'atlantis' }))).toBe('school.unknown');
    world = new EntryWorld(student, () => undefined);
    expect(codeOf(await begin(phone))).toBe('auth.way-not-offered');
    expect(codeOf(await begin(student.phone('nobody')))).toBe('auth.sign-in-required');
  });
});

describe('a code by e-mail or mobile (SQ-02)', () => {
  const EMAIL = 'n@shanghaitech.example';
  let holder: TestHolder;
  let phone: Phone;
  beforeEach(async () => {
    holder = await student.holder('shanghaitech', { email: EMAIL, mobile: '10000000037' });
    phone = await signedIn('a', 'wecom-web');
  });
  const named = (changes: object = {}) => ({
    schoolId: 'shanghaitech',
    number: holder.number,
    name: holder.name,
    way: 'email',
    ...changes,
  });
  const send = (who: Phone, changes: object = {}) => world.post(who, '/codes', named(changes));
  const bind = (who: Phone, code: string, changes: object = {}) =>
    world.post(who, '/codes/bind', { consent: CONSENT, ...named(changes), code });
  const newest = (): string => world.mails.at(-1)?.code ?? '';

  test('refuses whoever gave no consent, and the code stays good', async () => {
    await send(phone);
    expect(codeOf(await bind(phone, newest(), { consent: { ...CONSENT, policyDay: '2026-11-27' } }))).toBe('auth.consent-required');
    expect((await bind(phone, newest())).status).toBe(200);
  });

  test.each([
    ['email', EMAIL],
    ['mobile', '10000000037'],
  ] as const)('binds by the code that went to the %s of the roster', async (way, to) => {
    expect((await send(phone, { way })).body).toEqual({ resendAfterSeconds: 60, livesSeconds: 300 });
    expect(world.mails.map((mail) => mail.to)).toEqual([to]);
    expect((await bind(phone, ` ${newest()} `, { way })).body).toMatchObject({
      bound: { schoolId: 'shanghaitech' },
      passwordIsInitial: true,
    });
    expect((await phone.get('/student/account')).body.name).toBe(holder.name);
    expect(codeOf(await phone.get('/student/code-key'))).toBe('auth.password-change-required');
  });

  test('answers the same whoever is named, takes the same second, and sends to nobody else', async () => {
    const bare = await student.holder('shanghaitech', { mobile: '' });
    const answers = [await send(phone)];
    world.gatewayFails = new AppError('auth.mail-unavailable');
    const asked = [{ number: 'N0' }, { name: '别人' }, { number: bare.number }, { number: bare.number, way: 'mobile' }, {}];
    for (const [index, changes] of asked.entries()) answers.push(await send(await signedIn(`b${index}`), changes));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(JSON.stringify(answers)).not.toMatch(/shanghaitech\.example|0037/);
    expect(world.mails).toHaveLength(1);
    expect(world.pauses).toEqual(Array(6).fill(1_000));
    expect(world.counted).toEqual(['IdentityCodeNotSent']);
  });

  test('wrong, old, used, of another app, by another way or for another name: one answer', async () => {
    await send(phone);
    const code = newest();
    const other = await signedIn('other', 'wecom-web');
    const wrong = code === '000000' ? '000001' : '000000';
    const codes = [
      await bind(phone, wrong),
      await bind(phone, code, { way: 'mobile' }),
      await bind(phone, code, { name: '别人' }),
      await bind(phone, code, { number: 'N0' }),
      await bind(other, code),
    ].map(codeOf);
    student.now += 5 * MINUTE;
    codes.push(codeOf(await bind(phone, code)));
    expect(codes).toEqual(Array(6).fill('auth.code-wrong'));
    const again = await signedIn('again');
    await send(again);
    expect((await bind(again, newest())).status).toBe(200);
    await again.post('/student/unbind');
    await again.signIn();
    expect(codeOf(await bind(again, newest()))).toBe('auth.code-wrong');
  });

  test('the code of a number that nobody has opens nothing', async () => {
    await send(phone, { number: 'N0' });
    for (let tries = 0; tries < 5; tries += 1) expect(codeOf(await bind(phone, `00000${tries}`, { number: 'N0' }))).toBe('auth.code-wrong');
    expect(codeOf(await bind(phone, '000005', { number: 'N0' }))).toBe('auth.locked');
  });

  test('guesses are counted with the password’s: five of one, whichever they try', async () => {
    await send(phone);
    for (let tries = 0; tries < 3; tries += 1) await phone.bind(holder, '909090');
    for (let tries = 0; tries < 2; tries += 1) expect(codeOf(await bind(phone, 'x'))).toBe('auth.code-wrong');
    expect(codeOf(await bind(phone, newest()))).toBe('auth.locked');
    expect(codeOf(await phone.bind(holder, '123456'))).toBe('auth.locked');
  });

  test('is sent once a minute, whoever is named, and the newest counts', async () => {
    await send(phone);
    const first = newest();
    expect(codeOf(await send(phone))).toBe('auth.sms-too-soon');
    await send(phone, { number: 'N0' });
    expect(codeOf(await send(phone, { number: 'N0' }))).toBe('auth.sms-too-soon');
    student.now += MINUTE;
    await send(phone, { way: 'mobile' });
    if (first !== newest()) expect(codeOf(await bind(phone, first, { way: 'mobile' }))).toBe('auth.code-wrong');
    expect((await bind(phone, newest(), { way: 'mobile' })).status).toBe(200);
  });

  test('two presses at once send one', async () => {
    const heard = await Promise.all([send(phone), send(phone)]);
    expect(heard.map(codeOf).sort()).toEqual(['200', 'auth.sms-too-soon']);
    expect(world.mails).toHaveLength(1);
  });

  test('ten an hour for one app, ten a day at one number, known or not', async () => {
    for (let asked = 0; asked < 10; asked += 1) expect((await send(phone, { number: `N${asked}` })).status).toBe(200);
    expect(codeOf(await send(phone, { number: 'N10' }))).toBe('auth.sms-too-soon');
    for (const number of [holder.number, 'N77']) {
      for (let asked = 0; asked < 10; asked += 1) expect((await send(await signedIn(`${number}-${asked}`), { number })).status).toBe(200);
      const tenth = await send(await signedIn(`${number}-10`), { number });
      expect([tenth.status, codeOf(tenth)]).toEqual([429, 'auth.sms-too-soon']);
    }
    student.now += 24 * 60 * MINUTE;
    expect((await send(await signedIn('tomorrow'))).status).toBe(200);
  });

  test('two that bind by one code at the same moment are one app', async () => {
    await send(phone);
    const heard = await Promise.all([bind(phone, newest()), bind(phone, newest())]);
    expect(heard.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    const [first] = (await phone.get('/student/apps')).body.apps;
    expect((await phone.get('/student/apps')).body.apps).toEqual([first]);
  });

  test('is offered where the pack lists it, to an app that is bound to nothing', async () => {
    expect(codeOf(await send(phone, { schoolId: 'dufl' }))).toBe('auth.way-not-offered');
    expect(codeOf(await bind(phone, '123456', { schoolId: 'sjtu' }))).toBe('auth.way-not-offered');
    expect(codeOf(await send(phone, { schoolId: 'atlantis' }))).toBe('school.unknown');
    expect(codeOf(await send(student.phone('nobody')))).toBe('auth.sign-in-required');
    expect(codeOf(await send(phone, { way: 'pigeon' }))).toBe('request.malformed');
    await send(phone);
    await bind(phone, newest());
    expect(codeOf(await send(phone))).toBe('auth.already-bound');
    expect(codeOf(await bind(phone, newest()))).toBe('auth.already-bound');
  });

  test('the address lies sealed in the row of its holder', async () => {
    const row = await student.deps.holders.find('shanghaitech', holder.accountNo);
    expect(row?.email).toMatch(/^aes1\./);
  });
});
