import { randomUUID } from 'node:crypto';
import { createSmsCodes, type SmsCode } from '../../functions/store/sms-codes';
import type { ErrorCode } from '../../shared/errors';
import { ask, expectRefusal, type Heard } from './support/ask';
import { NEW_PASSWORD, Phone, type Student, studentOf, succeeded } from './support/phone';
import { bodyWith, GUESSES, NO_AMOUNTS, refusedAs, TOO_LARGE } from './support/refusals';
import { type HttpWorld, startHttpWorld } from './support/world';

/**
 * What students may wrongly ask of their money, over the running stack: each is refused by name, and nothing is written or lost.
 * DUFL has the wallet and the bank, BISTU the utilities; gift links and refunds are tried in money-back-refusals.test.ts.
 */
const MONEY = '/student/money';
/** A wish is kept before a bank is asked. */
const GUESSES_AND_WISHES = /#GUESS#|#BANK-BINDING#/;
const BANK_CODE_LIVES_MS = 5 * 60_000;

let world: HttpWorld;
let holder: Student;
let dufl: Phone;
let bistu: Phone;
let plain: Phone;

beforeAll(async () => {
  world = await startHttpWorld(13, { cardholdersPerSchool: 12 });
  holder = await studentOf(world, 'dufl', 0);
  dufl = await new Phone(world).able(holder);
  bistu = await new Phone(world).able(await studentOf(world, 'bistu', 0));
  plain = await new Phone(world).bound(await studentOf(world, 'bistu', 1));
  await bistu.topUp(1_000);
}, 240_000);
afterAll(() => world?.stop());

const post = (phone: Phone, path: string, body: unknown) => phone.post(`${MONEY}${path}`, body);
const wish = (rest: object) => ({ requestId: randomUUID(), ...rest });

const refused = (act: () => Promise<Heard>, code: ErrorCode, but?: RegExp) => refusedAs(world, code, act, but);

function customer(student = holder) {
  const found = world.stack.sandbox.world.bank.customer(student.schoolId, student.person.number);
  if (found === undefined) throw new Error('the bank does not know the student');
  return found;
}

async function newestCode(mobile: string): Promise<string> {
  const { body } = await ask(`${world.stack.sandbox.baseUrl}/sms/inbox?mobile=${mobile}`);
  return String(body.messages.at(-1).code);
}
const bankCode = () => newestCode(customer().mobile);
const otherThan = (code: string): string => `${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`;

/** The bank's codes of these acts were sent long ago. */
function outlive(requestNo: string): void {
  for (const [key, act] of Object.entries(world.stack.sandbox.world.state.bank.acts)) {
    if (key.endsWith(requestNo) && 'code' in act && act.code) act.code.sentAt -= BANK_CODE_LIVES_MS;
  }
}

/** The school's own code as if it had been sent at another time. */
async function changeSms(change: Partial<SmsCode>): Promise<void> {
  const codes = createSmsCodes(world.database);
  const row = await codes.find(holder.schoolId, holder.accountNo);
  if (row === undefined || !(await codes.save({ ...row, ...change }))) throw new Error('no code was sent');
}

const binding = () => post(dufl, '/bank-card/bindings', wish({ idType: 'id-card', idNumber: customer().idNumber }));

