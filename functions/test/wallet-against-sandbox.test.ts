import { randomBytes } from 'node:crypto';
import { sandboxCredentials } from '../../sandbox/credentials';
import { generateKeys } from '../../sandbox/keys';
import { createManualTime } from '../../sandbox/lib/manual-time';
import { isPartnerFault, type PartnerFault } from '../../sandbox/lib/partner-faults';
import { type Listening, listen } from '../../sandbox/lib/server';
import { createWorld } from '../../sandbox/world';
import { stepAt } from '../../shared/code-format';
import { makeCode, weekOfStep } from '../../shared/code-mac';
import { bindAppDraft } from '../domain/account-changes';
import { codeWeekKey, handleOf } from '../domain/school-keys';
import { authorizePayment, type SaleRequest } from '../operations/authorize-payment';
import { drawHold } from '../operations/draw-hold';
import { querySale } from '../operations/query-sale';
import { createBankGateways } from '../platforms/bank/bank-gateway';
import { NOON } from './sale-fixture';
import { codeOf } from './student-world';
import { WalletWorld } from './wallet-world';

/** Bank card and wallet over our real gateway, against the stand-in bank over HTTP: binding, topping up, drawing, paying out. */
const keys = generateKeys(NOON, randomBytes);
let server: Listening;
let sandbox: ReturnType<typeof createWorld>;
let world: WalletWorld;

beforeEach(async () => {
  const time = createManualTime(NOON);
  // One clock for both sides: the test's own.
  const clock = (): number => world?.student.now ?? NOON;
  sandbox = createWorld({ clock, timers: time.timers, keys });
  server = await listen(0, (request) => sandbox.answer(request));
  const person = customer();
  world = await WalletWorld.create(undefined, 'dufl', {
    person,
    banks: (now) => createBankGateways({ schools: sandboxCredentials(sandbox, server.baseUrl).banks }, { fetch, now, randomBytes }),
  });
});

afterEach(async () => {
  await server.close();
  await sandbox.stop();
});

function customer() {
  const found = sandbox.bank.customer('dufl', '21000037');
  if (found === undefined) throw new Error('no such customer');
  return found;
}

function cardFen(): number {
  return customer().cards.find((card) => card.kind === 'debit' && card.ofTheSchoolsBank)?.balanceFen ?? -1;
}

async function bankCode(): Promise<string> {
  const inbox = await (await fetch(`${server.baseUrl}/sms/inbox?mobile=${customer().mobile}`)).json();
  return String(inbox.messages.at(-1)?.code);
}

async function bind(): Promise<void> {
  const { body } = await world.startBinding({ idNumber: customer().idNumber });
  const heard = await world.ask('POST', `/bank-card/bindings/${body.bindingNo}/confirm`, { code: await bankCode() });
  expect(heard.body.card.state).toBe('bound');
}

async function fill(amountFen: number) {
  const { body } = await world.ask('POST', '/bank-top-ups', { requestId: world.requestId(), target: 'wallet', amountFen });
  return world.confirmTopUp(body.order.orderNo, await bankCode());
}

function fault(name: string, act: string): void {
  if (!isPartnerFault(name)) throw new Error(`no fault ${name}`);
  const known: PartnerFault = name;
  sandbox.bank.switchFault({ fault: known, act, requestNo: null, times: 1, afterMs: 60_000 });
}

test('binds by name and ID, tops the wallet up, and the card from it with the rest from the bank (DL-10, DL-35)', async () => {
  await bind();
  const before = cardFen();
  expect((await fill(3_000)).body.order).toMatchObject({ state: 'credited', arrivedIn: 'wallet' });
  const { body } = await world.ask('POST', '/card-top-ups', { requestId: world.requestId(), amountFen: 5_000 });
  expect(body).toMatchObject({ codeBy: 'bank', shortfallFen: 2_000 });
  const heard = await world.ask('POST', `/card-top-ups/${body.transferNo}/confirm`, { code: await bankCode() });
  expect(heard.body).toMatchObject({ state: 'transferred', arrivedIn: 'transit' });
  expect(before - cardFen()).toBe(5_000);
  expect((await world.head()).state.balances).toMatchObject({ wallet: 0, transit: 5_000 });
});

