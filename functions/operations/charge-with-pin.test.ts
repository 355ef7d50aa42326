import { sealPin } from '../../sandbox/terminals/seal-pin';
import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { verifyPassbook } from '../domain/verify-passbook';
import type { Database } from '../store/table';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { MachineWorld } from '../test/machine-world';
import { createModelDatabase } from '../test/model-database';
import { again } from '../test/sale-fixture';
import { authorizePayment, type SaleAnswer, type SaleRequest } from './authorize-payment';
import { chargeWithPin, type PinSaleDeps } from './charge-with-pin';
import { querySale } from './query-sale';
import { voidSale } from './void-sale';

const RIGHT = '123456';
const MINUTE = 60_000;
const said = (answer: SaleAnswer) => ('code' in answer ? answer.code : answer.outcome);

/** A till of SJTU with a PIN pad, and a holder whose default password is `RIGHT`. */
async function tillWithPad(cardFen = 100_000, pack: Partial<RulePack> = {}, database: Database = createModelDatabase()) {
  const world = new MachineWorld(database, 'sjtu', pack);
  world.holder = { ...world.holder, idTail: `0${RIGHT}` };
  const { till } = world;
  const accountNo = await till.account({ cardFen });
  const depsOver = (store = database): PinSaleDeps => ({ ...till.deps, ...world.depsOver(store) });
  const withPin = ({ body }: SaleRequest, pin: string): SaleRequest => till.sale({ ...body, pin: sealPin(pin, world.pinKey, body) });
  const typed = (amountFen: number, pin: string) => withPin(till.tapSale(accountNo, amountFen), pin);
  const charge = (request: SaleRequest) => chargeWithPin(depsOver(), request);
  const free = async (amountFen: number) => said(await authorizePayment(till.deps, till.tapSale(accountNo, amountFen)));
  const state = async () => (await till.head(accountNo)).state;
  return { world, till, accountNo, depsOver, withPin, typed, charge, free, state };
}

test('SJ-info-1061: above 30 yuan in a meal the password is asked for, and with it the sale is charged in one entry', async () => {
  const { till, accountNo, typed, charge, free, state } = await tillWithPad();
  expect([await free(2_000), await free(1_001)]).toEqual(['charged', 'payment.pin-required']);
  const { n } = await till.head(accountNo);
  const answer = await charge(typed(1_001, RIGHT));
  expect(answer).toMatchObject({ outcome: 'charged', entry: { n: n + 1, kind: 'charge' } });
  // What was paid with the password counts all the same: nothing is left of the free 30.
  expect((await state()).spent).toMatchObject({ mealFen: 3_001, dayFen: 3_001 });
  expect([await free(1), said(await charge(typed(5_000, RIGHT)))]).toEqual(['payment.pin-required', 'charged']);
  till.now += 6 * 60 * MINUTE;
  expect(await free(3_000)).toBe('charged');
  expect(verifyPassbook(await till.all(accountNo))).toEqual([]);
});

test('a code above the limit is paid with the password as a card is', async () => {
  const { till, accountNo, withPin, charge } = await tillWithPad();
  const sale = till.codeSale(await till.code(accountNo), 4_000);
  expect(said(await charge(withPin(sale, RIGHT)))).toBe('charged');
});

test('SJ-01: two passwords with one default, which may be equal; it is the transaction password that spends', async () => {
  const { world, typed, charge } = await tillWithPad();
  const hash = (text: string) => world.deps.passwords.hash(text);
  world.holder = { ...world.holder, passwordHash: await hash('135790') };
  expect(said(await charge(typed(4_000, '135790')))).toBe('payment.pin-wrong');
  expect(said(await charge(typed(4_000, RIGHT)))).toBe('charged');
  world.holder = { ...world.holder, transactionPasswordHash: await hash('135790') };
  expect([said(await charge(typed(4_000, RIGHT))), said(await charge(typed(4_000, '135790')))]).toEqual(['payment.pin-wrong', 'charged']);
});

test('limits of a transaction and of a day hold with the password too, and are said without it', async () => {
  const { world, accountNo, typed, charge, free } = await tillWithPad();
  await world.state(accountNo, { limits: { perTransactionFen: fen(4_000), perDayFen: fen(6_000) } });
  expect(said(await charge(typed(4_001, RIGHT)))).toBe('payment.over-transaction-limit');
  expect(said(await charge(typed(4_000, RIGHT)))).toBe('charged');
  expect([said(await charge(typed(2_001, RIGHT))), await free(2_001)]).toEqual(['payment.over-day-limit', 'payment.over-day-limit']);
  expect(said(await charge(typed(2_000, RIGHT)))).toBe('charged');
});

test('where the pack knows no password above the limit, a password opens nothing', async () => {
  const { perMealPeriodFen, mealPeriods } = (await tillWithPad()).till.pack.limits;
  const limits = { ...(perMealPeriodFen === undefined ? {} : { perMealPeriodFen }), mealPeriods, aboveMealPeriod: 'refuse' } as const;
  const { typed, charge, free } = await tillWithPad(100_000, { limits });
  expect([await free(3_001), said(await charge(typed(3_001, RIGHT)))]).toEqual(['payment.over-meal-limit', 'payment.over-meal-limit']);
});

