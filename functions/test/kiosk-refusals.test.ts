import { CardChip } from '../../sandbox/terminals/physical-card';
import { sealPin } from '../../sandbox/terminals/seal-pin';
import { newTerminalKey, type Purpose, signedHeaders } from '../../sandbox/terminals/signed-request';
import { createTerminals } from '../store/terminals';
import { KioskWorld } from './kiosk-world';

/** Every act of a kiosk that the rules may refuse, by what is wrong with it. */
const ACTS = [
  ['statement', '/terminal/statements', { month: '2026-11' }],
  ['bank', '/terminal/bank', { kind: 'form' }],
  ['bank', '/terminal/bank', { kind: 'bind', bankCard: '6217001230006789' }],
  ['bank', '/terminal/bank', { kind: 'transfer', amountFen: 100 }],
  ['card', '/terminal/cards', { kind: 'change-password', which: 'query' }],
] as const satisfies readonly (readonly [Purpose, string, object])[];

let sequence = 1_000;

/** A well-formed act with the holder's card, or another, on the machine. */
function bodyOf(world: KioskWorld, facts: object, more: { chip?: CardChip; terminal?: number; pin?: string } = {}) {
  sequence += 1;
  const { chip = world.chip, terminal = 31, pin = '123456' } = more;
  const act = { schoolId: world.school.schoolId, terminal, sequence };
  const amountFen = 'amountFen' in facts ? Number(facts.amountFen) : 0;
  const sealed = (text: string) => sealPin(text, world.pinKey, act);
  const pins =
    'kind' in facts && facts.kind === 'change-password'
      ? { oldPin: sealed(pin), newPin: sealed('271828') }
      : 'kind' in facts && facts.kind === 'form'
        ? {}
        : { pin: sealed(pin) };
  return { ...act, occurredAt: world.school.now, card: chip.cardNumber, chip: chip.tap({ ...act, amountFen }), ...facts, ...pins };
}

async function opened(): Promise<KioskWorld> {
  const world = await KioskWorld.open();
  await world.withId();
  return world;
}

const codeOf = (reply: unknown): string | undefined => (reply as { readonly error?: { readonly code: string } }).error?.code;

describe.each(ACTS)('%s at %s with %j', (purpose, path, facts) => {
  test('is refused to a cash machine and to a till', async () => {
    const world = await opened();
    expect(codeOf(await world.send(purpose, path, bodyOf(world, facts, { terminal: 32 }), 32))).toBe('terminal.wrong-kind');
  });

  test.each([
    ['lost', { lostAt: 1 }, 'card.lost'],
    ['replaced', { cardIssue: 2 }, 'card.replaced'],
    ['closed', { closed: true }, 'account.closed'],
  ])('is refused to a card that is %s', async (_name, change, code) => {
    const world = await opened();
    await world.school.change(world.accountNo, (head) => ({
      ...{ kind: 'limits-changed', entryId: 'changed', postings: [], occurredAt: world.school.now },
      state: { ...head.state, ...change },
    }));
    const before = (await world.school.head(world.accountNo)).n;
    expect(codeOf(await world.send(purpose, path, bodyOf(world, facts)))).toBe(code);
    expect([(await world.school.head(world.accountNo)).n, world.bank.calls]).toEqual([before, []]);
  });

  test('is refused to a chip that is not the card’s, and to a card that nobody has', async () => {
    const world = await opened();
    const forged = new CardChip({ cardNumber: world.chip.cardNumber, chipKey: new Uint8Array(32) });
    expect(codeOf(await world.send(purpose, path, bodyOf(world, facts, { chip: forged })))).toBe('card.bad-chip-code');
    const unknown = new CardChip({ cardNumber: '123456789', chipKey: new Uint8Array(32) });
    expect(codeOf(await world.send(purpose, path, bodyOf(world, facts, { chip: unknown })))).toBe('card.unknown');
  });

  test('is refused with another signature, another purpose, an old or a future time, from another school or a revoked machine', async () => {
    const world = await opened();
    const text = JSON.stringify(bodyOf(world, facts));
    expect(codeOf(await world.send('charge', path, text))).toBe('terminal.bad-signature');
    const signing = { purpose, schoolId: world.school.schoolId, terminal: 31, attempt: 1, body: text };
    const { now } = world.school;
    expect(codeOf(await world.sendSigned(path, text, signedHeaders(newTerminalKey(), { ...signing, sentAt: now })))).toBe(
      'terminal.bad-signature',
    );
    expect(codeOf(await world.send(purpose, path, text.replace('2026', '2025').replace('"card":"', '"card": "'), 31, text))).toBe(
      'terminal.bad-signature',
    );
    expect(codeOf(await world.sendAt(purpose, path, text, now - 31_000))).toBe('terminal.stale');
    expect(await world.sendAt(purpose, path, text, now + 31_000)).toMatchObject({
      error: { code: 'terminal.clock', detail: { serverTime: now } },
    });
    expect(codeOf(await world.send(purpose, path, { ...bodyOf(world, facts), schoolId: 'bistu' }))).toBe('terminal.other-school');
    const revoked = await opened();
    const terminals = createTerminals(revoked.database);
    const row = await terminals.find('shanghaitech', 31);
    if (row === undefined) throw new Error('no terminal');
    await terminals.save({ ...row, status: 'revoked' });
    expect(codeOf(await revoked.send(purpose, path, bodyOf(revoked, facts)))).toBe('terminal.revoked');
  });
});

