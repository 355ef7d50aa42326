import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { sandboxCredentials } from '../../sandbox/credentials';
import { generateKeys } from '../../sandbox/keys';
import { createManualTime } from '../../sandbox/lib/manual-time';
import { isPartnerFault, type PartnerFault } from '../../sandbox/lib/partner-faults';
import { type Listening, listen } from '../../sandbox/lib/server';
import { createWorld } from '../../sandbox/world';
import { isAppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import { createBankGateways } from '../platforms/bank/bank-gateway';
import type { BankGateway } from '../platforms/contract';
import { codeOf, everythingOf, refusalOf } from '../platforms/testing/refusals';
import { createUtilityGateway } from '../platforms/utility/utility-gateway';

/**
 * Our clients of a bank and of the utilities against stand-ins written from docs/bank-gateway.md alone, over real HTTP with a clock that moves
 * when told: both sides agree on every signed and sealed byte, or these fail.
 */
const NOON = Date.parse('2026-11-21T12:00:00+08:00');
const keys = generateKeys(NOON, randomBytes);

/** What left this side, with the means to send it again as it was. */
interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

type World = ReturnType<typeof createWorld>;
let server: Listening;
let world: World;
let time: ReturnType<typeof createManualTime>;
let sent: Sent[];
let bankOf: ReturnType<typeof createBankGateways>;
let numbers = 0;

function newNo(): string {
  numbers += 1;
  return `test_${String(numbers).padStart(12, '0')}`;
}

/** Remembers every request before it goes out. */
const recordingFetch: typeof globalThis.fetch = (input, init) => {
  const { signal, ...again } = init ?? {};
  sent.push({ url: String(input), init: again });
  return fetch(input, init);
};
const deps = { fetch: recordingFetch, now: () => time.clock(), randomBytes };

beforeEach(async () => {
  time = createManualTime(NOON);
  world = createWorld({ clock: time.clock, timers: time.timers, keys });
  server = await listen(0, (request) => world.answer(request));
  sent = [];
  bankOf = createBankGateways({ schools: credentials().banks }, deps);
});

afterEach(async () => {
  await server.close();
  await world.stop();
});

function credentials() {
  return sandboxCredentials(world, server.baseUrl);
}

function bank(school = 'dufl'): BankGateway {
  const found = bankOf(school);
  if (found === undefined) throw new Error(`no bank for ${school}`);
  return found;
}

/** 王小明, as the bank of his school knows him. */
function customer(school = 'dufl', number = '21000037') {
  const found = world.bank.customer(school, number);
  if (found === undefined) throw new Error('no such customer');
  const cardOf = (kind: 'debit' | 'credit', own: boolean) =>
    found.cards.find((card) => card.kind === kind && card.ofTheSchoolsBank === own)?.cardNumber ?? '';
  return { ...found, debitCard: cardOf('debit', true), creditCard: cardOf('credit', true), otherCard: cardOf('debit', false) };
}

function balance(): number {
  const { cards } = customer();
  return cards.find((card) => card.kind === 'debit' && card.ofTheSchoolsBank)?.balanceFen ?? -1;
}

/** The newest code that the bank sent to the mobile. */
async function readCode(mobile = customer().mobile): Promise<string> {
  const inbox = await (await fetch(`${server.baseUrl}/sms/inbox?mobile=${mobile}`)).json();
  return String(inbox.messages.at(-1)?.code);
}

const wrongCode = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

function holder(changes: { name?: string; idNumber?: string; cardNumber?: string } = {}) {
  const { name, idNumber, debitCard } = customer();
  return { requestNo: newNo(), schoolId: 'dufl', name, idNumber, cardNumber: debitCard, ...changes };
}

async function bind(): Promise<string> {
  const request = holder();
  await bank().startBinding(request);
  return (await bank().confirmBinding({ requestNo: request.requestNo, code: await readCode() })).agreementRef;
}

async function transfer(amountFen: number, agreementRef?: string) {
  return { requestNo: newNo(), agreementRef: agreementRef ?? (await bind()), amountFen: fen(amountFen), description: '校园卡充值' };
}

function switchFault(fault: PartnerFault, more: { act?: string; times?: number | null; afterMs?: number } = {}): void {
  world.bank.switchFault({ fault, act: more.act ?? null, requestNo: null, times: more.times ?? 1, afterMs: more.afterMs ?? 60_000 });
}

const FORGED = ['unsigned', 'wrong-key', 'tampered', 'other-request', 'stale-answer'].filter(isPartnerFault);

describe('binding a bank card', () => {
  test('an own debit card of the school’s bank is bound with the code that the bank sends (DL-09)', async () => {
    const request = holder();
    const started = await bank().startBinding(request);
    expect(started).toEqual({ maskedMobile: '100****0037', resendAt: NOON + 60_000, expiresAt: NOON + 300_000 });
    const bound = await bank().confirmBinding({ requestNo: request.requestNo, code: await readCode() });
    expect(bound).toEqual({ agreementRef: expect.stringMatching(/^agr_/), cardTail: request.cardNumber.slice(-4) });
    expect(world.bank.agreements()).toMatchObject([{ ref: bound.agreementRef, cardNumber: request.cardNumber, endedAt: null }]);
  });

  test('name, ID and card number are on the wire and in the feed in no readable form', async () => {
    const request = holder();
    await bank().startBinding(request);
    await bank().verifyCardholder({ ...request, mobile: customer().mobile });
    const wire = JSON.stringify([sent, world.events.list()]);
    for (const secret of [request.name, request.idNumber, request.cardNumber, customer().mobile]) expect(wire).not.toContain(secret);
  });

  test('DL-10: without a card number the bank finds the holder’s own debit card by name and ID', async () => {
    const { cardNumber, ...request } = holder();
    await bank().startBinding(request);
    const { cardTail } = await bank().confirmBinding({ requestNo: request.requestNo, code: await readCode() });
    expect(cardTail).toBe(cardNumber.slice(-4));
    const stranger = { ...request, requestNo: newNo(), name: '不是他' };
    expect(await codeOf(() => bank().startBinding(stranger))).toBe('bank.card-not-own');
  });

  test('a repeat with the same number is the same request: one message', async () => {
    const request = holder();
    const first = await bank().startBinding(request);
    await time.advance(10_000);
    expect(await bank().startBinding(request)).toEqual(first);
    expect(world.state.sms).toHaveLength(1);
    const { requestNo } = request;
    const code = await readCode();
    expect(await bank().confirmBinding({ requestNo, code })).toEqual(await bank().confirmBinding({ requestNo, code }));
    expect(world.bank.agreements()).toHaveLength(1);
  });

  test.each([
    ['bank.card-not-own', () => ({ name: '李四' })],
    ['bank.card-not-own', () => ({ idNumber: customer('dufl', '22000112').idNumber })],
    ['bank.card-not-own', () => ({ cardNumber: customer('dufl', '22000112').creditCard })],
    ['bank.card-not-debit', () => ({ cardNumber: customer().creditCard })],
    ['bank.card-other-bank', () => ({ cardNumber: customer().otherCard })],
    ['bank.card-unknown', () => ({ cardNumber: '9901011200000000000' })],
    ['bank.card-unknown', () => ({ cardNumber: '1234567890123456' })],
  ])('refuses with %s, and sends no message (DL-11, ST-29)', async (code, changes) => {
    const request = holder(changes());
    const error = await refusalOf(() => bank().startBinding(request));
    expect(error.code).toBe(code);
    expect(world.state.sms).toEqual([]);
    for (const secret of [request.name, request.idNumber, request.cardNumber]) expect(everythingOf(error)).not.toContain(secret);
  });

  test('each school speaks to its own bank under its own key, and a school without one to none', async () => {
    expect(bankOf('bistu')).toBeUndefined();
    const him = customer('shanghaitech', '2021000037');
    const request = { requestNo: newNo(), schoolId: 'shanghaitech', name: him.name, idNumber: him.idNumber, cardNumber: him.debitCard };
    await bank('shanghaitech').startBinding(request);
    await bank('shanghaitech').confirmBinding({ requestNo: request.requestNo, code: await readCode(him.mobile) });
    expect(world.bank.agreements()).toMatchObject([{ bank: 'bosc', school: 'shanghaitech' }]);
    const agreementRef = world.bank.agreements()[0]?.ref ?? '';
    expect((await refusalOf(async () => bank().debit(await transfer(100, agreementRef)))).code).toBe('bank.refused');
    const { dufl, shanghaitech } = credentials().banks;
    const crossed = createBankGateways({ schools: { dufl: { ...dufl, privateKey: shanghaitech?.privateKey } } }, deps)('dufl');
    expect(await codeOf(() => crossed?.startBinding(holder()))).toBe('bank.unavailable');
  });

  test('an ended binding debits and pays out nothing, and ending it twice is ending it once', async () => {
    const agreementRef = await bind();
    await bank().endBinding({ agreementRef });
    await bank().endBinding({ agreementRef });
    expect(await codeOf(async () => bank().startDebit(await transfer(100, agreementRef)))).toBe('bank.binding-ended');
    expect(await bank().debit(await transfer(100, agreementRef))).toMatchObject({ status: 'failed', reason: 'binding-ended' });
    expect(await bank().payOut(await transfer(100, agreementRef))).toMatchObject({ status: 'failed', reason: 'binding-ended' });
    expect(balance()).toBe(500_000);
  });
});

describe('the SMS code (DL-37)', () => {
  test('five wrong ones end the debit: the right one comes too late and nothing has moved', async () => {
    const debit = await transfer(5_000);
    await bank().startDebit(debit);
    const { requestNo } = debit;
    const code = await readCode();
    for (const triesLeft of [4, 3, 2, 1]) {
      const error = await refusalOf(() => bank().confirmDebit({ requestNo, code: wrongCode(code) }));
      expect([error.code, error.detail]).toEqual(['bank.code-wrong', { triesLeft }]);
    }
    expect(await codeOf(() => bank().confirmDebit({ requestNo, code: wrongCode(code) }))).toBe('bank.code-locked');
    expect(await codeOf(() => bank().confirmDebit({ requestNo, code }))).toBe('bank.code-locked');
    await time.advance(60_000);
    expect(await codeOf(() => bank().resendCode({ requestNo }))).toBe('bank.code-locked');
    expect(await bank().queryDebit({ requestNo })).toEqual({ status: 'failed', requestNo, reason: 'code-locked' });
    expect(balance()).toBe(500_000);
  });

  test('a new code does not give new tries', async () => {
    const { requestNo, ...request } = holder();
    await bank().startBinding({ requestNo, ...request });
    for (let tries = 0; tries < 4; tries += 1) {
      await refusalOf(async () => bank().confirmBinding({ requestNo, code: wrongCode(await readCode()) }));
    }
    await time.advance(60_000);
    await bank().resendCode({ requestNo });
    expect(await codeOf(async () => bank().confirmBinding({ requestNo, code: wrongCode(await readCode()) }))).toBe('bank.code-locked');
    expect(world.bank.agreements()).toEqual([]);
  });

  test('is good for five minutes; a new one is sent after sixty seconds and not before', async () => {
    const debit = await transfer(5_000);
    const { requestNo } = debit;
    await bank().startDebit(debit);
    const first = await readCode();
    await time.advance(59_000);
    const soon = await refusalOf(() => bank().resendCode({ requestNo }));
    expect([soon.code, soon.detail]).toEqual(['bank.code-too-soon', { retryAfterSeconds: 1 }]);
    expect(await readCode()).toBe(first);
    await time.advance(241_000);
    expect(await codeOf(() => bank().confirmDebit({ requestNo, code: first }))).toBe('bank.code-expired');
    const again = await bank().resendCode({ requestNo });
    expect(again).toMatchObject({ resendAt: time.clock() + 60_000, expiresAt: time.clock() + 300_000 });
    const second = await readCode();
    if (second !== first) expect(await codeOf(() => bank().confirmDebit({ requestNo, code: first }))).toBe('bank.code-wrong');
    expect(await bank().confirmDebit({ requestNo, code: second })).toMatchObject({ status: 'succeeded', amountFen: 5_000 });
  });

  test('a debit that nobody confirms in half an hour has failed', async () => {
    const debit = await transfer(5_000);
    await bank().startDebit(debit);
    expect(await bank().queryDebit(debit)).toMatchObject({ status: 'pending' });
    await time.advance(30 * 60_000);
    expect(await bank().queryDebit(debit)).toMatchObject({ status: 'failed', reason: 'not-confirmed' });
  });
});

describe('debits', () => {
  test('a confirmed debit moves the money once, however often it is confirmed, and the query tells the same', async () => {
    const debit = await transfer(20_000);
    const { requestNo } = debit;
    await bank().startDebit(debit);
    expect(balance()).toBe(500_000);
    const code = await readCode();
    const paid = await bank().confirmDebit({ requestNo, code });
    expect(paid).toEqual({ status: 'succeeded', requestNo, amountFen: 20_000, bankTradeNo: expect.stringMatching(/^ccb/), at: NOON });
    expect(await bank().confirmDebit({ requestNo, code })).toEqual(paid);
    expect(await codeOf(() => bank().confirmDebit({ requestNo, code: wrongCode(code) }))).toBe('request.replayed-differently');
    expect(await bank().queryDebit(debit)).toEqual(paid);
    expect(balance()).toBe(480_000);
    expect(world.bank.journal('dufl', '2026-11-21')).toMatchObject([{ direction: 'in', amountFen: 20_000, reference: requestNo }]);
  });

  test('a repeat of the number is one movement, and with another amount or agreement it is refused', async () => {
    const debit = await transfer(12_345);
    const paid = await bank().debit(debit);
    expect(paid).toMatchObject({ status: 'succeeded', amountFen: 12_345 });
    expect(await bank().debit({ ...debit, description: 'the same in other words' })).toEqual(paid);
    expect(await codeOf(() => bank().debit({ ...debit, amountFen: fen(12_346) }))).toBe('request.replayed-differently');
    expect(await codeOf(() => bank().startDebit(debit))).toBe('request.replayed-differently');
    expect(await codeOf(() => bank().payOut(debit))).toBe('request.replayed-differently');
    expect(balance()).toBe(500_000 - 12_345);
  });

  test('without a code up to what was agreed, with one up to the single and the day’s limit', async () => {
    const agreementRef = await bind();
    const now = await transfer(30_001, agreementRef);
    expect(await bank().debit(now)).toMatchObject({ status: 'failed', reason: 'over-agreed-limit' });
    // Definite for its number: a limit raised later changes nothing about it.
    world.bank.changeCard(customer().debitCard, { noCodeMaxFen: 100_000 });
    expect(await bank().debit(now)).toMatchObject({ status: 'failed' });
    const over = await refusalOf(async () => bank().startDebit(await transfer(100_001, agreementRef)));
    expect([over.code, over.detail]).toEqual(['bank.over-limit', { maxFen: 100_000 }]);
    world.bank.changeCard(customer().debitCard, { dayMaxFen: 50_000 });
    expect(await bank().debit(await transfer(30_000, agreementRef))).toMatchObject({ status: 'succeeded' });
    const day = await refusalOf(async () => bank().startDebit(await transfer(20_001, agreementRef)));
    expect([day.code, day.detail]).toEqual(['bank.over-limit', { maxFen: 20_000 }]);
    expect(await bank().debit(await transfer(20_001, agreementRef))).toMatchObject({ status: 'failed', reason: 'over-limit' });
    await time.advance(12 * 3_600_000);
    expect(await bank().debit(await transfer(20_001, agreementRef))).toMatchObject({ status: 'succeeded' });
  });

  test('without the money it has failed for good', async () => {
    const debit = await transfer(5_000);
    world.bank.changeCard(customer().debitCard, { balanceFen: 4_999 });
    await bank().startDebit(debit);
    const failed = { status: 'failed', requestNo: debit.requestNo, reason: 'insufficient-funds' };
    expect(await bank().confirmDebit({ requestNo: debit.requestNo, code: await readCode() })).toEqual(failed);
    world.bank.changeCard(customer().debitCard, { balanceFen: 500_000 });
    expect(await bank().queryDebit(debit)).toEqual(failed);
    expect(balance()).toBe(500_000);
  });

  test('cancelled before the code is given it can never be paid; paid it cannot be cancelled', async () => {
    const agreementRef = await bind();
    const first = await transfer(5_000, agreementRef);
    await bank().startDebit(first);
    const code = await readCode();
    expect(await bank().cancelDebit(first)).toBe('cancelled');
    expect(await bank().cancelDebit(first)).toBe('cancelled');
    expect(await bank().confirmDebit({ requestNo: first.requestNo, code })).toMatchObject({ status: 'failed', reason: 'cancelled' });
    expect(await bank().queryDebit(first)).toMatchObject({ status: 'failed', reason: 'cancelled' });
    const second = await transfer(5_000, agreementRef);
    await bank().debit(second);
    expect(await bank().cancelDebit(second)).toBe('already-paid');
    const third = await transfer(5_000, agreementRef);
    expect(await bank().cancelDebit(third)).toBe('not-found');
    await time.advance(1_000);
    expect(await bank().debit(third)).toMatchObject({ status: 'failed', reason: 'cancelled' });
    expect(balance()).toBe(495_000);
  });
});

describe('when nothing is known', () => {
  test('a lost answer is no failure: the query tells of the one movement, and so does a repeat', async () => {
    const debit = await transfer(5_000);
    switchFault('answer-lost', { act: '/debits/now' });
    expect(await codeOf(() => bank().debit(debit))).toBe('bank.unavailable');
    const told = await bank().queryDebit(debit);
    expect(told).toMatchObject({ status: 'succeeded', amountFen: 5_000 });
    expect(await bank().debit(debit)).toEqual(told);
    expect(balance()).toBe(495_000);
  });

  test.each(['no-answer', 'system-error'] as const)('after %s nothing has moved, and the number can be used again', async (fault) => {
    const debit = await transfer(5_000);
    switchFault(fault);
    expect(await codeOf(() => bank().debit(debit))).toBe('bank.unavailable');
    await time.advance(5_000);
    expect(await bank().queryDebit(debit)).toEqual({ status: 'not-found', requestNo: debit.requestNo });
    await time.advance(1);
    expect(await bank().debit(debit)).toMatchObject({ status: 'succeeded' });
    expect(balance()).toBe(495_000);
  });

  test('a sending that arrives after the bank said “not found” moves nothing', async () => {
    const debit = await transfer(5_000);
    switchFault('no-answer');
    expect(await codeOf(() => bank().debit(debit))).toBe('bank.unavailable');
    const late = sent.at(-1);
    await time.advance(5_000);
    expect(await bank().queryDebit(debit)).toMatchObject({ status: 'not-found' });
    // As the network held it back: its signature and time are still good.
    const answer = await fetch(late?.url ?? '', late?.init);
    expect([answer.status, await answer.json()]).toEqual([425, { requestNo: debit.requestNo, code: 'overtaken' }]);
    expect(balance()).toBe(500_000);
    expect(await bank().queryDebit(debit)).toMatchObject({ status: 'not-found' });
  });

  test.each(FORGED)('an answer that is %s says nothing, and the query tells what happened', async (fault) => {
    const debit = await transfer(5_000);
    switchFault(fault, { act: '/debits/now' });
    const error = await refusalOf(() => bank().debit(debit));
    expect(error.code).toBe('bank.unavailable');
    expect(error.detail?.reason).toBe(
      { unsigned: 'unsigned', 'stale-answer': 'stale' }[fault as 'unsigned' | 'stale-answer'] ?? 'bad-signature',
    );
    expect(await bank().queryDebit(debit)).toMatchObject({ status: 'succeeded' });
  });

  test('the answer to an earlier query of the same number is no answer to a later one', async () => {
    const debit = await transfer(5_000);
    switchFault('late-success', { act: '/debits/now' });
    await bank().debit(debit);
    expect(await bank().queryDebit(debit)).toMatchObject({ status: 'pending' });
    await time.advance(60_000);
    // Plays the signed "processing" of before back.
    switchFault('other-request');
    expect(await codeOf(() => bank().queryDebit(debit))).toBe('bank.unavailable');
    expect(await bank().queryDebit(debit)).toMatchObject({ status: 'succeeded' });
  });

  test('a pending debit succeeds or fails later, and cannot be cancelled meanwhile', async () => {
    const agreementRef = await bind();
    const [good, bad] = [await transfer(5_000, agreementRef), await transfer(7_000, agreementRef)];
    switchFault('late-success', { afterMs: 90_000 });
    expect(await bank().debit(good)).toMatchObject({ status: 'pending' });
    switchFault('late-failure', { afterMs: 30_000 });
    expect(await bank().debit(bad)).toMatchObject({ status: 'pending' });
    expect(await bank().cancelDebit(good)).toBe('pending');
    expect(balance()).toBe(500_000);
    await time.advance(90_000);
    expect(await bank().queryDebit(good)).toMatchObject({ status: 'succeeded', at: NOON + 90_000 });
    expect(await bank().queryDebit(bad)).toMatchObject({ status: 'failed', reason: 'refused-by-bank' });
    expect(balance()).toBe(495_000);
  });

  test('a request dated six minutes ago, sent twice, or changed on the way is not carried out', async () => {
    const debit = await transfer(5_000);
    const { dufl } = credentials().banks;
    const late = createBankGateways({ schools: { dufl } }, { ...deps, now: () => time.clock() - 6 * 60_000 })('dufl');
    expect(await codeOf(() => late?.debit(debit))).toBe('bank.unavailable');
    const tampering = (async (input, init) =>
      fetch(input, { ...init, body: String(init?.body).replace('5000', '9000') })) satisfies typeof globalThis.fetch;
    const changed = createBankGateways({ schools: { dufl } }, { ...deps, fetch: tampering })('dufl');
    expect(await codeOf(() => changed?.debit(debit))).toBe('bank.unavailable');
    expect(balance()).toBe(500_000);
    await bank().debit(debit);
    const once = sent.at(-1);
    expect((await fetch(once?.url ?? '', once?.init)).status).toBe(401);
    expect(balance()).toBe(495_000);
  });
});

describe('one number, however its sendings are lost, held back, doubled and overtaken', () => {
  type Step = 'send' | 'lose the answer' | 'hold back' | 'deliver held' | 'query' | 'a second later';
  const steps: readonly Step[] = ['send', 'lose the answer', 'hold back', 'deliver held', 'query', 'a second later'];

  /** Without sockets, so that hundreds of stories are told; a held request reaches the bank when the story says so. */
  function network() {
    const held: Sent[] = [];
    let mode: Step = 'send';
    const deliver = async ({ url, init }: Sent): Promise<Response> => {
      const headers = Object.fromEntries(new Headers(init.headers));
      const {
        status,
        headers: answered,
        body,
      } = await world.answer({
        method: 'POST',
        path: new URL(url).pathname,
        query: '',
        headers,
        body: Buffer.from(String(init.body)),
      });
      return new Response(body, { status, headers: answered });
    };
    const send: typeof globalThis.fetch = async (input, init) => {
      const request = { url: String(input), init: init ?? {} };
      if (mode === 'hold back') held.push(request);
      const answer = mode === 'hold back' ? undefined : await deliver(request);
      if (mode !== 'send' || answer === undefined) throw new TypeError('fetch failed');
      return answer;
    };
    return {
      fetch: send,
      use(next: Step): void {
        mode = next;
      },
      async deliverHeld(): Promise<void> {
        for (const request of held.splice(0)) await deliver(request);
      },
    };
  }

  test.each(['debit', 'payOut'] as const)('%s moves money at most once, and what was said definitely stays true', async (act) => {
    const agreementRef = await bind();
    const ask = { debit: 'queryDebit', payOut: 'queryPayOut' } as const;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 14 }), async (story) => {
        const order = await transfer(100, agreementRef);
        world.bank.changeCard(customer().debitCard, { balanceFen: 500_000, dayMaxFen: Number.MAX_SAFE_INTEGER });
        const net = network();
        const gateway = createBankGateways({ schools: credentials().banks }, { ...deps, fetch: net.fetch })('dufl');
        if (gateway === undefined) throw new Error('no bank');
        const moved = () => world.bank.journal('dufl', '2026-11-21').filter(({ reference }) => reference === order.requestNo).length;
        let isSettled = false;
        let isVoid = false;
        for (const step of story) {
          if (step === 'a second later') await time.advance(1);
          else if (step === 'deliver held') await net.deliverHeld();
          else {
            net.use(step === 'query' ? 'send' : step);
            const said = await (step === 'query' ? gateway[ask[act]](order) : gateway[act](order)).catch((error: unknown) => {
              if (isAppError(error, 'bank.unavailable')) return undefined;
              throw error;
            });
            if (said?.status === 'succeeded') isSettled = true;
            // A sending after the query may count again; one from before it may not.
            isVoid = step === 'query' ? said?.status === 'not-found' : false;
          }
          expect(moved()).toBeLessThanOrEqual(1);
          if (isSettled) expect(moved()).toBe(1);
          if (isVoid) expect(moved()).toBe(0);
        }
        net.use('send');
        const last = await gateway[ask[act]](order);
        expect(last.status).toBe(moved() === 1 ? 'succeeded' : 'not-found');
        await net.deliverHeld();
        expect(await gateway[ask[act]](order)).toEqual(last);
      }),
      { numRuns: 60 },
    );
  });
});

