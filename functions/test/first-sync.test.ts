import { authorizePayment, type SaleAnswer } from '../operations/authorize-payment';
import { MachineWorld } from './machine-world';
import { createModelDatabase } from './model-database';

const said = (answer: SaleAnswer) => ('code' in answer ? answer.code : answer.outcome);

/** A holder of BISTU with an app, whose card was on no terminal yet. */
async function newcomer() {
  const world = new MachineWorld(createModelDatabase(), 'bistu');
  const { till } = world;
  const accountNo = await till.account({ cardFen: 5_000 });
  const byCode = async () => said(await authorizePayment(till.deps, till.codeSale(await till.code(accountNo), 300)));
  return { world, till, accountNo, byCode };
}

test('BI-03: a code is refused until the card was on a terminal once: a look at the balance, and the very same code pays', async () => {
  const { world, till, accountNo, byCode } = await newcomer();
  expect(await byCode()).toBe('code.first-sync');
  expect(await world.card(world.syncBody(accountNo))).toMatchObject({ kind: 'sync', cardFen: 5_000 });
  expect(await byCode()).toBe('charged');
  expect((await till.head(accountNo)).state).toMatchObject({ synced: true, balances: { card: 4_700 } });
});

test('BI-03: paying with the card is as good, and what was refused before stays refused', async () => {
  const { till, accountNo, byCode } = await newcomer();
  const early = till.codeSale(await till.code(accountNo), 300);
  expect(await authorizePayment(till.deps, { ...early, attempt: 2 })).toMatchObject({ code: 'code.first-sync', definite: true });
  expect(said(await authorizePayment(till.deps, till.tapSale(accountNo, 200)))).toBe('charged');
  expect(said(await authorizePayment(till.deps, { ...early, attempt: 3 }))).toBe('code.first-sync');
  expect(await byCode()).toBe('charged');
});

test('BI-03: a card that is refused at the till, or a number without its chip, is no sync', async () => {
  const { till, accountNo, byCode } = await newcomer();
  expect(said(await authorizePayment(till.deps, till.tapSale(accountNo, 5_001)))).toBe('payment.insufficient-balance');
  const { body } = till.tapSale(accountNo, 100);
  if (body.kind !== 'charge-card') throw new Error('a tap');
  const { chip: _chip, ...bare } = body;
  expect(said(await authorizePayment(till.deps, till.sale(bare)))).toBe('card.bare-number-refused');
  expect(await byCode()).toBe('code.first-sync');
});

test('BI-03: a new card is no new holder: the codes stay in sync', async () => {
  const { world, accountNo, byCode } = await newcomer();
  await world.card(world.syncBody(accountNo));
  await world.state(accountNo, { cardIssue: 2 });
  expect(await byCode()).toBe('charged');
});

test('a school without the rule takes a code at once', async () => {
  const { till } = new MachineWorld();
  const accountNo = await till.account({ cardFen: 500 });
  expect(said(await authorizePayment(till.deps, till.codeSale(await till.code(accountNo), 300)))).toBe('charged');
});
