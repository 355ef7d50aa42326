import { LifeWorld, SCHOOL } from '../test/life-world';
import { loadPack } from '../test/sale-fixture';
import { changeTerminal, listTerminals } from './manage-terminals';
import { HEARTBEAT_EVERY_MS } from './take-heartbeat';

const state = (nextSequence: number, change: object = {}) => ({
  nextSequence,
  openSales: { count: 0, amountFen: 0 },
  faults: [],
  ...change,
});

describe('a heartbeat', () => {
  it('is written once a minute, however often it comes', async () => {
    const world = await LifeWorld.open();
    const machine = await world.enrolled();
    const first = world.now;
    expect(await machine.life.heartbeat(state(5, { faults: ['paper-out'], openSales: { count: 1, amountFen: 900 } }))).toMatchObject({
      outcome: 'done',
    });
    expect(await world.heartbeatRow()).toMatchObject({ at: first, nextSequence: 5, software: '4.2.0', faults: ['paper-out'] });
    world.now = first + HEARTBEAT_EVERY_MS - 1;
    expect(await machine.life.heartbeat(state(6))).toMatchObject({ outcome: 'done' });
    expect((await world.heartbeatRow())?.nextSequence).toBe(5);
    world.now = first + HEARTBEAT_EVERY_MS;
    await machine.life.heartbeat(state(7));
    expect(await world.heartbeatRow()).toMatchObject({ at: world.now, nextSequence: 7, openSales: { count: 0 } });
  });

  it('tells the time, how far the clock is off, and the settings as they stand now', async () => {
    const world = await LifeWorld.open();
    const enrolled = await world.enrolled();
    await changeTerminal(world.office, { schoolId: SCHOOL, terminal: 7 }, { name: '2 号窗口', place: null, maxSaleFen: 9_900 });
    const machine = world.machine(enrolled.memory(), { clockAheadMs: 12_000 });
    const { reply } = await machine.life.heartbeat(state(1));
    expect(reply).toMatchObject({ epochMs: world.now, clockOffsetMs: 12_000, softwareTooOld: false });
    expect(machine.life.settings).toMatchObject({ terminal: { name: '2 号窗口', place: null, maxSaleFen: 9_900 } });
    expect(machine.life.now()).toBe(world.now);
  });

  it('says when the software is older than the school wants of that kind', async () => {
    const world = await LifeWorld.open({ oldestSoftware: { pos: '4.10' }, version: loadPack(SCHOOL).version + 1 });
    const pos = await world.enrolled();
    expect((await pos.life.heartbeat(state(1))).reply).toMatchObject({ softwareTooOld: true });
    const kiosk = await world.enrolled({ terminal: 31, kind: 'kiosk' });
    expect((await kiosk.life.heartbeat(state(1))).reply).toMatchObject({ softwareTooOld: false });
  });

  it('shows the card office who is silent', async () => {
    const world = await LifeWorld.open();
    const machine = await world.enrolled();
    await world.create({ terminal: 9 });
    const seen = async () =>
      (await listTerminals(world.office, SCHOOL, 0)).terminals.map(({ terminal, status, unreachable }) => ({
        terminal,
        status,
        unreachable,
      }));
    expect(await seen()).toEqual([
      { terminal: 7, status: 'active', unreachable: true },
      { terminal: 9, status: 'waiting', unreachable: false },
    ]);
    await machine.life.heartbeat(state(1));
    world.now += 5 * 60_000;
    expect((await seen())[0]).toEqual({ terminal: 7, status: 'active', unreachable: false });
    world.now += 1;
    expect((await seen())[0]).toEqual({ terminal: 7, status: 'active', unreachable: true });
    await world.revoke();
    expect((await seen())[0]).toEqual({ terminal: 7, status: 'revoked', unreachable: false });
  });

  it('of a machine that writes nonsense is refused', async () => {
    const world = await LifeWorld.open();
    const machine = await world.enrolled();
    for (const change of [
      { faults: ['Paper out!'] },
      { openSales: { count: -1, amountFen: 0 } },
      { nextSequence: 0 },
      { openSales: { count: 0, amountFen: -1 } },
    ])
      expect(await machine.life.heartbeat(state(1, change) as never)).toMatchObject({ code: 'request.malformed' });
    expect(await world.heartbeatRow()).toBeUndefined();
  });
});
