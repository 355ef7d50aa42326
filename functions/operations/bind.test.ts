import { citizenIdCheck } from '../../shared/citizen-id';
import { verifyPassbook } from '../domain/verify-passbook';
import { createCards } from '../store/cards';
import { createPurses } from '../store/purses';
import { createModelDatabase, type ModelDatabase } from '../test/model-database';
import { CONSENT, codeOf, StudentWorld } from '../test/student-world';
import { openAccount } from './import-holder';

let world: StudentWorld;
let database: ModelDatabase;
beforeEach(async () => {
  database = createModelDatabase();
  world = await StudentWorld.create(database);
});

const keptText = (): string => JSON.stringify([...database.all('records'), ...database.all('passbook')]);

describe('binding an app', () => {
  it('binds by number, name and the initial password, and says that it is the initial one (ST-04, ST-05, ST-06, ST-07)', async () => {
    const holder = await world.holder();
    const phone = world.phone('a');
    expect((await phone.signIn()).body.bound).toBeNull();
    const heard = await phone.bind(holder, '123456');
    expect(heard).toMatchObject({ status: 200, body: { bound: { schoolId: 'shanghaitech' }, passwordIsInitial: true } });
    const entries = await world.entries(holder);
    expect(entries.map(({ kind }) => kind)).toEqual(['opened', 'app-bound']);
    expect(verifyPassbook(entries)).toEqual([]);
    expect(entries.at(-1)?.state.apps[0]).toMatchObject({ bound: true, keyVersion: 1 });
    expect((await phone.get('/student/account')).body.name).toBe(holder.name);
  });

  it('keeps with the binding which privacy policy was agreed to and when, until the app is removed', async () => {
    const holder = await world.holder();
    const phone = world.phone('a');
    await phone.signIn();
    await phone.bind(holder, '123456');
    const { apps } = (await phone.get('/student/apps')).body;
    expect(apps).toMatchObject([{ consent: { policyDay: CONSENT.policyDay, agreedAt: '2023-11-15T06:13:20.000+08:00' } }]);
  });

  it.each([[{ policyDay: 'yesterday', agreedAt: 1 }], [{ policyDay: '2026-11-28', agreedAt: -1 }], [{ policyDay: '2026-11-28' }]])(
    'refuses a consent of another form',
    async (consent) => {
      const { schoolId, number, name } = await world.holder();
      const phone = world.phone('a');
      await phone.signIn();
      const heard = await phone.post('/student/bind', { schoolId, number, name, password: '123456', consent });
      expect(codeOf(heard)).toBe('request.malformed');
    },
  );

  it.each([
    ['none', undefined],
    ['one to an older policy', { ...CONSENT, policyDay: '2026-11-27' }],
  ])('refuses whoever gave no consent: %s, before anything is looked at', async (_, consent) => {
    const { schoolId, number, name } = await world.holder();
    const phone = world.phone('a');
    await phone.signIn();
    const asked = (password: string) => phone.post('/student/bind', { schoolId, number, name, password, consent });
    // Guesses that were not looked at cost no tries.
    for (let tries = 0; tries < 6; tries += 1) expect(codeOf(await asked('000000'))).toBe('auth.consent-required');
    const heard = await asked('123456');
    expect([heard.status, codeOf(heard)]).toEqual([403, 'auth.consent-required']);
    expect(heard.body.error.messageZh).toMatch(/隐私政策/);
    expect(heard.body.error.messageEn).toMatch(/privacy policy/);
    expect(codeOf(await phone.get('/student/account'))).toBe('auth.bind-required');
    expect((await phone.bind({ schoolId, number, name }, '123456')).status).toBe(200);
  });

  it('takes the consent to a policy newer than the server knows: an app may be renewed first', async () => {
    const { schoolId, number, name } = await world.holder();
    const phone = world.phone('a');
    await phone.signIn();
    const consent = { ...CONSENT, policyDay: '2031-01-01' };
    expect((await phone.post('/student/bind', { schoolId, number, name, password: '123456', consent })).status).toBe(200);
  });

  it.each([
    ['shanghaitech', '123456', ''],
    ['dufl', '000000', '030417X'],
    ['dufl', '030417', '030417X'],
    ['bistu', '030417', '030417X'],
    ['bistu', '304178', '0304178'],
  ])('takes the initial password of %s, %s for an ID ending in %s (DL-07)', async (schoolId, password, idTail) => {
    const holder = await world.holder(schoolId, { idTail });
    const phone = world.phone('a');
    await phone.signIn();
    expect((await phone.bind(holder, password)).body).toMatchObject({ passwordIsInitial: true });
  });

  it('takes the number of the card as well, ours or the school’s own (ST-05)', async () => {
    const holder = await world.holder();
    for (const [openid, number] of [
      ['a', holder.cardNumber],
      ['b', ` ${holder.number.toLowerCase()} `],
    ] as const) {
      const phone = world.phone(openid);
      await phone.signIn();
      expect((await phone.bind({ ...holder, number }, '123456')).status).toBe(200);
    }
  });

  it('takes a temporary card by its citizen ID, however it is typed, and shows and keeps nothing but the mask (ST-54)', async () => {
    const id = `00000019900101001${citizenIdCheck('00000019900101001')}`;
    const row = { line: 1, number: id, name: '测试·甲', kind: 'temporary', idTail: id.slice(-7), mobile: '', cardNumber: 'T1' } as const;
    const holder = { schoolId: 'shanghaitech', name: row.name };
    const opened = await openAccount(
      { ...world.deps, cards: createCards(database), purses: createPurses(database), cipher: world.deps.fieldCipher },
      await world.deps.packOf('shanghaitech'),
      row,
      4_242,
    );
    expect(opened).toEqual({ outcome: 'opened' });
    const phone = world.phone('a');
    await phone.signIn();
    const wide = [...id].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join('');
    const typed = `\u200f ${wide.slice(0, 6)}　${wide.slice(6).replace('Ｘ', 'ｘ')} `;
    expect((await phone.bind({ ...holder, number: typed }, '123456')).status).toBe(200);
    expect((await phone.get('/student/account')).body.numberMasked).toBe(`000***********${id.slice(-4)}`);
    // What is typed as the number is no second proof of anything.
    expect((await phone.get('/student/proofs')).body.offered).toEqual(['desk']);
    expect(keptText()).not.toContain(id);
    const found = await world.deps.holders.find('shanghaitech', 4_242);
    const sealed = found?.citizenId?.sealed ?? '';
    expect(world.deps.fieldCipher.open({ schoolId: 'shanghaitech', accountNo: 4_242, field: 'citizenId' }, sealed)).toBe(id);
  });

  it('says of a mistyped citizen ID that it is one, without a guess, and writes none of it down (ST-54)', async () => {
    const { name } = await world.holder();
    const phone = world.phone('a');
    await phone.signIn();
    const id = `00000019900101001${citizenIdCheck('00000019900101001')}`;
    const mistyped = `${id.slice(0, 17)}${id.endsWith('1') ? '2' : '1'}`;
    for (let tries = 0; tries < 8; tries += 1) {
      expect(codeOf(await phone.bind({ schoolId: 'shanghaitech', number: mistyped, name }, '123456'))).toBe('auth.citizen-id-mistyped');
    }
    // A right one that nobody has is the one answer for all, and is counted under a hash.
    expect(codeOf(await phone.bind({ schoolId: 'shanghaitech', number: id, name }, '123456'))).toBe('auth.no-match');
    expect([id, mistyped].filter((number) => keptText().includes(number))).toEqual([]);
  });

  it('signs in to the bound account from then on', async () => {
    const holder = await world.holder();
    const phone = world.phone('a');
    await phone.signIn();
    const { body } = await phone.bind(holder, '123456');
    const again = world.phone('a');
    expect((await again.signIn()).body.bound).toEqual(body.bound);
    expect((await again.get('/student/account')).status).toBe(200);
  });

  it('ends other sessions of the same identity, which then sign in to the bound account', async () => {
    const holder = await world.holder();
    const [phone, tablet] = [world.phone('a'), world.phone('a')];
    await phone.signIn();
    await tablet.signIn();
    await phone.bind(holder, '123456');
    expect(codeOf(await tablet.get('/student/account'))).toBe('auth.sign-in-required');
    expect((await tablet.signIn()).body.bound).toMatchObject({ schoolId: 'shanghaitech' });
  });

  it('gives one answer for a wrong name, number or password, at the same cost', async () => {
    const holder = await world.holder('bistu');
    const wrong = [{ ...holder, name: '测试·乙' }, { ...holder, number: 'N0000000' }, holder];
    const answers = [];
    for (const [index, each] of wrong.entries()) {
      const phone = world.phone(`wrong-${index}`);
      await phone.signIn();
      world.scrypts = 0;
      const heard = await phone.bind(each, index === 2 ? '000000' : '030417');
      answers.push({ ...heard, scrypts: world.scrypts });
    }
    expect(answers[0]).toMatchObject({ status: 401, body: { error: { code: 'auth.no-match' } }, scrypts: 1 });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(await world.entries(holder)).toHaveLength(1);
  });

  it('refuses an unknown school, a request without a session, and a body that lacks a field', async () => {
    const holder = await world.holder();
    const phone = world.phone('a');
    expect(codeOf(await phone.bind(holder, '123456'))).toBe('auth.sign-in-required');
    await phone.signIn();
    expect(codeOf(await phone.bind({ ...holder, schoolId: 'nowhere' }, '123456'))).toBe('school.unknown');
    const heard = await phone.post('/student/bind', { schoolId: 'shanghaitech', number: holder.number, name: holder.name });
    expect(heard.body.error).toMatchObject({ code: 'request.malformed', detail: { field: 'password' } });
  });

  it('is the same answer when it is repeated, and refuses another card in the same app', async () => {
    const [holder, other] = [await world.holder(), await world.holder()];
    const phone = world.phone('a');
    await phone.signIn();
    const first = await phone.bind(holder, '123456');
    expect((await phone.bind(holder, '123456')).body).toEqual(first.body);
    expect(codeOf(await phone.bind(other, '123456'))).toBe('auth.already-bound');
    expect(await world.entries(holder)).toHaveLength(2);
    expect(await world.entries(other)).toHaveLength(1);
  });

  it('is one binding when it arrives many times at once', async () => {
    const holder = await world.holder();
    const phone = world.phone('a');
    await phone.signIn();
    const heard = await Promise.all(Array.from({ length: 4 }, () => phone.bind(holder, '123456')));
    expect(new Set(heard.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await world.entries(holder)).toHaveLength(2);
  });

  it('refuses a fifth app, and gives the place of a removed one to the next with a new key version', async () => {
    const holder = await world.holder();
    const phones = ['a', 'b', 'c', 'd'].map((openid) => world.phone(openid));
    for (const phone of phones) {
      await phone.signIn();
      expect((await phone.bind(holder, '123456')).status).toBe(200);
    }
    const fifth = world.phone('e', 'alipay-mini');
    await fifth.signIn();
    expect(codeOf(await fifth.bind(holder, '123456'))).toBe('auth.too-many-apps');
    expect((await phones[1]?.post('/student/unbind'))?.status).toBe(200);
    expect((await fifth.bind(holder, '123456')).status).toBe(200);
    expect((await world.head(holder)).state.apps[1]).toMatchObject({ bound: true, keyVersion: 3 });
  });

  it('binds no more than four of ten apps that come at once', async () => {
    const holder = await world.holder();
    const phones = Array.from({ length: 10 }, (_, index) => world.phone(`p${index}`));
    await Promise.all(phones.map((phone) => phone.signIn()));
    const heard = await Promise.all(phones.map((phone) => phone.bind(holder, '123456')));
    expect(heard.filter(({ status }) => status === 200)).toHaveLength(4);
    expect(heard.map(codeOf).filter((code) => code === 'auth.too-many-apps')).toHaveLength(6);
    const slots = (await world.deps.bindings.list(holder.schoolId, holder.accountNo)).map(({ slot }) => slot);
    expect([...slots].sort()).toEqual([0, 1, 2, 3]);
  });

  it('refuses a closed account', async () => {
    const holder = await world.holder();
    await world.append(holder, (head) => ({
      kind: 'limits-changed',
      entryId: 'closed',
      postings: [],
      occurredAt: world.now,
      state: { ...head.state, closed: true },
    }));
    const phone = world.phone('a');
    await phone.signIn();
    expect(codeOf(await phone.bind(holder, '123456'))).toBe('account.closed');
  });

  it('ends all or nothing wherever the function is killed, and a repeat completes it', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let count = 1; ; count += 1) {
        const holder = await world.holder();
        const phone = world.phone(`${when}-${count}`);
        await phone.signIn();
        world.crashAt(count, when);
        const crashed = await phone.bind(holder, '123456');
        const writes = world.recover();
        const head = await world.head(holder);
        const list = await world.deps.bindings.list(holder.schoolId, holder.accountNo);
        expect(list).toHaveLength(head.n - 1);
        const repeated = await phone.bind(holder, '123456');
        expect(repeated).toMatchObject({ status: 200, body: { bound: { schoolId: 'shanghaitech' } } });
        expect(await world.entries(holder)).toHaveLength(2);
        if (crashed.status === 200) {
          expect(writes).toBeGreaterThanOrEqual(3);
          break;
        }
        expect(codeOf(crashed)).toBe('request.internal');
      }
    }
  });

  it('writes no name, number, password, openid or token to the log, also when it fails', async () => {
    const holder = await world.holder();
    const phone = world.phone('openid-that-is-private');
    await phone.signIn();
    await phone.bind(holder, '000001');
    world.crashAt(2, 'after');
    await phone.bind(holder, '123456');
    world.recover();
    const text = JSON.stringify(world.logged);
    for (const secret of [holder.name, holder.number, '000001', '123456', 'openid-that-is-private', phone.token ?? 'none']) {
      expect(text).not.toContain(secret);
    }
    expect(world.logged.length).toBeGreaterThan(3);
  });
});
