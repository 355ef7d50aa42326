import { AppError } from '../../shared/errors';
import { createModelDatabase } from '../test/model-database';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';

let world: StudentWorld;
let phone: Phone;
let holder: TestHolder;

beforeEach(async () => {
  world = await StudentWorld.create(createModelDatabase());
  phone = world.phone('a');
  holder = await bound('shanghaitech', '123456');
});

async function bound(schoolId: string, password: string, facts: Parameters<StudentWorld['holder']>[1] = {}): Promise<TestHolder> {
  const made = await world.holder(schoolId, facts);
  phone = world.phone(`phone-${made.accountNo}`);
  await phone.signIn();
  expect((await phone.bind(made, password)).status).toBe(200);
  return made;
}

const tail = { kind: 'id-tail', value: '30417X' };
const change = (body: object) => phone.post('/student/password', { oldPassword: '123456', newPassword: '739154', ...body });

describe('the first change of a password', () => {
  it('needs a second proof, and opens the codes', async () => {
    expect(codeOf(await phone.get('/student/code-key'))).toBe('auth.password-change-required');
    expect(codeOf(await change({}))).toBe('auth.second-proof-required');
    expect(await change({ proof: tail })).toMatchObject({ status: 200, body: {} });
    expect((await phone.get('/student/code-key')).status).toBe(200);
    expect((await phone.get('/student/account')).body).toMatchObject({ passwordIsInitial: false, capabilities: { showPaymentCode: true } });
    const other = world.phone('other');
    await other.signIn();
    expect(codeOf(await other.bind(holder, '123456'))).toBe('auth.no-match');
    expect((await other.bind(holder, '739154')).body.passwordIsInitial).toBe(false);
  });

  it.each(['30417X', '30417x', '030417X', ' 30417X '])('takes %p as the end of the ID', async (value) => {
    expect((await change({ proof: { kind: 'id-tail', value } })).status).toBe(200);
  });

  it.each(['0417X', '30417', 'X', '130417X', '999999'])('refuses %p as the end of the ID, and counts it', async (value) => {
    for (let tries = 0; tries < 5; tries += 1) {
      expect(codeOf(await change({ proof: { kind: 'id-tail', value } }))).toBe('auth.second-proof-wrong');
    }
    expect(codeOf(await change({ proof: tail }))).toBe('auth.locked');
  });

  it('counts wrong proofs on, whatever right passwords come between them', async () => {
    const wrong = { kind: 'id-tail', value: '999999' };
    for (let tries = 0; tries < 3; tries += 1) expect(codeOf(await change({ proof: wrong }))).toBe('auth.second-proof-wrong');
    expect(codeOf(await change({}))).toBe('auth.second-proof-required');
    for (let tries = 0; tries < 2; tries += 1) expect(codeOf(await change({ proof: wrong }))).toBe('auth.second-proof-wrong');
    expect(codeOf(await change({}))).toBe('auth.second-proof-required');
    await phone.post('/student/unbind');
    await phone.signIn();
    expect((await phone.bind(holder, '123456')).status).toBe(200);
    expect(codeOf(await change({ proof: tail }))).toBe('auth.locked');
    world.now += 30 * 60_000;
    expect((await change({ proof: tail })).status).toBe(200);
  });

  it('does not count a proof that was not given or is not offered', async () => {
    for (let tries = 0; tries < 8; tries += 1) expect(codeOf(await change({}))).toBe('auth.second-proof-required');
    holder = await bound('bistu', '030417');
    for (let tries = 0; tries < 8; tries += 1) {
      expect(codeOf(await change({ oldPassword: '030417', proof: tail }))).toBe('auth.second-proof-not-offered');
    }
  });

  it('never takes the ID tail where the initial password is made from it (DL-07)', async () => {
    await bound('bistu', '030417');
    expect((await phone.get('/student/proofs')).body).toEqual({ offered: ['sms', 'desk'] });
    expect(codeOf(await change({ oldPassword: '030417', proof: tail }))).toBe('auth.second-proof-not-offered');
  });

  it('offers no SMS to a holder without a mobile number', async () => {
    await bound('bistu', '030417', { mobile: '' });
    expect((await phone.get('/student/proofs')).body).toEqual({ offered: ['desk'] });
    expect(codeOf(await phone.post('/student/sms-code'))).toBe('auth.second-proof-not-offered');
  });
});

describe('a new password', () => {
  it.each(['1234567', '12345', '73915a', '111111', '123456', '654321', '121212', '123123', ''])('is not %p', async (newPassword) => {
    expect(['auth.password-weak', 'request.malformed']).toContain(codeOf(await change({ newPassword, proof: tail })));
    expect((await phone.get('/student/account')).body.passwordIsInitial).toBe(true);
  });

  it('is no part of the ID, and trying that out is counted as guessing', async () => {
    for (let tries = 0; tries < 5; tries += 1)
      expect(codeOf(await change({ newPassword: '030417', proof: tail }))).toBe('auth.password-weak');
    expect(codeOf(await change({ proof: tail }))).toBe('auth.locked');
  });

  it('is not the old one', async () => {
    await change({ proof: tail });
    expect(codeOf(await change({ oldPassword: '739154', newPassword: '739154' }))).toBe('auth.password-weak');
  });

  it('may be chosen again later without a second proof', async () => {
    await change({ proof: tail });
    expect((await change({ oldPassword: '739154', newPassword: '862095' })).status).toBe(200);
    expect(codeOf(await change({ oldPassword: '739154', newPassword: '150937', proof: tail }))).toBe('auth.wrong-password');
  });
});

