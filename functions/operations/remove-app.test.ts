import { verifyPassbook } from '../domain/verify-passbook';
import { createModelDatabase } from '../test/model-database';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';

let world: StudentWorld;
let holder: TestHolder;
let mini: Phone;
let ali: Phone;

beforeEach(async () => {
  world = await StudentWorld.create(createModelDatabase());
  mini = world.phone('a');
  ali = world.phone('b', 'alipay-mini');
  holder = await world.provenHolder(mini);
  world.now += 1_000;
  await ali.signIn();
  await ali.bind(holder, '739154');
});

async function bindingOf(phone: Phone): Promise<string> {
  const { apps } = (await phone.get('/student/apps')).body;
  return apps.find((app: { current: boolean }) => app.current).bindingId;
}

describe('the list of bound apps', () => {
  it('names each with its platform, phone and time, and which one asks', async () => {
    const { body } = await ali.get('/student/apps');
    expect(body.apps).toMatchObject([
      { platform: 'wechat-mini', deviceLabel: 'Test phone', current: false },
      { platform: 'alipay-mini', deviceLabel: 'Test phone', current: true },
    ]);
    expect(body.apps[0].boundAt).toMatch(/\+08:00$/);
  });
});

describe('removing an app', () => {
  it('kills its session and its codes at once, and no other’s', async () => {
    const before = await mini.get('/student/code-key');
    const otherKey = await ali.get('/student/code-key');
    expect((await ali.delete(`/student/apps/${await bindingOf(mini)}`)).status).toBe(200);
    expect(codeOf(await mini.get('/student/account'))).toBe('auth.sign-in-required');
    const { apps } = (await world.head(holder)).state;
    expect(apps[0]).toMatchObject({ bound: false, keyVersion: before.body.keyVersion + 1 });
    expect(apps[1]).toMatchObject({ bound: true, keyVersion: otherKey.body.keyVersion });
    expect((await ali.get('/student/code-key')).body).toEqual(otherKey.body);
    expect((await ali.get('/student/apps')).body.apps).toHaveLength(1);
  });

  it('ends every session of the removed app', async () => {
    const tablet = world.phone('a');
    await tablet.signIn();
    expect((await tablet.get('/student/account')).status).toBe(200);
    await ali.delete(`/student/apps/${await bindingOf(mini)}`);
    expect(codeOf(await tablet.get('/student/account'))).toBe('auth.sign-in-required');
    expect((await mini.signIn()).body.bound).toBeNull();
    expect(codeOf(await mini.get('/student/account'))).toBe('auth.bind-required');
  });

  it('is the same answer when it is repeated', async () => {
    const bindingId = await bindingOf(mini);
    for (let times = 0; times < 2; times += 1)
      expect(await ali.delete(`/student/apps/${bindingId}`)).toMatchObject({ status: 200, body: {} });
    expect((await world.entries(holder)).filter(({ kind }) => kind === 'app-revoked')).toHaveLength(1);
  });

  it('does not find another holder’s app, nor one that never was', async () => {
    const stranger = world.phone('c');
    const other = await world.provenHolder(stranger);
    for (const bindingId of [await bindingOf(mini), 'bnd_00000000000000000000000000', 'x']) {
      expect(codeOf(await stranger.delete(`/student/apps/${bindingId}`))).toBe('auth.app-unknown');
    }
    expect((await mini.get('/student/account')).status).toBe(200);
    expect((await world.entries(other)).map(({ kind }) => kind)).toEqual(['opened', 'app-bound']);
  });

  it('needs a bound session', async () => {
    const nobody = world.phone('z');
    expect(codeOf(await nobody.get('/student/apps'))).toBe('auth.sign-in-required');
    await nobody.signIn();
    expect(codeOf(await nobody.delete(`/student/apps/${await bindingOf(mini)}`))).toBe('auth.bind-required');
  });

  it('of two apps that remove each other at once leaves a whole passbook and no live session of a removed one', async () => {
    const [one, two] = [await bindingOf(mini), await bindingOf(ali)];
    await Promise.all([mini.delete(`/student/apps/${two}`), ali.delete(`/student/apps/${one}`)]);
    const { apps } = (await world.head(holder)).state;
    for (const [phone, slot] of [
      [mini, 0],
      [ali, 1],
    ] as const) {
      expect((await phone.get('/student/account')).status).toBe(apps[slot]?.bound ? 200 : 401);
    }
    expect(verifyPassbook(await world.entries(holder))).toEqual([]);
  });

  it('does not leave a session behind that was made while the app was being removed', async () => {
    const bindingId = await bindingOf(mini);
    const again = world.phone('a');
    await Promise.all([ali.delete(`/student/apps/${bindingId}`), again.signIn()]);
    // Either the removal came first and the session is unbound, or it ended the session.
    expect(['auth.bind-required', 'auth.sign-in-required']).toContain(codeOf(await again.get('/student/account')));
  });

  it('ends all or nothing wherever the function is killed, and a repeat completes it', async () => {
    for (const when of ['before', 'after'] as const) {
      const phone = world.phone(`killed-${when}`);
      await phone.signIn();
      expect((await phone.bind(holder, '739154')).status).toBe(200);
      const bindingId = await bindingOf(phone);
      world.crashAt(1, when);
      expect(codeOf(await ali.delete(`/student/apps/${bindingId}`))).toBe('request.internal');
      world.recover();
      expect((await phone.get('/student/account')).status).toBe(when === 'before' ? 200 : 401);
      expect((await ali.delete(`/student/apps/${bindingId}`)).status).toBe(200);
      expect((await phone.get('/student/account')).status).toBe(401);
      expect(verifyPassbook(await world.entries(holder))).toEqual([]);
    }
  });
});