describe('payouts (提现)', () => {
  test('reach the bound card once', async () => {
    const payOut = await transfer(8_000);
    const paid = await bank().payOut(payOut);
    expect(paid).toMatchObject({ status: 'succeeded', amountFen: 8_000, at: NOON });
    expect(await bank().payOut(payOut)).toEqual(paid);
    expect(await bank().queryPayOut(payOut)).toEqual(paid);
    expect(await codeOf(() => bank().payOut({ ...payOut, amountFen: fen(8_001) }))).toBe('request.replayed-differently');
    expect(balance()).toBe(508_000);
  });

  test('fail definitely for a closed card', async () => {
    const payOut = await transfer(8_000);
    world.bank.changeCard(customer().debitCard, { closed: true });
    expect(await bank().payOut(payOut)).toMatchObject({ status: 'failed', reason: 'card-closed' });
    expect(await bank().queryPayOut(payOut)).toMatchObject({ status: 'failed', reason: 'card-closed' });
  });

  test('may be pending, and end one way or the other', async () => {
    const agreementRef = await bind();
    const [good, bad] = [await transfer(8_000, agreementRef), await transfer(9_000, agreementRef)];
    switchFault('late-success', { act: '/pay-outs/pay' });
    expect(await bank().payOut(good)).toMatchObject({ status: 'pending' });
    switchFault('late-failure', { act: '/pay-outs/pay' });
    expect(await bank().payOut(bad)).toMatchObject({ status: 'pending' });
    await time.advance(60_000);
    expect(await bank().queryPayOut(good)).toMatchObject({ status: 'succeeded' });
    expect(await bank().queryPayOut(bad)).toMatchObject({ status: 'failed' });
    expect(balance()).toBe(508_000);
  });

  test('a lost one is not found and can be sent again under its number', async () => {
    const payOut = await transfer(8_000);
    switchFault('no-answer');
    expect(await codeOf(() => bank().payOut(payOut))).toBe('bank.unavailable');
    await time.advance(10_000);
    expect(await bank().queryPayOut(payOut)).toMatchObject({ status: 'not-found' });
    await time.advance(1);
    expect(await bank().payOut(payOut)).toMatchObject({ status: 'succeeded' });
    expect(balance()).toBe(508_000);
  });
});

