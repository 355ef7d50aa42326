import { type Stack, startStack } from '../../sandbox/local/stack';
import { type App, appears, fill, press, says, until } from '../stories/app';
import type { PackageApp } from '../stories/package-app';
import { changeInitialPassword, NEW_PASSWORD, showCode } from '../stories/steps';
import { CARDHOLDERS, type Student, studentOf, tillOf } from '../stories/student';
import { root } from '../support/project';
import { type Kind, killed, phonesAt } from './phones';

/** What happens to phones in a queue. Whatever it is: one wish is one order, and money is paid once and is where it belongs. */
const SCHOOL = 'bistu';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let stack: Stack;
const { newPerson, phone, boundPhone, closeAll } = phonesAt(() => stack, SCHOOL);

beforeAll(async () => {
  stack = await startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 });
}, 120_000);
afterEach(closeAll);
afterAll(() => stack?.stop());

interface OrderFacts {
  readonly state: string;
  readonly amountFen: number;
}

async function orders(app: App): Promise<readonly OrderFacts[]> {
  const reply = await fetch(`${stack.functionsUrl}/student/money/top-ups`, { headers: { authorization: `Bearer ${await app.token()}` } });
  expect(reply.status).toBe(200);
  return ((await reply.json()) as { orders: OrderFacts[] }).orders;
}

async function wish(app: App, yuan: string): Promise<void> {
  await press(app, 'home-top-up');
  await appears(app, 'topup-submit');
  for (const key of yuan) await press(app, `key-${key}`);
}

/** The page that needs no sign-in, on somebody else's device. */
async function reportElsewhere(kind: Kind, { person }: Student, password: string): Promise<PackageApp> {
  const page = phone(kind, newPerson());
  page.host.start('/packages/computer/pages/school/index');
  await press(page, `pc-school-${SCHOOL}`);
  await press(page, 'pc-lost');
  await fill(page, 'pc-lost-name', person.name);
  await fill(page, 'pc-lost-number', person.number);
  await fill(page, 'pc-lost-password', '999999');
  await press(page, 'pc-lost-submit');
  await press(page, 'pc-lost-confirm-yes');
  await says(page, 'pc-lost-confirm-failure', /不正确|不符/);
  await press(page, 'pc-lost-confirm-no');
  await fill(page, 'pc-lost-password', password);
  await press(page, 'pc-lost-submit');
  await press(page, 'pc-lost-confirm-yes');
  await says(page, 'pc-lost-since', /\d{2}:\d{2}:\d{2} 起/);
  return page;
}

/** BISTU takes no code before the card was once on a reader (BI-03). */
async function firstSync({ chip }: Student): Promise<void> {
  expect(await tillOf(stack, SCHOOL).chargeCard(100, chip)).toMatchObject({ outcome: 'charged' });
}

const arrives = (app: App): Promise<unknown> => appears(app, 'order-code');

