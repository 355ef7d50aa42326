import type { ErrorCode } from '../../shared/errors';
import { verifyPassbook } from '../domain/verify-passbook';
import { MachineWorld } from '../test/machine-world';
import { createModelDatabase } from '../test/model-database';
import { loadPack } from '../test/sale-fixture';

const refusal = (code: ErrorCode) => expect.objectContaining({ code });
const { codes } = loadPack('bistu');

function world(firstSync = true) {
  return new MachineWorld(createModelDatabase(), 'bistu', { codes: { ...codes, firstSync } });
}

test('BI-03: the card on any terminal shows its balance, and from then on the account is in sync', async () => {
  const { card, syncBody, till, places } = bound(world());
  const accountNo = await till.account({ cardFen: 2_000 });
  expect(await card(syncBody(accountNo))).toMatchObject({ kind: 'sync', cardFen: 2_000, transitFen: 0 });
  const head = await till.head(accountNo);
  expect(head).toMatchObject({ kind: 'card-synced', postings: [], state: { synced: true } });
  expect(await places(accountNo)).toEqual({ card: 2_000, transit: 0, chipPending: 0 });
  expect(verifyPassbook(await till.all(accountNo))).toEqual([]);
});

test('BI-03: a second time, also by two readers at once, is a look at the balance and no entry', async () => {
  const { card, syncBody, till } = bound(world());
  const accountNo = await till.account({ cardFen: 2_000 });
  await Promise.all(Array.from({ length: 5 }, () => card(syncBody(accountNo))));
  await card(syncBody(accountNo));
  expect((await till.all(accountNo)).filter(({ kind }) => kind === 'card-synced')).toHaveLength(1);
});

test('a school without the rule keeps no entry of it', async () => {
  const { card, syncBody, till } = bound(world(false));
  const accountNo = await till.account({ cardFen: 700 });
  expect(await card(syncBody(accountNo))).toMatchObject({ cardFen: 700 });
  expect((await till.head(accountNo)).state.synced).toBeUndefined();
});

test.each<[ErrorCode, object]>([
  ['card.lost', { lostAt: 5 }],
  ['card.replaced', { cardIssue: 2 }],
  ['account.closed', { closed: true }],
])('refuses with %s and writes nothing', async (code, change) => {
  const made = world();
  const accountNo = await made.till.account({ cardFen: 2_000 });
  await made.state(accountNo, change);
  const { n } = await made.till.head(accountNo);
  await expect(made.card(made.syncBody(accountNo))).rejects.toEqual(refusal(code));
  expect((await made.till.head(accountNo)).n).toBe(n);
});

test('a card that no chip proves, or that nobody has, is not in sync', async () => {
  const made = world();
  const accountNo = await made.till.account();
  const body = made.syncBody(accountNo);
  await expect(made.card({ ...body, chip: { ...body.chip, mac: '0'.repeat(16) } })).rejects.toEqual(refusal('card.bad-chip-code'));
  await expect(made.card({ ...body, card: '123' })).rejects.toEqual(refusal('card.unknown'));
  await expect(made.card(made.syncBody(accountNo + 1))).rejects.toEqual(refusal('account.unknown'));
});

function bound(made: MachineWorld) {
  return { card: made.card, syncBody: made.syncBody.bind(made), till: made.till, places: made.places.bind(made) };
}
