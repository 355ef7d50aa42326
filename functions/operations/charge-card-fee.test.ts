import { fen } from '../../shared/money';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { FinanceWorld, SCHOOL } from '../test/finance-world';
import { createModelDatabase } from '../test/model-database';
import { chargeCardFee } from './charge-card-fee';
import { collectCash } from './collect-cash';
import { sumBooks } from './sum-day';

const MONDAY = '2026-11-16';
const charges = { feeFen: fen(1_000), depositFen: fen(2_000) };
let world: FinanceWorld;
let student: number;

async function begin(cardFen = 5_000, cardCharges: typeof charges | 'none' = charges): Promise<void> {
  world = await new FinanceWorld(createModelDatabase()).open();
  world.at(MONDAY, '15:00');
  const { cardCharges: _none, ...pack } = world.till.pack;
  Object.assign(world.till, { pack: cardCharges === 'none' ? pack : { ...pack, cardCharges } });
  student = await world.account();
  await world.till.change(student, (head) => ({
    ...{ kind: 'claim', entryId: 'made', postings: [], occurredAt: world.till.now },
    state: { ...head.state, balances: { ...head.state.balances, card: fen(cardFen) } },
  }));
}

beforeEach(() => begin());

const wish = (what: 'fee' | 'deposit' | 'deposit-returned', issue = 1) => ({ schoolId: SCHOOL, accountNo: student, issue, what });
const cardFen = async () => (await world.till.head(student)).state.balances.card;

describe('fee and deposit of a card', () => {
  it('are taken once for a card, and the deposit is given back once', async () => {
    expect(await chargeCardFee(world.deps, wish('fee'))).toMatchObject({ amountFen: 1_000 });
    await chargeCardFee(world.deps, wish('fee'));
    await chargeCardFee(world.deps, wish('deposit'));
    await chargeCardFee(world.deps, wish('deposit'));
    expect(await cardFen()).toBe(2_000);
    await chargeCardFee(world.deps, wish('deposit-returned'));
    await chargeCardFee(world.deps, wish('deposit-returned'));
    expect(await cardFen()).toBe(4_000);
    expect((await sumBooks(world.deps, SCHOOL, MONDAY)).kinds).toEqual({
      fee: { card: -1_000, 'income:card-fee': 1_000 },
      deposit: { card: -2_000, 'deposit:card': 2_000 },
      'deposit-returned': { card: 2_000, 'deposit:card': -2_000 },
    });
  });

  it('are refused by name, and nothing is written', async () => {
    const { n } = await world.till.head(student);
    await expect(chargeCardFee(world.deps, wish('deposit-returned'))).rejects.toMatchObject({ code: 'card.charge-not-due' });
    await expect(chargeCardFee(world.deps, wish('fee', 2))).rejects.toMatchObject({ code: 'card.charge-not-due' });
    await expect(chargeCardFee(world.deps, { ...wish('fee'), accountNo: 99 })).rejects.toMatchObject({ code: 'account.unknown' });
    expect((await world.till.head(student)).n).toBe(n);
    await begin(999);
    await expect(chargeCardFee(world.deps, wish('fee'))).rejects.toMatchObject({ code: 'payment.insufficient-balance' });
    await begin(5_000, 'none');
    await expect(chargeCardFee(world.deps, wish('fee'))).rejects.toMatchObject({ code: 'card.charge-not-offered' });
  });

  it('gives a deposit back to a closed account, and takes nothing from one', async () => {
    await chargeCardFee(world.deps, wish('deposit'));
    await world.till.change(student, (head) => ({
      ...{ kind: 'account-closed', entryId: 'closed', postings: [], occurredAt: world.till.now, state: { ...head.state, closed: true } },
    }));
    await expect(chargeCardFee(world.deps, wish('fee'))).rejects.toMatchObject({ code: 'account.closed' });
    await chargeCardFee(world.deps, wish('deposit-returned'));
    expect(await cardFen()).toBe(5_000);
  });

  it('are taken once where two ask at once, and after a crash at any call', async () => {
    await Promise.all([chargeCardFee(world.deps, wish('fee')), chargeCardFee(world.deps, wish('fee'))]);
    expect(await cardFen()).toBe(4_000);
    for (let at = 1, finished = false; !finished; at += 1) {
      for (const moment of ['before', 'after'] as const) {
        await begin();
        const died = await chargeCardFee(world.depsOver(faultyDatabase(world.database, { at, moment })), wish('fee')).then(
          () => false,
          (error: unknown) => error instanceof Crash,
        );
        finished = !died;
        await chargeCardFee(world.deps, wish('fee'));
        expect(await cardFen()).toBe(4_000);
      }
    }
  });
});

describe('collecting a cash machine', () => {
  const slip = { schoolId: SCHOOL, collectionNo: 'slip-0001', terminal: 21, countedBy: 'staff:1', witnessedBy: 'staff:2' };

  it('books what was counted, and what is short or over, once', async () => {
    const short = { ...slip, expectedFen: fen(100_000), countedFen: fen(99_500) };
    expect(await collectCash(world.deps, short)).toEqual({ entryId: 'cash-21-slip-0001', overShortFen: -500 });
    world.at(MONDAY, '15:05');
    expect(await collectCash(world.deps, short)).toEqual({ entryId: 'cash-21-slip-0001', overShortFen: -500 });
    await collectCash(world.deps, { ...slip, collectionNo: 'slip-0002', expectedFen: fen(5_000), countedFen: fen(5_100) });
    expect((await sumBooks(world.deps, SCHOOL, MONDAY)).kinds['cash-collected']).toEqual({
      ...{ 'bank:main': -104_600, 'cash:21': 105_000, 'over-short': -400 },
    });
    await expect(collectCash(world.deps, { ...short, countedFen: fen(99_400) })).rejects.toMatchObject({
      code: 'request.replayed-differently',
    });
  });

  it('takes two people, and something to collect', async () => {
    const empty = { ...slip, expectedFen: fen(0), countedFen: fen(0) };
    await expect(collectCash(world.deps, empty)).rejects.toMatchObject({ code: 'request.malformed' });
    await expect(collectCash(world.deps, { ...empty, countedFen: fen(-1) })).rejects.toMatchObject({ code: 'request.malformed' });
    await expect(collectCash(world.deps, { ...empty, countedFen: fen(100), witnessedBy: 'staff:1' })).rejects.toMatchObject({
      code: 'staff.second-person',
    });
  });
});
