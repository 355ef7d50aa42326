import { verifyPassbook } from '../domain/verify-passbook';
import { createModelDatabase } from '../test/model-database';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';

let world: StudentWorld;
let phone: Phone;
let holder: TestHolder;

beforeEach(async () => {
  world = await StudentWorld.create(createModelDatabase(), { dufl: (pack) => ({ ...pack, loss: { ...pack.loss, cancelOnline: false } }) });
  phone = world.phone('a');
  holder = await world.provenHolder(phone);
});

const report = (body: object) => phone.post('/student/loss', { password: '739154', keepCodes: false, ...body });
const cancel = (body: object = {}) =>
  phone.post('/student/loss/cancel', { password: '739154', proof: { kind: 'id-tail', value: '030417X' }, ...body });

describe('reporting a loss', () => {
  it('stops card and codes from that second on, and says which second (ST-13, SQ-11)', async () => {
    const heard = await report({});
    expect(heard).toMatchObject({ status: 200, body: { codesFrozen: true } });
    const head = await world.head(holder);
    expect(new Date(heard.body.reportedAt).getTime()).toBe(head.recordedAt);
    expect(head).toMatchObject({ kind: 'loss-reported', state: { lostAt: head.recordedAt, codesFrozen: true } });
    expect(codeOf(await phone.get('/student/code-key'))).toBe('code.frozen');
    expect((await phone.get('/student/account')).body).toMatchObject({
      loss: { reportedAt: heard.body.reportedAt, codesFrozen: true },
      capabilities: { showPaymentCode: false, cancelLoss: true },
    });
  });

  it('lets the student keep the codes', async () => {
    expect((await report({ keepCodes: true })).body.codesFrozen).toBe(false);
    expect((await phone.get('/student/code-key')).status).toBe(200);
  });

  it('is the same answer when it is repeated, with the second of the first', async () => {
    const first = await report({});
    world.now += 60_000;
    expect((await report({})).body).toEqual(first.body);
    expect((await world.entries(holder)).filter(({ kind }) => kind === 'loss-reported')).toHaveLength(1);
  });

  it('may stop the codes later and keeps the second of the first report, and never lets them go', async () => {
    const first = await report({ keepCodes: true });
    world.now += 60_000;
    expect((await report({})).body).toEqual({ reportedAt: first.body.reportedAt, codesFrozen: true });
    expect((await report({ keepCodes: true })).body.codesFrozen).toBe(true);
  });

  it('asks for the password where the school does, the initial one too (SQ-11)', async () => {
    expect(codeOf(await report({ password: undefined }))).toBe('auth.wrong-password');
    for (let tries = 0; tries < 5; tries += 1) expect(codeOf(await report({ password: '999999' }))).toBe('auth.wrong-password');
    expect(codeOf(await report({}))).toBe('auth.locked');
    expect((await world.head(holder)).state.lostAt).toBe(0);
    const initial = await world.holder();
    const other = world.phone('b');
    await other.signIn();
    await other.bind(initial, '123456');
    expect((await other.post('/student/loss', { password: '123456', keepCodes: false })).status).toBe(200);
  });

  it('cannot be kept from the holder by a crowd that guesses at the account', async () => {
    for (let tries = 0; tries < 20; tries += 1) {
      const stranger = world.phone(`crowd-${tries}`);
      await stranger.signIn();
      await stranger.bind(holder, '999999');
    }
    expect(codeOf(await phone.post('/student/password', { oldPassword: '739154', newPassword: '862095' }))).toBe('auth.locked');
    expect((await report({})).status).toBe(200);
  });

  it('does not ask for it where the school does not, so that a loss is stopped without delay', async () => {
    const other = world.phone('b');
    await world.provenHolder(other, 'bistu');
    expect((await other.post('/student/loss', { keepCodes: false })).status).toBe(200);
  });

  it('refuses a closed account and a body without the choice', async () => {
    await world.append(holder, (head) => ({
      kind: 'limits-changed',
      entryId: 'c',
      postings: [],
      occurredAt: world.now,
      state: { ...head.state, closed: true },
    }));
    expect(codeOf(await report({}))).toBe('account.closed');
    expect(codeOf(await phone.post('/student/loss', { password: '739154' }))).toBe('request.malformed');
  });

  it('of many at once is one entry and one answer', async () => {
    const heard = await Promise.all(Array.from({ length: 8 }, () => phone.post('/student/loss', { password: '739154', keepCodes: false })));
    const answers = heard.filter(({ status }) => status === 200);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await world.entries(holder)).filter(({ kind }) => kind === 'loss-reported')).toHaveLength(1);
  });

  it('survives any number of other entries that come at the same time', async () => {
    const [heard] = await Promise.all([
      report({}),
      ...Array.from({ length: 20 }, async () => {
        for (;;) {
          try {
            return await world.topUp(holder, 100);
          } catch {
            // Someone else was first.
          }
        }
      }),
    ]);
    expect(heard.status).toBe(200);
    const entries = await world.entries(holder);
    expect(entries).toHaveLength(2 + 1 + 20);
    expect(verifyPassbook(entries)).toEqual([]);
  });
});

