import { AppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import { movementDraft } from '../domain/movement';
import { move } from '../domain/posting';
import type { AutoTopUpDeps } from '../operations/auto-top-up';
import { confirmOrder } from '../operations/confirm-order';
import { createDeductions } from '../operations/deductions';
import { type QueryDeps, queryDueOrder } from '../operations/query-order';
import { settleDueOrders } from '../operations/settle-due-orders';
import { type LowDeps, topUpIfLow } from '../operations/top-up-if-low';
import { createAutoTopUps } from '../store/auto-top-ups';
import { createOrders, DUE_SHARDS } from '../store/orders';
import { FakeDeduct } from '../test/fake-deduct';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { createModelDatabase } from '../test/model-database';
import { ModelQueue } from '../test/model-queue';
import { MoneyWorld } from '../test/money-world';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';
import { autoTopUpRoutes } from './auto-top-up-routes';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SETTINGS = { thresholdFen: 2_000, amountFen: 5_000, monthlyCapFen: 15_000 };

let student: StudentWorld;
let world: MoneyWorld;
let holder: TestHolder;
let owner: Phone;
let wechat: FakeDeduct;
let queue: ModelQueue;
let deps: QueryDeps & LowDeps & AutoTopUpDeps;

beforeEach(async () => {
  student = await StudentWorld.create(createModelDatabase());
  wechat = new FakeDeduct('wechat-pay', () => student.now);
  queue = new ModelQueue(() => student.now);
  world = new MoneyWorld(student, (readers, money) => {
    const autoTopUps = createAutoTopUps(student.database);
    const deducts = { 'wechat-pay': wechat };
    deps = { ...money, autoTopUps, deducts, queue, deductions: createDeductions({ ...money, deducts, autoTopUps }) };
    return [autoTopUpRoutes(readers, deps)];
  });
  owner = student.phone('owner');
  holder = await student.provenHolder(owner);
});

const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path = '', body?: unknown) => world.ask(owner, method, `/auto-top-up${path}`, body);
const contract = async () => (await ask('GET')).body.contract;

async function sign(settings: object = SETTINGS): Promise<string> {
  const { status, body } = await ask('POST', '', settings);
  expect({ status, state: body.contract?.state }).toEqual({ status: 200, state: 'asked' });
  const [contractNo = ''] = [...wechat.contracts.keys()].slice(-1);
  const made = wechat.contracts.get(contractNo);
  if (made === undefined) throw new Error('no contract was asked for');
  made.status = 'signed';
  expect((await ask('POST', '/confirm')).body.contract).toMatchObject({ state: 'signed', isOn: true });
  return contractNo;
}

const low = () => topUpIfLow(deps, holder);
/** The job behind the queue. */
async function deliver(): Promise<void> {
  for (const message of queue.take()) {
    await queryDueOrder(deps, message).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
    });
  }
}
async function later(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 10_000) {
    student.now += 10_000;
    await deliver();
  }
}
const transit = async () => (await student.head(holder)).state.balances.transit;
const spend = async (amountFen: number) => {
  const pack = await student.deps.packOf(holder.schoolId);
  await student.append(holder, (head) => {
    const at = { occurredAt: student.now, recordedAt: student.now };
    const entryId = `7-${head.n}`;
    return movementDraft(
      head,
      { kind: 'fee', entryId, postings: move('transit', 'income:card-fee', fen(amountFen)), family: 'income', ...at },
      pack,
    );
  });
};

