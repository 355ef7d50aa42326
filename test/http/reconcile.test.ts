import { randomBytes } from 'node:crypto';
import { verifyPassbook } from '../../functions/domain/verify-passbook';
import { createWechatPay } from '../../functions/platforms/wechat-pay/wechat-pay';
import { createOrders } from '../../functions/store/orders';
import { createPayOuts } from '../../functions/store/pay-outs';
import { localEnvironment } from '../../sandbox/local/environment';
import { fen } from '../../shared/money';
import { businessDay, CHINA_OFFSET_MINUTES } from '../../shared/time';
import { expectRefusal } from './support/ask';
import { Desk } from './support/office';
import { eventually, Phone, type Student, studentOf, succeeded } from './support/phone';
import { type HttpWorld, startHttpWorld } from './support/world';

const HOUR = 3_600_000;
const SCHOOL = 'bistu';

let world: HttpWorld;
let finance: Desk;
/** The newest day whose bills are there by now, at any hour of the day this test runs. */
let day: string;

beforeAll(async () => {
  world = await startHttpWorld(11, { cardholdersPerSchool: 12, speed: 100 });
  finance = await Desk.of(world, SCHOOL, 'finance-1');
  day = businessDay(Date.now() - 34 * HOUR, CHINA_OFFSET_MINUTES);
}, 120_000);
afterAll(() => world?.stop());

/** What happens at the platforms happens at noon of that day, as their books have it. */
async function thatDay<T>(act: () => Promise<T>): Promise<T> {
  const { books } = world.stack.sandbox.world;
  books.setTime(Date.parse(`${day}T12:00:00+08:00`));
  try {
    return await act();
  } finally {
    books.setTime(undefined);
  }
}

/** Paid, the callback lost, and nobody asks the platform before the bill comes. */
async function paidInSilence(phone: Phone, { schoolId }: Student, amountFen: number): Promise<string> {
  const { orderNo, payParams } = succeeded(await phone.order(amountFen));
  const orders = createOrders(world.database);
  const order = await orders.find(schoolId, orderNo);
  if (order?.state !== 'created') throw new Error('not created');
  if (!(await orders.replace({ ...order, dueAt: Date.now() + 24 * HOUR, version: order.version + 1 }))) throw new Error('asked about');
  world.stack.sandbox.world.switchFault({ fault: 'lost', attempts: null }, orderNo);
  await phone.pay(payParams);
  return orderNo;
}

/** A payment under a number of ours that none of our functions ever gave: somebody has the merchant's key, or a row was lost. */
async function orphan(phone: Phone, amountFen: number): Promise<string> {
  const { sandbox, secrets, functionsUrl } = world.stack;
  const addresses = { dynamodb: world.stack.dynamodbEndpoint, web: functionsUrl, functions: functionsUrl };
  const settings = JSON.parse(localEnvironment(sandbox.credentials, secrets, addresses).ECODE_WECHAT_PAY ?? '');
  const platform = createWechatPay(settings, { fetch, now: Date.now, randomBytes });
  const appId: string = settings.appIds[0];
  const payerOpenId = sandbox.world.openid('wechat', appId, phone.holder) ?? '';
  const merchantOrderNo = `${SCHOOL}0STRANGE0STRANG`;
  const created = await platform.createOrder({
    ...{ merchantOrderNo, payerOpenId, appId, amountFen: fen(amountFen), payBy: 'in-app' },
    ...{ description: '校园卡充值', notifyUrl: `${functionsUrl}/callbacks/wechat-pay`, expiresAt: Date.now() + HOUR },
  });
  await phone.pay(created.payParams ?? {});
  return merchantOrderNo;
}

const reconcile = () => world.stack.functions.invoke('reconcile', { day });
const dayAt = async (desk = finance) => succeeded(await desk.get(`/reconciliations/wechat-pay/${day}`));
const platformRefunds = async () => (await (await fetch(`${world.stack.sandbox.baseUrl}/control/refunds`)).json()).wechat;