describe('taking a loss report back', () => {
  it('lets card and codes work again', async () => {
    await report({});
    expect(await cancel()).toMatchObject({ status: 200, body: { reportedAt: null, codesFrozen: false } });
    expect((await world.head(holder)).state).toMatchObject({ lostAt: 0, codesFrozen: false });
    expect((await phone.get('/student/code-key')).status).toBe(200);
  });

  it('needs the password and a second proof given now, and counts wrong ones', async () => {
    await report({});
    expect(codeOf(await cancel({ proof: undefined }))).toBe('auth.second-proof-required');
    expect(codeOf(await cancel({ password: '999999' }))).toBe('auth.wrong-password');
    for (let tries = 0; tries < 4; tries += 1) {
      expect(codeOf(await cancel({ proof: { kind: 'id-tail', value: '111111' } }))).toBe('auth.second-proof-wrong');
    }
    expect(codeOf(await cancel())).toBe('auth.locked');
    expect((await world.head(holder)).state.lostAt).toBeGreaterThan(0);
  });

  it('needs a changed password', async () => {
    const initial = await world.holder();
    const other = world.phone('b');
    await other.signIn();
    await other.bind(initial, '123456');
    await other.post('/student/loss', { password: '123456', keepCodes: false });
    const heard = await other.post('/student/loss/cancel', { password: '123456', proof: { kind: 'id-tail', value: '030417X' } });
    expect(codeOf(heard)).toBe('auth.password-change-required');
  });

  it('is refused where the school wants it at the desk, and when nothing is lost', async () => {
    expect(codeOf(await cancel())).toBe('account.not-lost');
    const other = world.phone('b');
    await world.provenHolder(other, 'dufl');
    await other.post('/student/loss', { password: '739154', keepCodes: false });
    expect(codeOf(await other.post('/student/loss/cancel', { password: '739154' }))).toBe('account.cancel-loss-at-desk');
  });

  it('of a code that is used for something else at the same moment is refused, and one of the two goes through', async () => {
    await report({});
    await phone.post('/student/sms-code');
    const proof = { kind: 'sms', value: world.sent[0]?.code };
    const [cancelled, changed] = await Promise.all([
      cancel({ proof }),
      phone.post('/student/password', { oldPassword: '739154', newPassword: '862095', proof }),
    ]);
    const codes = [codeOf(cancelled), codeOf(changed)];
    expect(codes.sort()).toEqual(['200', 'auth.second-proof-wrong']);
  });

  it('uses an SMS code up with the entry, not before', async () => {
    await report({});
    await phone.post('/student/sms-code');
    const proof = { kind: 'sms', value: world.sent[0]?.code };
    for (let count = 1; ; count += 1) {
      world.crashAt(count, 'before');
      const heard = await cancel({ proof });
      world.recover();
      if (heard.status === 200) break;
      expect(codeOf(heard)).toBe('request.internal');
      expect((await world.head(holder)).state.lostAt).toBeGreaterThan(0);
      expect(count).toBeLessThan(10);
    }
    await report({});
    expect(codeOf(await cancel({ proof }))).toBe('auth.second-proof-wrong');
  });
});
