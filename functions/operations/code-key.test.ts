import { stepAt } from '../../shared/code-format';
import { codeMac } from '../../shared/code-mac';
import { accountOfHandle, codeWeekKey } from '../domain/school-keys';
import { createModelDatabase } from '../test/model-database';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';
import { codeKey } from './code-key';

let world: StudentWorld;
let phone: Phone;
let holder: TestHolder;

beforeEach(async () => {
  world = await StudentWorld.create(createModelDatabase(), { sjtu: (pack) => ({ ...pack, codes: { ...pack.codes, enabled: false } }) });
  phone = world.phone('a');
  holder = await world.provenHolder(phone);
});

describe('the code key', () => {
  it('is this week’s and next week’s of the app’s own slot, under a handle that tells nothing', async () => {
    const { body } = await phone.get('/student/code-key');
    expect(body).toMatchObject({ schoolId: 'shanghaitech', slot: 0, keyVersion: 1 });
    expect(body.keys.map(({ week }: { week: string }) => week)).toEqual(['2026-W47', '2026-W48']);
    expect(new Date(body.serverTime).getTime()).toBe(world.now);
    const keys = world.deps.keysOf('shanghaitech');
    expect(accountOfHandle(keys, body.handle)).toBe(holder.accountNo);
    const name = { handle: body.handle, slot: 0, keyVersion: 1, week: '2026-W47' };
    const wanted = { kind: 'card', handle: body.handle, step: stepAt(world.now), slot: 0, schoolId: 'shanghaitech' } as const;
    expect(codeMac(new Uint8Array(Buffer.from(body.keys[0].key, 'hex')), wanted)).toBe(codeMac(codeWeekKey(keys, name), wanted));
  });

  it('is another one for each app', async () => {
    const second = world.phone('b', 'alipay-mini');
    await second.signIn();
    await second.bind(holder, '739154');
    const [one, two] = [await phone.get('/student/code-key'), await second.get('/student/code-key')];
    expect(two.body.slot).toBe(1);
    expect(two.body.handle).toBe(one.body.handle);
    expect(two.body.keys[0].key).not.toBe(one.body.keys[0].key);
  });

  it('has two different weeks also at the turn of a year', async () => {
    world.now = Date.UTC(2026, 11, 31, 12);
    await phone.signIn();
    const { body } = await phone.get('/student/code-key');
    expect(body.keys.map(({ week }: { week: string }) => week)).toEqual(['2026-W53', '2027-W01']);
  });

  it('of a place that was given to another app while the request was under way is not given to the removed one', async () => {
    const other = world.phone('b', 'alipay-mini');
    const third = world.phone('c');
    await other.signIn();
    await other.bind(holder, '739154');
    await third.signIn();
    const { body } = await phone.get('/student/apps');
    const removed = body.apps.find((app: { current: boolean }) => app.current).bindingId;
    const binding = await world.deps.bindings.find(holder.schoolId, holder.accountNo, removed);
    if (binding === undefined) throw new Error('no binding');
    // Its session was read; now its app is removed and another takes the place, before the account is read.
    expect((await other.delete(`/student/apps/${removed}`)).status).toBe(200);
    expect((await third.bind(holder, '739154')).status).toBe(200);
    expect((await world.head(holder)).state.apps[binding.slot]?.bound).toBe(true);
    const { schoolId, accountNo, slot, platform, appId, openid } = binding;
    const caller = {
      identity: { platform, appId, openid },
      tokenHash: '0'.repeat(64),
      sourceIp: '192.0.2.1',
      bound: { schoolId, accountNo, slot, bindingId: removed },
    };
    await expect(codeKey(world.deps, caller)).rejects.toMatchObject({ code: 'auth.sign-in-required' });
  });

  it('is not given with an initial password', async () => {
    const other = world.phone('b');
    const initial = await world.holder();
    await other.signIn();
    await other.bind(initial, '123456');
    expect(codeOf(await other.get('/student/code-key'))).toBe('auth.password-change-required');
  });

  it('is not given where the password was changed without a second proof', async () => {
    const found = await world.deps.holders.find(holder.schoolId, holder.accountNo);
    if (found === undefined) throw new Error('no holder');
    await world.deps.holders.save({ ...found, provenAt: null });
    expect(codeOf(await phone.get('/student/code-key'))).toBe('auth.second-proof-required');
    const proof = { kind: 'id-tail', value: '30417X' };
    expect((await phone.post('/student/password', { oldPassword: '739154', newPassword: '862095', proof })).status).toBe(200);
    expect((await phone.get('/student/code-key')).status).toBe(200);
  });

  it('is not given where the school has no codes, nor to a closed account', async () => {
    const other = world.phone('b');
    const elsewhere = await world.provenHolder(other, 'sjtu');
    expect(codeOf(await other.get('/student/code-key'))).toBe('code.not-offered');
    expect((await other.get('/student/account')).body.capabilities.showPaymentCode).toBe(false);
    expect(elsewhere.schoolId).toBe('sjtu');
    await world.append(holder, (head) => ({
      kind: 'limits-changed',
      entryId: 'c',
      postings: [],
      occurredAt: world.now,
      state: { ...head.state, closed: true },
    }));
    expect(codeOf(await phone.get('/student/code-key'))).toBe('account.closed');
  });

  it('needs a bound session', async () => {
    const nobody = world.phone('z');
    expect(codeOf(await nobody.get('/student/code-key'))).toBe('auth.sign-in-required');
    await nobody.signIn();
    expect(codeOf(await nobody.get('/student/code-key'))).toBe('auth.bind-required');
  });
});