test('a debit whose answer was lost is credited once by the sweep', async () => {
  await bind();
  const before = cardFen();
  fault('answer-lost', '/debits/confirm');
  expect((await fill(3_000)).body.order.state).toBe('created');
  world.later(60_000);
  await world.sweep();
  await world.sweep();
  expect([before - cardFen(), (await world.head()).state.balances.wallet]).toEqual([3_000, 3_000]);
});

test('pays out to the bound card, and once where the answer was lost (DL-19)', async () => {
  await bind();
  await fill(5_000);
  await world.saveInfo();
  const before = cardFen();
  fault('answer-lost', '/pay-outs/pay');
  const proof = { kind: 'sms', value: await world.ownCode() };
  const { body } = await world.ask('POST', '/withdrawals', { requestId: world.requestId(), amountFen: 2_000, proof });
  expect(body.state).toBe('requested');
  world.later(60_000);
  await world.sweepPayOuts();
  expect((await world.ask('GET', `/withdrawals/${body.withdrawalNo}`)).body.state).toBe('succeeded');
  expect([cardFen() - before, (await world.head()).state.balances.wallet]).toEqual([2_000, 3_000]);
});

test('UnionPay’s check and unbinding are heard by the bank', async () => {
  await bind();
  const { idNumber, mobile, cards } = customer();
  const cardNumber = cards.find((card) => card.kind === 'debit' && card.ofTheSchoolsBank)?.cardNumber ?? '';
  const check = { requestId: world.requestId(), idNumber, cardNumber, mobile };
  expect((await world.ask('POST', '/unionpay', check)).body.status).toBe('linked');
  expect((await world.ask('DELETE', '/bank-card')).body).toEqual({ card: null });
  expect(sandbox.bank.agreements()).toMatchObject([{ endedAt: expect.any(Number) }]);
  expect(codeOf(await fillUnbound())).toBe('bank.not-bound');
});

const fillUnbound = () => world.ask('POST', '/bank-top-ups', { requestId: world.requestId(), target: 'wallet', amountFen: 100 });

/** A sale by the wallet code of the phone, at terminal 7. */
async function sale(amountFen: number): Promise<SaleRequest> {
  const { schoolId, accountNo } = world.holder;
  const keysOf = world.student.deps.keysOf(schoolId);
  const slot = 3;
  const bound = await world.student.append(world.holder, (head) =>
    bindAppDraft(head, { slot, entryId: 'till', occurredAt: world.student.now }),
  );
  const step = stepAt(world.student.now);
  const handle = handleOf(keysOf, accountNo);
  const key = codeWeekKey(keysOf, { handle, slot, keyVersion: bound.state.apps[slot]?.keyVersion ?? 0, week: weekOfStep(step) });
  const code = makeCode(key, { kind: 'wallet', handle, step, slot, schoolId });
  const body = { schoolId, terminal: 7, sequence: 1, amountFen, occurredAt: world.student.now, kind: 'charge-code', code } as const;
  const pack = await world.deps.packOf(schoolId);
  return { body, bodyHash: 'a'.repeat(64), attempt: 1, merchant: 12, pack, keys: keysOf };
}

test.each([
  ['answers', undefined, 'charged'],
  ['answers, but its answer is lost', 'answer-lost', 'charged'],
] as const)('a wallet code draws its rest where the bank %s (DL-40)', async (_, lost, outcome) => {
  await bind();
  await fill(300);
  const before = cardFen();
  const till = { ...world.deps, ownCard: async () => undefined };
  const request = await sale(1_000);
  expect(await authorizePayment(till, request)).toMatchObject({ outcome: 'pending' });
  if (lost !== undefined) fault(lost, '/debits/now');
  const hold = await world.head();
  const wait = async (ms: number) => world.later(ms);
  await drawHold({ ...world.deps, wait }, { schoolId: 'dufl', accountNo: hold.accountNo, n: hold.n });
  expect(await querySale(till, request)).toMatchObject({ outcome });
  expect([before - cardFen(), (await world.head()).state.balances.wallet]).toEqual([700, 0]);
});
