import { createGate } from '../../sandbox/terminals/gate';
import type { Machine } from '../../sandbox/terminals/machine';
import { CardChip } from '../../sandbox/terminals/physical-card';
import { newTerminalKey } from '../../sandbox/terminals/signed-request';
import { errorTable } from '../../shared/errors';
import { writeCardNumber } from '../domain/card-number';
import { chipKey } from '../domain/school-keys';
import { refuse } from '../lib/handler';
import { jsonReply } from '../lib/http';
import { authorizePayment } from '../operations/authorize-payment';
import { createSchools } from '../store/schools';
import { createTerminals } from '../store/terminals';
import { createIdentitiesOn } from '../wiring/terminal-identities';
import { createModelDatabase } from './model-database';
import { SaleFixture } from './sale-fixture';

const quiet = {
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  counter: { count: () => undefined, publish: () => undefined },
  texts: errorTable,
};

/** A library's gate with its screen, on a line to the function as its wiring makes it. */
async function library(schoolId = 'shanghaitech') {
  const database = createModelDatabase();
  const school = new SaleFixture(database, schoolId);
  await createSchools(database).publish(school.pack);
  const key = newTerminalKey();
  const gate = { group: 'library', direction: 'both', antiPassback: true } as const;
  const enrolled = {
    schoolId: school.schoolId,
    terminal: 51,
    publicKey: key.publicKey,
    merchant: 1,
    name: '图书馆',
    kind: 'gate',
    gate,
  } as const;
  await createTerminals(database).save({ ...enrolled, status: 'active' });
  const verify = createIdentitiesOn(database, new Uint8Array(32).fill(7), () => school.now);
  const inProcess: typeof fetch = async (input, init) => {
    const headers = Object.fromEntries(new Headers(init?.headers).entries());
    const rawBody = new TextEncoder().encode(String(init?.body));
    const { pathname: path } = new URL(String(input));
    const request = { method: 'POST', path, query: {}, headers, rawBody, sourceIp: '192.0.2.1', requestId: 'r' };
    const reply = await verify(request).then(jsonReply, (error: unknown) => refuse(error, quiet));
    return new Response(String(reply.body), { status: reply.status });
  };
  let memory: unknown;
  const kept = {
    load: () => memory,
    save: (next: unknown) => {
      memory = next;
    },
  };
  const world = { fetch: inProcess, clock: () => school.now, baseUrl: 'http://gate.invalid', memory: kept };
  const machine = createGate({ schoolId: school.schoolId, terminal: 51, key, pinKeys: [] }, school.pack, world);
  const accountNo = await school.account({ cardFen: 2_000 });
  const scan = async (code: string, direction: 'in' | 'out' = 'in') => told(await machine.press('scan', { code, direction }));
  return { school, machine, accountNo, scan };
}

function told({ id, light, notice, lines }: Awaited<ReturnType<Machine['press']>>) {
  return { id, light, says: notice?.text.zh, shows: lines.map(({ value }) => (typeof value === 'string' ? value : value.zh)) };
}

