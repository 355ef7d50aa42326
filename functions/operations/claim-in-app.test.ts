import type { RulePack } from '../../shared/rule-pack';
import { answerWith } from '../lib/answer';
import type { Database } from '../store/table';
import { claimRoutes } from '../student/claim-routes';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { MachineWorld } from '../test/machine-world';
import { createModelDatabase } from '../test/model-database';
import { loadPack } from '../test/sale-fixture';
import { claimInApp } from './claim-in-app';

const { arrival } = loadPack('shanghaitech');
const IN_APP: Partial<RulePack> = { arrival: { ...arrival, claimAt: ['pos', 'kiosk', 'app'] } };
const REQUEST = { requestId: 'request-0000000001' };

async function student(pack: Partial<RulePack> = IN_APP, database: Database = createModelDatabase()) {
  const world = new MachineWorld(database, 'shanghaitech', pack);
  const accountNo = await world.till.account({ transitFen: 2_000, cardFen: 100 });
  const caller = { bound: { schoolId: 'shanghaitech', accountNo } } as never;
  const depsOver = (over: Database) => world.depsOver(over);
  const claim = (wish = REQUEST, deps = depsOver(database)) => claimInApp(deps, caller, wish);
  return { world, accountNo, caller, claim, depsOver, database };
}

describe('a claim in the app', () => {
  it('puts all that waits on the card at once', async () => {
    const { world, accountNo, claim } = await student();
    expect(await claim()).toMatchObject({ amountFen: 2_000, balances: { cardFen: 2_100, transitFen: 0 } });
    expect(await world.till.head(accountNo)).toMatchObject({ kind: 'claim', counterparty: { book: expect.stringMatching(/^internal\//) } });
  });

  it('is the same claim for a repeat of the phone’s request, also once more money waits', async () => {
    const { world, accountNo, claim } = await student();
    const first = await claim();
    await world.topUp(accountNo, 700);
    expect(await claim()).toEqual(first);
    expect(await world.places(accountNo)).toEqual({ card: 2_100, transit: 700, chipPending: 0 });
    expect(await claim({ requestId: 'request-0000000002' })).toMatchObject({ amountFen: 700 });
  });

  it('takes nothing of another account with the same request', async () => {
    const { world, claim, depsOver, database } = await student();
    await claim();
    const other = await world.till.account({ transitFen: 50 });
    const caller = { bound: { schoolId: 'shanghaitech', accountNo: other } } as never;
    expect(await claimInApp(depsOver(database), caller, REQUEST)).toMatchObject({ amountFen: 50 });
  });

  it('is refused where the school does not offer it, of a closed account, and when nothing waits', async () => {
    const elsewhere = await student({});
    await expect(elsewhere.claim()).rejects.toMatchObject({ code: 'claim.not-here' });
    const closed = await student();
    await closed.world.state(closed.accountNo, { closed: true });
    await expect(closed.claim()).rejects.toMatchObject({ code: 'account.closed' });
    const { claim } = await student();
    await claim();
    await expect(claim({ requestId: 'request-0000000002' })).rejects.toMatchObject({ code: 'claim.nothing' });
  });

  it('leaves what is being written to the chip where it is', async () => {
    const { world, accountNo, claim } = await student();
    await world.claim(world.claimBody(accountNo));
    await world.topUp(accountNo, 300);
    await claim();
    expect(await world.places(accountNo)).toEqual({ card: 400, transit: 0, chipPending: 2_000 });
  });

  it('is one claim wherever the function dies', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let at = 1; at <= 4; at += 1) {
        const { world, accountNo, claim, depsOver, database } = await student();
        await claim(REQUEST, depsOver(faultyDatabase(database, { at, moment }))).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        expect(await claim()).toMatchObject({ amountFen: 2_000 });
        expect(await world.places(accountNo)).toEqual({ card: 2_100, transit: 0, chipPending: 0 });
      }
    }
  });
});

describe('the addresses of a student', () => {
  async function asked(method: 'GET' | 'POST', path: string, more: { query?: Record<string, string>; body?: object } = {}) {
    const { caller, depsOver, database, world } = await student();
    const routes = claimRoutes({ callerOf: async () => caller, holderOf: async () => caller }, depsOver(database));
    const ask = answerWith(routes);
    const request = { method, path, query: more.query ?? {}, headers: {}, sourceIp: '192.0.2.1', requestId: 'r' };
    const { body } = await ask({ ...request, rawBody: new TextEncoder().encode(JSON.stringify(more.body ?? {})) });
    return { reply: JSON.parse(String(body)), ask, request, world };
  }

  it('claim, and show the flow and the lots', async () => {
    expect((await asked('POST', '/claims', { body: REQUEST })).reply).toMatchObject({ amountFen: 2_000 });
    expect((await asked('GET', '/transfers')).reply.transfers).toHaveLength(2);
    expect((await asked('GET', '/subsidies')).reply).toMatchObject({ lots: [], totalFen: 0 });
  });
});
