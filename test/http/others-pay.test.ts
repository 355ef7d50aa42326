import { randomUUID } from 'node:crypto';
import { ask, type Heard } from './support/ask';
import { eventually, Phone, type Student, studentOf, succeeded } from './support/phone';
import { Till } from './support/till';
import { type HttpWorld, startHttpWorld } from './support/world';

/** Money that comes without its student's doing, over the running functions, queue and passbook stream, and the sandbox's cashier. */
const SCHOOL = 'shanghaitech';
let world: HttpWorld;
let nextStudent = 0;

beforeAll(async () => {
  world = await startHttpWorld(16, { cardholdersPerSchool: 24 });
}, 120_000);
afterAll(() => world?.stop());

const newStudent = (): Promise<Student> => {
  nextStudent += 1;
  return studentOf(world, SCHOOL, nextStudent);
};
const transitOf = async ({ schoolId, accountNo }: Student) => (await world.passbook.head(schoolId, accountNo))?.state.balances.transit;
const money = '/student/money';

test('a callback that never comes is healed by the queue, before the minute’s sweep and without a look of the student', async () => {
  const student = await newStudent();
  const phone = await new Phone(world).bound(student);
  const { orderNo, payParams } = succeeded(await phone.order(2_000));
  world.stack.sandbox.world.switchFault({ fault: 'lost', attempts: null }, orderNo);
  await phone.pay(payParams);
  const paidAt = Date.now();
  await eventually(async () => (await transitOf(student)) === 2_000, 45_000);
  expect(Date.now() - paidAt).toBeLessThan(45_000);
  const order = succeeded(await phone.get(`/student/top-ups/${orderNo}`));
  expect(order).toMatchObject({ state: 'credited', origin: 'own', payBy: 'in-app', target: 'card', closedAt: null });
  expect(order.since).toBe(order.creditedAt);
});

test('a page on a computer tops up by name and number; the code is scanned by a phone (ST-66, ST-67)', async () => {
  const student = await newStudent();
  const { sessionToken } = succeeded(await ask(`${world.stack.functionsUrl}${money}/page-sessions`, { method: 'POST' }));
  const page = (path: string, body?: unknown): Promise<Heard> => {
    const headers = { authorization: `Bearer ${sessionToken}`, 'content-type': 'application/json' };
    const asking = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    return ask(`${world.stack.functionsUrl}${money}${path}`, asking);
  };
  const payee = { schoolId: SCHOOL, name: student.person.name, number: student.person.number };
  expect(succeeded(await page('/top-ups-for-others/check', payee)).payee.nameMasked).toContain('*');
  expect((await page('/top-ups-for-others/check', { ...payee, name: '别人' })).body.error.code).toBe('top-up.no-match');
  for (const channel of ['wechat-pay', 'alipay']) {
    const wish = { ...payee, requestId: randomUUID(), amountFen: 100, channel, payBy: 'qr', screen: 'computer' };
    const { orderNo, payParams } = succeeded(await page('/top-ups-for-others', wish));
    const { cashier } = world.stack.sandbox.world;
    const opening = cashier.scan(payParams.codeUrl, undefined);
    if ('refusal' in opening) throw new Error(opening.refusal);
    expect(cashier.pay(opening.cashier.id)?.state).toBe('paid');
    await eventually(async () => succeeded(await page(`/top-ups-for-others/${orderNo}`)).state === 'credited', 30_000);
  }
  expect(await transitOf(student)).toBe(200);
  expect(succeeded(await page('/top-ups-for-others')).orders).toHaveLength(2);
});

test('a gift link is paid by a guest, within its cap', async () => {
  const student = await newStudent();
  const owner = await new Phone(world).bound(student);
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const { token } = succeeded(await owner.post(`${money}/gifts`, { requestId: randomUUID(), maxTotalFen: 1_000, expiresAt }));
  const guest = new Phone(world);
  await guest.signIn();
  expect(succeeded(await guest.get(`${money}/gifts/${token}`)).leftFen).toBe(1_000);
  const give = (amountFen: number) =>
    guest.post(`${money}/gifts/${token}/top-ups`, { requestId: randomUUID(), amountFen, channel: 'wechat-pay' });
  const { payParams } = succeeded(await give(600));
  await guest.pay(payParams);
  await eventually(async () => (await transitOf(student)) === 600, 30_000);
  expect((await give(401)).body.error).toMatchObject({ code: 'gift.over-cap', detail: { leftFen: 400 } });
  expect(succeeded(await owner.get(`${money}/gifts`)).gifts).toMatchObject([{ cameFen: 600, leftFen: 400, state: 'open' }]);
});

test.each([['wechat-mini'], ['alipay-mini']] as const)(
  'a charge that leaves little tops the card up by the contract agreed in %s',
  async (platform) => {
    const student = await newStudent();
    const phone = await new Phone(world, platform).able(student);
    await phone.topUp(2_100);
    const settings = { thresholdFen: 2_000, amountFen: 5_000, monthlyCapFen: 10_000 };
    const { signParams } = succeeded(await phone.post(`${money}/auto-top-up`, settings));
    const { consents } = world.stack.sandbox.world;
    const opening =
      platform === 'wechat-mini' ? consents.openWechat(signParams, phone.holder) : consents.openAlipay(signParams, phone.holder);
    if ('refusal' in opening) throw new Error(opening.refusal);
    consents.answer(opening.consent.id, 'agreed');
    expect(succeeded(await phone.post(`${money}/auto-top-up/confirm`)).contract).toMatchObject({ state: 'signed', isOn: true });
    expect((await new Till(world, SCHOOL).charge(await phone.code({ stepsAhead: 0 }), 500)).status).toBe(200);
    await eventually(async () => (await transitOf(student)) === 5_000, 90_000);
    const { orders } = succeeded(await phone.get(`${money}/top-ups`));
    expect(orders).toMatchObject([{ origin: 'auto', payBy: 'contract', state: 'credited', amountFen: 5_000 }, { origin: 'own' }]);
    expect(succeeded(await phone.ask(`${money}/auto-top-up`, { method: 'DELETE' })).contract).toMatchObject({ state: 'ended' });
  },
);
