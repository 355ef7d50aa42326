import { fen } from '../../shared/money';
import type { Draft, Entry } from '../domain/entry';
import { legs } from '../domain/legs';
import { movementDraft } from '../domain/movement';
import { move } from '../domain/posting';
import { MachineWorld } from '../test/machine-world';
import { createModelDatabase } from '../test/model-database';
import { authorizePayment } from './authorize-payment';
import { listTransfers } from './list-transfers';

async function cardholder(schoolId = 'shanghaitech') {
  const world = new MachineWorld(createModelDatabase(), schoolId);
  const accountNo = await world.till.account();
  const list = (cursor?: string) => listTransfers(world.deps, { schoolId, accountNo }, { pack: world.till.pack, cursor });
  const lines = async () =>
    (await list()).transfers.map(({ kind, amountFen, direction, arrival }) => [kind, amountFen, direction, arrival?.state ?? null]);
  const claim = async () => {
    const reply = await world.claim(world.claimBody(accountNo));
    if (reply.kind !== 'claim') throw new Error('no claim');
    return reply;
  };
  return { world, accountNo, list, lines, claim };
}

describe('查询转帐流水 (ST-22)', () => {
  it('says of each top-up whether it waits, is being written, or was claimed and when', async () => {
    const { world, accountNo, lines, claim, list } = await cardholder();
    await world.topUp(accountNo, 1_000);
    await world.topUp(accountNo, 500);
    expect(await lines()).toEqual([
      ['top-up', 500, 'in', 'waiting'],
      ['top-up', 1_000, 'in', 'waiting'],
    ]);
    const { write } = await claim();
    await world.topUp(accountNo, 70);
    expect(await lines()).toEqual([
      ['top-up', 70, 'in', 'waiting'],
      ['chip-intent', 1_500, 'within', null],
      ['top-up', 500, 'in', 'writing'],
      ['top-up', 1_000, 'in', 'writing'],
    ]);
    world.till.now += 60_000;
    await world.chip(world.reportBody(accountNo, 'written', write, 1_500));
    const { transfers } = await list();
    expect(transfers.at(-1)).toMatchObject({
      kind: 'top-up',
      name: { zh: '支付宝充值' },
      channel: 'alipay',
      orderNo: expect.stringMatching(/^order_/),
      arrival: { state: 'claimed', n: (await world.till.head(accountNo)).n, at: '2026-11-21T12:09:17.000+08:00' },
    });
    expect(transfers.find(({ amountFen }) => amountFen === 70)?.arrival).toEqual({ state: 'waiting' });
  });

  it('tells of what was claimed with a purchase, and of cash that is being written', async () => {
    const { world, accountNo, lines } = await cardholder();
    await world.topUp(accountNo, 1_000);
    await authorizePayment(world.till.deps, world.till.tapSale(accountNo, 300));
    await authorizePayment(world.till.deps, world.till.tapSale(accountNo, 100));
    const cash = await world.cash(world.cashBody(accountNo, 1));
    expect(await lines()).toEqual([
      ['top-up', 10_000, 'in', 'writing'],
      ['charge', 1_000, 'within', null],
      ['top-up', 1_000, 'in', 'claimed'],
    ]);
    await world.chip(world.reportBody(accountNo, 'written', cash.write ?? 0, 10_000));
    expect((await lines()).slice(0, 2)).toEqual([
      ['chip-written', 10_000, 'within', null],
      ['top-up', 10_000, 'in', 'claimed'],
    ]);
  });

  it('tells of transfers, refunds, withdrawals and utilities, and what came back of them', async () => {
    const { world, accountNo, lines } = await cardholder('dufl');
    await world.state(accountNo, { balances: { card: 0, transit: 0, chipPending: 0, wallet: 9_000, purse: 0 } });
    const entry = (kind: Entry['kind'], from: string, to: string, amount: number) =>
      world.till.change(accountNo, (head): Draft => {
        const at = { occurredAt: world.till.now, recordedAt: world.till.now };
        return movementDraft(
          head,
          { kind, entryId: `x${head.n}`, postings: move(from, to, fen(amount)), family: 'internal', ...at },
          world.till.pack,
        );
      });
    await entry('transfer', 'wallet', 'transit', 2_000);
    await entry('refund', 'transit', legs.channel('alipay'), 300);
    await entry('refund-returned', legs.channel('alipay'), 'transit', 300);
    await entry('utility-payment', 'wallet', legs.utility('network'), 700);
    await entry('withdrawal', 'wallet', legs.channel('bank-card'), 100);
    expect(await lines()).toEqual([
      ['withdrawal', 100, 'out', null],
      ['utility-payment', 700, 'out', null],
      ['refund-returned', 300, 'in', null],
      ['refund', 300, 'out', null],
      ['transfer', 2_000, 'within', null],
    ]);
  });

  it('pages at thirty, with the same lines as without pages, also where a claim lies above the page', async () => {
    const { world, accountNo, list, claim } = await cardholder();
    for (let round = 0; round < 4; round += 1) {
      for (let i = 0; i < 11; i += 1) await world.topUp(accountNo, 100 + i);
      const { write, amountFen } = await claim();
      if (round < 3) await world.chip(world.reportBody(accountNo, 'written', write, amountFen));
    }
    const pages: (typeof first)['transfers'][] = [];
    const first = await list();
    let page = first;
    for (;;) {
      expect(page.transfers.length).toBeLessThanOrEqual(30);
      pages.push(page.transfers);
      if (page.nextCursor === null) break;
      page = await list(page.nextCursor);
    }
    const all = pages.flat();
    expect(all).toHaveLength(44 + 4 + 3);
    const states = all.filter(({ kind }) => kind === 'top-up').map(({ arrival }) => arrival?.state);
    expect(states).toEqual([...Array<string>(11).fill('writing'), ...Array<string>(33).fill('claimed')]);
    const claimedBy = all.flatMap(({ arrival }) => (arrival?.state === 'claimed' ? [arrival.n] : []));
    expect(new Set(claimedBy).size).toBe(3);
  });

  it('reads a bounded part of a long passbook and goes on from there', async () => {
    const { world, accountNo, list } = await cardholder();
    await world.topUp(accountNo, 5_000);
    let reads = 0;
    const { entries } = world.deps.passbook;
    const passbook: typeof world.deps.passbook = {
      ...world.deps.passbook,
      async entries(...args) {
        reads += 1;
        return entries(...args);
      },
    };
    for (let i = 0; i < 1_100; i += 1) await world.state(accountNo, { codesFrozen: i % 2 === 0 });
    const page = await listTransfers({ ...world.deps, passbook }, { schoolId: 'shanghaitech', accountNo }, { pack: world.till.pack });
    expect(page.transfers).toEqual([]);
    expect(reads).toBe(10);
    expect(page.nextCursor).not.toBeNull();
    expect((await list(page.nextCursor ?? '')).transfers).toMatchObject([{ amountFen: 5_000, arrival: { state: 'waiting' } }]);
  });

  it('is shown at the kiosk too', async () => {
    const { world, accountNo } = await cardholder();
    await world.topUp(accountNo, 1_000);
    expect(await world.claim(world.claimBody(accountNo, { kind: 'transfers' }))).toMatchObject({
      kind: 'transfers',
      transfers: [{ kind: 'top-up', amountFen: 1_000 }],
      nextCursor: null,
    });
  });
});