describe('on a table whose plain reads lag behind', () => {
  it('every step of a student sees the one before it, and a removed app is out at once', async () => {
    world = await StudentWorld.create(createModelDatabase({ late: true }));
    const phone = world.phone('late');
    const made = await world.provenHolder(phone);
    expect((await phone.get('/student/account')).body.capabilities.showPaymentCode).toBe(true);
    expect((await phone.post('/student/links/wechat')).body.wechat).toBe(true);
    expect(codeOf(await phone.bind({ ...made, number: 'N1' }, '739154'))).toBe('auth.already-bound');
    expect((await phone.post('/student/loss', { password: '739154', keepCodes: false })).status).toBe(200);
    expect(codeOf(await phone.get('/student/code-key'))).toBe('code.frozen');
    const other = world.phone('late-2');
    await other.signIn();
    await other.bind(made, '739154');
    const bindingId = await bindingOf(phone);
    expect((await other.delete(`/student/apps/${bindingId}`)).status).toBe(200);
    expect(codeOf(await phone.get('/student/account'))).toBe('auth.sign-in-required');
    for (let tries = 0; tries < 5; tries += 1) {
      await other.post('/student/password', { oldPassword: '999999', newPassword: '862095' });
    }
    expect(codeOf(await other.post('/student/password', { oldPassword: '739154', newPassword: '862095' }))).toBe('auth.locked');
  });
});

describe('unbinding', () => {
  it('removes the app that asks and leaves the others', async () => {
    expect((await mini.post('/student/unbind')).status).toBe(200);
    expect(codeOf(await mini.post('/student/unbind'))).toBe('auth.sign-in-required');
    expect((await ali.get('/student/account')).status).toBe(200);
  });
});

describe('signing out', () => {
  it('ends this session only; the app stays bound', async () => {
    const tablet = world.phone('a');
    await tablet.signIn();
    expect((await mini.post('/student/sign-out')).status).toBe(200);
    expect(codeOf(await mini.get('/student/account'))).toBe('auth.sign-in-required');
    expect((await tablet.get('/student/account')).status).toBe(200);
    expect((await mini.signIn()).body.bound).toMatchObject({ schoolId: 'shanghaitech' });
  });
});