describe('agreeing to automatic top-ups', () => {
  test('goes from asked to signed by the platform’s own word, and to ended', async () => {
    expect(await ask('GET')).toMatchObject({ body: { contract: null, choices: { thresholdsFen: [1_000, 2_000, 5_000] } } });
    const started = await ask('POST', '', SETTINGS);
    expect(started.body.signParams.presign_token).toBeDefined();
    // The phone says it is back; the platform knows of nothing yet.
    expect((await ask('POST', '/confirm')).body.contract).toMatchObject({ state: 'asked', signedAt: null });
    const contractNo = await sign();
    expect(wechat.contracts.get(contractNo)?.wanted).toMatchObject({
      number: holder.number,
      payerOpenId: 'wxmini-owner',
      perDeductionMaxFen: 5_000,
    });
    expect(contractNo).toMatch(/^[0-9A-Za-z_]{6,31}$/);
    expect((await ask('DELETE')).body.contract).toMatchObject({ state: 'ended', isOn: false });
    expect(wechat.contracts.get(contractNo)?.status).toBe('ended');
    expect((await ask('DELETE')).status).toBe(200);
    // A new one has a new number.
    expect(await sign()).not.toBe(contractNo);
  });

  test('asked twice is one contract, and asked for again while it is signed a refusal', async () => {
    await ask('POST', '', SETTINGS);
    await ask('POST', '', { ...SETTINGS, amountFen: 10_000 });
    expect(wechat.contracts.size).toBe(1);
    await sign();
    expect(codeOf(await ask('POST', '', SETTINGS))).toBe('auto-top-up.already-signed');
  });

  test.each([
    [{ thresholdFen: 1 }, 'top-up.amount-invalid'],
    [{ amountFen: 4_999 }, 'top-up.amount-invalid'],
    [{ monthlyCapFen: 4_999 }, 'top-up.amount-invalid'],
    [{ monthlyCapFen: '10000' }, 'top-up.amount-invalid'],
    [{ monthlyCapFen: 100_001 }, 'top-up.over-cap'],
  ])('with %j is refused as %s', async (changes, code) => {
    expect(codeOf(await ask('POST', '', { ...SETTINGS, ...changes }))).toBe(code);
    expect(await contract()).toBeNull();
    await sign();
    expect(codeOf(await ask('PUT', '', { ...SETTINGS, isOn: true, ...changes }))).toBe(code);
  });

  test('is for a holder, in a mini-program, at a school and a platform that have it', async () => {
    const guest = student.phone('guest');
    await guest.signIn();
    for (const [method, path, body] of [
      ['GET', ''],
      ['POST', '', SETTINGS],
      ['POST', '/confirm'],
      ['PUT', '', { ...SETTINGS, isOn: true }],
      ['DELETE', ''],
    ] as const) {
      expect(codeOf(await world.ask(guest, method, `/auto-top-up${path}`, body))).toBe('auth.bind-required');
    }
    const page = student.phone('web', 'wechat-web');
    await page.signIn();
    await page.bind(holder, '739154');
    expect(codeOf(await world.ask(page, 'POST', '/auto-top-up', SETTINGS))).toBe('top-up.not-here');
    const alipay = student.phone('ali', 'alipay-mini');
    await alipay.signIn();
    await alipay.bind(holder, '739154');
    expect(codeOf(await world.ask(alipay, 'POST', '/auto-top-up', SETTINGS))).toBe('auto-top-up.not-offered');
    const other = student.phone('bj');
    await student.provenHolder(other, 'bistu');
    expect(codeOf(await world.ask(other, 'POST', '/auto-top-up', SETTINGS))).toBe('auto-top-up.not-offered');
    expect((await world.ask(other, 'GET', '/auto-top-up')).body).toEqual({ choices: null, contract: null });
  });

  test('that never was cannot be confirmed, changed or ended', async () => {
    for (const heard of [await ask('POST', '/confirm'), await ask('PUT', '', { ...SETTINGS, isOn: true }), await ask('DELETE')]) {
      expect(codeOf(heard)).toBe('auto-top-up.not-signed');
    }
  });

  test('is off at once when it is ended, also where the platform cannot be reached, and ended by the next try', async () => {
    await sign();
    wechat.before = () => {
      throw new AppError('deduct.platform-unavailable');
    };
    expect(codeOf(await ask('DELETE'))).toBe('deduct.platform-unavailable');
    expect(await contract()).toMatchObject({ state: 'signed', isOn: false, offReason: 'holder' });
    expect(await low()).toBeUndefined();
    wechat.before = () => undefined;
    expect((await ask('DELETE')).body.contract).toMatchObject({ state: 'ended' });
  });

  test('that was ended at the platform is seen to be ended', async () => {
    const contractNo = await sign();
    const made = wechat.contracts.get(contractNo);
    if (made === undefined) throw new Error('no such contract');
    made.status = 'ended';
    expect((await ask('POST', '/confirm')).body.contract).toMatchObject({ state: 'ended', isOn: false, offReason: 'platform' });
  });
});

