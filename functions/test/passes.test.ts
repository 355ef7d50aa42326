import fc from 'fast-check';
import { isAppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import { readPass, schoolTag, writePass } from '../../shared/pass-format';
import { DAY_MS } from '../../shared/time';
import { cardAvailable } from '../domain/hold';
import { createPassSigner } from '../domain/pass-signer';
import { owedFen } from '../domain/receivable';
import { verifyPassbook } from '../domain/verify-passbook';
import { clearReceivable } from '../operations/clear-receivable';
import { listReceivables } from '../operations/list-receivables';
import { giveUpPasses, passFacts } from '../operations/pass-keys';
import { createNotices } from '../store/notices';
import { PassWorld } from './pass-world';
import { Crash, codeOf } from './student-world';

const HOUR = DAY_MS / 24;

async function refused(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('opening an envelope of passes', () => {
  it('gives fifteen passes that anybody with the public key can check, and reserves their money on the card', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(20_000);
    const reply = await world.open(phone);
    const head = await world.students.head(holder);
    expect(reply.passes).toHaveLength(15);
    expect(reply).toMatchObject({ used: [], ceilingFen: 3_000, envelopeFen: 9_000 });
    expect(head).toMatchObject({ kind: 'pass-opened', postings: [], state: { holds: [{ entryId: `pass-${head.n}`, amountFen: 9_000 }] } });
    expect(Date.parse(reply.reservedUntil) - Date.parse(reply.validUntil)).toBe(48 * HOUR);
    const serials = new Set(reply.passes.map((digits) => readPass(digits)?.index));
    expect(serials.size).toBe(15);
  });

  it('answers the same envelope when asked again, and the same digits', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(20_000);
    const first = await world.open(phone);
    world.students.now += 10 * HOUR;
    const again = await world.open(phone);
    expect({ ...again, serverTime: '' }).toEqual({ ...first, serverTime: '' });
    expect((await world.students.head(holder)).state.holds).toHaveLength(1);
  });

  it('gives the next envelope in the last sixth of the window, holds two at most, and is never without one', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(50_000);
    let last = await world.open(phone);
    const names = new Set([last.envelope]);
    for (let hour = 0; hour < 20 * 24; hour += 3) {
      world.students.now += 3 * HOUR;
      last = await world.open(phone);
      names.add(last.envelope);
      expect(Date.parse(last.validUntil)).toBeGreaterThanOrEqual(world.students.now);
      expect((await world.students.head(holder)).state.holds.length).toBeLessThanOrEqual(2);
    }
    expect(names.size).toBeGreaterThan(5);
    expect(verifyPassbook([...(await world.students.entries(holder))])).toEqual(verifyPassbook([]));
  });

  it('says what ran out once, in an entry of its own', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(20_000);
    await world.open(phone);
    world.students.now += 121 * HOUR;
    await world.open(phone);
    await world.open(phone);
    const kinds = (await world.students.entries(holder)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'pass-ended')).toHaveLength(1);
    expect(kinds.slice(-2)).toEqual(['pass-ended', 'pass-opened']);
  });

  it('reserves at most half of what the card has free, so that codes still pay, and nothing where that is less than a yuan', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(2_501);
    expect(await world.open(phone)).toMatchObject({ envelopeFen: 1_250, ceilingFen: 1_250 });
    expect(cardAvailable((await world.students.head(holder)).state, world.students.now)).toBe(1_251);
    const poor = await world.holder(199, 'two');
    expect(codeOf(await poor.phone.post('/student/passes'))).toBe('payment.insufficient-balance');
  });

  it('is refused by each thing that stops payment codes, and where the school offers none', async () => {
    const world = await PassWorld.create();
    const { phone, holder } = await world.holder(20_000);
    const fresh = world.students.phone('fresh');
    const unproven = await world.students.holder('bistu');
    await fresh.signIn();
    expect((await fresh.bind(unproven, '030417')).status).toBe(200);
    expect(codeOf(await fresh.post('/student/passes'))).toBe('auth.password-change-required');
    await phone.post('/student/loss', { password: '739154', keepCodes: true });
    expect(codeOf(await phone.post('/student/passes'))).toBe('card.lost');
    await phone.post('/student/loss', { password: '739154', keepCodes: false });
    expect(codeOf(await phone.post('/student/passes'))).toBe('code.frozen');
    expect((await world.students.head(holder)).state.holds).toEqual([]);
    const without = await PassWorld.create(({ passes: _passes, ...pack }) => pack);
    const there = await without.holder(20_000);
    expect(codeOf(await there.phone.post('/student/passes'))).toBe('pass.not-offered');
  });

  it('serves two apps of one holder and tells a third that there is no place', async () => {
    const world = await PassWorld.create();
    const { phone, holder } = await world.holder(50_000);
    const others = [];
    for (const name of ['second', 'third']) {
      const other = world.students.phone(name);
      await other.signIn();
      await other.bind(holder, '739154');
      others.push(other);
    }
    const [second, third] = others;
    if (second === undefined || third === undefined) throw new Error('two phones');
    const [one, two] = [await world.open(phone), await world.open(second)];
    expect(one.envelope).not.toBe(two.envelope);
    expect(codeOf(await third.post('/student/passes'))).toBe('pass.no-place');
    expect((await world.open(second)).envelope).toBe(two.envelope);
  });

  it('leaves one envelope and one hold when the function dies before or after any of its writes', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; at <= 2; at += 1) {
        const world = await PassWorld.create();
        const { phone, holder } = await world.holder(20_000);
        world.students.crashAt(at, when);
        await phone.post('/student/passes').catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        world.students.recover();
        await world.open(phone);
        expect((await world.students.head(holder)).state.holds).toHaveLength(1);
      }
    }
  });
});

