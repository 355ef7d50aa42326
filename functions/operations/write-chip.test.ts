import type { ErrorCode } from '../../shared/errors';
import { verifyPassbook } from '../domain/verify-passbook';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { MachineWorld } from '../test/machine-world';
import { createModelDatabase } from '../test/model-database';

const refusal = (code: ErrorCode, detail?: object) => expect.objectContaining({ code, ...(detail === undefined ? {} : { detail }) });

/** A card with 2,000 on their way into its chip. */
async function pending(database = createModelDatabase()) {
  const world = new MachineWorld(database);
  const accountNo = await world.till.account({ transitFen: 2_000, cardFen: 100 });
  const claimed = await world.claim(world.claimBody(accountNo));
  if (claimed.kind !== 'claim') throw new Error('no claim');
  return { world, accountNo, write: claimed.write };
}

describe('a chip that was written', () => {
  it('has its money on the card, in an entry that names the claim', async () => {
    const { world, accountNo, write } = await pending();
    expect(await world.chip(world.reportBody(accountNo, 'written', write, 2_000))).toMatchObject({
      write,
      state: 'written',
      amountFen: 2_000,
      cardFen: 2_100,
      chipPendingFen: 0,
    });
    const head = await world.till.head(accountNo);
    expect(head.kind).toBe('chip-written');
    expect(head.entryId).toMatch(/^31-\d+-written$/);
    expect(verifyPassbook(await world.till.all(accountNo))).toEqual([]);
  });

  it('is believed once, however often, late and by whatever machine it is told', async () => {
    const { world, accountNo, write } = await pending();
    const body = world.reportBody(accountNo, 'written', write, 2_000);
    await world.chip(body);
    world.till.now += 3 * 86_400_000;
    await world.chip(body);
    await world.chip({ ...world.reportBody(accountNo, 'written', write, 2_000), terminal: 77 });
    expect(await world.places(accountNo)).toEqual({ card: 2_100, transit: 0, chipPending: 0 });
  });

  it('is believed of a card that was lost, replaced or closed since', async () => {
    for (const change of [{ lostAt: 5 }, { cardIssue: 2 }, { closed: true }]) {
      const { world, accountNo, write } = await pending();
      await world.state(accountNo, change);
      await world.chip(world.reportBody(accountNo, 'written', write, 2_000));
      expect(await world.places(accountNo)).toEqual({ card: 2_100, transit: 0, chipPending: 0 });
    }
  });

  it('does not confirm a later write when it tells of an older one', async () => {
    const { world, accountNo, write } = await pending();
    await world.chip(world.reportBody(accountNo, 'written', write, 2_000));
    await world.topUp(accountNo, 2_000);
    await world.claim(world.claimBody(accountNo));
    await world.chip(world.reportBody(accountNo, 'written', write, 2_000));
    expect(await world.places(accountNo)).toEqual({ card: 2_100, transit: 0, chipPending: 2_000 });
  });

  it('keeps the day of the machine where that day’s book is still open, and the present one otherwise', async () => {
    const { world, accountNo, write } = await pending();
    const ahead = { ...world.reportBody(accountNo, 'written', write, 2_000), occurredAt: world.till.now + 10 * 86_400_000 };
    await world.chip(ahead);
    expect((await world.till.head(accountNo)).counterparty?.book).toMatch(/^internal\/2026-11-21\//);
  });
});

describe('a chip that was not written', () => {
  it('keeps its money waiting, and 补写 asks for the same write again (ST-33, ST-36)', async () => {
    const { world, accountNo, write } = await pending();
    expect(await world.chip(world.reportBody(accountNo, 'failed', write, 2_000))).toMatchObject({ state: 'open', chipPendingFen: 2_000 });
    expect(await world.chip(world.rewriteBody(accountNo))).toMatchObject({ write, state: 'open', amountFen: 2_000 });
    await world.chip(world.reportBody(accountNo, 'written', write, 2_000));
    expect(await world.places(accountNo)).toEqual({ card: 2_100, transit: 0, chipPending: 0 });
  });

  it('does not take back what was written, when "failed" comes late', async () => {
    const { world, accountNo, write } = await pending();
    await world.chip(world.reportBody(accountNo, 'written', write, 2_000));
    expect(await world.chip(world.reportBody(accountNo, 'failed', write, 2_000))).toMatchObject({ state: 'written', cardFen: 2_100 });
  });

  it('is written to the new card when the old one was replaced', async () => {
    const { world, accountNo, write } = await pending();
    await world.state(accountNo, { cardIssue: 2 });
    await expect(world.chip(world.rewriteBody(accountNo))).rejects.toEqual(refusal('card.replaced'));
    expect(await world.chip(world.rewriteBody(accountNo, { issue: 2 }))).toMatchObject({ write, amountFen: 2_000 });
  });
});

describe('refusals', () => {
  it.each<[string, ErrorCode, (world: MachineWorld, accountNo: number, write: number) => Promise<unknown>]>([
    ['another amount', 'chip.other-amount', (world, a, write) => world.chip(world.reportBody(a, 'written', write, 1_999))],
    ['another amount, not written', 'chip.other-amount', (world, a, write) => world.chip(world.reportBody(a, 'failed', write, 2_001))],
    ['a write nobody began', 'chip.nothing-pending', (world, a, write) => world.chip(world.reportBody(a, 'written', write + 1, 2_000))],
    ['a card of nobody', 'card.unknown', (world, a, write) => world.chip({ ...world.reportBody(a, 'written', write, 2_000), card: '1' })],
    ['a forged rewrite', 'card.bad-chip-code', (world, a) => world.chip({ ...world.rewriteBody(a), sequence: 5 })],
  ])('%s moves nothing', async (_name, code, run) => {
    const { world, accountNo, write } = await pending();
    await expect(run(world, accountNo, write)).rejects.toEqual(refusal(code));
    expect(await world.places(accountNo)).toEqual({ card: 100, transit: 0, chipPending: 2_000 });
  });

  it('has nothing to rewrite where nothing waits', async () => {
    const { world, accountNo, write } = await pending();
    await world.chip(world.reportBody(accountNo, 'written', write, 2_000));
    await expect(world.chip(world.rewriteBody(accountNo))).rejects.toEqual(refusal('chip.nothing-pending'));
  });
});

it('moves once, wherever the function dies while it is told that the chip was written', async () => {
  for (const moment of ['before', 'after'] as const) {
    for (let at = 1; at <= 5; at += 1) {
      const database = createModelDatabase();
      const { world, accountNo, write } = await pending(database);
      const body = world.reportBody(accountNo, 'written', write, 2_000);
      await world.chip(body, world.depsOver(faultyDatabase(database, { at, moment }))).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      await world.chip(body);
      expect(await world.places(accountNo)).toEqual({ card: 2_100, transit: 0, chipPending: 0 });
    }
  }
});

it('moves once when four confirmations come at one moment', async () => {
  const { world, accountNo, write } = await pending();
  await Promise.all(Array.from({ length: 4 }, () => world.chip(world.reportBody(accountNo, 'written', write, 2_000))));
  expect(await world.places(accountNo)).toEqual({ card: 2_100, transit: 0, chipPending: 0 });
});