describe('the morning after', () => {
  let student: Student;
  let phone: Phone;
  let lost: string;
  let strange: string;

  beforeAll(async () => {
    student = await studentOf(world, SCHOOL, 0);
    phone = await new Phone(world).bound(student);
    await thatDay(async () => {
      await phone.topUp(2_000);
      lost = await paidInSilence(phone, student, 3_000);
      strange = await orphan(phone, 700);
    });
  }, 60_000);

  it('a bill that is cut off is never balanced: nothing is written, and finance reads why', async () => {
    const { books } = world.stack.sandbox.world;
    books.lie({ platform: 'wechatPay', day, lie: 'cut-file' });
    await reconcile();
    const { reconciliation, differences } = await dayAt();
    expect(reconciliation).toMatchObject({ state: 'failed', billSha256: null, differences: 0 });
    expect(reconciliation.failure).toMatch(/^bill\./);
    expect(differences).toEqual([]);
    expect((await phone.get(`/student/top-ups/${lost}`)).body.state).not.toBe('credited');
    books.beHonest('wechatPay', day);
  });

  it('the honest one credits what nobody told us of and sends the stranger’s money back', async () => {
    await reconcile();
    const { reconciliation, differences } = await dayAt();
    expect(reconciliation).toMatchObject({ state: 'healed', failure: null, runs: 2, differences: 2 });
    expect(reconciliation.billSha256).toHaveLength(64);
    expect(reconciliation.sums).toMatchObject({ billCount: 3, billPaymentFen: 5_700 });
    const acts = differences.map(({ class: of, act, actState, orderNo, billFen }: Record<string, unknown>) => ({
      ...{ of, act, actState, orderNo, billFen },
    }));
    expect(acts).toHaveLength(2);
    expect(acts).toContainEqual({ of: 'missing-callback', act: 'credit', actState: 'done', orderNo: lost, billFen: 3_000 });
    expect(acts).toContainEqual({ of: 'orphan-payment', act: 'refund', actState: 'done', orderNo: strange, billFen: 700 });
  });

  /** The bound app is told too, and is nothing of this morning's. */
  const toldOfMoney = async (): Promise<readonly unknown[]> => {
    const { notices } = succeeded(await phone.get('/student/money/notices'));
    return notices.filter(({ kind }: { kind: string }) => kind !== 'app-bound');
  };

  it('the student sees the money, and is told of it once', async () => {
    expect(succeeded(await phone.get(`/student/top-ups/${lost}`))).toMatchObject({ state: 'credited' });
    const { entries } = await world.passbook.entries(SCHOOL, student.accountNo, { from: 1, to: 100, limit: 100 });
    expect(entries.filter(({ entryId }) => entryId === lost)).toHaveLength(1);
    expect(verifyPassbook([...entries].reverse())).toEqual([]);
    expect(await toldOfMoney()).toMatchObject([{ kind: 'order-credited', amountFen: 3_000, about: lost }]);
  });

  it('the stranger has it back from the platform, and suspense is empty', async () => {
    const { differences } = await dayAt();
    const refundNo = differences.find(({ orderNo }: { orderNo: string }) => orderNo === strange).result.replace('refund ', '');
    // The platform takes its time and then tells us, as with every refund.
    await eventually(async () => (await createPayOuts(world.database).find(SCHOOL, refundNo))?.state === 'succeeded');
    expect(await platformRefunds()).toMatchObject([{ outRefundNo: refundNo, outTradeNo: strange, refundFen: 700, outcome: 'SUCCESS' }]);
    expect(succeeded(await finance.get('/suspense'))).toEqual({ items: [], openFen: 0 });
  });

  it('a second run changes nothing', async () => {
    const before = await dayAt();
    await reconcile();
    const after = await dayAt();
    expect(after.differences).toEqual(before.differences);
    expect(after.reconciliation).toMatchObject({ state: 'healed', billSha256: before.reconciliation.billSha256, runs: 3 });
    expect(await toldOfMoney()).toHaveLength(1);
    expect(await platformRefunds()).toHaveLength(1);
  });

  it('the other platform, which sold nothing, balances too, and every school has its record', async () => {
    expect(succeeded(await finance.get(`/reconciliations/alipay/${day}`)).reconciliation).toMatchObject({ state: 'balanced' });
    expect(succeeded(await finance.get(`/reconciliations/pos/${day}`)).reconciliation).toMatchObject({ state: 'balanced' });
    const elsewhere = await Desk.of(world, 'dufl', 'finance-2');
    expect((await dayAt(elsewhere)).reconciliation).toMatchObject({ state: 'balanced', differences: 0 });
  });

  it('only finance and auditors read it', async () => {
    expect((await dayAt(await Desk.of(world, SCHOOL, 'auditor'))).reconciliation.state).toBe('healed');
    for (const userName of ['merchant', 'card-office', 'manager']) {
      const desk = await Desk.of(world, SCHOOL, userName);
      expectRefusal(await desk.get(`/reconciliations/wechat-pay/${day}`), 'staff.forbidden');
    }
  });
});
