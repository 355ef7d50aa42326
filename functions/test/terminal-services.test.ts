import { randomBytes } from 'node:crypto';
import { newTerminalKey, type Purpose, signedHeaders } from '../../sandbox/terminals/signed-request';
import { isAppError } from '../../shared/errors';
import type { HttpRequest } from '../lib/http';
import { createHolders } from '../store/holders';
import { createSchools } from '../store/schools';
import { createTerminals } from '../store/terminals';
import { createTerminalServices, type TerminalServices } from '../wiring/terminal-services';
import { MachineWorld } from './machine-world';
import { createModelDatabase } from './model-database';

/** The function of kiosks over any store, as its wiring makes it, asked by signed requests. */
async function kiosk() {
  const database = createModelDatabase();
  const world = new MachineWorld(database, 'sjtu');
  const pack = { ...world.till.pack, arrival: { ...world.till.pack.arrival, claimAt: ['pos' as const, 'kiosk' as const] } };
  await createSchools(database).publish(pack);
  const key = newTerminalKey();
  const terminal = { schoolId: 'sjtu', terminal: 31, publicKey: key.publicKey, merchant: 1, name: '圈存机', status: 'active' } as const;
  await createTerminals(database).save(terminal);
  const ring = { current: 'k1', keys: { k1: new Uint8Array(randomBytes(32)) } };
  const services = createTerminalServices({
    database,
    clock: () => world.till.now,
    counter: { count: () => undefined, publish: () => undefined },
    masterKey: new Uint8Array(32).fill(7),
    fieldKeys: ring,
    peppers: ring,
    pinKeys: ring,
  });
  const accountNo = await world.till.account({ transitFen: 2_000 });
  const [row] = createHolders(database).newRows({
    ...{ schoolId: 'sjtu', accountNo, number: '2021000037', name: '测试甲', kind: 'student', idTail: '', mobile: '', cardNumbers: [] },
    ...{ passwordHash: null, passwordChangedAt: null, provenAt: null, links: {}, version: 1 },
  });
  if (row === undefined) throw new Error('no row');
  await database.transact([row]);
  const signed = (purpose: Purpose, body: object | string, path = '/terminal/claims'): HttpRequest => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = signedHeaders(key, { purpose, schoolId: 'sjtu', terminal: 31, attempt: 1, sentAt: world.till.now, body: text });
    return { method: 'POST', path, query: {}, headers, rawBody: new TextEncoder().encode(text), sourceIp: '192.0.2.1', requestId: 'r' };
  };
  const ask = async (name: keyof TerminalServices, request: HttpRequest): Promise<unknown> => {
    try {
      return await services[name](request);
    } catch (error) {
      if (isAppError(error)) return error.code;
      throw error;
    }
  };
  return { world, accountNo, signed, ask };
}

test('a signed card is read, claims, and is written', async () => {
  const { world, accountNo, signed, ask } = await kiosk();
  expect(await ask('claim', signed('claim', world.claimBody(accountNo, { kind: 'read' })))).toMatchObject({
    kind: 'read',
    transitFen: 2_000,
  });
  const claimed = await ask('claim', signed('claim', world.claimBody(accountNo)));
  expect(claimed).toMatchObject({ kind: 'claim', amountFen: 2_000 });
  const { write } = claimed as { write: number };
  expect(await ask('chip', signed('chip', world.reportBody(accountNo, 'written', write, 2_000)))).toMatchObject({
    state: 'written',
    cardFen: 2_000,
  });
});

test('a signature is good for its purpose alone, and only while it is fresh', async () => {
  const { world, accountNo, signed, ask } = await kiosk();
  for (const purpose of ['charge', 'chip', 'cash'] as const) {
    expect(await ask('claim', signed(purpose, world.claimBody(accountNo)))).toBe('terminal.bad-signature');
  }
  expect(await ask('cash', signed('claim', world.cashBody(accountNo, 1)))).toBe('terminal.bad-signature');
  const old = signed('claim', world.claimBody(accountNo));
  world.till.now += 30_001;
  expect(await ask('claim', old)).toBe('terminal.stale');
  expect(await ask('claim', { ...old, headers: {} })).toBe('terminal.unsigned');
});

test.each([
  ['an unknown field', (body: object) => ({ ...body, extra: 1 })],
  ['an unknown kind', (body: object) => ({ ...body, kind: 'take' })],
  ['no chip', ({ chip: _chip, ...body }: { chip?: unknown }) => body],
  ['half a sequence', (body: object) => ({ ...body, sequence: 1.5 })],
])('%s is malformed', async (_name, change) => {
  const { world, accountNo, signed, ask } = await kiosk();
  expect(await ask('claim', signed('claim', change(world.claimBody(accountNo))))).toBe('request.malformed');
});

test('an amount is written out', async () => {
  const { world, accountNo, signed, ask } = await kiosk();
  const text = JSON.stringify(world.reportBody(accountNo, 'written', 3, 2_000)).replace('"amountFen":2000', '"amountFen":2e3');
  expect(await ask('chip', signed('chip', text))).toBe('request.malformed');
});

test('another school’s terminal serves no card of this one', async () => {
  const { world, accountNo, signed, ask } = await kiosk();
  expect(await ask('claim', signed('claim', { ...world.claimBody(accountNo), schoolId: 'bistu' }))).toBe('terminal.other-school');
});
