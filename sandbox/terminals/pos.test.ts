import { TillWorld } from '../../functions/test/till-world';
import { PowerCut } from './machine';
import { MAX_OPEN, type Pos, TillRefusal } from './pos';

const AFTER_WINDOW_MS = 61_000;

/** A till does what its timer makes it do, until nothing is open any more. */
async function untilSettled(world: TillWorld, till: Pos): Promise<void> {
  for (let tick = 0; tick < 60 && till.journal.unsettled().length > 0; tick += 1) {
    await till.tick();
    world.fixture.now += 5_000;
  }
}

async function opened(cardFen = 10_000) {
  const world = new TillWorld();
  const accountNo = await world.fixture.account({ cardFen });
  const tap = (till: Pos, amountFen = 1_250) => till.chargeCard(amountFen, world.chip(accountNo));
  return { world, accountNo, tap };
}

/** What the journal says of its last sale and what stands in the passbook are the same. */
async function expectAgreement(world: TillWorld, till: Pos, accountNo: number): Promise<void> {
  const entries = await world.fixture.all(accountNo);
  for (const { sequence, state } of till.journal.memory.sales) {
    const charges = entries.filter(({ entryId, kind }) => entryId === `7-${sequence}` && kind === 'charge');
    const voids = entries.filter(({ entryId }) => entryId === `7-${sequence}-void`);
    const expected = { charged: [1, 0], voided: [1, 1], 'not-charged': [0, 0], open: undefined, unknown: undefined }[state];
    expect({ sequence, state, found: [charges.length, voids.length] }).toEqual({ sequence, state, found: expected });
  }
}

describe('a sale when all goes well', () => {
  it('is charged once and remembered with what the server said', async () => {
    const { world, accountNo, tap } = await opened();
    const till = world.switchOn();
    expect(await tap(till)).toMatchObject({ outcome: 'charged', definite: true, amountFen: 1_250, cardFen: 8_750 });
    expect(till.last).toMatchObject({ state: 'charged', attempts: 1, result: { entryId: '7-1', amountFen: 1_250 } });
    await till.tick();
    expect(world.reached).toEqual(['charge 1']);
    await expectAgreement(world, till, accountNo);
  });

  it('that is refused at its only sending is over, because nothing more is sent', async () => {
    const { world, tap } = await opened(100);
    const till = world.switchOn();
    expect(await tap(till)).toMatchObject({ outcome: 'not-charged', definite: true, code: 'payment.insufficient-balance' });
    await till.retry();
    await till.query();
    await till.void();
    await till.tick();
    expect(world.reached).toEqual(['charge 1']);
  });

  it('is taken back once, and stays taken back', async () => {
    const { world, accountNo, tap } = await opened();
    const till = world.switchOn();
    await tap(till);
    expect(await till.void()).toMatchObject({ outcome: 'voided', amountFen: 1_250 });
    expect(await till.void()).toMatchObject({ outcome: 'voided' });
    expect(await world.cardFen(accountNo)).toBe(10_000);
    await expectAgreement(world, till, accountNo);
  });
});

