import { stepAt } from '../../shared/code-format';
import { makeCode, weekOfStep } from '../../shared/code-mac';
import { authorizePayment } from '../operations/authorize-payment';
import { createModelDatabase } from './model-database';
import { SaleFixture } from './sale-fixture';
import { codeOf, StudentWorld } from './student-world';

/** What the guides say of the student's own app, asked over the student API as a phone asks it. */
let world: StudentWorld;
beforeEach(async () => {
  world = await StudentWorld.create(createModelDatabase());
});

/** The school's till over the same books. */
function till(schoolId: string): SaleFixture {
  const made = new SaleFixture(world.database, schoolId);
  made.now = world.now;
  return made;
}

test.each([
  ['DL-04, DL-06', 'wechat-mini'],
  ['DL-42', 'alipay-mini'],
] as const)('%s: 登录领卡 in %s finds the school and wants account, password and name, all three right', async (_, platform) => {
  const phone = world.phone('a', platform);
  const holder = await world.holder('dufl');
  const { schools } = (await phone.get(`/student/schools?q=${encodeURIComponent('大连外国语')}`)).body;
  expect(schools.map(({ schoolId }: { schoolId: string }) => schoolId)).toEqual(['dufl']);
  await phone.signIn();
  for (const [wrong, password] of [
    [{ number: 'N0' }, '000000'],
    [{ name: '测试·乙' }, '000000'],
    [{}, '000001'],
  ] as const) {
    expect(codeOf(await phone.bind({ ...holder, ...wrong }, password))).toBe('auth.no-match');
  }
  expect((await phone.bind(holder, '000000')).body).toMatchObject({ bound: { schoolId: 'dufl' }, passwordIsInitial: true });
  expect((await phone.get('/student/account')).body.name).toBe(holder.name);
});

test('BI-06: bound in the mini-program, the phone makes 校园码 by itself, which pays at the POS', async () => {
  const phone = world.phone('a');
  const holder = await world.provenHolder(phone, 'bistu');
  await world.topUp(holder, 2_000);
  const shop = till('bistu');
  expect(await authorizePayment(shop.deps, shop.tapSale(holder.accountNo, 500))).toMatchObject({ outcome: 'charged' });
  const { handle, slot, schoolId, keys } = (await phone.get('/student/code-key')).body;
  const step = stepAt(world.now);
  const { key } = keys.find(({ week }: { week: string }) => week === weekOfStep(step));
  const code = makeCode(Buffer.from(key, 'hex'), { kind: 'card', handle, step, slot, schoolId });
  expect(await authorizePayment(shop.deps, shop.codeSale(code, 1_250))).toMatchObject({ outcome: 'charged' });
  expect((await phone.get('/student/account')).body.balances.cardFen).toBe(250);
});

test('ST-11, ST-12: 账户信息 shows whose card it is, what is on it and what waits; 交易明细 lists its transactions', async () => {
  const phone = world.phone('a');
  const holder = await world.provenHolder(phone);
  await world.topUp(holder, 2_000);
  const info = (await phone.get('/student/account')).body;
  expect(info).toMatchObject({ schoolId: 'shanghaitech', name: holder.name, loss: null, passwordIsInitial: false });
  expect(info.balances).toMatchObject({ cardFen: 0, transitFen: 2_000 });
  expect(info.numberMasked).toMatch(/\*/);
  expect(JSON.stringify(info)).not.toContain(holder.number);
  const shop = till('shanghaitech');
  expect(await authorizePayment(shop.deps, shop.tapSale(holder.accountNo, 1_250))).toMatchObject({ outcome: 'charged' });
  const { entries } = (await phone.get('/student/statement?month=2026-11')).body;
  expect(entries.map(({ kind, amountFen }: { kind: string; amountFen: number }) => [kind, amountFen])).toEqual([
    ['charge', -1_250],
    ['top-up', 2_000],
  ]);
});

test('DL-24: 卡片余额 is the balance of now, and says of when it is', async () => {
  const phone = world.phone('a');
  const holder = await world.provenHolder(phone, 'dufl');
  const balance = async () => {
    const { balances, asOf } = (await phone.get('/student/account')).body;
    return [balances.cardFen, Date.parse(asOf) - world.now];
  };
  expect(await balance()).toEqual([0, 0]);
  await world.topUp(holder, 4_000);
  const shop = till('dufl');
  await authorizePayment(shop.deps, shop.tapSale(holder.accountNo, 109));
  world.now += 60_000;
  expect(await balance()).toEqual([3_891, 0]);
});

test('SJ-13: the transaction flow of the Ecard is there after signing in, and for nobody before', async () => {
  const phone = world.phone('a');
  const holder = await world.holder('sjtu');
  await world.topUp(holder, 3_000);
  const flow = () => phone.get('/student/statement?month=2026-11');
  expect(codeOf(await flow())).toBe('auth.sign-in-required');
  await phone.signIn();
  expect(codeOf(await flow())).toBe('auth.bind-required');
  // The last six digits of the ID, its X skipped.
  expect((await phone.bind(holder, '030417')).status).toBe(200);
  const shop = till('sjtu');
  await authorizePayment(shop.deps, shop.tapSale(holder.accountNo, 1_250));
  const { entries } = (await flow()).body;
  expect(entries.map(({ amountFen }: { amountFen: number }) => amountFen)).toEqual([-1_250, 3_000]);
});