describe('telling of a sale by pass', () => {
  it('pays the merchant from what is reserved, counts towards the limits, and is the same answer however often it is told', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(20_000);
    const { passes } = await world.open(phone);
    const body = world.sale(passes[0], 1_250);
    world.students.now += 30 * HOUR;
    const reply = await world.tell(body);
    expect(reply).toMatchObject({ outcome: 'charged', amountFen: 1_250, usedBefore: false });
    const head = await world.students.head(holder);
    expect(head).toMatchObject({ kind: 'pass-charge', entryId: `7-${body.sequence}`, merchant: 12, state: { spent: { dayFen: 1_250 } } });
    expect(head.state.balances.card).toBe(18_750);
    expect(head.state.holds).toEqual([expect.objectContaining({ amountFen: 7_750 })]);
    const n = head.n;
    world.students.now += 200 * HOUR;
    expect(await world.tell(body)).toMatchObject({ n: reply.n, recordedAt: reply.recordedAt });
    expect((await world.students.head(holder)).n).toBe(n);
    expect((await phone.get('/student/account')).body.owedFen).toBeUndefined();
  });

  it('stands in the book of the terminal and its own day, or late in that of the day it is recorded', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(20_000);
    const { passes } = await world.open(phone);
    const [early, late] = [world.sale(passes[0], 100), world.sale(passes[1], 100)];
    await world.tell(early);
    expect((await world.students.head(holder)).counterparty?.book).toBe('terminal/7/2026-11-21');
    world.students.now += 48 * HOUR;
    await world.tell(late);
    expect(await world.students.head(holder)).toMatchObject({ late: true, counterparty: { book: 'terminal/7/2026-11-23' } });
  });

  it('pays both merchants of one pass used at two tills without network; the second is owed, reported, and stops the codes', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(20_000);
    const { passes, envelope } = await world.open(phone);
    const first = world.sale(passes[0], 1_000, { terminal: 7 });
    const second = world.sale(passes[0], 2_500, { terminal: 8 });
    expect(await world.tell(second, { merchant: 13 })).toMatchObject({ usedBefore: false });
    expect(await world.tell(first, { merchant: 12 })).toMatchObject({ usedBefore: true });
    const head = await world.students.head(holder);
    expect(await world.paid(holder)).toBe(3_500);
    expect(head.state).toMatchObject({ owedFen: 1_000, codesFrozen: true, balances: { card: 17_500 } });
    expect(head.postings).toEqual([
      { leg: 'receivable:holders', amountFen: -1_000 },
      { leg: 'merchant:12', amountFen: 1_000 },
    ]);
    // What its holder reads: nothing left the card, and so much is owed.
    const { entries } = (await phone.get('/student/statement?month=2026-11')).body;
    const [owed, taken] = entries.filter(({ kind }: { kind: string }) => kind === 'pass-charge');
    expect(owed).toMatchObject({ amountFen: 0, owedFen: 1_000 });
    expect(taken).toMatchObject({ amountFen: -2_500, fundedFrom: 'card' });
    expect(taken).not.toHaveProperty('owedFen');
    const { cases } = await listReceivables(world.deps, 'bistu');
    expect(cases).toEqual([
      expect.objectContaining({
        cause: 'pass-used-twice',
        entryId: `7-${first.sequence}`,
        firstEntryId: `8-${second.sequence}`,
        owedFen: 1_000,
        accountOwesFen: 1_000,
      }),
    ]);
    const { notices } = await createNotices(world.students.database).ofAccount('bistu', holder.accountNo, { limit: 5 });
    expect(notices).toEqual([expect.objectContaining({ kind: 'debt', amountFen: 1_000, about: `7-${first.sequence}` })]);
    expect(codeOf(await phone.get('/student/code-key'))).toBe('receivable.owed');
    expect(codeOf(await phone.post('/student/passes'))).toBe('receivable.owed');
    // Told again, nothing more happens.
    expect(await world.tell(first, { merchant: 12 })).toMatchObject({ usedBefore: true });
    expect((await world.students.head(holder)).n).toBe(head.n);
    const keys = await passFacts({ passControls: world.students.deps.passControls, clock: () => world.students.now }, 'bistu');
    expect(keys.revokedPasses).toEqual([envelope]);
  });

  it('lets the holder settle what is owed, after which codes work again', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(4_000);
    const { passes } = await world.open(phone);
    await world.tell(world.sale(passes[0], 1_000));
    await world.tell(world.sale(passes[0], 2_000, { terminal: 8 }));
    await world.tell(world.sale(passes[0], 1_500, { terminal: 9 }));
    expect((await phone.get('/student/account')).body).toMatchObject({ owedFen: 3_500, capabilities: { showPaymentCode: false } });
    // Only 2,000 are free beside what the envelope still reserves.
    expect((await phone.post('/student/receivables/clear')).body).toEqual({ paidFen: 2_000, owedFen: 1_500, codesFrozen: true });
    expect(codeOf(await phone.post('/student/receivables/clear'))).toBe('payment.insufficient-balance');
    await world.students.topUp(holder, 5_000);
    expect(await clearReceivable(world.deps, holder)).toEqual({ paidFen: 1_500, owedFen: 0, codesFrozen: false });
    expect(codeOf(await phone.post('/student/receivables/clear'))).toBe('receivable.nothing');
    const head = await world.students.head(holder);
    expect('owedFen' in head.state).toBe(false);
    expect((await phone.get('/student/code-key')).status).toBe(200);
  });

  it('keeps the codes stopped when a loss report is taken back while something is owed', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(9_500);
    const { passes } = await world.open(phone);
    await world.tell(world.sale(passes[0], 1_000));
    await world.tell(world.sale(passes[0], 1_000, { terminal: 8 }));
    await phone.post('/student/loss', { password: '739154', keepCodes: false });
    await phone.post('/student/sms-code');
    const proof = { kind: 'sms', value: world.students.sent.at(-1)?.code };
    const heard = await phone.post('/student/loss/cancel', { password: '739154', proof });
    expect(heard.body).toMatchObject({ reportedAt: null, codesFrozen: true });
    expect((await world.students.head(holder)).state.owedFen).toBe(1_000);
  });

  it('refuses what is no pass of this school, and writes nothing', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(20_000);
    const { passes } = await world.open(phone);
    const pass = passes[0] ?? '';
    const before = (await world.students.head(holder)).n;
    const { signature, ...facts } = readPass(pass) ?? fail();
    const thief = createPassSigner(new Uint8Array(32).fill(8));
    const cases: readonly (readonly [string, Parameters<typeof world.sale>])[] = [
      ['pass.malformed', [pass.slice(1), 100]],
      ['pass.malformed', ['', 100]],
      ['pass.forged', [writePass({ ...facts, ceilingFen: fen(9_000) }, signature), 100]],
      ['pass.forged', [thief.write('bistu', facts), 100]],
      ['pass.other-school', [thief.write('sjtu', { ...facts, school: schoolTag('sjtu') }), 100]],
      ['pass.forged', [world.students.deps.passSigner.write('bistu', { ...facts, keyId: 9 }), 100]],
      // Signed with the school's own key, and yet never given out.
      ['pass.forged', [world.students.deps.passSigner.write('bistu', { ...facts, index: 15 }), 100]],
      ['pass.forged', [world.students.deps.passSigner.write('bistu', { ...facts, envelopeFen: fen(90_000) }), 100]],
      ['pass.forged', [world.students.deps.passSigner.write('bistu', { ...facts, envelope: '000000000000000001' }), 100]],
      ['pass.over-ceiling', [pass, 3_001]],
      ['payment.amount-invalid', [pass, 0]],
      ['payment.amount-invalid', [pass, 1.5]],
      ['payment.amount-invalid', [pass, '100']],
      ['pass.not-yet-valid', [pass, 100, { occurredAt: facts.validFrom - 1 }]],
      ['pass.expired', [pass, 100, { occurredAt: facts.validUntil + 1 }]],
      ['terminal.clock', [pass, 100, { occurredAt: world.students.now + 31_000 }]],
    ];
    for (const [code, sale] of cases) expect([code, await refused(world.tell(world.sale(...sale)))]).toEqual([code, code]);
    expect(await refused(world.tell(world.sale(pass, 100), { merchant: 12, kind: 'gate' }))).toBe('terminal.wrong-kind');
    expect((await world.students.head(holder)).n).toBe(before);
    expect((await listReceivables(world.deps, 'bistu')).cases).toEqual([]);
  });

  it('is too late after the grace period: nobody is charged, and finance has one case however often it is told', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(20_000);
    const { passes } = await world.open(phone);
    const body = world.sale(passes[0], 1_000);
    world.students.now += 120 * HOUR + 60_000;
    expect(await refused(world.tell(body))).toBe('pass.too-late');
    expect(await refused(world.tell(body))).toBe('pass.too-late');
    expect(await world.paid(holder)).toBe(0);
    expect((await listReceivables(world.deps, 'bistu')).cases).toEqual([
      expect.objectContaining({ cause: 'pass-too-late', n: null, amountFen: 1_000, owedFen: 0 }),
    ]);
  });

  it('refuses a sequence that another sale used, whatever kind it was', async () => {
    const world = await PassWorld.create();
    const { phone } = await world.holder(20_000);
    const { passes } = await world.open(phone);
    const body = world.sale(passes[0], 1_000);
    await world.tell(body);
    expect(await refused(world.tell({ ...body, amountFen: 1_001 }))).toBe('payment.other-body');
    expect(await refused(world.tell({ ...body, pass: passes[1] ?? '' }))).toBe('payment.other-body');
  });

  it('pays once, whatever dies between its writes and however often it is told in between', async () => {
    for (const when of ['before', 'after'] as const) {
      const world = await PassWorld.create();
      const { holder, phone } = await world.holder(20_000);
      const { passes } = await world.open(phone);
      const [first, second] = [world.sale(passes[0], 1_000), world.sale(passes[0], 2_000, { terminal: 8 })];
      for (const body of [first, second]) {
        world.students.crashAt(1, when);
        await world.tell(body).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        world.students.recover();
        await Promise.all([world.tell(body), world.tell(body)]);
      }
      expect(await world.paid(holder)).toBe(3_000);
      expect((await world.students.head(holder)).state.owedFen).toBe(2_000);
    }
  });

  it('releases the hold once: used up, told in full, or run out', async () => {
    const world = await PassWorld.create((pack) => ({ ...pack, passes: { ...(pack.passes ?? fail()), tokens: 2 } }));
    const { holder, phone } = await world.holder(20_000);
    const { passes, envelope } = await world.open(phone);
    await world.tell(world.sale(passes[0], 100));
    await world.tell(world.sale(passes[1], 100));
    expect((await world.students.head(holder)).state.holds).toEqual([]);
    expect((await world.open(phone)).envelope).not.toBe(envelope);
  });
});

