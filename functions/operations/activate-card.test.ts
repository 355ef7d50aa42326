import type { ErrorCode } from '../../shared/errors';
import { cardIssuedDraft } from '../domain/card-issue';
import { verifyPassbook } from '../domain/verify-passbook';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { MachineWorld } from '../test/machine-world';
import { createModelDatabase } from '../test/model-database';
import { authorizePayment } from './authorize-payment';

const refusal = (code: ErrorCode) => expect.objectContaining({ code });

/** A holder of SJTU whose card was replaced `times` times. */
async function withCards(times = 1, database = createModelDatabase()) {
  const world = new MachineWorld(database, 'sjtu');
  world.holder = { ...world.holder, idTail: '0123456' };
  const accountNo = await world.till.account({ cardFen: 20_000 });
  for (let time = 0; time < times; time += 1)
    await world.till.change(accountNo, (head) => cardIssuedDraft(head, { occurredAt: world.till.now }));
  const tap = async (issue: number) => {
    const answer = await authorizePayment(world.till.deps, world.till.tapSale(accountNo, 100, { issue }));
    return 'code' in answer ? answer.code : answer.outcome;
  };
  return { world, accountNo, tap };
}

test('SJ-info-1565: an old card that was found pays again, and the new one is dead', async () => {
  const { world, accountNo, tap } = await withCards();
  expect([await tap(1), await tap(2)]).toEqual(['card.replaced', 'charged']);
  const done = await world.card(world.activateBody(accountNo, { issue: 1 }));
  expect(done).toMatchObject({ kind: 'activate', cardFen: 19_900 });
  expect((await world.till.head(accountNo)).state).toMatchObject({ cardIssue: 1, cardsIssued: 2 });
  expect([await tap(1), await tap(2)]).toEqual(['charged', 'card.replaced']);
  expect(verifyPassbook(await world.till.all(accountNo))).toEqual([]);
});

test('SJ-info-1565: the next card is one above the highest there ever was, and kills whichever is active', async () => {
  const { world, accountNo, tap } = await withCards(2);
  await world.card(world.activateBody(accountNo, { issue: 1 }));
  await world.till.change(accountNo, (head) => cardIssuedDraft(head, { occurredAt: world.till.now }));
  const { state, entryId } = await world.till.head(accountNo);
  expect([state.cardIssue, state.cardsIssued, entryId]).toEqual([4, undefined, 'card-4']);
  expect(await Promise.all([1, 2, 3, 4].map(tap))).toEqual(['card.replaced', 'card.replaced', 'card.replaced', 'charged']);
});

test('the newest card put back into use leaves no trace of a higher number', async () => {
  const { world, accountNo } = await withCards();
  await world.card(world.activateBody(accountNo, { issue: 1 }));
  await world.card(world.activateBody(accountNo, { issue: 2 }));
  expect((await world.till.head(accountNo)).state).not.toHaveProperty('cardsIssued');
});

test('a repeat is the same answer and does not kill the card that was put into use since', async () => {
  const { world, accountNo } = await withCards();
  const body = world.activateBody(accountNo, { issue: 1 });
  const first = await world.card(body);
  await world.card(world.activateBody(accountNo, { issue: 2 }));
  world.till.now += 3 * 86_400_000;
  expect(await world.card(body)).toMatchObject({ entryId: first.entryId, recordedAt: first.recordedAt });
  expect((await world.till.head(accountNo)).state.cardIssue).toBe(2);
  await expect(world.card({ ...world.activateBody(accountNo, { issue: 1 }), sequence: body.sequence })).rejects.toEqual(
    refusal('payment.other-body'),
  );
});

test('both cards on two machines at once: one of them is active afterwards', async () => {
  const { world, accountNo, tap } = await withCards(2);
  const outcomes = await Promise.allSettled([1, 2].map((issue) => world.card(world.activateBody(accountNo, { issue }))));
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
  const heard = await Promise.all([1, 2, 3].map(tap));
  expect(heard.filter((one) => one === 'charged')).toHaveLength(1);
});