test.each([
  ['statement', '/terminal/statements', { month: '2026-11' }],
  ['card', '/terminal/cards', { kind: 'change-password', which: 'query' }],
] as const)('%s: a wrong password is counted, and five lock the card at this machine', async (purpose, path, facts) => {
  const world = await opened();
  for (let tries = 0; tries < 5; tries += 1) {
    expect(codeOf(await world.send(purpose, path, bodyOf(world, facts, { pin: '000000' })))).toBe('auth.wrong-password');
  }
  expect(codeOf(await world.send(purpose, path, bodyOf(world, facts)))).toBe('auth.locked');
});

test('a password that was sealed for another act opens nothing', async () => {
  const world = await opened();
  const overheard = bodyOf(world, { month: '2026-11' });
  expect(
    codeOf(await world.send('statement', '/terminal/statements', { ...bodyOf(world, { month: '2026-11' }), pin: overheard.pin })),
  ).toBe('claim.pin-unreadable');
  const { pin: _none, ...bare } = bodyOf(world, { month: '2026-11' });
  expect(codeOf(await world.send('statement', '/terminal/statements', bare))).toBe('claim.password-required');
});

test.each([
  ['a machine whose clock is ahead', 40_000, 'terminal.clock'],
  ['an act that began a minute ago', -61_000, 'claim.too-late'],
])('a change of password from %s is refused', async (_name, off, code) => {
  const world = await opened();
  const body = { ...bodyOf(world, { kind: 'change-password', which: 'query' }), occurredAt: world.school.now + off };
  expect(codeOf(await world.send('card', '/terminal/cards', body))).toBe(code);
});

test.each([
  ['271828', '271828'],
  ['123456', '123123'],
  ['123456', '12345'],
])('from %s to %s no password is changed', async (old, next) => {
  const world = await opened();
  const body = bodyOf(world, { kind: 'change-password', which: 'query' }, { pin: old });
  const newPin = sealPin(next, world.pinKey, body);
  expect(codeOf(await world.send('card', '/terminal/cards', { ...body, newPin }))).toMatch(/^auth\.(password-weak|wrong-password)$/);
  expect(await world.holder()).toMatchObject({ passwordHash: null });
});

test('one sequence number with another password is refused, and the first change stands', async () => {
  const world = await opened();
  const body = bodyOf(world, { kind: 'change-password', which: 'query' });
  expect(await world.send('card', '/terminal/cards', body)).toMatchObject({ kind: 'change-password' });
  expect(await world.send('card', '/terminal/cards', body)).toMatchObject({ kind: 'change-password' });
  const other = { ...body, newPin: sealPin('314159', world.pinKey, body) };
  expect(codeOf(await world.send('card', '/terminal/cards', other))).toBe('payment.other-body');
});

test('a transfer without a bound card, of an odd amount, or of nothing asks no bank', async () => {
  const world = await opened();
  const send = (amountFen: number) => world.send('bank', '/terminal/bank', bodyOf(world, { kind: 'transfer', amountFen }));
  expect(codeOf(await send(100))).toBe('bank.not-bound');
  expect(codeOf(await send(0))).toBe('top-up.amount-invalid');
  expect(codeOf(await send(600_000))).toBe('top-up.over-max-balance');
  expect(codeOf(await send(1.5))).toBe('request.malformed');
  expect(world.bank.calls).toEqual([]);
});

test('a note of another edition is refused by the server as well, and nothing is written', async () => {
  const world = await opened();
  sequence += 1;
  const act = { schoolId: 'shanghaitech', terminal: 32, sequence, occurredAt: world.school.now };
  const notes = [{ denominationFen: 10_000, edition: '2015', count: 1 }];
  const chip = world.chip.tap({ ...act, amountFen: 10_000 });
  const body = { ...act, card: world.chip.cardNumber, chip, notes, amountFen: 10_000, canWrite: true };
  expect(codeOf(await world.send('cash', '/terminal/cash', body, 32))).toBe('cash.note-refused');
  expect(await world.places()).toEqual({ card: 0, transit: 0, chipPending: 0 });
});
