import type { ErrorCode } from '../../shared/errors';
import { fen } from '../../shared/money';
import { entryView } from '../domain/entry-view';
import { verifyPassbook } from '../domain/verify-passbook';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { MachineWorld } from '../test/machine-world';
import { createModelDatabase } from '../test/model-database';
import { takeCash } from './take-cash';

const refusal = (code: ErrorCode) => expect.objectContaining({ code });

async function cardholder(money: { cardFen?: number; transitFen?: number } = {}, database = createModelDatabase()) {
  const world = new MachineWorld(database);
  const accountNo = await world.till.account(money);
  return { world, accountNo };
}

describe('notes in a cash machine (ST-45)', () => {
  it('are on their way into the chip, owed by the machine, in the book of cash', async () => {
    const { world, accountNo } = await cardholder();
    const reply = await world.cash(world.cashBody(accountNo, 3));
    expect(reply).toMatchObject({ amountFen: 30_000, arrivedIn: 'chipPending', balances: { chipPendingFen: 30_000, cardFen: 0 } });
    const head = await world.till.head(accountNo);
    expect(head).toMatchObject({
      kind: 'top-up',
      n: reply.write,
      postings: [
        { leg: 'cash:31', amountFen: -30_000 },
        { leg: 'chipPending', amountFen: 30_000 },
      ],
      state: { ownBankFen: 0 },
    });
    expect(head.counterparty?.book).toMatch(/^channel\/cash\/2026-11-21\/\d$/);
    expect(entryView(head, { utcOffsetMinutes: 480, merchants: new Map() })).toMatchObject({ channel: 'cash', amountFen: 30_000 });
    await world.chip(world.reportBody(accountNo, 'written', reply.write ?? 0, 30_000));
    expect(await world.places(accountNo)).toEqual({ card: 30_000, transit: 0, chipPending: 0 });
    expect((await world.till.head(accountNo)).state.ownBankFen).toBe(0);
    expect(verifyPassbook(await world.till.all(accountNo))).toEqual([]);
  });

  it('are credited once, however often the machine tells of them, and the answer stays', async () => {
    const { world, accountNo } = await cardholder();
    const body = world.cashBody(accountNo, 1);
    const first = await world.cash(body);
    world.till.now += 5 * 86_400_000;
    expect(await world.cash(body)).toEqual({ ...first, serverTime: expect.any(String) });
    expect(await world.places(accountNo)).toEqual({ card: 0, transit: 0, chipPending: 10_000 });
    await expect(world.cash({ ...world.cashBody(accountNo, 2), sequence: body.sequence })).rejects.toEqual(refusal('payment.other-body'));
  });

  it('are taken days later than the machine counted them, into the book of the day they are told', async () => {
    const { world, accountNo } = await cardholder();
    const body = world.cashBody(accountNo, 1);
    world.till.now += 5 * 86_400_000;
    await world.cash(body);
    expect(await world.till.head(accountNo)).toMatchObject({
      late: true,
      counterparty: { book: expect.stringMatching(/^channel\/cash\/2026-11-26\//) },
    });
  });

  it('never stand in the book of a day to come', async () => {
    const { world, accountNo } = await cardholder();
    await world.cash({ ...world.cashBody(accountNo, 1), occurredAt: world.till.now + 400 * 86_400_000 });
    expect((await world.till.head(accountNo)).counterparty?.book).toMatch(/^channel\/cash\/2026-11-21\//);
  });

  it.each<[string, (world: MachineWorld, accountNo: number) => Promise<unknown>]>([
    ['the machine cannot write', (world, a) => world.cash(world.cashBody(a, 1, { canWrite: false }))],
    [
      'the card was taken away',
      (world, a) => {
        const { chip: _chip, ...body } = world.cashBody(a, 1);
        return world.cash(body);
      },
    ],
    ['the chip proves nothing', (world, a) => world.cash(world.cashBody(a, 1, { chip: { counter: 1, mac: '0'.repeat(16) } }))],
    [
      'the card is an older one',
      async (world, a) => {
        await world.state(a, { cardIssue: 2 });
        return world.cash(world.cashBody(a, 1));
      },
    ],
    [
      'the card is lost',
      async (world, a) => {
        await world.state(a, { lostAt: 5 });
        return world.cash(world.cashBody(a, 1));
      },
    ],
    [
      'the account is closed',
      async (world, a) => {
        await world.state(a, { closed: true });
        return world.cash(world.cashBody(a, 1));
      },
    ],
  ])('wait as any top-up does when %s: what was paid is never refused', async (_when, run) => {
    const { world, accountNo } = await cardholder();
    expect(await run(world, accountNo)).toMatchObject({ arrivedIn: 'transit', write: null });
    expect(await world.places(accountNo)).toEqual({ card: 0, transit: 10_000, chipPending: 0 });
  });

  it('wait behind an amount that must be written first', async () => {
    const { world, accountNo } = await cardholder();
    await world.cash(world.cashBody(accountNo, 1));
    expect(await world.cash(world.cashBody(accountNo, 2))).toMatchObject({ arrivedIn: 'transit' });
    expect(await world.places(accountNo)).toEqual({ card: 0, transit: 20_000, chipPending: 10_000 });
  });

  it('are held in suspense, listed and counted once, when the card names nobody', async () => {
    const { world } = await cardholder();
    const body = world.cashBody(77, 2);
    const first = await world.cash(body);
    expect(first).toMatchObject({ arrivedIn: 'suspense', amountFen: 20_000, write: null, balances: null });
    expect(await world.cash(body)).toEqual(first);
    expect(await world.deps.adjustments.openItems('shanghaitech')).toMatchObject([
      { amountFen: 20_000, openFen: 20_000, itemNo: first.entryId },
    ]);
  });

  it('stay in suspense when the holder is enrolled between two sendings', async () => {
    const { world, accountNo } = await cardholder();
    const { passbook } = world.deps;
    const body = world.cashBody(accountNo, 1);
    const before = { ...world.deps, passbook: { ...passbook, head: async () => undefined } };
    // The house account's own head is not there yet either, so that only the card's account is missing.
    expect(await world.cash(body, before)).toMatchObject({ arrivedIn: 'suspense' });
    expect(await world.cash(body)).toMatchObject({ arrivedIn: 'suspense' });
    expect(await world.places(accountNo)).toEqual({ card: 0, transit: 0, chipPending: 0 });
  });

  it.each<[string, ErrorCode, object]>([
    ['a note the school does not name', 'cash.note-refused', { notes: [{ denominationFen: 5_000, edition: '2005', count: 2 }] }],
    ['another edition', 'cash.note-refused', { notes: [{ denominationFen: 10_000, edition: '1990', count: 1 }] }],
    ['a sum that is not the notes', 'top-up.amount-invalid', { amountFen: fen(20_000) }],
  ])('%s is refused and moves nothing', async (_name, code, more) => {
    const { world, accountNo } = await cardholder();
    await expect(world.cash(world.cashBody(accountNo, 1, more))).rejects.toEqual(refusal(code));
    expect(await world.places(accountNo)).toEqual({ card: 0, transit: 0, chipPending: 0 });
  });

  it('are credited once, with one answer, when two sendings and other news come at one moment', async () => {
    const { world, accountNo } = await cardholder();
    const body = world.cashBody(accountNo, 1);
    const answers = await Promise.all([world.cash(body), world.topUp(accountNo, 100), world.cash(body), world.cash(body)]);
    expect(answers[2]).toEqual(answers[0]);
    expect(answers[3]).toEqual(answers[0]);
    expect(await world.places(accountNo)).toEqual({ card: 0, transit: 100, chipPending: 10_000 });
  });

  it('are believed of no terminal but one that is enrolled to count them', async () => {
    const { world, accountNo } = await cardholder();
    const request = { ...world.request(world.cashBody(accountNo, 1)), takesCash: false };
    await expect(takeCash(world.deps, request)).rejects.toEqual(refusal('terminal.no-cash-machine'));
    expect(await world.places(accountNo)).toEqual({ card: 0, transit: 0, chipPending: 0 });
  });

  it('are not taken where the school has no such machine', async () => {
    const world = new MachineWorld(createModelDatabase(), 'bistu');
    const accountNo = await world.till.account();
    await expect(world.cash(world.cashBody(accountNo, 1))).rejects.toEqual(refusal('top-up.channel-not-offered'));
  });

  it('are credited once wherever the function dies', async () => {
    for (const known of [true, false]) {
      for (const moment of ['before', 'after'] as const) {
        for (let at = 1; at <= 9; at += 1) {
          const database = createModelDatabase();
          const { world, accountNo } = await cardholder({}, database);
          const body = world.cashBody(known ? accountNo : 77, 1);
          await world.cash(body, world.depsOver(faultyDatabase(database, { at, moment }))).catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
          });
          await world.cash(body);
          const items = await world.deps.adjustments.openItems('shanghaitech');
          expect((await world.places(accountNo)).chipPending).toBe(known ? 10_000 : 0);
          expect(items.length).toBe(known ? 0 : 1);
          const legs = [...database.all('passbook')].flatMap(({ legs: found }) => (Array.isArray(found) ? found : []));
          const notes = legs.filter((leg) => Array.isArray(leg) && leg[0] === 'cash:31');
          expect(notes).toEqual([['cash:31', -10_000]]);
        }
      }
    }
  });
});