describe('a bank card', () => {
  it('that is not bound pays nothing and is paid nothing', async () => {
    await refused(() => post(dufl, '/bank-top-ups', wish({ target: 'wallet', amountFen: 300 })), 'bank.not-bound');
    await refused(() => post(dufl, '/card-top-ups', wish({ amountFen: 300 })), 'wallet.not-open');
    await refused(() => post(dufl, '/withdrawals', wish({ amountFen: 1 })), 'bank.not-bound');
  });

  it('is not bound by an ID number that is another’s, a credit card, another bank’s or a stranger’s card', async () => {
    const other = customer(await studentOf(world, 'dufl', 1));
    const { idNumber, cards } = customer();
    const card = (fits: (each: (typeof cards)[number]) => boolean) => cards.find(fits)?.cardNumber ?? '';
    const strangers = other.cards.find(({ kind, ofTheSchoolsBank }) => kind === 'debit' && ofTheSchoolsBank)?.cardNumber;
    const cases: readonly (readonly [object, ErrorCode])[] = [
      [{ idNumber: other.idNumber }, 'bank.card-not-own'],
      [{ idNumber, cardNumber: strangers }, 'bank.card-not-own'],
      [{ idNumber, cardNumber: card(({ kind, ofTheSchoolsBank }) => kind === 'credit' && ofTheSchoolsBank) }, 'bank.card-not-debit'],
      [{ idNumber, cardNumber: card(({ kind, ofTheSchoolsBank }) => kind === 'debit' && !ofTheSchoolsBank) }, 'bank.card-other-bank'],
      [{ idNumber, cardNumber: '9900000000000000' }, 'bank.card-unknown'],
      [{ idNumber: "1' OR 1=1" }, 'request.malformed'],
      [{ idNumber, cardNumber: '12' }, 'request.malformed'],
    ];
    for (const [rest, code] of cases) {
      await refused(() => post(dufl, '/bank-card/bindings', wish({ idType: 'id-card', ...rest })), code, GUESSES_AND_WISHES);
    }
    const { card: bound } = succeeded(await dufl.get(`${MONEY}/bank-card`));
    expect(bound).toBeNull();
  });

  it('is not bound by a wrong code five times, nor then by the right one; nor by one that came too late, nor with a new one too soon', async () => {
    const locked = succeeded(await binding()).bindingNo;
    const right = await bankCode();
    const confirm = (bindingNo: string, code: string) => post(dufl, `/bank-card/bindings/${bindingNo}/confirm`, { code });
    await refused(() => post(dufl, `/bank-card/bindings/${locked}/code`, {}), 'bank.code-too-soon');
    for (let triesLeft = 4; triesLeft > 0; triesLeft -= 1) {
      const heard = await refused(() => confirm(locked, otherThan(right)), 'bank.code-wrong');
      expect(heard.body.error.detail).toEqual({ triesLeft });
    }
    await refused(() => confirm(locked, otherThan(right)), 'bank.code-locked');
    await refused(() => confirm(locked, right), 'bank.code-locked');
    await refused(() => post(dufl, `/bank-card/bindings/${locked}/code`, {}), 'bank.code-locked');
    const late = succeeded(await binding()).bindingNo;
    outlive(late);
    await refused(async () => confirm(late, await bankCode()), 'bank.code-expired');
    await refused(() => confirm(late, 'abcdef'), 'request.malformed');
    await refused(() => confirm('nobodys-binding', '123456'), 'bank.binding-unknown');
    await refused(() => post(plain, `/bank-card/bindings/${late}/confirm`, { code: '123456' }), 'bank.not-offered');
  });

  it('once bound, is not bound again, and pays nothing by a wrong code or one that came too late', async () => {
    const { bindingNo } = succeeded(await binding());
    succeeded(await post(dufl, `/bank-card/bindings/${bindingNo}/confirm`, { code: await bankCode() }));
    await refused(() => binding(), 'bank.already-bound');

    const start = async () => {
      const { order } = succeeded(await post(dufl, '/bank-top-ups', wish({ target: 'wallet', amountFen: 300 })));
      return { path: `/bank-top-ups/${order.orderNo}`, orderNo: order.orderNo as string };
    };
    const locked = await start();
    const right = await bankCode();
    await refused(() => post(dufl, `${locked.path}/code`, {}), 'bank.code-too-soon');
    for (let guess = 0; guess < 4; guess += 1) {
      await refused(() => post(dufl, `${locked.path}/confirm`, { code: otherThan(right) }), 'bank.code-wrong');
    }
    // The fifth ends the order, which is closed and moves nothing.
    await refused(() => post(dufl, `${locked.path}/confirm`, { code: otherThan(right) }), 'bank.code-locked', /#ORDER#/);
    const after = await world.ledger.unchangedBy(() => post(dufl, `${locked.path}/confirm`, { code: right }));
    expect(after.body?.order?.state ?? after.body?.error?.code).toMatch(/^(closed|bank\.code-locked)$/);
    const late = await start();
    outlive(late.orderNo);
    await refused(async () => post(dufl, `${late.path}/confirm`, { code: await bankCode() }), 'bank.code-expired');
    expect(succeeded(await dufl.get(`${MONEY}/wallet`))).toMatchObject({ open: true, walletFen: 0, withdrawableFen: 0 });
  });
});

describe('a withdrawal', () => {
  const info = { occupation: 'student', nationality: 'CN', gender: 'female', address: '大连市旅顺南路', idExpiresOn: 'long-term' };
  const withdraw = (rest: object, phone = dufl) => post(phone, '/withdrawals', wish({ amountFen: 100, ...rest }));
  let proof: { kind: 'sms'; value: string };

  beforeAll(async () => {
    const { order } = succeeded(await post(dufl, '/bank-top-ups', wish({ target: 'wallet', amountFen: 500 })));
    succeeded(await post(dufl, `/bank-top-ups/${order.orderNo}/confirm`, { code: await bankCode() }));
  });

  it('is refused to a card that is not the bound one, and before the bank knows who withdraws', async () => {
    const tail = succeeded(await dufl.get(`${MONEY}/bank-card`)).card.cardTail;
    await refused(() => withdraw({ cardTail: otherThan(tail) }), 'wallet.other-card');
    await refused(() => withdraw({ cardTail: tail }), 'wallet.info-required');
    succeeded(await dufl.ask(`${MONEY}/wallet/customer-info`, { method: 'PUT', body: JSON.stringify(info) }));
    await refused(() => withdraw({ cardTail: tail }), 'auth.second-proof-required');
  });

  it('is refused with a proof the school does not take, a code asked for too soon, and one that came too late', async () => {
    await changeSms({ sentAt: Date.now() });
    const tooSoon = await refused(() => dufl.post('/student/sms-code'), 'auth.sms-too-soon');
    expect(tooSoon.body.error.detail.retryAfterSeconds).toBeGreaterThan(50);
    await changeSms({ sentAt: 0 });
    succeeded(await dufl.post('/student/sms-code'));
    proof = { kind: 'sms', value: await newestCode(holder.person.mobile) };
    await refused(() => withdraw({ proof: { kind: 'id-tail', value: '000000' } }), 'auth.second-proof-not-offered', GUESSES);
    const codes = createSmsCodes(world.database);
    const expiresAt = (await codes.find(holder.schoolId, holder.accountNo))?.expiresAt ?? 0;
    await changeSms({ expiresAt: Date.now() - 1 });
    await refused(() => withdraw({ proof }), 'auth.second-proof-wrong', GUESSES);
    await changeSms({ expiresAt });
  });

  it('is refused above the balance, and above what may be withdrawn, which the answer names', async () => {
    for (const amountFen of [501, 50_000_000, Number.MAX_SAFE_INTEGER]) {
      const heard = await refused(() => withdraw({ amountFen, proof }), 'wallet.over-withdrawable', GUESSES);
      expect(heard.body.error.detail).toEqual({ withdrawableFen: 500 });
    }
  });

  it('is locked after five wrong codes, to the right one too', async () => {
    const guesser = await new Phone(world).bound(holder, NEW_PASSWORD);
    const wrong = { kind: 'sms', value: otherThan(proof.value) };
    for (let guess = 0; guess < 5; guess += 1) {
      await refused(() => withdraw({ proof: wrong }, guesser), 'auth.second-proof-wrong', GUESSES);
    }
    await refused(() => withdraw({ proof }, guesser), 'auth.locked');
  });

  it('under a number that was used for another amount is refused, and what was withdrawn is withdrawn once', async () => {
    const requestId = randomUUID();
    const done = succeeded(await withdraw({ requestId, amountFen: 200, proof }));
    expect(succeeded(await withdraw({ requestId, amountFen: 200 })).withdrawalNo).toBe(done.withdrawalNo);
    await refused(() => withdraw({ requestId, amountFen: 201 }), 'request.replayed-differently');
    // One code allows one thing.
    await refused(() => withdraw({ proof }), 'auth.second-proof-wrong', GUESSES);
    expect(succeeded(await dufl.get(`${MONEY}/wallet`))).toMatchObject({ walletFen: 300, withdrawableFen: 300 });
    for (const phone of [bistu, plain]) expectRefusal(await phone.get(`${MONEY}/withdrawals/${done.withdrawalNo}`), 'pay-out.unknown');
  });
});

describe('a utility payment', () => {
  const pay = (phone: Phone, utility: string, rest: object = {}) =>
    post(phone, `/utilities/${utility}/payments`, wish({ account: '99999999', amountFen: 100, source: 'card', ...rest }));

  it('is refused for an account that nobody has, at a school that does not offer it, or for what is no utility', async () => {
    for (const [utility, account] of [
      ['network', '99999999'],
      ['electricity', '99-999'],
    ] as const) {
      expectRefusal(await bistu.get(`${MONEY}/utilities/${utility}/account?account=${account}`), 'utility.account-unknown');
      await refused(() => pay(bistu, utility, { account }), 'utility.account-unknown');
    }
    expectRefusal(await dufl.get(`${MONEY}/utilities/electricity/account?account=3-412`), 'utility.not-offered');
    await refused(() => pay(dufl, 'electricity', { account: '3-412' }), 'utility.not-offered');
    await refused(() => pay(bistu, 'water'), 'request.not-found');
    await refused(() => pay(bistu, 'network', { account: '<script>' }), 'request.malformed');
    await refused(() => pay(bistu, 'network', { source: 'subsidy' }), 'request.malformed');
  });

  it('is refused above the balance, from a wallet that is not open, and before the initial password is changed', async () => {
    const electricity = (rest: object, phone = bistu) => pay(phone, 'electricity', { account: '3-412', ...rest });
    await refused(() => electricity({ amountFen: 1_001 }), 'payment.insufficient-balance');
    await refused(() => electricity({ source: 'wallet' }), 'wallet.not-open');
    await refused(() => electricity({}, plain), 'auth.password-change-required');
    const { payOutNo } = succeeded(await electricity({ requestId: 'request-of-the-month', amountFen: 400 }));
    await refused(() => electricity({ requestId: 'request-of-the-month', amountFen: 401 }), 'request.replayed-differently');
    for (const phone of [plain, dufl]) {
      expectRefusal(await phone.get(`${MONEY}/utilities/payments/${payOutNo}`), 'pay-out.unknown');
    }
    expect(succeeded(await bistu.get('/student/account')).balances.cardFen).toBe(600);
  });
});

describe('every request that moves money', () => {
  const routes = [
    ['/withdrawals', () => dufl, {}, 'payment.amount-invalid'],
    ['/bank-top-ups', () => dufl, { target: 'wallet' }, 'top-up.amount-invalid'],
    ['/card-top-ups', () => dufl, {}, 'top-up.amount-invalid'],
    ['/utilities/electricity/payments', () => bistu, { account: '3-412', source: 'card' }, 'payment.amount-invalid'],
  ] as const satisfies readonly (readonly [string, () => Phone, object, ErrorCode])[];

  it.each(routes)('refuses amounts that are none (%s)', async (path, phoneOf, rest, code) => {
    const heard = await world.ledger.unchangedBy(async () => {
      const all: Heard[] = [];
      for (const amount of [...NO_AMOUNTS, 'null']) all.push(await post(phoneOf(), path, bodyWith(wish(rest), 'amountFen', amount)));
      return all;
    });
    for (const each of heard) expectRefusal(each, code);
    await refused(() => post(phoneOf(), path, wish(rest)), 'request.malformed');
  });

  it.each(routes)(
    'refuses a short number, a body that is none or too large, and whoever has not signed in (%s)',
    async (path, phoneOf, rest) => {
      await refused(() => post(phoneOf(), path, { ...rest, amountFen: 100, requestId: 'short' }), 'request.malformed');
      await refused(() => post(phoneOf(), path, '{"requestId":'), 'request.malformed');
      await refused(() => post(phoneOf(), path, TOO_LARGE), 'request.too-large');
      await refused(() => post(new Phone(world), path, wish({ ...rest, amountFen: 100 })), 'auth.sign-in-required');
    },
  );

  it('refuses a transfer above the cap, in a direction the school does not have, and where there is no bank', async () => {
    await refused(() => post(dufl, '/card-top-ups', wish({ amountFen: 20_001 })), 'top-up.over-cap');
    await refused(() => post(dufl, '/bank-top-ups', wish({ target: 'wallet', amountFen: 20_001 })), 'top-up.over-cap');
    await refused(() => post(dufl, '/bank-top-ups', wish({ target: 'card', amountFen: 100 })), 'top-up.channel-not-offered');
    await refused(() => post(bistu, '/withdrawals', wish({ amountFen: 100 })), 'wallet.not-offered');
    await refused(() => post(bistu, '/card-top-ups', wish({ amountFen: 100 })), 'top-up.channel-not-offered');
  });
});