describe('the old password', () => {
  it('is counted like any guess, together with those made at a bind', async () => {
    for (let tries = 0; tries < 3; tries += 1)
      expect(codeOf(await change({ oldPassword: '999999', proof: tail }))).toBe('auth.wrong-password');
    await phone.post('/student/unbind');
    await phone.signIn();
    for (let tries = 0; tries < 2; tries += 1) expect(codeOf(await phone.bind(holder, '999999'))).toBe('auth.no-match');
    expect(codeOf(await phone.bind(holder, '123456'))).toBe('auth.locked');
  });

  it('of a change whose answer was lost is accepted again with the same new one', async () => {
    world.crashAt(2, 'after');
    expect(codeOf(await change({ proof: tail }))).toBe('request.internal');
    world.recover();
    expect((await change({ proof: tail })).status).toBe(200);
    expect(codeOf(await change({ newPassword: '862095', proof: tail }))).toBe('auth.wrong-password');
    world.now += 600_000;
    expect(codeOf(await change({ proof: tail }))).toBe('auth.wrong-password');
  });

  it('is changed by one of two that come at once', async () => {
    const heard = await Promise.all(['739154', '862095'].map((newPassword) => change({ newPassword, proof: tail })));
    const changed = heard.filter(({ status }) => status === 200);
    expect(changed).toHaveLength(1);
    expect(['request.busy', 'auth.wrong-password']).toContain(
      codeOf(heard.find(({ status }) => status !== 200) ?? heard[0] ?? { status: 0, body: {}, headers: {} }),
    );
  });
});

describe('a code sent by SMS', () => {
  beforeEach(async () => {
    await bound('bistu', '030417');
  });
  const prove = (value: string, newPassword = '739154') => change({ oldPassword: '030417', newPassword, proof: { kind: 'sms', value } });

  it('goes to the mobile of the roster and proves once', async () => {
    const heard = await phone.post('/student/sms-code');
    expect(heard).toMatchObject({ status: 200, body: { mobileMasked: '199****0000', resendAfterSeconds: 60 } });
    expect(world.sent).toMatchObject([{ mobile: '19900000000', code: expect.stringMatching(/^\d{6}$/) }]);
    const code = world.sent[0]?.code ?? '';
    expect((await prove(code)).status).toBe(200);
    expect(
      codeOf(await phone.post('/student/password', { oldPassword: '739154', newPassword: '862095', proof: { kind: 'sms', value: code } })),
    ).toBe('auth.second-proof-wrong');
  });

  it('is over after five minutes', async () => {
    await phone.post('/student/sms-code');
    world.now += 5 * 60_000;
    expect(codeOf(await prove(world.sent[0]?.code ?? ''))).toBe('auth.second-proof-wrong');
  });

  it('is worth nothing once a newer one was sent', async () => {
    await phone.post('/student/sms-code');
    world.now += 60_000;
    await phone.post('/student/sms-code');
    const [old, fresh] = world.sent;
    expect(old?.requestId).not.toBe(fresh?.requestId);
    if (old?.code !== fresh?.code) expect(codeOf(await prove(old?.code ?? ''))).toBe('auth.second-proof-wrong');
    expect((await prove(fresh?.code ?? '')).status).toBe(200);
  });

  it('is sent once a minute, ten times a day, and once for two presses at once', async () => {
    const heard = await Promise.all([phone.post('/student/sms-code'), phone.post('/student/sms-code')]);
    expect(heard.map(codeOf).sort()).toEqual(['200', 'auth.sms-too-soon']);
    expect(world.sent).toHaveLength(1);
    world.now += 59_999;
    expect((await phone.post('/student/sms-code')).body.error).toMatchObject({
      code: 'auth.sms-too-soon',
      detail: { retryAfterSeconds: 1 },
    });
    for (let times = 0; times < 12; times += 1) {
      world.now += 60_000;
      await phone.post('/student/sms-code');
    }
    expect(world.sent).toHaveLength(10);
    world.now += 86_400_000;
    expect((await phone.post('/student/sms-code')).status).toBe(200);
  });

  it('may be asked for again at once when the gateway did not take it', async () => {
    world.smsRefusal = new AppError('auth.sms-unavailable');
    expect(codeOf(await phone.post('/student/sms-code'))).toBe('auth.sms-unavailable');
    world.smsRefusal = new AppError('auth.sms-refused');
    expect(codeOf(await phone.post('/student/sms-code'))).toBe('auth.sms-refused');
    world.smsRefusal = undefined;
    expect((await phone.post('/student/sms-code')).status).toBe(200);
  });

  it('is used up by the change it allowed and not by one that was killed before it was written', async () => {
    await phone.post('/student/sms-code');
    const code = world.sent[0]?.code ?? '';
    world.crashAt(2, 'before');
    expect(codeOf(await prove(code))).toBe('request.internal');
    world.recover();
    expect((await prove(code)).status).toBe(200);
  });

  it('allows one of two changes that come with it at once', async () => {
    await phone.post('/student/sms-code');
    const code = world.sent[0]?.code ?? '';
    const heard = await Promise.all([prove(code, '739154'), prove(code, '862095')]);
    expect(heard.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('guessed 50 times at once is judged 5 times', async () => {
    await phone.post('/student/sms-code');
    const heard = await Promise.all(Array.from({ length: 50 }, () => prove('000000')));
    expect(heard.map(codeOf).filter((code) => code === 'auth.second-proof-wrong')).toHaveLength(5);
  });
});
