import { createHash } from 'node:crypto';
import type { ExportReply } from '../../shared/api/my-data';
import { DAY_MS } from '../../shared/time';
import { COOLING_OFF_MS } from '../domain/deletion';
import { verifyPassbook } from '../domain/verify-passbook';
import { createAccountRows } from '../store/account-rows';
import { createAuditLog } from '../store/audit-log';
import { createBindings } from '../store/bindings';
import { createMessageAgreements } from '../store/message-agreements';
import { createOrders } from '../store/orders';
import { DataWorld, PASSWORD, PROOFS } from '../test/data-world';
import { liveIn, TRACES } from '../test/lived-in-account';
import { createModelDatabase, type ModelDatabase } from '../test/model-database';
import { CONSENT, Crash, codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';
import { eraseDueHolders } from './erase-due-holders';

let database: ModelDatabase;
let world: StudentWorld;
let data: DataWorld;
let phone: Phone;
let holder: TestHolder;

beforeEach(async () => {
  database = createModelDatabase();
  world = await StudentWorld.create(database);
  data = new DataWorld(world);
  phone = world.phone('lived-in');
  holder = await world.provenHolder(phone);
});

const erase = (until = Number.MAX_SAFE_INTEGER) => eraseDueHolders(data.eraseDeps(), until);
const acts = async () =>
  (await createAuditLog(database).list(holder.schoolId, { limit: 50 })).map(({ act, userName }) => `${act} ${userName}`);

describe('my data', () => {
  it('shows by which consent this app was bound, and what stands in the way of a deletion', async () => {
    await world.topUp(holder, 1_250);
    const { body } = await data.get(phone);
    expect(body.consent).toEqual({ policyDay: CONSENT.policyDay, agreedAt: '2023-11-15T06:13:20.000+08:00' });
    expect(body).toMatchObject({ deletion: null, coolingOffDays: 15, blocks: [{ code: 'transit', amountFen: 1_250 }] });
  });

  it('is copied with everything masked as the app shows it, and the copying is in the log', async () => {
    const { status, body } = await data.export(phone);
    expect(status).toBe(200);
    expect(body.person).toMatchObject({ name: holder.name, mobileMasked: '199****0000', idTailMasked: '*****7X', emailMasked: null });
    expect(body.apps).toEqual([expect.objectContaining({ deviceLabel: 'Test phone', removedAt: null, messages: [] })]);
    expect(body.months).toEqual({ first: '2026-11', last: '2026-11' });
    const text = JSON.stringify(body);
    for (const secret of [holder.number, holder.mobile, holder.idTail, phone.openid, `${holder.accountNo}`])
      expect(text).not.toContain(secret);
    expect(await acts()).toEqual(['data.export holder']);
  });

  it('is copied with the messages that each app may still be sent, and none for an app that is removed', async () => {
    const other = world.phone('given-away');
    await other.signIn();
    await other.bind(holder, PASSWORD);
    const agreements = createMessageAgreements(database);
    for (const app of await createBindings(database).list(holder.schoolId, holder.accountNo)) {
      await agreements.agree(app, { topic: 'refund', language: 'en' });
    }
    await other.post('/student/unbind');
    const { body } = await data.export(phone);
    expect(body.apps.map(({ removedAt, messages }: ExportReply['apps'][number]) => [removedAt === null, messages])).toEqual([
      [true, [{ topic: 'refund', left: 1 }]],
      [false, []],
    ]);
  });

  it.each([
    ['no proof', { password: PASSWORD }, 'auth.second-proof-required'],
    ['a wrong password', { ...PROOFS, password: '000000' }, 'auth.wrong-password'],
    ['a wrong proof', { password: PASSWORD, proof: { kind: 'id-tail', value: '999999' } }, 'auth.second-proof-wrong'],
  ])('is neither copied nor deleted with %s', async (_, body, code) => {
    expect(codeOf(await data.export(phone, body))).toBe(code);
    expect(codeOf(await data.request(phone, body))).toBe(code);
    expect(await acts()).toEqual([]);
  });

  it('is not copied with the password that many know', async () => {
    const other = world.phone('initial');
    const fresh = await world.holder('shanghaitech', { idTail: '112233X' });
    await other.signIn();
    await other.bind(fresh, '123456');
    expect(codeOf(await data.export(other))).toBe('auth.password-change-required');
    expect(codeOf(await data.request(other))).toBe('auth.password-change-required');
  });
});

describe('a deletion that is asked for', () => {
  it('is refused while money is left, and says of which kind', async () => {
    await world.topUp(holder, 800);
    const heard = await data.request(phone);
    expect(codeOf(heard)).toBe('deletion.blocked');
    expect(heard.body.error.detail).toEqual({ blocks: 'transit' });
    expect((await world.head(holder)).state.codesFrozen).toBe(false);
  });

  it('stops card and codes at once, is told with the account, and is the same however often it is asked', async () => {
    const { body } = await data.request(phone);
    expect(body.deletion).toMatchObject({ state: 'waiting' });
    expect((await world.head(holder)).state).toMatchObject({ codesFrozen: true, lostAt: world.now });
    world.now += DAY_MS;
    expect((await data.request(phone)).body.deletion).toEqual(body.deletion);
    expect((await phone.get('/student/account')).body.eraseFrom).toBe(body.deletion.eraseFrom);
    expect(await acts()).toEqual(['data.delete holder']);
  });

  it('is cancelled without a proof, and the card stays stopped', async () => {
    await data.request(phone);
    const { body } = await data.cancel(phone);
    expect(body.deletion).toBeNull();
    expect((await data.cancel(phone)).status).toBe(200);
    expect((await world.head(holder)).state.codesFrozen).toBe(true);
    world.now += COOLING_OFF_MS;
    expect(await erase()).toMatchObject({ looked: 0 });
    expect(await acts()).toEqual(['data.keep holder', 'data.delete holder']);
  });

  it('waits for its days, and then from day to day while money came in meanwhile', async () => {
    await data.request(phone);
    world.now += COOLING_OFF_MS - 1;
    expect(await erase()).toMatchObject({ looked: 0 });
    await world.topUp(holder, 100);
    world.now += 1;
    expect(await erase()).toMatchObject({ looked: 1, putOff: 1, erased: 0 });
    expect(await erase()).toMatchObject({ looked: 0 });
    world.now += DAY_MS;
    expect(await erase()).toMatchObject({ putOff: 1 });
    expect((await data.get(phone)).body.blocks).toEqual([{ code: 'transit', amountFen: 100 }]);
  });
});

describe('an erasure', () => {
  /** A new text for each table row, as bytes and in every form that a key or a count may have. */
  function left(words: readonly string[]): string[] {
    const all = JSON.stringify([...database.all('records'), ...database.all('passbook')], (_, value) =>
      value instanceof Uint8Array ? `${Buffer.from(value).toString('latin1')} ${Buffer.from(value).toString('hex')}` : value,
    );
    return words.filter((word) => {
      const hash = createHash('sha256').update(word);
      const hex = hash.copy().digest('hex');
      return [word, hex, hash.copy().digest('base64url'), hash.digest('base64url').slice(0, 22)].some((form) => all.includes(form));
    });
  }

  async function personal(): Promise<string[]> {
    const found = await world.deps.holders.find(holder.schoolId, holder.accountNo);
    const { friend: _, ...traces } = { friend: '', ...TRACES };
    const sealed = [found?.idTail, found?.mobile, found?.passwordHash].filter((text): text is string => typeof text === 'string');
    const subjects = [`account|${holder.accountNo}`, `proof|${holder.accountNo}`];
    const unseen = new Set<string>([TRACES.mobile, TRACES.email]);
    const words = [
      ...Object.values(traces).filter((trace) => !unseen.has(trace)),
      holder.number,
      holder.name,
      holder.cardNumber,
      ...sealed,
    ];
    return [...words, ...subjects, 'sealed-customer-info'];
  }

  async function until15DaysLater(): Promise<{ readonly friendsOrder: string }> {
    const lived = await liveIn(world, holder);
    // A wrong guess leaves a count behind.
    await data.request(phone, { ...PROOFS, password: '000000' });
    expect((await data.request(phone)).status).toBe(200);
    world.now += COOLING_OFF_MS;
    return lived;
  }

  it('leaves nothing by which the person could be found, in plain or hashed', async () => {
    await until15DaysLater();
    const words = await personal();
    const before = left(words);
    // All of it was there.
    for (const trace of Object.values(TRACES)) if (words.includes(trace)) expect(before).toContain(trace);
    expect(await erase()).toMatchObject({ erased: 1, failed: [], complete: true });
    expect(left(words)).toEqual([]);
    expect(await createAccountRows(database).erasedAt(holder)).toBe(world.now);
    expect(await acts()).toContain('data.erase sweep');
  });

  it('leaves the books as they were: every entry, every chain, every amount', async () => {
    const { friendsOrder } = await until15DaysLater();
    const orders = createOrders(database);
    const before = await world.entries(holder);
    const own = await orders.find(holder.schoolId, `own_${holder.accountNo}`);
    await erase();
    const after = await world.entries(holder);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map(({ kind }) => kind)).toEqual(['account-closed', 'app-revoked']);
    expect(verifyPassbook(after)).toEqual([]);
    expect(await orders.find(holder.schoolId, `own_${holder.accountNo}`)).toEqual({
      ...own,
      payerOpenId: '',
      payment: { platformTradeNo: `trade-own_${holder.accountNo}`, paidAt: expect.any(Number) },
      version: 3,
    });
    // What the holder paid for a friend is the friend's; who paid it is nobody's any more. A friend's gift still names the friend.
    expect(await orders.find(holder.schoolId, friendsOrder)).toMatchObject({ state: 'credited', payerOpenId: '' });
    expect(await orders.find(holder.schoolId, `gift_${holder.accountNo}`)).toMatchObject({ payerOpenId: 'wxmini-a-friend' });
    expect((await orders.ofPayer({ appId: 'wxmini', payerOpenId: TRACES.openid })).orders).toEqual([]);
  });

  it('ends the sessions, and the number that comes again is a new holder with nothing of the old', async () => {
    await until15DaysLater();
    await erase();
    expect(codeOf(await phone.get('/student/account'))).toBe('auth.sign-in-required');
    const again = await world.holder(holder.schoolId, { number: holder.number });
    expect(again.accountNo).not.toBe(holder.accountNo);
    await phone.signIn();
    expect(codeOf(await phone.bind(again, PASSWORD))).toBe('auth.no-match');
    expect((await phone.bind(again, '123456')).status).toBe(200);
    expect((await phone.get('/student/account')).body).toMatchObject({ lastEntryN: 2, links: { wechat: false } });
  });

  it('leaves the app alone that belongs to another account by now', async () => {
    await phone.post('/student/unbind');
    const other = await world.holder(holder.schoolId);
    await phone.signIn();
    expect((await phone.bind(other, '123456')).status).toBe(200);
    const second = world.phone('second');
    await second.signIn();
    await second.bind(holder, PASSWORD);
    expect((await data.request(second)).status).toBe(200);
    world.now += COOLING_OFF_MS;
    expect(await erase()).toMatchObject({ erased: 1 });
    expect((await phone.get('/student/account')).status).toBe(200);
    expect(codeOf(await second.get('/student/account'))).toBe('auth.sign-in-required');
  });

  it('cannot be cancelled once it has begun', async () => {
    await data.request(phone);
    world.now += COOLING_OFF_MS;
    // Entry and mark are the first write.
    world.crashAt(1, 'after');
    await erase();
    world.recover();
    expect(codeOf(await data.cancel(phone))).toBe('deletion.begun');
    expect(await erase()).toMatchObject({ erased: 1 });
  });

  it.each(['before', 'after'] as const)(
    'killed %s every write it makes, is gone on with by the next sweep and ends the same',
    async (when) => {
      let writes = 2;
      for (let count = 1; count <= writes; count += 1) {
        database = createModelDatabase();
        world = await StudentWorld.create(database);
        data = new DataWorld(world);
        phone = world.phone('lived-in');
        holder = await world.provenHolder(phone);
        await until15DaysLater();
        const words = await personal();
        world.crashAt(count, when);
        const { failed } = await erase();
        const made = world.recover();
        if (failed.length > 0) expect(failed[0]?.error).toBeInstanceOf(Crash);
        else expect(made).toBeLessThan(count);
        writes = Math.max(writes, made + 1);
        await erase();
        expect({ count, left: left(words) }).toEqual({ count, left: [] });
        const entries = await world.entries(holder);
        expect(verifyPassbook(entries)).toEqual([]);
        expect(entries.filter(({ kind }) => kind === 'account-closed')).toHaveLength(1);
        if (failed.length === 0) return;
      }
      throw new Error('it never came to its end');
    },
  );
});
