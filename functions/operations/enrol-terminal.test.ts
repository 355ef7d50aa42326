import { NEW_MACHINE } from '../../sandbox/terminals/enrol';
import { newTerminalKey, signedHeaders } from '../../sandbox/terminals/signed-request';
import { ENROLMENT_CODE_LIVES_MS } from '../domain/enrolment-code';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { LifeWorld, SCHOOL } from '../test/life-world';
import { renewEnrolmentCode } from './manage-terminals';

const WRONG = '0000000000';

/** An enrolment as a machine sends it, with whatever is wrong about it. */
async function send(
  world: LifeWorld,
  code: string,
  wrong: { key?: 'other'; school?: string; sentAt?: number; body?: object; headers?: object } = {},
) {
  const key = newTerminalKey();
  const body = JSON.stringify({ schoolId: SCHOOL, terminal: 7, code, publicKey: key.publicKey, software: '1.0', ...wrong.body });
  const signing = {
    purpose: 'enrolment',
    schoolId: wrong.school ?? SCHOOL,
    terminal: 7,
    attempt: 1,
    sentAt: wrong.sentAt ?? world.now,
    body,
  } as const;
  const headers = { ...signedHeaders(wrong.key === 'other' ? newTerminalKey() : key, signing), ...wrong.headers };
  const reply = await world.answer({
    method: 'POST',
    path: '/terminal/enrolments',
    headers,
    query: {},
    rawBody: new TextEncoder().encode(body),
    sourceIp: '192.0.2.1',
    requestId: 'r',
  });
  const heard = JSON.parse(String(reply.body));
  return { status: reply.status, code: heard.error?.code, detail: heard.error?.detail };
}

