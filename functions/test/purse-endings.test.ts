import { randomBytes } from 'node:crypto';
import { fen } from '../../shared/money';
import { topUpDraft } from '../domain/account-changes';
import { verifyPassbook } from '../domain/verify-passbook';
import { createFieldCipher } from '../lib/field-cipher';
import { closeAccount } from '../operations/close-account';
import { importRoster } from '../operations/import-roster';
import { createAccountNumbers } from '../store/account-numbers';
import { createCardCharges } from '../store/card-charges';
import { createCards } from '../store/cards';
import { createCloseOuts } from '../store/close-outs';
import { createHolders } from '../store/holders';
import { createRosterMarks } from '../store/roster-marks';
import { Crash, faultyDatabase } from './faulty-database';
import { createModelDatabase } from './model-database';
import { PurseWorld } from './purse-world';
import { RefundFixture } from './refund-fixture';

describe('an account that is closed', () => {
  async function withPurse() {
    const database = createModelDatabase();
    const fixture = new RefundFixture(database, 'bistu');
    const world = new PurseWorld(database);
    const accountNo = await fixture.till.account();
    const orderNo = await fixture.topUp(accountNo, 3_000);
    const chip = world.card(accountNo);
    await world.swipe(chip);
    const over = (database: RefundFixture['database']) => ({
      ...fixture.depsOver(database),
      closeOuts: createCloseOuts(database),
      cardCharges: createCardCharges(database),
      purses: world.deps.purses,
    });
    const close = (database = fixture.database) => closeAccount(over(database), { schoolId: 'bistu', accountNo, by: 'staff:1' });
    return { fixture, world, accountNo, orderNo, chip, close };
  }

  test('gives the rest of the purse back to the card, and all of it to whoever paid it', async () => {
    const { fixture, world, accountNo, orderNo, chip, close } = await withPurse();
    await world.upload([world.use(chip, 400)]);
    expect(await close()).toMatchObject({ state: 'closed', remainder: [] });
    expect(fixture.wechat.givenFen(orderNo)).toBe(2_600);
    expect(await world.places(accountNo)).toEqual({ card: 0, purse: 0, settled: 0, owed: 0, water: 400 });
    expect(verifyPassbook(await fixture.till.all(accountNo))).toEqual([]);
  });

  test('owes what its chip had used and nobody had told; the merchant is paid, and a repeat owes it once', async () => {
    const { world, accountNo, chip, close } = await withPurse();
    const use = world.use(chip, 400);
    await close();
    await world.upload([use]);
    await world.upload([use]);
    expect(await world.places(accountNo)).toEqual({ card: 0, purse: 0, settled: 0, owed: 400, water: 400 });
    await expect(world.swipe(chip)).rejects.toMatchObject({ code: 'account.closed' });
  });

  test('may be cut at any call: the next one ends it, and the purse came back once', async () => {
    for (let at = 1; at < 150; at += 7) {
      const { fixture, world, accountNo, orderNo, close } = await withPurse();
      const died = await close(faultyDatabase(fixture.database, { at, moment: at % 2 === 0 ? 'before' : 'after' })).then(
        () => false,
        (error: unknown) => error instanceof Crash,
      );
      expect(await close()).toMatchObject({ state: 'closed' });
      expect(fixture.wechat.givenFen(orderNo)).toBe(3_000);
      expect(await world.places(accountNo)).toMatchObject({ card: 0, purse: 0, owed: 0 });
      if (!died) return;
    }
    throw new Error('it never came to its end');
  });
});

test('a card that a roster replaces gives the rest of its purse back at once', async () => {
  const database = createModelDatabase();
  const world = new PurseWorld(database);
  const office = {
    ...world.deps,
    holders: createHolders(database),
    cards: createCards(database),
    accountNumbers: createAccountNumbers(database, async () => undefined),
    rosterMarks: createRosterMarks(database),
    cipher: createFieldCipher({ current: 'k1', keys: { k1: new Uint8Array(32).fill(9) } }, randomBytes),
  };
  const roster = (card: string) =>
    importRoster(
      office,
      world.till.pack,
      new TextEncoder().encode(`学号,姓名,类别,身份证后7位,手机号,卡号\n2021000037,王小明,学生,,,${card}\n`),
    );
  await roster('60000037');
  const accountNo = (await office.holders.accountOf('bistu', '2021000037')) ?? 0;
  const { now } = world.till;
  const credit = { orderNo: 'order_1', channel: 'alipay', amountFen: fen(3_000), paidAt: now, recordedAt: now } as const;
  await world.till.change(accountNo, (head) => topUpDraft(head, credit, world.till.pack));
  const chip = world.card(accountNo);
  await world.swipe(chip);
  await world.upload([world.use(chip, 150)]);
  await roster('60000038');
  expect(await world.places(accountNo)).toEqual({ card: 2_850, purse: 0, settled: 0, owed: 0, water: 150 });
  expect((await world.till.all(accountNo)).slice(-2).map(({ kind }) => kind)).toEqual(['card-issued', 'purse-returned']);
});