describe('store and forward: the network is lost', () => {
  it('before the request: the till says that it does not know, and on return that nothing was charged', async () => {
    const { world, accountNo, tap } = await opened();
    const till = world.switchOn();
    world.network = 'cut';
    expect(await tap(till)).toMatchObject({ outcome: 'unknown', definite: false, messageZh: '没有收到应答，本机会自动查询' });
    expect(till.sender.offline).toBe(true);
    world.fixture.now += AFTER_WINDOW_MS;
    world.network = 'up';
    await till.tick();
    expect(till.last).toMatchObject({ state: 'not-charged' });
    expect(await world.cardFen(accountNo)).toBe(10_000);
    await expectAgreement(world, till, accountNo);
  });

  it('with the answer: on return the same sequence turns out to be charged, and not twice', async () => {
    const { world, accountNo, tap } = await opened();
    const till = world.switchOn();
    world.network = 'answer-lost';
    expect(await tap(till)).toMatchObject({ outcome: 'unknown' });
    expect(till.last?.state).toBe('open');
    world.network = 'up';
    world.fixture.now += 1_000;
    await till.tick();
    expect(till.last).toMatchObject({ state: 'charged', result: { amountFen: 1_250 } });
    expect(await world.charges(accountNo)).toHaveLength(1);
    expect(world.reached).toEqual(['charge 1', 'query 2']);
  });

  it('and the customer waits: the cashier sends the same bytes once more', async () => {
    const { world, accountNo, tap } = await opened();
    const till = world.switchOn();
    world.network = 'cut';
    await tap(till);
    world.network = 'up';
    expect(await till.retry()).toMatchObject({ outcome: 'charged' });
    expect(await world.charges(accountNo)).toHaveLength(1);
  });

  it('and the customer leaves: whatever had happened, no money is taken in the end', async () => {
    for (const network of ['cut', 'answer-lost'] as const) {
      const { world, accountNo, tap } = await opened();
      const till = world.switchOn();
      world.network = network;
      await tap(till);
      expect(await till.void()).toMatchObject({ outcome: 'unknown' });
      world.network = 'up';
      await untilSettled(world, till);
      expect(till.last?.state).toBe(network === 'cut' ? 'not-charged' : 'voided');
      expect(await world.cardFen(accountNo)).toBe(10_000);
      await expectAgreement(world, till, accountNo);
    }
  });

  it('a request that hung in the network cannot charge once the same bytes were refused', async () => {
    const { world, accountNo, tap } = await opened(100);
    const { fetch } = world;
    let arrive: (() => Promise<unknown>) | undefined;
    const hangs: typeof fetch = async (input, init) => {
      arrive = () => fetch(input, init);
      throw new TypeError('it hangs');
    };
    Object.assign(world, { fetch: hangs });
    const till = world.switchOn();
    await tap(till);
    Object.assign(world, { fetch });
    const back = world.switchOn();
    expect(await back.retry()).toMatchObject({ outcome: 'not-charged', code: 'payment.insufficient-balance' });
    await world.topUp(accountNo, 5_000);
    await arrive?.();
    expect(world.reached).toEqual(['charge 2', 'charge 1']);
    expect(await world.charges(accountNo)).toHaveLength(0);
    await expectAgreement(world, back, accountNo);
  });

  it('never charges by itself a customer who may have gone', async () => {
    const { world, accountNo, tap } = await opened();
    const till = world.switchOn();
    world.network = 'cut';
    await tap(till);
    world.network = 'up';
    await untilSettled(world, till);
    expect(world.reached.some((request) => request.startsWith('charge'))).toBe(false);
    expect(await world.charges(accountNo)).toHaveLength(0);
  });

  it('asks after 1 s, 2 s, 4 s, at most every 30 s, and at once for all when the network is back', async () => {
    const { world, tap } = await opened();
    const other = await world.fixture.account({ cardFen: 5_000 });
    const till = world.switchOn();
    world.network = 'cut';
    await tap(till);
    const waits: number[] = [];
    for (let asked = 0; asked < 7; asked += 1) {
      const { dueAt = 0 } = till.last ?? {};
      waits.push(dueAt - world.now);
      world.fixture.now = dueAt;
      await till.tick();
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    world.network = 'up';
    await till.chargeCard(300, world.chip(other));
    await till.tick();
    expect(till.journal.unsettled()).toEqual([]);
  });

  it('asks for hours and then leaves it to a person, who may still ask', async () => {
    const { world, tap } = await opened();
    const till = world.switchOn();
    world.network = 'answer-lost';
    await tap(till);
    for (let tick = 0; tick < 600 && till.last?.state === 'open'; tick += 1) {
      world.fixture.now += 30_000;
      await till.tick();
    }
    expect(till.last?.state).toBe('unknown');
    world.network = 'up';
    const { length } = world.reached;
    await till.tick();
    expect(world.reached).toHaveLength(length);
    expect(await till.query()).toMatchObject({ outcome: 'charged' });
  });
});

describe('a queue does not stand still', () => {
  it('the next customer is served while an older sale is open, and none is forgotten', async () => {
    const { world, accountNo, tap } = await opened();
    const others = await Promise.all([1, 2, 3].map(() => world.fixture.account({ cardFen: 2_000 })));
    const till = world.switchOn();
    world.network = 'answer-lost';
    await tap(till);
    world.network = 'up';
    for (const other of others) expect(await till.chargeCard(500, world.chip(other))).toMatchObject({ outcome: 'charged' });
    await till.tick();
    expect(till.journal.memory.sales.map(({ state }) => state)).toEqual(['charged', 'charged', 'charged', 'charged']);
    for (const account of [accountNo, ...others]) expect(await world.charges(account)).toHaveLength(1);
  });

  it('a payer whose last sale is open is not charged again, and at most five stand open', async () => {
    const { world, tap } = await opened();
    const till = world.switchOn();
    world.network = 'cut';
    await tap(till);
    await expect(tap(till)).rejects.toThrow(TillRefusal);
    for (let open = 1; open < MAX_OPEN; open += 1) await till.chargeCard(100, world.chip(await world.fixture.account({ cardFen: 200 })));
    const next = world.chip(await world.fixture.account({ cardFen: 200 }));
    await expect(till.chargeCard(100, next)).rejects.toThrow('5 sales are open');
    expect(till.journal.memory.sales).toHaveLength(MAX_OPEN);
    world.network = 'up';
    world.fixture.now += AFTER_WINDOW_MS;
    await untilSettled(world, till);
    expect(await till.chargeCard(100, next)).toMatchObject({ outcome: 'charged' });
  });

  it('two codes of one account are one payer', async () => {
    const { world, accountNo } = await opened();
    const till = world.switchOn();
    world.network = 'cut';
    await till.chargeCode(100, await world.fixture.code(accountNo));
    world.fixture.now += 10_000;
    await expect(till.chargeCode(100, await world.fixture.code(accountNo))).rejects.toThrow(TillRefusal);
  });
});

describe('the power is cut', () => {
  const steps = ['sale.write', 'charge.send', 'charge.answer', 'query.send', 'query.answer', 'void.write', 'void.send', 'void.answer'];
  const acts: Readonly<Record<string, (till: Pos) => Promise<unknown>>> = {
    query: (till) => till.query(),
    void: (till) => till.void(),
  };

  it.each(steps.flatMap((step) => (['up', 'cut', 'answer-lost'] as const).map((network) => [step, network] as const)))(
    'at %s with the network %s: the till that comes back ends the sale, and the book agrees',
    async (step, network) => {
      const { world, accountNo, tap } = await opened();
      const till = world.switchOn();
      world.network = network;
      world.cutPowerAt(step);
      const [act = ''] = step.split('.');
      const cut = await (async () => {
        await tap(till);
        await acts[act]?.(till);
      })().catch((error: unknown) => error);
      world.network = 'up';
      const back = world.switchOn();
      // With the network up the query finds its sale ended and sends nothing, so there is no such step.
      if (cut !== undefined) expect(cut).toBeInstanceOf(PowerCut);
      await untilSettled(world, back);
      expect(back.journal.unsettled()).toEqual([]);
      expect((await world.charges(accountNo)).length).toBeLessThanOrEqual(1);
      await expectAgreement(world, back, accountNo);
      // It goes on counting: no sequence is used twice.
      world.fixture.now += 1_000;
      expect(await tap(back, 100)).toMatchObject({ outcome: 'charged' });
      await expectAgreement(world, back, accountNo);
    },
  );
});

describe('a clock that is wrong', () => {
  it.each([300_000, -300_000])('by %i ms is told the server’s time, corrected, and kept', async (aheadMs) => {
    const { world, tap } = await opened();
    world.aheadMs = aheadMs;
    const till = world.switchOn();
    const code = aheadMs > 0 ? 'terminal.clock' : 'terminal.stale';
    expect(await tap(till)).toMatchObject({ outcome: 'not-charged', code });
    expect(till.sender.now()).toBe(world.now);
    expect(await tap(till)).toMatchObject({ outcome: 'charged' });
    expect(world.switchOn().sender.now()).toBe(world.now);
  });
});

describe('day end', () => {
  it('states every sale of the day in parts with the totals of the book', async () => {
    const { world, accountNo, tap } = await opened();
    const till = world.switchOn();
    await tap(till);
    await tap(till, 300);
    await till.void();
    await tap(till, 50_000);
    const day = till.today();
    expect(await till.dayEnd.stateSoFar(day)).toMatchObject({ totals: { count: 1, amountFen: 1_250 }, closing: false });
    await expect(till.void(1)).rejects.toThrow('ask a supervisor');
    world.fixture.now += 1_000;
    await tap(till, 700);
    const closed = await till.dayEnd.close(day);
    expect(closed).toMatchObject({ ackedSeq: 4, totals: { count: 2, amountFen: 1_950 }, closing: true });
    expect(closed.parts.map(({ part, answered }) => [part, answered])).toEqual([
      [1, true],
      [2, true],
    ]);
    expect(world.reached.filter((request) => request.startsWith('batch'))).toEqual(['batch 1', 'batch 1']);
    const book = await world.book(day);
    expect(book.reduce((total, { amountFen }) => total + amountFen, 0)).toBe(closed.totals.amountFen);
    await expect(tap(till, 100)).rejects.toThrow('This day is closed');
    expect(await world.charges(accountNo)).toHaveLength(3);
  });

  it('stops before a sale that is open, and closes only with it as unknown', async () => {
    const { world, tap } = await opened();
    const other = world.chip(await world.fixture.account({ cardFen: 1_000 }));
    const till = world.switchOn();
    await tap(till);
    world.network = 'answer-lost';
    await tap(till, 200);
    world.network = 'up';
    await till.chargeCard(400, other);
    const day = till.today();
    expect(till.dayEnd.openOf(day).map(({ sequence }) => sequence)).toEqual([2]);
    expect(await till.dayEnd.stateSoFar(day)).toMatchObject({ ackedSeq: 1, totals: { count: 1 } });
    const closed = await till.dayEnd.close(day);
    const lines = JSON.parse(closed.parts.at(-1)?.body ?? '').lines.map((line: { outcome: string }) => line.outcome);
    expect(lines).toEqual(['unknown', 'sold']);
    // It is still asked about, and a person finds what became of it.
    world.fixture.now += 1_000;
    await till.tick();
    expect(till.journal.sale(2)).toMatchObject({ state: 'charged', stated: 'unknown' });
  });

  it.each(['batch.write', 'batch.send', 'batch.answer'])(
    'cut at %s is sent with the same bytes by the till that comes back',
    async (step) => {
      const { world, tap } = await opened();
      const till = world.switchOn();
      await tap(till);
      const day = till.today();
      world.cutPowerAt(step);
      await expect(till.dayEnd.close(day)).rejects.toThrow(PowerCut);
      const back = world.switchOn();
      if (step === 'batch.write') await back.dayEnd.close(day);
      else await back.tick();
      expect(back.dayEnd.of(day)).toMatchObject({ closing: true, totals: { count: 1, amountFen: 1_250 }, parts: [{ answered: true }] });
    },
  );

  it('of a day without a sale is closed too', async () => {
    const { world } = await opened();
    const till = world.switchOn();
    expect(await till.dayEnd.close(till.today())).toMatchObject({ ackedSeq: 0, parts: [{ answered: true }], totals: { count: 0 } });
  });
});

describe('what was sold offline', () => {
  const item = { key: 'serial-1', sequence: 1, purpose: 'pass', path: '/terminal/passes', body: '{"serial":1}', amountFen: 500 } as const;

  it('is kept over a power cut, once, and forwarded with the same bytes until the server answers', async () => {
    const { world } = await opened();
    const sent: string[] = [];
    const { fetch } = world;
    const passes = (async (input, init) => {
      if (!String(input).endsWith('/terminal/passes')) return fetch(input, init);
      if (world.network === 'cut') throw new TypeError('cut');
      sent.push(String(init?.body));
      return Response.json({});
    }) as typeof fetch;
    Object.assign(world, { fetch: passes });
    const till = world.switchOn();
    world.network = 'cut';
    const at = { occurredAt: world.now, day: till.today() };
    expect(await till.forwarder.forward(item, at)).toBe(true);
    expect(await till.forwarder.forward({ ...item, sequence: 2 }, at)).toBe(false);
    await till.tick();
    const back = world.switchOn();
    expect(back.forwarder.waiting()).toMatchObject([{ key: 'serial-1', tries: 1, attempts: 1 }]);
    world.network = 'up';
    world.fixture.now += 1_000;
    await back.tick();
    await back.tick();
    expect(sent).toEqual([item.body]);
    expect(back.journal.memory.forwards).toMatchObject([{ state: 'taken', attempts: 2 }]);
    expect(back.journal.memory.nextSequence).toBe(2);
  });

  it('is refused for good by a refusal of its own, and waits through any other', async () => {
    const { world } = await opened();
    const answers = [
      Response.json({ error: { code: 'request.internal', messageZh: '错', messageEn: 'Wrong.' } }, { status: 500 }),
      Response.json({ error: { code: 'terminal.stale', messageZh: '旧', messageEn: 'Old.' } }, { status: 401 }),
      Response.json({ error: { code: 'pass.forged', messageZh: '伪', messageEn: 'Forged.' } }, { status: 403 }),
    ];
    Object.assign(world, { fetch: async () => answers.shift() });
    const till = world.switchOn();
    await till.forwarder.forward(item, { occurredAt: world.now, day: till.today() });
    const states: unknown[] = [];
    for (let tick = 0; tick < 3; tick += 1) {
      await till.tick();
      states.push(till.journal.memory.forwards[0]?.state);
      world.fixture.now += 10_000;
    }
    expect(states).toEqual(['waiting', 'waiting', 'refused']);
    expect(till.journal.memory.forwards[0]?.refusal?.code).toBe('pass.forged');
  });
});