describe.each<[Kind, number]>([
  ['weapp', 0],
  ['alipay', 10],
])('a phone out of luck, %s', (kind, first) => {
  const student = (nth: number): Student => studentOf(stack, SCHOOL, first + nth);

  it('makes one order and opens one cashier under a double tap', async () => {
    const { app } = await boundPhone(kind, student(0));
    await wish(app, '20');
    await app.tap('topup-submit');
    await app.tap('topup-submit');
    await arrives(app);
    expect([app.cashiersOpened(), await orders(app)]).toMatchObject([1, [{ state: 'credited', amountFen: 2_000 }]]);
  });

  it('asks again for the same order when its answer was lost', async () => {
    const { app } = await boundPhone(kind, student(1));
    await wish(app, '30');
    app.loseAnswerTo('/student/top-ups');
    await press(app, 'topup-submit');
    await appears(app, 'topup-failure');
    await press(app, 'topup-submit');
    await arrives(app);
    expect(await orders(app)).toMatchObject([{ state: 'credited', amountFen: 3_000 }]);
  });

  it('believes no answer that was overtaken: what was just linked stays linked', async () => {
    const { app } = await boundPhone(kind, student(20));
    await changeInitialPassword(app, student(20));
    const target = kind === 'weapp' ? 'wechat' : 'alipay';
    await appears(app, 'home-link');
    const account = app.holdAnswerTo('/student/account');
    await press(app, 'home-link');
    await until(app, 'the question', async () => account.isHeld());
    await press(app, `link-${target}-do`);
    await says(app, `link-${target}-status`, /^已绑定$/);
    account.letGo();
    // Without network nothing newer can hide what that answer did.
    app.cutNetwork(true);
    await app.back();
    await press(app, 'home-link');
    await says(app, `link-${target}-status`, /^已绑定$/);
  });

  it('goes back from every step of paying without a second order or a lost one', async () => {
    const { app } = await boundPhone(kind, student(2));
    // From the amount: nothing was asked for.
    await wish(app, '10');
    await app.back();
    await appears(app, 'home-top-up');
    // From the cashier: the order waits, and the arrow leads home and not to a form that would ask again.
    app.atCashier('cancel');
    await wish(app, '10');
    await press(app, 'topup-submit');
    await appears(app, 'order-pay-again');
    await app.back();
    await appears(app, 'home-top-up');
    // From an order that is paid.
    app.atCashier('pay');
    await wish(app, '10');
    await press(app, 'topup-submit');
    await arrives(app);
    await app.back();
    await says(app, 'home-balance', /10\.00/);
    expect(await orders(app)).toMatchObject([
      { state: 'credited', amountFen: 1_000 },
      { state: 'created', amountFen: 1_000 },
    ]);
  });

  it('finds its order again after dying before the cashier opened', async () => {
    const { app, person } = await boundPhone(kind, student(3));
    app.neverHearFromCashier('opening');
    await wish(app, '40');
    await press(app, 'topup-submit');
    await until(app, 'the cashier', async () => app.cashiersOpened() === 1);
    const again = phone(kind, person, { storage: await killed(app) });
    await again.open();
    await says(again, 'home-open-order', /40\.00/);
    await press(again, 'home-open-order');
    await says(again, 'order-state', /确认/);
    expect(await orders(again)).toMatchObject([{ state: 'created', amountFen: 4_000 }]);
  });

  it('has the money after dying when it was paid, and says so', async () => {
    const { app, person } = await boundPhone(kind, student(4));
    app.neverHearFromCashier('paid');
    await wish(app, '50');
    await press(app, 'topup-submit');
    await until(app, 'the payment', async () => app.cashiersOpened() === 1 && (await orders(app))[0]?.state === 'credited');
    const again = phone(kind, person, { storage: await killed(app) });
    await again.open();
    await says(again, 'home-balance', /50\.00/);
    await press(again, 'home-open-order');
    await arrives(again);
    await press(again, 'order-home');
    await says(again, 'home-balance', /50\.00/);
    expect(await again.has('home-open-order')).toBe(false);
    expect(await orders(again)).toMatchObject([{ state: 'credited', amountFen: 5_000 }]);
  });

  it.each([
    ['10 minutes ahead', 10 * MINUTE_MS, 5],
    ['10 minutes behind', -10 * MINUTE_MS, 6],
    ['a day ahead', DAY_MS, 7],
    ['a day behind', -DAY_MS, 8],
  ])('pays though its clock is %s', async (_how, ahead, nth) => {
    const { app } = await boundPhone(kind, student(nth), { now: () => Date.now() + ahead });
    await changeInitialPassword(app, student(nth));
    await wish(app, '15');
    await press(app, 'topup-submit');
    await arrives(app);
    await press(app, 'order-home');
    const till = tillOf(stack, SCHOOL);
    await firstSync(student(nth));
    const charged = await till.chargeCode(250, await showCode(app));
    expect(charged).toMatchObject({ outcome: 'charged', cardFen: 1_150 });
    expect(app.errors()).toEqual([]);
  });
});

it('lets two phones of one student top up and pay at the same moment, to the fen', async () => {
  const student = studentOf(stack, SCHOOL, 9);
  const phones = [(await boundPhone('weapp', student)).app, (await boundPhone('alipay', student)).app] as const;
  await changeInitialPassword(phones[0], student);
  await Promise.all(phones.map((app) => wish(app, '60')));
  await Promise.all(phones.map((app) => app.tap('topup-submit')));
  await Promise.all(phones.map(arrives));
  await Promise.all(phones.map((app) => press(app, 'order-home')));
  for (const app of phones) await says(app, 'home-balance', /120\.00/);

  // Both codes at two sales that the card can pay only one of.
  const codes = [await showCode(phones[0]), await showCode(phones[1])];
  expect(new Set(codes).size).toBe(2);
  await firstSync(student);
  const till = tillOf(stack, SCHOOL);
  const first = await till.chargeCode(7_000, codes[0] ?? '');
  const second = await till.chargeCode(7_000, codes[1] ?? '');
  expect([first, second]).toMatchObject([
    { outcome: 'charged', cardFen: 4_900 },
    { outcome: 'not-charged', code: 'payment.insufficient-balance' },
  ]);
});

it('stops a lost phone from a page that nobody signed in to: its code, its card, and it says since when (ST-13)', async () => {
  const student = studentOf(stack, SCHOOL, 22);
  const { app } = await boundPhone('weapp', student);
  await changeInitialPassword(app, student);
  await wish(app, '20');
  await press(app, 'topup-submit');
  await arrives(app);
  await press(app, 'order-home');
  await firstSync(student);
  const code = await showCode(app);
  const page = await reportElsewhere('alipay', student, NEW_PASSWORD);
  const till = tillOf(stack, SCHOOL);
  expect(await till.chargeCode(100, code)).toMatchObject({ outcome: 'not-charged', code: 'code.frozen' });
  expect(await till.chargeCard(100, student.chip)).toMatchObject({ outcome: 'not-charged', code: 'card.lost' });
  expect(page.errors()).toEqual([]);
});
