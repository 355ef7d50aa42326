import { createModelDatabase } from '../test/model-database';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';

let world: StudentWorld;
let wechat: Phone;
let alipay: Phone;
let holder: TestHolder;

beforeEach(async () => {
  world = await StudentWorld.create(createModelDatabase());
  wechat = world.phone('a');
  alipay = world.phone('b', 'alipay-mini');
  holder = await world.provenHolder(wechat);
  await alipay.signIn();
  await alipay.bind(holder, '739154');
});

async function other(openid: string): Promise<Phone> {
  const phone = world.phone(openid);
  await world.provenHolder(phone);
  return phone;
}

const links = async () => (await world.deps.holders.find(holder.schoolId, holder.accountNo))?.links;

describe('linking an identity', () => {
  it('is done from the app of that vendor and stores the identity of the session (DL-41, DL-43, BI-08)', async () => {
    expect((await wechat.get('/student/account')).body.links).toEqual({ wechat: false, alipay: false });
    expect((await wechat.post('/student/links/wechat')).body).toEqual({ wechat: true, alipay: false });
    expect((await alipay.post('/student/links/alipay')).body).toEqual({ wechat: true, alipay: true });
    expect(await links()).toEqual({
      wechat: { appId: 'wxmini', openid: 'wxmini-a' },
      alipay: { appId: '2021mini', openid: '2021mini-b' },
    });
  });

  it('is refused in the other vendor’s app', async () => {
    expect(codeOf(await wechat.post('/student/links/alipay'))).toBe('auth.wrong-container');
    expect(codeOf(await alipay.post('/student/links/wechat'))).toBe('auth.wrong-container');
    expect(await links()).toEqual({});
  });

  it('is the same answer when it is repeated', async () => {
    await wechat.post('/student/links/wechat');
    expect((await wechat.post('/student/links/wechat')).body).toEqual({ wechat: true, alipay: false });
  });

  it('is refused for an identity that is linked to somebody else', async () => {
    await wechat.post('/student/links/wechat');
    await wechat.post('/student/unbind');
    const second = await world.holder();
    await wechat.signIn();
    await wechat.bind(second, '123456');
    expect(codeOf(await wechat.post('/student/links/wechat'))).toBe('auth.already-linked');
    expect(await links()).toMatchObject({ wechat: { openid: 'wxmini-a' } });
  });

  it('replaces an older identity of the same vendor, which is then free for others', async () => {
    await wechat.post('/student/links/wechat');
    const newer = world.phone('newer');
    await newer.signIn();
    await newer.bind(holder, '739154');
    expect((await newer.post('/student/links/wechat')).status).toBe(200);
    expect(await links()).toMatchObject({ wechat: { openid: 'wxmini-newer' } });
    const name = { schoolId: holder.schoolId, target: 'wechat', appId: 'wxmini' } as const;
    expect(await world.deps.links.accountOf({ ...name, openid: 'wxmini-a' })).toBeUndefined();
    expect(await world.deps.links.accountOf({ ...name, openid: 'wxmini-newer' })).toBe(holder.accountNo);
  });

  it('of two apps of one holder at once leaves one identity, and both rows agree', async () => {
    const newer = world.phone('newer');
    await newer.signIn();
    await newer.bind(holder, '739154');
    await Promise.all([wechat.post('/student/links/wechat'), newer.post('/student/links/wechat')]);
    const linked = (await links())?.wechat;
    const name = { schoolId: holder.schoolId, target: 'wechat', appId: 'wxmini' } as const;
    for (const openid of ['wxmini-a', 'wxmini-newer']) {
      expect(await world.deps.links.accountOf({ ...name, openid })).toBe(openid === linked?.openid ? holder.accountNo : undefined);
    }
  });

  it('ends all or nothing when the function is killed, and a repeat completes it', async () => {
    for (const when of ['before', 'after'] as const) {
      const phone = await other(`killed-${when}`);
      world.crashAt(1, when);
      expect(codeOf(await phone.post('/student/links/wechat'))).toBe('request.internal');
      world.recover();
      expect((await phone.get('/student/account')).body.links.wechat).toBe(when === 'after');
      expect((await phone.post('/student/links/wechat')).body.wechat).toBe(true);
    }
  });

  it('knows no other vendor and nobody without a bound card', async () => {
    expect(codeOf(await wechat.post('/student/links/unionpay'))).toBe('request.not-found');
    const nobody = world.phone('z');
    await nobody.signIn();
    expect(codeOf(await nobody.post('/student/links/wechat'))).toBe('auth.bind-required');
  });
});

describe('taking a link away', () => {
  it('is possible from any bound app, once, and frees the identity', async () => {
    await wechat.post('/student/links/wechat');
    expect((await alipay.delete('/student/links/wechat')).body).toEqual({ wechat: false, alipay: false });
    expect(codeOf(await alipay.delete('/student/links/wechat'))).toBe('link.not-linked');
    expect(
      await world.deps.links.accountOf({ schoolId: holder.schoolId, target: 'wechat', appId: 'wxmini', openid: 'wxmini-a' }),
    ).toBeUndefined();
  });
});