test('DL-28: UnionPay says whether name, ID, card and mobile belong together, and nothing else', async () => {
  const { name, idNumber, debitCard, otherCard, mobile } = customer();
  const verify = (changes: object) =>
    bank().verifyCardholder({ requestNo: newNo(), name, idNumber, cardNumber: debitCard, mobile, ...changes });
  expect(await verify({})).toBe('match');
  expect(await verify({ cardNumber: otherCard })).toBe('match');
  expect(await verify({ mobile: '10000000038' })).toBe('no-match');
  expect(await verify({ name: '王大明' })).toBe('no-match');
  expect(await verify({ cardNumber: '1234567890123456' })).toBe('no-match');
  expect(Object.keys(world.state.bank.acts)).toEqual([]);
});

test('the statement of the school’s account shows each movement and each settlement of a platform, net of its fee', async () => {
  const agreementRef = await bind();
  await bank().debit(await transfer(10_050, agreementRef));
  await bank().payOut(await transfer(3_000, agreementRef));
  const arrival = { school: 'dufl', amountFen: 99_400, payer: '财付通支付科技有限公司', reference: '1900000109-20261120' };
  const posted = await fetch(`${server.baseUrl}/control/bank/arrival`, { method: 'POST', body: JSON.stringify(arrival) });
  expect(posted.status).toBe(200);
  const response = await fetch(`${server.baseUrl}/bank/ccb/statement.csv?school=dufl&day=2026-11-21`);
  expect(response.headers.get('content-type')).toContain('text/csv');
  const rows = (await response.text())
    .trim()
    .split('\r\n')
    .map((line) => line.split(','));
  expect(rows.map((row) => [row[2], row[3], row[4], row[5]])).toEqual([
    ['direction', 'amountYuan', 'balanceYuan', 'kind'],
    ['', '', '1000000.00', ''],
    ['in', '100.50', '1000100.50', 'debit'],
    ['out', '30.00', '1000070.50', 'pay-out'],
    ['in', '994.00', '1001064.50', 'settlement'],
    ['', '', '1001064.50', ''],
  ]);
  expect(rows[4]?.slice(6, 8)).toEqual(['1900000109-20261120', '财付通支付科技有限公司']);
  expect(await (await fetch(`${server.baseUrl}/bank/ccb/statement.csv?school=dufl&day=2026-11-20`)).text()).toContain(
    'closing,,,,1000000.00',
  );
  expect((await fetch(`${server.baseUrl}/bank/boc/statement.csv?school=dufl`)).status).toBe(404);
});