describe('an enrolment', () => {
  it('gives a machine its number for a key of its own, and tells it all it must know', async () => {
    const world = await LifeWorld.open();
    const { code, terminal, expiresAt } = await world.create();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/);
    expect(terminal).toMatchObject({ status: 'waiting', unreachable: false, heartbeat: null });
    expect(Date.parse(expiresAt)).toBe(world.now + ENROLMENT_CODE_LIVES_MS);
    const machine = world.machine();
    // As it is read from a slip of paper.
    const answer = await machine.life.enrol(`${code.slice(0, 5).toLowerCase()} - ${code.slice(5)}`);
    expect(answer).toMatchObject({ outcome: 'done', reply: { epochMs: world.now } });
    expect(machine.life.settings).toMatchObject({
      terminal: { schoolId: SCHOOL, number: 7, kind: 'pos', name: '1 号窗口', place: '一楼', takesCash: false, maxSaleFen: 5_000 },
      merchant: { number: 12, name: { zh: '一食堂', en: 'Canteen 1' }, legalName: '第一食堂' },
      school: { utcOffsetMinutes: 480 },
      pinKeys: [{ keyId: 'p2' }, { keyId: 'p1' }],
      passKeys: [],
      revocationEpoch: 0,
      revokedPasses: [],
      takesPasses: false,
    });
    expect(await world.row()).toMatchObject({ publicKey: machine.life.key().publicKey, status: 'active', kind: 'pos', maxSaleFen: 5_000 });
  });

  it('keeps no code, only its hash', async () => {
    const world = await LifeWorld.open();
    const { code } = await world.create();
    expect(JSON.stringify([...world.database.all('records')])).not.toContain(code);
  });

  it('takes a code once: another machine with it is refused, the same bytes have the same answer', async () => {
    const world = await LifeWorld.open();
    const { code } = await world.create();
    const first = world.machine();
    world.loss = 'answer';
    expect(await first.life.enrol(code)).toMatchObject({ outcome: 'unknown' });
    expect(first.life.isEnrolled).toBe(false);
    expect(await send(world, code)).toMatchObject({ status: 409, code: 'enrolment.number-taken' });
    // After a power cut, a day later: it kept the bytes.
    world.now += 86_400_000;
    const again = world.machine(first.memory());
    expect(await again.life.enrol(code)).toMatchObject({ outcome: 'done' });
    expect((await world.row())?.publicKey).toBe(again.life.key().publicKey);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('a server that dies at its call %i leaves nothing half done', async (at) => {
    for (const moment of ['before', 'after'] as const) {
      const world = await LifeWorld.open();
      const { code } = await world.create();
      const machine = world.machine();
      world.serverDatabase = faultyDatabase(world.database, { at, moment });
      const first = await machine.life.enrol(code);
      world.serverDatabase = world.database;
      if (first.outcome === 'refused') expect(first.code).toBe('request.internal');
      expect(await machine.life.enrol(code)).toMatchObject({ outcome: 'done' });
      expect((await world.row())?.publicKey).toBe(machine.life.key().publicKey);
    }
  });

  it('refuses a wrong, an old and a replaced code; a new one works', async () => {
    const world = await LifeWorld.open();
    const { code } = await world.create();
    expect(await send(world, WRONG)).toMatchObject({ status: 401, code: 'enrolment.code-unknown' });
    expect(await send(world, WRONG, { body: { terminal: 8 }, headers: { 'x-ecode-terminal': '8' } })).toMatchObject({
      code: 'enrolment.proof-wrong',
    });
    const { code: other } = await renewEnrolmentCode(world.office, { schoolId: SCHOOL, terminal: 7 });
    expect(await send(world, code)).toMatchObject({ code: 'enrolment.code-unknown' });
    world.now += ENROLMENT_CODE_LIVES_MS + 1;
    expect(await send(world, other)).toMatchObject({ status: 401, code: 'enrolment.code-expired' });
    const { code: third } = await renewEnrolmentCode(world.office, { schoolId: SCHOOL, terminal: 7 });
    expect(await send(world, third)).toMatchObject({ status: 200 });
  });

  it('lets nobody guess: five tries of an address, and none is judged after that', async () => {
    const world = await LifeWorld.open();
    const { code } = await world.create();
    for (let tries = 0; tries < 5; tries += 1) expect(await send(world, WRONG)).toMatchObject({ code: 'enrolment.code-unknown' });
    expect(await send(world, code)).toMatchObject({ status: 429, code: 'auth.locked' });
    expect((await world.row())?.publicKey).toBeUndefined();
  });

  it('counts no guess where there is no code to guess: a stranger fills no table', async () => {
    const world = await LifeWorld.open();
    for (let tries = 0; tries < 8; tries += 1) expect(await send(world, WRONG)).toMatchObject({ code: 'enrolment.code-unknown' });
  });

  it('refuses what is unsigned, signed by another key, stale, early, of another school, malformed, or revoked', async () => {
    const world = await LifeWorld.open();
    const { code } = await world.create();
    expect(await send(world, code, { headers: { 'x-ecode-signature': 'none!' } })).toMatchObject({ code: 'terminal.unsigned' });
    expect(await send(world, code, { key: 'other' })).toMatchObject({ status: 401, code: 'enrolment.proof-wrong' });
    const serverTime = world.now;
    expect(await send(world, code, { sentAt: world.now - 30_001 })).toMatchObject({ code: 'terminal.stale', detail: { serverTime } });
    expect(await send(world, code, { sentAt: world.now + 30_001 })).toMatchObject({ code: 'terminal.clock', detail: { serverTime } });
    expect(await send(world, code, { school: 'bistu' })).toMatchObject({ code: 'terminal.other-school' });
    for (const body of [{ code: code.toLowerCase() }, { code: `${code}0` }, { publicKey: 'AAAA' }, { software: 'new' }, { more: 1 }])
      expect(await send(world, code, { body })).toMatchObject({ status: 400, code: 'request.malformed' });
    await world.revoke();
    expect(await send(world, code)).toMatchObject({ code: 'terminal.revoked' });
    expect((await world.row())?.publicKey).toBeUndefined();
  });

  it('a machine whose clock is wrong sets it by the server and enrols', async () => {
    const world = await LifeWorld.open();
    const { code } = await world.create();
    const machine = world.machine(NEW_MACHINE, { clockAheadMs: -3_600_000 });
    expect(await machine.life.enrol(code)).toMatchObject({ outcome: 'refused', code: 'terminal.stale' });
    expect(machine.life.now()).toBe(world.now);
    expect(await machine.life.enrol(code)).toMatchObject({ outcome: 'done' });
    const fresh = world.machine(NEW_MACHINE, { clockAheadMs: 3_600_000 });
    await fresh.life.checkClock();
    expect(fresh.life.now()).toBe(world.now);
  });
});

test('a crash is a crash, so that these tests can fail', async () => {
  const database = faultyDatabase((await LifeWorld.open()).database, { at: 1, moment: 'before' });
  await expect(database.records.get({ pk: 'a', sk: 'b' })).rejects.toBeInstanceOf(Crash);
});