describe('giving passes up', () => {
  it('tells tills of the envelopes of a lost phone, whose money stays reserved and whose sales are still paid', async () => {
    const world = await PassWorld.create();
    const { holder, phone } = await world.holder(20_000);
    const { passes, envelope } = await world.open(phone);
    await phone.post('/student/loss', { password: '739154', keepCodes: false });
    const keys = () => passFacts({ passControls: world.students.deps.passControls, clock: () => world.students.now }, 'bistu');
    expect(await keys()).toMatchObject({ revokedPasses: [envelope], takesPasses: true });
    expect((await world.students.head(holder)).state.holds).toHaveLength(1);
    await world.tell(world.sale(passes[3], 2_000));
    expect((await world.students.head(holder)).state.balances.card).toBe(18_000);
    world.students.now += 121 * HOUR;
    expect(await keys()).toMatchObject({ revokedPasses: [] });
  });

  it('ends the envelope of a removed app and leaves that of the holder’s other app', async () => {
    const world = await PassWorld.create();
    const { phone, holder } = await world.holder(50_000);
    const other = world.students.phone('other');
    await other.signIn();
    await other.bind(holder, '739154');
    const [mine, theirs] = [await world.open(phone), await world.open(other)];
    await phone.post('/student/unbind');
    const keys = await passFacts({ passControls: world.students.deps.passControls, clock: () => world.students.now }, 'bistu');
    expect(keys.revokedPasses).toEqual([mine.envelope]);
    expect((await world.open(other)).envelope).toBe(theirs.envelope);
  });

  it('of a whole school raises the epoch: the next envelope has the next key, and what is out is still paid', async () => {
    const world = await PassWorld.create();
    const { phone } = await world.holder(50_000);
    const { passControls } = world.students.deps;
    expect(await refused(giveUpPasses({ passControls }, 'bistu'))).toBe('pass.not-offered');
    const first = await world.open(phone);
    expect(await giveUpPasses({ passControls }, 'bistu')).toMatchObject({ keyId: 2, epoch: 2 });
    const next = await world.open(phone);
    expect(next.envelope).not.toBe(first.envelope);
    expect(readPass(next.passes[0] ?? '')).toMatchObject({ keyId: 2, epoch: 2 });
    const keys = await passFacts({ passControls, clock: () => world.students.now }, 'bistu');
    expect(keys.passKeys.map(({ keyId }) => keyId)).toEqual([1, 2, 3]);
    await expect(world.tell(world.sale(first.passes[0], 100))).resolves.toMatchObject({ outcome: 'charged' });
  });
});