describe('the gate of a library', () => {
  it('opens for an identity code, says the role and nothing else, and keeps out who is inside already', async () => {
    const { school, accountNo, scan } = await library();
    const code = await school.code(accountNo, { kind: 'identity' });
    expect(await scan(code)).toEqual({ id: 'gate.open', light: 'green', says: '请通行', shows: ['学生'] });
    school.now += 10_000;
    const next = await school.code(accountNo, { kind: 'identity' });
    expect(await scan(next)).toMatchObject({ id: 'gate.shut', light: 'red', says: errorTable['identity.passback'].zh, shows: [] });
    expect(await scan(next, 'out')).toMatchObject({ light: 'green' });
    school.now += 10_000;
    expect(await scan(await school.code(accountNo, { kind: 'identity' }))).toMatchObject({ light: 'green' });
  });

  it('uses up no step: the payment code of the same moment still pays', async () => {
    const { school, accountNo, scan } = await library();
    expect(await scan(await school.code(accountNo, { kind: 'identity' }))).toMatchObject({ light: 'green' });
    const sale = school.codeSale(await school.code(accountNo), 300);
    expect(await authorizePayment(school.deps, sale)).toMatchObject({ outcome: 'charged' });
  });

  it('BI-01: at BISTU the same holder pays at the POS and is identified at the gate, each by a code that is no good for the other', async () => {
    const { school, accountNo, scan } = await library('bistu');
    expect(await authorizePayment(school.deps, school.tapSale(accountNo, 100))).toMatchObject({ outcome: 'charged' });
    const identity = await school.code(accountNo, { kind: 'identity' });
    expect(await authorizePayment(school.deps, school.codeSale(identity, 300))).toMatchObject({ outcome: 'not-charged' });
    expect(await scan(identity)).toMatchObject({ light: 'green' });
    const payment = await school.code(accountNo);
    expect(await scan(payment, 'out')).toMatchObject({ light: 'red' });
    expect(await authorizePayment(school.deps, school.codeSale(payment, 300))).toMatchObject({ outcome: 'charged' });
    expect((await school.head(accountNo)).state.balances.card).toBe(1_600);
  });

  it('refuses a payment code and others’ codes by name', async () => {
    const { school, accountNo, scan } = await library();
    expect(await scan(await school.code(accountNo))).toMatchObject({ light: 'red', says: errorTable['identity.payment-code'].zh });
    expect(await scan('134567890123456789')).toMatchObject({ says: errorTable['code.wechat'].zh });
    expect(await scan(`90${'1'.repeat(22)}`)).toMatchObject({ light: 'red', says: errorTable['identity.not-valid'].zh });
  });

  it('takes the card itself as soon as it is held there, and a lost one keeps it shut', async () => {
    const { school, machine, accountNo } = await library();
    const cardNumber = writeCardNumber({ accountNo, issue: 1 });
    const chip = new CardChip({ cardNumber, chipKey: chipKey(school.keys, cardNumber) });
    expect(told(await machine.place(chip))).toMatchObject({ light: 'green', shows: ['学生'] });
    await machine.place(null);
    await school.change(accountNo, (head) => ({
      ...{ kind: 'loss-reported', entryId: 'lost', postings: [], occurredAt: school.now },
      state: { ...head.state, lostAt: school.now },
    }));
    expect(told(await machine.place(chip))).toMatchObject({ light: 'red', says: errorTable['card.lost'].zh });
  });

  it('stays shut without a network, says what the guard does, and nobody is inside for having tried', async () => {
    const { school, machine, accountNo, scan } = await library();
    machine.setFault('network-cut', true);
    expect(await scan(await school.code(accountNo, { kind: 'identity' }))).toMatchObject({ light: 'red', says: '无法联网，请人工核验' });
    machine.setFault('network-cut', false);
    school.now += 10_000;
    expect(await scan(await school.code(accountNo, { kind: 'identity' }))).toMatchObject({ light: 'green' });
  });

  it('asks again with the same bytes where the answer was lost: the same code or card opens it, and it is one passage', async () => {
    const { school, machine, accountNo, scan } = await library();
    const code = await school.code(accountNo, { kind: 'identity' });
    machine.setFault('answer-lost', true);
    expect(await scan(code)).toMatchObject({ light: 'red', says: '无法联网，请人工核验' });
    machine.setFault('answer-lost', false);
    school.now += 5_000;
    expect(await scan(code)).toMatchObject({ light: 'green' });
    // That was the passage: the code is used now.
    expect(await scan(code)).toMatchObject({ light: 'red' });

    const cardNumber = writeCardNumber({ accountNo, issue: 1 });
    const chip = new CardChip({ cardNumber, chipKey: chipKey(school.keys, cardNumber) });
    await machine.press('turn', { direction: 'out' });
    machine.setFault('answer-lost', true);
    expect(told(await machine.place(chip))).toMatchObject({ light: 'red' });
    await machine.place(null);
    machine.setFault('answer-lost', false);
    expect(told(await machine.place(chip))).toMatchObject({ light: 'green' });
  });

  it('does not hold what was not heard against the next: after a minute, another code and another direction are asked anew', async () => {
    const { school, machine, accountNo, scan } = await library();
    machine.setFault('network-cut', true);
    const code = await school.code(accountNo, { kind: 'identity' });
    expect(await scan(code)).toMatchObject({ light: 'red' });
    machine.setFault('network-cut', false);
    expect(await scan(code, 'out')).toMatchObject({ light: 'green' });
    machine.setFault('network-cut', true);
    school.now += 10_000;
    expect(await scan(await school.code(accountNo, { kind: 'identity' }))).toMatchObject({ light: 'red' });
    machine.setFault('network-cut', false);
    school.now += 61_000;
    expect(await scan(await school.code(accountNo, { kind: 'identity' }))).toMatchObject({ light: 'green' });
  });

  it('keeps the direction that the guard has set', async () => {
    const { machine } = await library();
    await machine.press('turn', { direction: 'out' });
    expect(machine.screen().fields.find(({ id }) => id === 'direction')?.value).toBe('out');
  });
});
