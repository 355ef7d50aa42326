import { createHash } from 'node:crypto';
import type { IdentityBody, IdentityReply, TerminalGate } from '../../shared/api/terminal-identities';
import { type CodeKind, stepAt } from '../../shared/code-format';
import type { RulePack } from '../../shared/rule-pack';
import type { AccountState } from '../domain/account-state';
import { writeCardNumber } from '../domain/card-number';
import { chipKey, chipMac } from '../domain/school-keys';
import { createGateRecords } from '../store/gate-records';
import type { Terminal } from '../store/terminals';
import { createModelDatabase } from '../test/model-database';
import { SaleFixture } from '../test/sale-fixture';
import { authorizePayment } from './authorize-payment';
import { gateOf } from './gate-of';
import { type IdentityDeps, verifyIdentity } from './verify-identity';

const OPEN: TerminalGate = { group: 'library', direction: 'both', antiPassback: false };
const STRICT: TerminalGate = { ...OPEN, antiPassback: true };
const MINUTE_MS = 60_000;
type Direction = IdentityBody['direction'];

/** A school with gates over the model store. Sequence numbers count up by themselves. */
class GateWorld {
  readonly database = createModelDatabase();
  readonly till: SaleFixture;
  readonly deps: IdentityDeps;
  names = 0;
  #sequence = 500;

  constructor(pack: Partial<RulePack> = {}) {
    this.till = new SaleFixture(this.database, 'shanghaitech', { gates: { showName: false }, ...pack });
    this.deps = {
      passbook: this.till.passbook,
      clock: () => this.till.now,
      ownCard: async () => undefined,
      backOff: async () => undefined,
      gateRecords: createGateRecords(this.database),
      // Of the store of holders only this is asked.
      holders: {
        find: async (schoolId: string, accountNo: number) => {
          this.names += 1;
          return { schoolId, accountNo, name: '测试甲' };
        },
      } as never,
    };
  }

  #act(terminal: number) {
    this.#sequence += 1;
    return { schoolId: this.till.schoolId, terminal, sequence: this.#sequence, occurredAt: this.till.now };
  }