describe('sales by pass in any order', () => {
  it('pay every merchant in full, never overdraw, and owe exactly what the account did not have', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 200, max: 24_000 }),
        fc.array(
          fc.record({ pass: fc.nat({ max: 3 }), terminal: fc.integer({ min: 7, max: 9 }), amount: fc.integer({ min: 1, max: 3_000 }) }),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        fc.infiniteStream(fc.nat()),
        async (cardFen, wanted, order) => {
          const world = await PassWorld.create();
          const { holder, phone } = await world.holder(cardFen);
          const { passes, ceilingFen } = await world.open(phone);
          const sales = wanted.map(({ pass, terminal, amount }) => world.sale(passes[pass], Math.min(amount, ceilingFen), { terminal }));
          const shuffled = [...sales, ...sales].map((sale) => ({ sale, at: order.next().value ?? 0 })).sort((a, b) => a.at - b.at);
          for (const { sale } of shuffled) await world.tell(sale);
          const total = sales.reduce((sum, { amountFen }) => sum + Number(amountFen), 0);
          const { state } = await world.students.head(holder);
          expect(await world.paid(holder)).toBe(total);
          expect(state.balances.card).toBeGreaterThanOrEqual(0);
          expect(cardFen - state.balances.card + owedFen(state)).toBe(total);
          expect(state.codesFrozen).toBe(owedFen(state) > 0);
          expect(state.holds.every(({ amountFen }) => amountFen <= state.balances.card)).toBe(true);
        },
      ),
      { numRuns: process.env.ECODE_FULL === '1' ? 200 : 25 },
    );
  });
});

function fail(): never {
  throw new Error('not there');
}
