import fc from 'fast-check';
import { newTerminalKey, signedHeaders } from '../../sandbox/terminals/signed-request';
import { faultyDatabase } from '../test/faulty-database';
import { LifeWorld, type Loss, SCHOOL } from '../test/life-world';
import { BOTH_KEYS_MS, KEY_KNOWN_MS } from './rotate-terminal-key';

const STATE = { nextSequence: 8, openSales: { count: 0, amountFen: 0 }, faults: [] };

describe('a key', () => {
  it('changes hands: both are good until the new one is used, and the old one is dead then', async () => {
    const world = await LifeWorld.open();
    const machine = await world.enrolled();
    const old = machine.life.key();
    expect(await machine.life.rotate()).toMatchObject({ outcome: 'done' });
    expect(machine.life.key()).toEqual(old);
    expect(await world.row()).toMatchObject({ previousKey: { publicKey: old.publicKey, until: world.now + BOTH_KEYS_MS } });
    expect(await machine.life.heartbeat(STATE)).toMatchObject({ outcome: 'done' });
    // Only now does every function know it.
    world.now += KEY_KNOWN_MS;
    const fresh = machine.life.key();
    expect(fresh.publicKey).not.toBe(old.publicKey);
    expect(await machine.life.heartbeat(STATE)).toMatchObject({ outcome: 'done' });
    expect(await world.row()).toMatchObject({ publicKey: fresh.publicKey });
    expect(await world.row()).not.toHaveProperty('previousKey');
    const stolen = world.machine({ ...machine.memory(), key: old, next: null });
    expect(await stolen.life.heartbeat(STATE)).toMatchObject({ outcome: 'refused', code: 'terminal.bad-signature' });
  });

  it('that nobody uses is not for ever: the old one ends after ten minutes', async () => {
    const world = await LifeWorld.open();
    const machine = await world.enrolled();
    const before = machine.memory();
    world.loss = 'answer';
    expect(await machine.life.rotate()).toMatchObject({ outcome: 'unknown' });
    world.now += BOTH_KEYS_MS;
    expect(await world.machine(before).life.heartbeat(STATE)).toMatchObject({ outcome: 'done' });
    world.now += 1;
    expect(await world.machine(before).life.heartbeat(STATE)).toMatchObject({ code: 'terminal.bad-signature' });
    // The machine itself has both.
    expect(await machine.life.heartbeat(STATE)).toMatchObject({ outcome: 'done' });
    expect(machine.memory().next).toBeNull();
  });

  it('is proved by itself and named by the present one alone', async () => {
    const world = await LifeWorld.open();
    const machine = await world.enrolled();
    const present = machine.life.key();
    const send = async (body: object, key = present) => {
      const text = JSON.stringify({ schoolId: SCHOOL, terminal: 7, ...body });
      const headers = signedHeaders(key, { purpose: 'key', schoolId: SCHOOL, terminal: 7, attempt: 1, sentAt: world.now, body: text });
      const rawBody = new TextEncoder().encode(text);
      const reply = await world.answer({
        method: 'POST',
        path: '/terminal/keys',
        headers,
        query: {},
        rawBody,
        sourceIp: '',
        requestId: '',
      });
      return JSON.parse(String(reply.body)).error?.code ?? 'done';
    };
    world.loss = 'request';
    await machine.life.rotate();
    const next = machine.memory().next;
    const body = JSON.parse(next?.body ?? '{}');
    expect(await send({ ...body, proof: Buffer.alloc(64).toString('base64') })).toBe('enrolment.proof-wrong');
    expect(await send({ ...body, publicKey: newTerminalKey().publicKey })).toBe('enrolment.proof-wrong');
    expect(await send({ ...body, more: 1 })).toBe('request.malformed');
    expect(await send({ ...body, terminal: 8 })).toBe('terminal.other-school');
    expect(await send(body, newTerminalKey())).toBe('terminal.bad-signature');
    expect(await send(body)).toBe('done');
    // A thief of the old key, while it is still good, names no third one.
    const third = { ...body, publicKey: newTerminalKey().publicKey };
    expect(await send(third)).toBe('terminal.bad-signature');
    // The new one repeats it: the same answer, and the old one is dead.
    expect(await send(body, next?.key)).toBe('done');
    expect(await send(body)).toBe('terminal.bad-signature');
  });

  it('of a revoked terminal is none', async () => {
    const world = await LifeWorld.open();
    const machine = await world.enrolled();
    await world.revoke();
    expect(await machine.life.rotate()).toMatchObject({ code: 'terminal.revoked' });
    expect(await machine.life.heartbeat(STATE)).toMatchObject({ code: 'terminal.revoked' });
  });

  it('never locks a terminal out, whatever is lost, cut or late, in every order', async () => {
    const event = fc.oneof(
      fc.record({ act: fc.constantFrom('rotate', 'heartbeat'), loss: fc.constantFrom<Loss>('none', 'request', 'answer') }),
      fc.record({
        act: fc.constantFrom('rotate', 'heartbeat'),
        diesAt: fc.integer({ min: 1, max: 4 }),
        moment: fc.constantFrom('before', 'after'),
      }),
      fc.record({ wait: fc.constantFrom(1_000, KEY_KNOWN_MS, 60_000, BOTH_KEYS_MS + 1) }),
      fc.record({ powerCut: fc.constant(true) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 8 }), async (events) => {
        const world = await LifeWorld.open();
        let machine = await world.enrolled();
        for (const one of events) {
          if ('wait' in one) world.now += one.wait;
          else if ('powerCut' in one) machine = world.machine(machine.memory());
          else {
            if ('loss' in one) world.loss = one.loss;
            else world.serverDatabase = faultyDatabase(world.database, { at: one.diesAt, moment: one.moment as 'before' | 'after' });
            if (one.act === 'rotate') await machine.life.rotate();
            else await machine.life.heartbeat(STATE);
            world.loss = 'none';
            world.serverDatabase = world.database;
          }
        }
        // Everything works again: it is heard, it can change its key, and it is heard with that.
        expect(await machine.life.heartbeat(STATE)).toMatchObject({ outcome: 'done' });
        expect(await machine.life.rotate()).toMatchObject({ outcome: 'done' });
        world.now += KEY_KNOWN_MS;
        const key = machine.life.key();
        expect(await machine.life.heartbeat(STATE)).toMatchObject({ outcome: 'done' });
        expect(await world.row()).toMatchObject({ publicKey: key.publicKey });
        expect(await world.row()).not.toHaveProperty('previousKey');
      }),
      { numRuns: process.env.ECODE_FULL === '1' ? 2_000 : 60 },
    );
  }, 60_000);
});
