import type { errorTable } from '../../shared/errors';
import { verifyPassbook } from '../domain/verify-passbook';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { MachineWorld } from '../test/machine-world';
import { createModelDatabase } from '../test/model-database';
import { authorizePayment } from './authorize-payment';

const refusal = (code: keyof typeof errorTable, detail?: object) =>
  expect.objectContaining({ code, ...(detail === undefined ? {} : { detail }) });

describe('a claim at a kiosk (ST-17, ST-21, SQ-12)', () => {
  it('takes all that waits on its way into the chip, in one entry', async () => {
    const world = new MachineWorld();
    const accountNo = await world.till.account({ cardFen: 300 });
    await world.topUp(accountNo, 2_000);
    await world.topUp(accountNo, 500);
    const body = world.claimBody(accountNo);
    const reply = await world.claim(body);
    expect(reply).toMatchObject({ kind: 'claim', amountFen: 2_500, cardFen: 300, transitFen: 0, chipPendingFen: 2_500 });
    const head = await world.till.head(accountNo);
    expect(head).toMatchObject({
      kind: 'chip-intent',
      entryId: `31-${body.sequence}`,
      postings: [
        { leg: 'transit', amountFen: -2_500 },
        { leg: 'chipPending', amountFen: 2_500 },
      ],
    });
    expect(head.counterparty?.book).toMatch(/^internal\/2026-11-21\/\d$/);
    expect(verifyPassbook(await world.till.all(accountNo))).toEqual([]);
  });

  it('answers a repeat of the same bytes as the first time, also after the chip was written, and asks for no password again', async () => {
    const world = new MachineWorld();
    const accountNo = await world.till.account({ transitFen: 2_000 });
    const body = world.claimBody(accountNo);
    const first = await world.claim(body);
    if (first.kind !== 'claim') throw new Error('no claim');
    await world.chip(world.reportBody(accountNo, 'written', first.write, 2_000));
    await world.topUp(accountNo, 700);
    const scrypts = world.scrypts;
    expect(await world.claim(body)).toEqual(first);
    expect(world.scrypts).toBe(scrypts);
    expect(await world.places(accountNo)).toEqual({ card: 2_000, transit: 700, chipPending: 0 });
  });

  it('refuses other bytes under the same sequence, whether it was a claim or a sale', async () => {
    const world = new MachineWorld();
    const accountNo = await world.till.account({ transitFen: 2_000, cardFen: 500 });
    const body = world.claimBody(accountNo, { sequence: 9 });
    await world.claim(body);
    await expect(world.claim(world.claimBody(accountNo, { sequence: 9 }))).rejects.toEqual(refusal('payment.other-body'));

    const other = await world.till.account({ cardFen: 500 });
    const sale = world.till.tapSale(other, 100, { sequence: 10 });
    expect((await authorizePayment(world.till.deps, sale)).outcome).toBe('charged');
    await world.topUp(other, 900);
    const claim = world.claimBody(other, { sequence: 10, terminal: 7 });
    await expect(world.claim(claim)).rejects.toEqual(refusal('payment.other-body'));
    expect(await world.places(other)).toEqual({ card: 400, transit: 900, chipPending: 0 });
  });

  it.each<[string, keyof typeof errorTable, (world: MachineWorld, accountNo: number) => Promise<unknown>]>([
    ['nothing waits', 'claim.nothing', async (world) => world.claim(world.claimBody(await world.till.account({ cardFen: 1 })))],
    ['the password is wrong', 'auth.wrong-password', (world, a) => world.claim(world.claimBody(a, { pin: '654321' }))],
    ['no password came', 'claim.password-required', (world, a) => world.claim({ ...world.claimBody(a), pin: undefined } as never)],
    [
      'the password was sealed for another sequence',
      'claim.pin-unreadable',
      (world, a) => {
        const overheard = world.claimBody(a);
        const body = world.claimBody(a);
        return world.claim({ ...body, pin: overheard.kind === 'claim' ? overheard.pin : undefined } as never);
      },
    ],
    [
      'the chip did not make the code',
      'card.bad-chip-code',
      (world, a) => world.claim({ ...world.claimBody(a), chip: { counter: 1, mac: '0'.repeat(16) } }),
    ],
    ['the card names nobody', 'card.unknown', (world, a) => world.claim({ ...world.claimBody(a), card: '123456789012' })],
    [
      'the card is an older one',
      'card.replaced',
      (world, a) => world.state(a, { cardIssue: 2 }).then(() => world.claim(world.claimBody(a))),
    ],
    ['the card is lost', 'card.lost', (world, a) => world.state(a, { lostAt: 5 }).then(() => world.claim(world.claimBody(a)))],
    ['the account is closed', 'account.closed', (world, a) => world.state(a, { closed: true }).then(() => world.claim(world.claimBody(a)))],
    [
      'it was begun more than a minute ago',
      'claim.too-late',
      (world, a) => {
        const body = world.claimBody(a);
        world.till.now += 60_001;
        return world.claim(body);
      },
    ],
    [
      'the machine’s clock is ahead',
      'terminal.clock',
      (world, a) => world.claim({ ...world.claimBody(a), occurredAt: world.till.now + 30_001 }),
    ],
  ])('is refused and moves nothing when %s', async (_when, code, run) => {
    const world = new MachineWorld();
    const accountNo = await world.till.account({ transitFen: 2_000 });
    await expect(run(world, accountNo)).rejects.toEqual(refusal(code));
    expect(await world.places(accountNo)).toEqual({ card: 0, transit: 2_000, chipPending: 0 });
  });

  it('is refused while the amount of last time waits to be written, and says how much (ST-33)', async () => {
    const world = new MachineWorld();
    const accountNo = await world.till.account({ transitFen: 2_000 });
    await world.claim(world.claimBody(accountNo));
    await world.topUp(accountNo, 300);
    await expect(world.claim(world.claimBody(accountNo))).rejects.toEqual(refusal('chip.rewrite-first', { amountFen: 2_000 }));
  });

  it('is not offered where neither kiosks claim nor machines write chips', async () => {
    const world = new MachineWorld(createModelDatabase(), 'dufl');
    const accountNo = await world.till.account({ transitFen: 2_000 });
    await expect(world.claim(world.claimBody(accountNo))).rejects.toEqual(refusal('claim.not-here'));
  });

  it('asks for no password where the school asks for none', async () => {
    const world = new MachineWorld(createModelDatabase(), 'sjtu');
    const accountNo = await world.till.account({ transitFen: 2_000 });
    const { pin: _pin, ...body } = world.claimBody(accountNo) as Extract<ReturnType<MachineWorld['claimBody']>, { kind: 'claim' }>;
    expect(await world.claim(body)).toMatchObject({ amountFen: 2_000 });
    expect(world.scrypts).toBe(0);
  });

  it('locks a kiosk out after five wrong passwords, though the sixth be right, and all kiosks after twenty', async () => {
    const world = new MachineWorld();
    const accountNo = await world.till.account({ transitFen: 2_000 });
    const guess = (terminal: number, pin: string) => world.claim(world.claimBody(accountNo, { pin, terminal }));
    for (let tries = 0; tries < 5; tries += 1) await expect(guess(31, '000000')).rejects.toEqual(refusal('auth.wrong-password'));
    await expect(guess(31, '123456')).rejects.toEqual(refusal('auth.locked'));
    for (let tries = 0; tries < 15; tries += 1) {
      await expect(guess(40 + Math.floor(tries / 5), '000000')).rejects.toEqual(refusal('auth.wrong-password'));
    }
    await expect(guess(50, '123456')).rejects.toEqual(refusal('auth.locked'));
    world.till.now += 60 * 60_000 + 1;
    expect(await guess(31, '123456')).toMatchObject({ amountFen: 2_000 });
  });

  it('ends in one place with one claim, wherever the function dies and however it is repeated', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let at = 1; at <= 14; at += 1) {
        const database = createModelDatabase();
        const world = new MachineWorld(database);
        const accountNo = await world.till.account({ transitFen: 2_000 });
        const body = world.claimBody(accountNo);
        const dying = world.depsOver(faultyDatabase(database, { at, moment }));
        await world.claim(body, dying).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        expect(await world.claim(body)).toMatchObject({ amountFen: 2_000, chipPendingFen: 2_000 });
        expect(await world.places(accountNo)).toEqual({ card: 0, transit: 0, chipPending: 2_000 });
      }
    }
  });

  it('is one claim with one answer when the same bytes come three times at one moment', async () => {
    const world = new MachineWorld();
    const accountNo = await world.till.account({ transitFen: 2_000 });
    const body = world.claimBody(accountNo);
    const [first, ...others] = await Promise.all([world.claim(body), world.claim(body), world.claim(body)]);
    for (const other of others) expect(other).toEqual(first);
    expect(await world.places(accountNo)).toEqual({ card: 0, transit: 0, chipPending: 2_000 });
  });

  it('is one claim of many kiosks’ at once', async () => {
    const world = new MachineWorld();
    const accountNo = await world.till.account({ transitFen: 2_000 });
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => world.claim(world.claimBody(accountNo))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await world.places(accountNo)).toEqual({ card: 0, transit: 0, chipPending: 2_000 });
  });
});