describe('a wrong password', () => {
  it('is a fence of that sale which counts once, however often, and in whatever way, the same bytes are sent', async () => {
    const { till, accountNo, typed, charge, state } = await tillWithPad();
    const wrong = typed(4_000, '000000');
    const first = await charge(wrong);
    expect(first).toEqual({ outcome: 'not-charged', code: 'payment.pin-wrong', definite: true });
    for (let attempt = 2; attempt < 6; attempt += 1) expect(await charge(again(wrong, attempt))).toEqual(first);
    expect([await querySale(till.deps, again(wrong, 7)), await voidSale(till.deps, again(wrong, 8))]).toEqual([first, first]);
    const head = await till.head(accountNo);
    expect(head).toMatchObject({ kind: 'fence', reason: 'payment.pin-wrong', postings: [] });
    expect((await state()).pin).toEqual({ wrong: 1, lockedUntil: 0 });
    expect(verifyPassbook(await till.all(accountNo))).toEqual([]);
  });

  it('is forgotten at the next right one', async () => {
    const { typed, charge, state } = await tillWithPad();
    for (let time = 0; time < 4; time += 1) expect(said(await charge(typed(4_000, '000000')))).toBe('payment.pin-wrong');
    expect((await state()).pin).toEqual({ wrong: 4, lockedUntil: 0 });
    expect(said(await charge(typed(4_000, RIGHT)))).toBe('charged');
    expect(await state()).not.toHaveProperty('pin');
  });

  it('for the fifth time locks for 30 minutes, for the right password too; sales without one go on', async () => {
    const { till, typed, charge, free, state } = await tillWithPad();
    for (let time = 0; time < 5; time += 1) await charge(typed(4_000, '000000'));
    expect((await state()).pin).toEqual({ wrong: 5, lockedUntil: till.now + 30 * MINUTE });
    const refused = typed(4_000, RIGHT);
    expect(said(await charge(refused))).toBe('payment.pin-locked');
    // Sent again the refusal is made final, and counts nothing.
    expect(await charge(again(refused))).toMatchObject({ code: 'payment.pin-locked', definite: true });
    expect([said(await charge(typed(4_000, '000000'))), await free(500)]).toEqual(['payment.pin-locked', 'charged']);
    expect((await state()).pin?.wrong).toBe(5);
    till.now += 30 * MINUTE;
    expect(said(await charge(typed(4_000, '000000')))).toBe('payment.pin-wrong');
    expect((await state()).pin).toEqual({ wrong: 1, lockedUntil: 0 });
    expect(said(await charge(typed(4_000, RIGHT)))).toBe('charged');
  });

  it('is heard five times of fifty that are tried at once', async () => {
    const { till, accountNo, charge, typed, state } = await tillWithPad();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, guess) => charge(typed(4_000, String(200_000 + guess)))));
    const heard = answers.map(said).sort();
    expect(heard.filter((one) => one === 'payment.pin-wrong')).toHaveLength(5);
    expect(heard.filter((one) => one === 'payment.pin-locked')).toHaveLength(45);
    expect((await state()).pin?.wrong).toBe(5);
    expect((await till.all(accountNo)).filter(({ reason }) => reason === 'payment.pin-wrong')).toHaveLength(5);
  });

  it('costs nothing and tells nothing of a sale that something else stands in the way of', async () => {
    const { world, accountNo, typed, charge, state } = await tillWithPad(4_000);
    for (const pin of ['000000', RIGHT]) expect(said(await charge(typed(4_001, pin)))).toBe('payment.insufficient-balance');
    await world.state(accountNo, { lostAt: 5 });
    for (const pin of ['000000', RIGHT]) expect(said(await charge(typed(3_500, pin)))).toBe('card.lost');
    await world.state(accountNo, { lostAt: 0, closed: true });
    for (const pin of ['000000', RIGHT]) expect(said(await charge(typed(3_500, pin)))).toBe('account.closed');
    expect(await state()).not.toHaveProperty('pin');
  });

  it('counts once also where the function dies before or after any of its calls', async () => {
    const counted = faultyDatabase(createModelDatabase(), { at: 1_000, moment: 'before' });
    const sample = await tillWithPad(100_000, {}, counted);
    const before = counted.calls();
    await sample.charge(sample.typed(4_000, '000000'));
    const calls = counted.calls() - before;
    expect(calls).toBe(2);
    for (let at = 1; at <= calls; at += 1) {
      for (const moment of ['before', 'after'] as const) {
        const database = createModelDatabase();
        const { typed, charge, depsOver, state } = await tillWithPad(100_000, {}, database);
        const wrong = typed(4_000, '000000');
        await expect(chargeWithPin(depsOver(faultyDatabase(database, { at, moment })), wrong)).rejects.toBeInstanceOf(Crash);
        expect(said(await charge(again(wrong)))).toBe('payment.pin-wrong');
        expect((await state()).pin).toEqual({ wrong: 1, lockedUntil: 0 });
      }
    }
  });
});

test('a password that no key opens ends the sale without a count; one that was charged before its key was withdrawn stays charged', async () => {
  const { world, typed, charge, depsOver, state } = await tillWithPad();
  const done = typed(4_000, RIGHT);
  expect(said(await charge(done))).toBe('charged');
  const withdrawn = { ...depsOver(), pinOpener: new MachineWorld().deps.pinOpener };
  expect(said(await chargeWithPin(withdrawn, again(done)))).toBe('charged');
  expect(await chargeWithPin(withdrawn, again(typed(4_000, RIGHT)))).toMatchObject({ code: 'claim.pin-unreadable', definite: true });
  // Sealed for another sale it opens nothing either.
  const moved = world.till.sale({ ...typed(4_000, RIGHT).body, sequence: 999_999 });
  expect(['claim.pin-unreadable', 'card.bad-chip-code']).toContain(said(await charge(moved)));
  expect(await state()).not.toHaveProperty('pin');
});

test('without a password it is no such sale', async () => {
  const { till, accountNo, charge } = await tillWithPad();
  await expect(charge(till.tapSale(accountNo, 100))).rejects.toEqual(expect.objectContaining({ code: 'request.malformed' }));
});