describe('an account below its threshold', () => {
  test('is topped up once, by an order like any other, and waits to be claimed', async () => {
    const contractNo = await sign();
    const order = await low();
    expect(order).toMatchObject({ origin: 'auto', payBy: 'contract', amountFen: 5_000, channel: 'wechat-pay' });
    expect(wechat.asked).toEqual([]);
    await deliver();
    expect(wechat.asked).toMatchObject([
      { merchantOrderNo: order?.orderNo, contractNo, agreementRef: `agreement-${contractNo}`, amountFen: 5_000 },
    ]);
    expect(await transit()).toBe(5_000);
    expect((await student.head(holder)).state.ownBankFen).toBe(0);
    expect(await contract()).toMatchObject({ usedThisMonthFen: 5_000, openOrderNo: null });
    await later(40 * MINUTE);
    expect(wechat.asked).toHaveLength(1);
    expect(await transit()).toBe(5_000);
  });

  test('makes one order of twenty triggers at one moment, and none more while it is open', async () => {
    await sign();
    wechat.outcome = 'pending';
    const orders = (await Promise.all(Array.from({ length: 20 }, low))).filter((order) => order !== undefined);
    expect(orders).toHaveLength(1);
    await later(5 * MINUTE);
    expect(await low()).toBeUndefined();
    expect(wechat.orders.size).toBe(1);
    // The platform makes up its mind.
    for (const order of wechat.orders.values()) Object.assign(order, { state: 'paid', paidAt: student.now });
    await later(2 * MINUTE);
    expect(await transit()).toBe(5_000);
  });

  test('is not topped up at the threshold, when it is switched off, or when the card is lost', async () => {
    await sign();
    await student.topUp(holder, 2_000);
    expect(await low()).toBeUndefined();
    await spend(1);
    await ask('PUT', '', { ...SETTINGS, isOn: false });
    expect(await low()).toBeUndefined();
    await ask('PUT', '', { ...SETTINGS, isOn: true });
    await student.append(holder, (head) => ({
      kind: 'loss-reported',
      entryId: 'loss',
      postings: [],
      occurredAt: student.now,
      state: { ...head.state, lostAt: student.now },
    }));
    expect(await low()).toBeUndefined();
    await student.append(holder, (head) => ({
      kind: 'loss-cancelled',
      entryId: 'found',
      postings: [],
      occurredAt: student.now,
      state: { ...head.state, lostAt: 0 },
    }));
    expect(await low()).toBeDefined();
  });

  test('keeps to the month’s cap, and begins anew with the next month', async () => {
    await sign();
    for (let time = 0; time < 5; time += 1) {
      await low();
      await later(20_000);
      const there = await transit();
      if (there > 0) await spend(there);
    }
    expect(wechat.orders.size).toBe(3);
    expect(await contract()).toMatchObject({ usedThisMonthFen: 15_000, isOn: true });
    student.now += 12 * DAY;
    expect(await contract()).toMatchObject({ usedThisMonthFen: 0 });
    expect(await low()).toBeDefined();
  });

  test('whose deduction fails waits an hour, then a day, and is off after the third, with the reason; the month gets it back', async () => {
    await sign();
    wechat.outcome = 'closed';
    const fails = async () => {
      expect(await low()).toBeDefined();
      await later(20_000);
      expect(await low()).toBeUndefined();
    };
    await fails();
    expect(await contract()).toMatchObject({ usedThisMonthFen: 0, isOn: true, pausedUntil: expect.any(String) });
    student.now += HOUR;
    await fails();
    student.now += HOUR;
    expect(await low()).toBeUndefined();
    student.now += DAY;
    await fails();
    expect(await contract()).toMatchObject({ isOn: false, offReason: 'failed', usedThisMonthFen: 0 });
    student.now += 7 * DAY;
    expect(await low()).toBeUndefined();
    wechat.outcome = 'paid';
    expect((await ask('PUT', '', { ...SETTINGS, isOn: true })).body.contract).toMatchObject({
      isOn: true,
      offReason: null,
      pausedUntil: null,
    });
    expect(await low()).toBeDefined();
    await later(20_000);
    expect(await transit()).toBe(5_000);
  });

  test('is asked for under the same number until the platform has heard it, and charged once', async () => {
    await sign();
    wechat.after = () => {
      throw new AppError('deduct.platform-unavailable');
    };
    const order = await low();
    await later(2 * MINUTE);
    wechat.after = () => undefined;
    await later(3 * MINUTE);
    expect(new Set(wechat.asked.map(({ merchantOrderNo }) => merchantOrderNo))).toEqual(new Set([order?.orderNo]));
    expect(wechat.asked.length).toBeGreaterThan(1);
    expect(wechat.orders.size).toBe(1);
    expect(await transit()).toBe(5_000);
  });

  test('is not asked for again after a refusal, and is seen to have ended at the platform; the order closes when its time is over', async () => {
    const contractNo = await sign();
    const made = wechat.contracts.get(contractNo);
    if (made === undefined) throw new Error('no such contract');
    made.status = 'ended';
    const order = await low();
    await deliver();
    expect(await contract()).toMatchObject({ state: 'ended', isOn: false, offReason: 'platform' });
    await later(35 * MINUTE);
    expect(wechat.asked).toHaveLength(1);
    expect(await deps.orders.find(holder.schoolId, order?.orderNo ?? '')).toMatchObject({ state: 'closed' });
    expect(await transit()).toBe(0);
    // A new agreement begins anew.
    await sign();
    expect(await contract()).toMatchObject({ usedThisMonthFen: 0, openOrderNo: null, pausedUntil: null });
    expect(await low()).toBeDefined();
  });

  test('takes nothing when it is switched off between the intent and the asking', async () => {
    await sign();
    const order = await low();
    await ask('DELETE');
    await later(35 * MINUTE);
    expect(wechat.asked).toEqual([]);
    expect(await deps.orders.find(holder.schoolId, order?.orderNo ?? '')).toMatchObject({ state: 'closed' });
  });

  test('is helped by the sweep alone when every message is lost, and credited when it was paid after it was closed', async () => {
    await sign();
    queue.copies = 0;
    wechat.outcome = 'pending';
    const order = await low();
    await settleDueOrders({ ...deps, dueShards: DUE_SHARDS }, student.now + MINUTE);
    expect(wechat.asked).toHaveLength(1);
    for (const asked of wechat.orders.values()) asked.state = 'closed';
    student.now += MINUTE;
    await settleDueOrders({ ...deps, dueShards: DUE_SHARDS }, student.now + MINUTE);
    const orderNo = order?.orderNo ?? '';
    expect(await deps.orders.find(holder.schoolId, orderNo)).toMatchObject({ state: 'closed' });
    for (const asked of wechat.orders.values()) Object.assign(asked, { state: 'paid', paidAt: student.now });
    const said = await wechat.queryDeduction({ merchantOrderNo: orderNo });
    if (said.status !== 'paid') throw new Error('it was paid');
    await confirmOrder(deps, 'wechat-pay', said);
    expect(await transit()).toBe(5_000);
  });

  test.each(['before', 'after'] as const)('has one order and one credit, wherever the trigger dies (%s)', async (moment) => {
    await sign({ ...SETTINGS, monthlyCapFen: 100_000 });
    let credits = 0;
    for (let at = 1; at < 20; at += 1) {
      const dying = faultyDatabase(student.database, { at, moment });
      const died = await topUpIfLow({ ...deps, orders: createOrders(dying), autoTopUps: createAutoTopUps(dying) }, holder).then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof Crash)) throw error;
          return true;
        },
      );
      // The stream delivers it again, twice.
      await Promise.all([low(), low()]);
      await settleDueOrders({ ...deps, dueShards: DUE_SHARDS }, student.now + MINUTE);
      credits += 1;
      expect(wechat.orders.size).toBe(credits);
      expect(await transit()).toBe(5_000);
      await spend(5_000);
      if (!died) return;
      student.now += MINUTE;
    }
    throw new Error('it never ended');
  });
});