describe('the claim form (ST-18, ST-19)', () => {
  it('masks who it is, and lists what waits since nothing did', async () => {
    const world = new MachineWorld();
    world.holder = { ...world.holder, idTail: '031482X' };
    const accountNo = await world.till.account({ cardFen: 300 });
    await world.topUp(accountNo, 1_000);
    await world.chip(world.reportBody(accountNo, 'written', await intent(world, accountNo), 1_000));
    await world.topUp(accountNo, 2_000);
    await world.topUp(accountNo, 500);
    expect(await world.claim(world.claimBody(accountNo, { kind: 'read' }))).toMatchObject({
      kind: 'read',
      nameMasked: '测**',
      numberMasked: '2021****37',
      idMasked: '*****2X',
      cardFen: 1_300,
      transitFen: 2_500,
      chipPendingFen: 0,
      rewrite: null,
      feeBasisPoints: 0,
      needsPassword: true,
      pinKeyId: 'p1',
      waiting: [
        { name: { zh: '支付宝充值' }, amountFen: 500 },
        { name: { zh: '支付宝充值' }, amountFen: 2_000 },
      ],
      more: false,
      notes: { denominationsFen: [10_000], editions: ['1999', '2005'] },
    });
  });

  it('says what must be written first', async () => {
    const world = new MachineWorld();
    const accountNo = await world.till.account({ transitFen: 1_000 });
    const write = await intent(world, accountNo);
    expect(await world.claim(world.claimBody(accountNo, { kind: 'read' }))).toMatchObject({
      chipPendingFen: 1_000,
      rewrite: { write, amountFen: 1_000 },
      waiting: [],
    });
  });
});

async function intent(world: MachineWorld, accountNo: number): Promise<number> {
  const reply = await world.claim(world.claimBody(accountNo));
  if (reply.kind !== 'claim') throw new Error('no claim');
  return reply.write;
}