  codeBody(code: string, more: { terminal?: number; direction?: Direction } = {}): IdentityBody {
    const { terminal = 41, direction } = more;
    return { ...this.#act(terminal), kind: 'identity-code', code, ...(direction === undefined ? {} : { direction }) };
  }

  async scan(accountNo: number, more: { terminal?: number; direction?: Direction; kind?: CodeKind; step?: number; slot?: number } = {}) {
    const { terminal, direction, ...code } = more;
    return this.codeBody(await this.till.code(accountNo, { kind: 'identity', ...code }), {
      ...(terminal === undefined ? {} : { terminal }),
      ...(direction === undefined ? {} : { direction }),
    });
  }

  tap(accountNo: number, more: { issue?: number; terminal?: number; direction?: Direction; key?: string } = {}): IdentityBody {
    const { issue = 1, terminal = 41, direction } = more;
    const act = this.#act(terminal);
    const card = writeCardNumber({ accountNo, issue });
    const mac = chipMac(chipKey(this.till.keys, more.key ?? card), { ...act, amountFen: 0, counter: 3 });
    return { ...act, kind: 'identity-card', card, chip: { counter: 3, mac }, ...(direction === undefined ? {} : { direction }) };
  }

  verify(body: IdentityBody, gate: TerminalGate = OPEN, deps: IdentityDeps = this.deps): Promise<IdentityReply> {
    const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    return verifyIdentity(deps, { body, bodyHash, gate, pack: this.till.pack, keys: this.till.keys });
  }

  /** The refusal's code, or 'valid'. */
  async outcome(body: IdentityBody, gate?: TerminalGate): Promise<string> {
    try {
      return (await this.verify(body, gate)).valid ? 'valid' : 'no';
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  }

  async state(accountNo: number, change: Partial<AccountState>): Promise<void> {
    await this.till.change(accountNo, (head) => ({
      ...{ kind: 'limits-changed', entryId: `e${head.n}`, postings: [], occurredAt: this.till.now },
      state: { ...head.state, ...change },
    }));
  }
}

async function opened(pack: Partial<RulePack> = {}) {
  const world = new GateWorld(pack);
  return { world, accountNo: await world.till.account({ cardFen: 2_000 }) };
}

describe('an identity code at a gate', () => {
  it('is answered with validity and role and nothing else, and nothing is written', async () => {
    const { world, accountNo } = await opened();
    const before = await world.till.head(accountNo);
    expect(await world.verify(await world.scan(accountNo))).toEqual({
      valid: true,
      role: 'student',
      nameMasked: null,
      direction: 'in',
      serverTime: '2026-11-21T12:08:17.000+08:00',
    });
    expect(await world.till.head(accountNo)).toEqual(before);
    expect(await world.deps.gateRecords.find(world.till.schoolId, accountNo)).toBeUndefined();
    expect(world.names).toBe(0);
  });

  it.each(['staff', 'temporary'] as const)('tells the role of the holder: %s', async (group) => {
    const { world, accountNo } = await opened();
    await world.state(accountNo, { group });
    expect(await world.verify(await world.scan(accountNo))).toMatchObject({ role: group });
  });

  it('shows a masked name where the school lets its guards see one', async () => {
    const { world, accountNo } = await opened({ gates: { showName: true } });
    expect((await world.verify(await world.scan(accountNo))).nameMasked).toBe('测**');
  });

  it('uses up no step: the payment code of the same step still pays, and the other way round', async () => {
    const { world, accountNo } = await opened();
    expect(await world.outcome(await world.scan(accountNo), STRICT)).toBe('valid');
    const sale = world.till.codeSale(await world.till.code(accountNo, { kind: 'card' }), 100);
    expect((await authorizePayment(world.till.deps, sale)).outcome).toBe('charged');
    expect(await world.outcome(await world.scan(accountNo, { terminal: 42 }), OPEN)).toBe('valid');
  });

  it('may be shown again where nothing stands against passback', async () => {
    const { world, accountNo } = await opened();
    const code = await world.till.code(accountNo, { kind: 'identity' });
    expect([await world.outcome(world.codeBody(code)), await world.outcome(world.codeBody(code))]).toEqual(['valid', 'valid']);
  });

  it.each<[string, string, (world: GateWorld, accountNo: number) => Promise<IdentityBody>]>([
    ['a payment code', 'identity.payment-code', (world, accountNo) => world.scan(accountNo, { kind: 'card' })],
    ['a wallet code', 'identity.payment-code', (world, accountNo) => world.scan(accountNo, { kind: 'wallet' })],
    ['a WeChat code', 'code.wechat', async (world) => world.codeBody('134567890123456789')],
    ['an Alipay code', 'code.alipay', async (world) => world.codeBody('281234567890123456')],
    ['a UnionPay code', 'code.unionpay', async (world) => world.codeBody('6212345678901234567')],
    ['other digits', 'code.malformed', async (world) => world.codeBody('123')],
    ['a code of nobody', 'identity.not-valid', async (world) => world.codeBody(`90${'1'.repeat(22)}`)],
    [
      'a wrong MAC',
      'identity.not-valid',
      async (world, accountNo) => world.codeBody(`${(await world.till.code(accountNo, { kind: 'identity' })).slice(0, 13)}00000000000`),
    ],
    ['a slot without an app', 'identity.not-valid', (world, accountNo) => world.scan(accountNo, { slot: 2 })],
    ['an expired code', 'code.expired', (world, accountNo) => world.scan(accountNo, { step: stepAt(world.till.now) - 6 })],
    [
      'a code of a phone whose clock is ahead',
      'code.not-yet-valid',
      (world, accountNo) => world.scan(accountNo, { step: stepAt(world.till.now) + 4 }),
    ],
  ])('refuses %s: %s', async (_, code, body) => {
    const { world, accountNo } = await opened();
    expect(await world.outcome(await body(world, accountNo))).toBe(code);
  });

  it.each<[string, Partial<AccountState>]>([
    ['account.closed', { closed: true }],
    ['code.frozen', { codesFrozen: true }],
  ])('refuses a holder whose state says so: %s', async (code, change) => {
    const { world, accountNo } = await opened();
    await world.state(accountNo, change);
    expect(await world.outcome(await world.scan(accountNo))).toBe(code);
  });

  it('is good while only the card is lost and the holder kept the codes', async () => {
    const { world, accountNo } = await opened();
    await world.state(accountNo, { lostAt: world.till.now });
    expect(await world.outcome(await world.scan(accountNo))).toBe('valid');
  });

  it('BI-03: waits for the first sync where the school asks for it, and for the school to offer codes', async () => {
    const { pack } = (await opened()).world.till;
    const first = await opened({ codes: { ...pack.codes, firstSync: true } });
    expect(await first.world.outcome(await first.world.scan(first.accountNo))).toBe('code.first-sync');
    await first.world.state(first.accountNo, { synced: true });
    expect(await first.world.outcome(await first.world.scan(first.accountNo))).toBe('valid');
    const off = await opened({ codes: { ...pack.codes, enabled: false } });
    expect(await off.world.outcome(await off.world.scan(off.accountNo))).toBe('code.not-offered');
  });

  it('is judged by our clock: a gate whose own is wrong, or whose request is late, opens to nobody', async () => {
    const { world, accountNo } = await opened();
    const body = await world.scan(accountNo);
    expect(await world.outcome({ ...body, occurredAt: world.till.now + 30_001 })).toBe('terminal.clock');
    world.till.now += 60_001;
    expect(await world.outcome(body)).toBe('identity.too-late');
  });
});

describe('a card at a gate', () => {
  it('is proved by its chip over an amount of 0', async () => {
    const { world, accountNo } = await opened();
    expect(await world.verify(world.tap(accountNo))).toMatchObject({ valid: true, role: 'student' });
  });

  it.each<[string, Partial<AccountState>, { issue?: number; key?: string }]>([
    ['card.bad-chip-code', {}, { key: 'another' }],
    ['card.lost', { lostAt: 1 }, {}],
    ['card.replaced', { cardIssue: 2 }, {}],
    ['account.closed', { closed: true }, {}],
  ])('is refused: %s', async (code, change, more) => {
    const { world, accountNo } = await opened();
    await world.state(accountNo, change);
    expect(await world.outcome(world.tap(accountNo, more))).toBe(code);
  });

  it('that names nobody, or somebody without an account, is unknown', async () => {
    const { world } = await opened();
    const tap = world.tap(123_456_789);
    expect(await world.outcome(tap)).toBe('account.unknown');
    expect(await world.outcome({ ...tap, card: 'X1' } as IdentityBody)).toBe('card.unknown');
  });
});

describe('gates against passback', () => {
  const other: TerminalGate = { ...STRICT, group: 'dormitory' };

  it('let nobody in twice, by code or by card, until somebody has left', async () => {
    const { world, accountNo } = await opened();
    expect(await world.outcome(await world.scan(accountNo), STRICT)).toBe('valid');
    const step = stepAt(world.till.now) + 1;
    expect(await world.outcome(await world.scan(accountNo, { step, terminal: 42 }), STRICT)).toBe('identity.passback');
    expect(await world.outcome(world.tap(accountNo), STRICT)).toBe('identity.passback');
    expect(await world.outcome(world.tap(accountNo, { direction: 'out' }), STRICT)).toBe('valid');
    expect(await world.outcome(await world.scan(accountNo, { step, terminal: 42 }), STRICT)).toBe('valid');
  });

  it('take a code once: a screenshot opens no other gate, of no other group, and not after its owner has left', async () => {
    const { world, accountNo } = await opened();
    const code = await world.till.code(accountNo, { kind: 'identity' });
    expect(await world.outcome(world.codeBody(code), STRICT)).toBe('valid');
    expect(await world.outcome(world.codeBody(code, { terminal: 43 }), other)).toBe('identity.used');
    expect(await world.outcome(world.codeBody(code, { direction: 'out' }), STRICT)).toBe('valid');
    expect(await world.outcome(world.codeBody(code), STRICT)).toBe('identity.used');
    // The owner's phone shows the next one.
    expect(await world.outcome(await world.scan(accountNo, { step: stepAt(world.till.now) + 1 }), other)).toBe('valid');
  });

  it('keep the groups apart: who is in the library may enter the dormitory', async () => {
    const { world, accountNo } = await opened();
    expect(await world.outcome(world.tap(accountNo), STRICT)).toBe('valid');
    expect(await world.outcome(world.tap(accountNo), other)).toBe('valid');
    expect(await world.outcome(world.tap(accountNo), other)).toBe('identity.passback');
  });

  it('never keep anybody from leaving', async () => {
    const { world, accountNo } = await opened();
    const out: TerminalGate = { ...STRICT, direction: 'out' };
    expect([await world.outcome(world.tap(accountNo), out), await world.outcome(world.tap(accountNo), out)]).toEqual(['valid', 'valid']);
  });

  it('answer the same bytes as they were answered, also when their code has run out since, and other bytes under the number never', async () => {
    const { world, accountNo } = await opened();
    const body = await world.scan(accountNo, { step: stepAt(world.till.now) - 5 });
    const first = await world.verify(body, STRICT);
    world.till.now += 30_000;
    expect(await world.verify(body, STRICT)).toEqual({ ...first, serverTime: '2026-11-21T12:08:47.000+08:00' });
    const changed = await world.scan(accountNo);
    expect(await world.outcome({ ...changed, sequence: body.sequence }, STRICT)).toBe('payment.other-body');
    world.till.now += 30_001;
    expect(await world.outcome(body, STRICT)).toBe('identity.too-late');
  });

  it('forget a presence with the day, or after the time the school sets, or when the card office says so', async () => {
    const day = await opened();
    expect(await day.world.outcome(day.world.tap(day.accountNo), STRICT)).toBe('valid');
    day.world.till.now = Date.parse('2026-11-21T23:59:59+08:00');
    expect(await day.world.outcome(day.world.tap(day.accountNo), STRICT)).toBe('identity.passback');
    day.world.till.now += 1_000;
    expect(await day.world.outcome(day.world.tap(day.accountNo), STRICT)).toBe('valid');

    const timed = await opened({ gates: { showName: false, forgetAfterMinutes: 90 } });
    expect(await timed.world.outcome(timed.world.tap(timed.accountNo), STRICT)).toBe('valid');
    timed.world.till.now += 90 * MINUTE_MS - 1;
    expect(await timed.world.outcome(timed.world.tap(timed.accountNo), STRICT)).toBe('identity.passback');
    await timed.world.deps.gateRecords.forget(timed.world.till.schoolId, timed.accountNo);
    expect(await timed.world.outcome(timed.world.tap(timed.accountNo), STRICT)).toBe('valid');
    timed.world.till.now += 90 * MINUTE_MS;
    expect(await timed.world.outcome(timed.world.tap(timed.accountNo), STRICT)).toBe('valid');
  });

  it('of two at the same moment open one: same code, other code, or card and code', async () => {
    const { world, accountNo } = await opened();
    const code = await world.till.code(accountNo, { kind: 'identity' });
    const next = await world.scan(accountNo, { step: stepAt(world.till.now) + 1, terminal: 44 });
    const at = (body: IdentityBody) => world.outcome(body, STRICT);
    const answers = await Promise.all([
      at(world.codeBody(code)),
      at(world.codeBody(code, { terminal: 42 })),
      at(next),
      at(world.tap(accountNo, { terminal: 45 })),
    ]);
    expect(answers.filter((answer) => answer === 'valid')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['valid', 'identity.passback']));
  });

  it('of two groups at the same moment let one screenshot in once', async () => {
    const { world, accountNo } = await opened();
    const code = await world.till.code(accountNo, { kind: 'identity' });
    const answers = await Promise.all([
      world.outcome(world.codeBody(code), STRICT),
      world.outcome(world.codeBody(code, { terminal: 43 }), other),
    ]);
    expect(answers.sort()).toEqual(['identity.used', 'valid']);
  });

  it('say that the account is busy when they are outrun every time, and open to nobody', async () => {
    const { world, accountNo } = await opened();
    const outrun = { ...world.deps, gateRecords: { ...world.deps.gateRecords, save: async () => false } };
    await expect(world.verify(world.tap(accountNo), STRICT, outrun)).rejects.toMatchObject({ code: 'request.busy' });
  });
});

describe('the direction', () => {
  it.each<[TerminalGate['direction'], Direction, 'in' | 'out']>([
    ['in', undefined, 'in'],
    ['in', 'out', 'in'],
    ['out', 'in', 'out'],
    ['both', undefined, 'in'],
    ['both', 'out', 'out'],
  ])('of a gate enrolled as %s that says %s is %s', async (enrolled, said, direction) => {
    const { world, accountNo } = await opened();
    const body = world.tap(accountNo, said === undefined ? {} : { direction: said });
    expect((await world.verify(body, { ...OPEN, direction: enrolled })).direction).toBe(direction);
  });
});

describe('who may ask', () => {
  const till: Terminal = { schoolId: 'sjtu', terminal: 7, publicKey: '', merchant: 12, name: '', status: 'active' };

  it('is a gate, or another terminal that the card office has made one', () => {
    expect(() => gateOf(till)).toThrow(expect.objectContaining({ code: 'terminal.wrong-kind' }));
    expect(() => gateOf({ ...till, kind: 'kiosk' })).toThrow(expect.objectContaining({ code: 'terminal.wrong-kind' }));
    expect(gateOf({ ...till, kind: 'gate' })).toEqual({ group: 'all', direction: 'both', antiPassback: false });
    expect(gateOf({ ...till, gate: STRICT })).toBe(STRICT);
  });
});