test('what the banks and suppliers remember survives a restart', async () => {
  const debit = await transfer(5_000);
  await bank().debit(debit);
  const state = JSON.parse(JSON.stringify(world.state));
  const old = server;
  world = createWorld({ clock: time.clock, timers: time.timers, keys, state });
  server = await listen(0, (request) => world.answer(request));
  await old.close();
  bankOf = createBankGateways({ schools: credentials().banks }, deps);
  expect(await bank().debit(debit)).toMatchObject({ status: 'succeeded' });
  expect(balance()).toBe(495_000);
});

describe('utilities', () => {
  const utility = () => createUtilityGateway(credentials().utility, deps);
  const room = { schoolId: 'bistu', kind: 'electricity', account: '3-412' } as const;
  const payment = (amountFen = 5_000) => ({ requestNo: newNo(), ...room, amountFen: fen(amountFen) });
  const left = () => world.utility.account({ school: 'bistu', kind: 'electricity', account: '3-412' })?.balanceFen;
  const fault = (name: PartnerFault, act: string | null = '/payments/pay') =>
    world.utility.switchFault({ fault: name, act, requestNo: null, times: 1, afterMs: 60_000 });

  test('shows enough of an account to see that it is the right one (DL-01, BI-11)', async () => {
    expect(await utility().findAccount(room)).toEqual({
      account: '3-412',
      maskedOwner: '学生宿舍*',
      maskedPlace: '3 号楼 4**',
      balanceFen: -320,
    });
    const network = { schoolId: 'dufl', kind: 'network', account: '21000037' } as const;
    expect(await utility().findAccount(network)).toEqual({ account: '21000037', maskedOwner: '王*', balanceFen: 1_250 });
  });

  test.each([
    { ...room, account: '13-412' },
    { ...room, account: 'constructor' },
    { ...room, kind: 'network' as const, account: '00000000' },
    { ...room, schoolId: 'nowhere' },
  ])('refuses %j as unknown', async (account) => {
    expect(await codeOf(() => utility().findAccount(account))).toBe('utility.account-unknown');
    expect(await utility().pay({ requestNo: newNo(), ...account, amountFen: fen(100) })).toMatchObject({
      status: 'failed',
      reason: 'account-unknown',
    });
  });

  test('pays once per number and gives the receipt again', async () => {
    const request = payment();
    const paid = await utility().pay(request);
    expect(paid).toEqual({
      status: 'succeeded',
      requestNo: request.requestNo,
      amountFen: 5_000,
      receiptNo: expect.stringMatching(/^R20261121120000\d{6}$/),
      at: NOON,
    });
    expect(await utility().pay(request)).toEqual(paid);
    expect(await utility().queryPayment(request)).toEqual(paid);
    expect(await codeOf(() => utility().pay({ ...request, amountFen: fen(5_001) }))).toBe('request.replayed-differently');
    expect(await codeOf(() => utility().pay({ ...request, account: '3-413' }))).toBe('request.replayed-differently');
    expect(left()).toBe(4_680);
  });

  test('a timeout with the payment made is found by the query', async () => {
    const request = payment();
    fault('answer-lost');
    expect(await codeOf(() => utility().pay(request))).toBe('utility.unavailable');
    expect(await utility().queryPayment(request)).toMatchObject({ status: 'succeeded' });
    expect(left()).toBe(4_680);
  });

  test('a timeout with nothing done is not found, and what arrives late pays nothing', async () => {
    const request = payment();
    fault('no-answer');
    expect(await codeOf(() => utility().pay(request))).toBe('utility.unavailable');
    const late = sent.at(-1);
    await time.advance(5_000);
    expect(await utility().queryPayment(request)).toEqual({ status: 'not-found', requestNo: request.requestNo });
    expect((await fetch(late?.url ?? '', late?.init)).status).toBe(425);
    expect(left()).toBe(-320);
    await time.advance(1);
    expect(await utility().pay(request)).toMatchObject({ status: 'succeeded' });
    expect(left()).toBe(4_680);
  });

  test('a refusal is definite, a pending one ends by itself', async () => {
    const [refused, good, bad] = [payment(), payment(), payment()];
    fault('refused');
    expect(await utility().pay(refused)).toMatchObject({ status: 'failed', reason: 'refused-by-supplier' });
    fault('late-success');
    expect(await utility().pay(good)).toMatchObject({ status: 'pending' });
    fault('late-failure');
    expect(await utility().pay(bad)).toMatchObject({ status: 'pending' });
    await time.advance(60_000);
    expect(await utility().queryPayment(good)).toMatchObject({ status: 'succeeded' });
    expect(await utility().queryPayment(bad)).toMatchObject({ status: 'failed' });
    expect(await utility().queryPayment(refused)).toMatchObject({ status: 'failed' });
    expect(left()).toBe(4_680);
  });

  test.each([...FORGED, 'system-error' as const])('an answer that is %s says nothing', async (name) => {
    fault(name, null);
    expect(await codeOf(() => utility().findAccount(room))).toBe('utility.unavailable');
    expect(await utility().findAccount(room)).toMatchObject({ account: '3-412' });
  });
});
