import { derivePageKey } from '../domain/school-keys';
import { newPageToken } from '../lib/page-token';
import { createModelDatabase } from '../test/model-database';
import { codeOf, MASTER_KEY, type Phone, StudentWorld, type TestHolder } from '../test/student-world';

let world: StudentWorld;
let phone: Phone;
let holder: TestHolder;
let page: Phone;

beforeEach(async () => {
  world = await StudentWorld.create(createModelDatabase());
  phone = world.phone('a');
  holder = await world.provenHolder(phone);
  page = newPage();
});

/** A browser that nobody signed in to. */
function newPage(): Phone {
  const visit = world.phone('page');
  visit.token = newPageToken(derivePageKey(MASTER_KEY), world.now + 60_000, (count) => new Uint8Array(count).fill(3));
  return visit;
}

const words = (change: object = {}) => ({
  ...{ schoolId: holder.schoolId, number: holder.number, name: holder.name, password: '739154' },
  ...change,
});
const report = (change?: object) => page.post('/student/loss-reports', words(change));

describe('a lost phone', () => {
  it('is reported from any browser: card and codes stop, and the second is told (ST-13)', async () => {
    const heard = await report();
    const head = await world.head(holder);
    expect(head).toMatchObject({ kind: 'loss-reported', state: { lostAt: head.recordedAt, codesFrozen: true } });
    expect(heard).toMatchObject({ status: 200, body: { codesFrozen: true } });
    expect(new Date(heard.body.reportedAt).getTime()).toBe(head.recordedAt);
    expect(Object.keys(heard.body).sort()).toEqual(['codesFrozen', 'reportedAt']);
    expect(codeOf(await phone.get('/student/code-key'))).toBe('code.frozen');
  });

  it('is one report however often it is made, here and in the app', async () => {
    const first = await report();
    world.now += 30_000;
    expect((await report()).body).toEqual(first.body);
    expect((await phone.post('/student/loss', { password: '739154', keepCodes: false })).body).toEqual(first.body);
    expect((await world.entries(holder)).filter(({ kind }) => kind === 'loss-reported')).toHaveLength(1);
  });

  it('freezes codes that were kept', async () => {
    await phone.post('/student/loss', { password: '739154', keepCodes: true });
    expect((await report()).body.codesFrozen).toBe(true);
  });

  it.each([
    ['a wrong password', { password: '999999' }],
    ['a wrong name', { name: '别人' }],
    ['a number that nobody has', { number: '20990001' }],
  ])('answers %s as it answers every other, and changes nothing', async (_what, change) => {
    expect(codeOf(await report(change))).toBe('auth.no-match');
    expect((await world.head(holder)).state.lostAt).toBe(0);
  });

  it('locks one guesser out, and not the holder behind another address', async () => {
    for (let tries = 0; tries < 5; tries += 1) expect(codeOf(await report({ password: '999999' }))).toBe('auth.no-match');
    expect(codeOf(await report())).toBe('auth.locked');
    expect((await world.head(holder)).state.lostAt).toBe(0);
    expect((await phone.post('/student/loss', { password: '739154', keepCodes: false })).status).toBe(200);
  });

  it('needs a visit, and gives it no right to anything else', async () => {
    const nobody = world.phone('nobody');
    expect(codeOf(await nobody.post('/student/loss-reports', words()))).toBe('auth.sign-in-required');
    await report();
    expect(codeOf(await page.get('/student/account'))).toBe('auth.sign-in-required');
    expect(codeOf(await page.post('/student/loss/cancel', { password: '739154' }))).toBe('auth.sign-in-required');
  });

  it.each([{ number: '' }, { name: 7 }, { password: undefined }, { schoolId: 'nowhere' }])('refuses %j', async (change) => {
    expect([400, 404]).toContain((await report(change)).status);
    expect((await world.head(holder)).state.lostAt).toBe(0);
  });
});