test.each<[string, ErrorCode, object, { issue?: number; pin?: string }]>([
  ['that is the active one', 'card.not-found-lost', {}, { issue: 2 }],
  ['that was never issued', 'card.unknown', {}, { issue: 3 }],
  ['of a holder who reported a loss', 'card.lost', { lostAt: 5 }, { issue: 1 }],
  ['of a closed account', 'account.closed', { closed: true }, { issue: 1 }],
  ['with a wrong password', 'auth.wrong-password', {}, { issue: 1, pin: '000000' }],
])('a card %s is refused with %s', async (_name, code, change, card) => {
  const { world, accountNo } = await withCards();
  await world.state(accountNo, change);
  const { n } = await world.till.head(accountNo);
  await expect(world.card(world.activateBody(accountNo, card))).rejects.toEqual(refusal(code));
  expect((await world.till.head(accountNo)).n).toBe(n);
});

test('without a password, a chip or its time nothing is changed, and five wrong passwords lock', async () => {
  const { world, accountNo } = await withCards();
  const body = world.activateBody(accountNo, { issue: 1 });
  const { pin: _pin, ...bare } = body;
  await expect(world.card(bare)).rejects.toEqual(refusal('claim.password-required'));
  await expect(world.card({ ...body, chip: { ...body.chip, mac: '0'.repeat(16) } })).rejects.toEqual(refusal('card.bad-chip-code'));
  await expect(world.card({ ...body, occurredAt: world.till.now + 60_000 })).rejects.toEqual(refusal('terminal.clock'));
  await expect(world.card({ ...body, occurredAt: world.till.now - 61_000 })).rejects.toEqual(refusal('claim.too-late'));
  for (let wrong = 0; wrong < 5; wrong += 1) {
    await expect(world.card(world.activateBody(accountNo, { issue: 1, pin: '999999' }))).rejects.toEqual(refusal('auth.wrong-password'));
  }
  await expect(world.card(body)).rejects.toEqual(refusal('auth.locked'));
  expect((await world.till.head(accountNo)).state.cardIssue).toBe(2);
});

test('a school that knows no such thing answers that the card is replaced', async () => {
  const world = new MachineWorld(createModelDatabase(), 'shanghaitech');
  const accountNo = await world.till.account();
  await world.till.change(accountNo, (head) => cardIssuedDraft(head, { occurredAt: world.till.now }));
  await expect(world.card(world.activateBody(accountNo, { issue: 1 }))).rejects.toEqual(refusal('card.replaced'));
});

test('SJ-01: it is the transaction password that is asked, by default the same as the other', async () => {
  const { world, accountNo } = await withCards();
  const { passwords } = world.deps;
  world.holder = { ...world.holder, passwordHash: await passwords.hash('135790') };
  await expect(world.card(world.activateBody(accountNo, { issue: 1, pin: '135790' }))).rejects.toEqual(refusal('auth.wrong-password'));
  world.holder = { ...world.holder, transactionPasswordHash: await passwords.hash('246801') };
  expect(await world.card(world.activateBody(accountNo, { issue: 1, pin: '246801' }))).toMatchObject({ kind: 'activate' });
});

test('a function that dies before or after any of its calls leaves it done once or not at all, and the repeat finishes it', async () => {
  const database = createModelDatabase();
  const counted = faultyDatabase(database, { at: 1_000, moment: 'before' });
  const { world, accountNo } = await withCards(1, database);
  await world.card(world.activateBody(accountNo, { issue: 1 }), world.depsOver(counted));
  for (let at = 1; at <= counted.calls(); at += 1) {
    for (const moment of ['before', 'after'] as const) {
      const tried = await withCards(1, database);
      const body = tried.world.activateBody(tried.accountNo, { issue: 1, sequence: 1_000 * at + (moment === 'before' ? 1 : 2) });
      const faulty = faultyDatabase(database, { at, moment });
      await expect(tried.world.card(body, tried.world.depsOver(faulty))).rejects.toBeInstanceOf(Crash);
      expect(await tried.world.card(body)).toMatchObject({ kind: 'activate' });
      expect((await tried.world.till.all(tried.accountNo)).filter(({ kind }) => kind === 'card-activated')).toHaveLength(1);
    }
  }
});
