import { chipKey, deriveSchoolKeys } from '../../functions/domain/school-keys';
import { verifyPassbook } from '../../functions/domain/verify-passbook';
import { createTerminals } from '../../functions/store/terminals';
import { BENCH_TERMINAL } from '../../sandbox/local/bench-machines';
import { CardChip } from '../../sandbox/terminals/physical-card';
import { newTerminalKey } from '../../sandbox/terminals/signed-request';
import { type CodeKind, stepAt } from '../../shared/code-format';
import type { ErrorCode } from '../../shared/errors';
import { type Asking, expectRefusal, expectSaleRefused, type Heard } from './support/ask';
import { Phone, type Student, studentOf, succeeded } from './support/phone';
import { Till } from './support/till';
import { type HttpWorld, startHttpWorld } from './support/world';

let world: HttpWorld;
let till: Till;
let student: Student;
let phone: Phone;

const chipOf = ({ schoolId, person }: Student): CardChip => {
  const keys = deriveSchoolKeys(Buffer.from(world.stack.secrets.masterKey, 'base64'), schoolId);
  return new CardChip({ cardNumber: person.cardNumber, chipKey: chipKey(keys, person.cardNumber) });
};
/** Steps that were charged on; a code is good for one sale. */
const spent = new Set<number>();
/** A code that is valid and not used. A test that is not going to pay with it leaves it for others. */
async function goodCode({ kind = 'card' as CodeKind, pays = true } = {}): Promise<string> {
  for (let waited = 0; waited < 60; waited += 1) {
    const now = stepAt(Date.now());
    const stepsAhead = [-3, -2, -1, 0, 1, 2].find((ahead) => !spent.has(now + ahead));
    if (stepsAhead !== undefined) {
      if (pays) spent.add(now + stepsAhead);
      return phone.code({ kind, stepsAhead });
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('no code is left');
}
const unchanged = (refused: () => Promise<Heard>): Promise<Heard> => world.ledger.unchangedBy(refused);
const cardFen = async (): Promise<number> => succeeded(await phone.get('/student/account')).balances.cardFen;
const entriesOf = async ({ schoolId, accountNo }: Student) => {
  const { entries } = await world.passbook.entries(schoolId, accountNo, { from: 1, to: 10_000, limit: 10_000 });
  return [...entries].reverse();
};

beforeAll(async () => {
  world = await startHttpWorld(1, { cardholdersPerSchool: 12 });
  till = new Till(world, 'shanghaitech');
  student = await studentOf(world, 'shanghaitech', 0);
  phone = await new Phone(world).able(student);
  await phone.topUp(50_000);
  // On the card from here on: no later charge claims.
  expect((await till.charge(await goodCode())).body).toMatchObject({ outcome: 'charged', claimedFen: 50_000 });
}, 120_000);
afterAll(() => world?.stop());

describe('a code that does not pay', () => {
  it('is refused when it has expired', async () => {
    const code = await phone.code({ stepsAhead: -7 });
    expectSaleRefused(await unchanged(() => till.charge(code)), 'code.expired', false);
  });

  it('is refused when it is of the future', async () => {
    const code = await phone.code({ stepsAhead: 5 });
    expectSaleRefused(await unchanged(() => till.charge(code)), 'code.not-yet-valid', false);
  });

  it('is refused when it was used, by this till and by any other sale', async () => {
    const code = await goodCode();
    expect((await till.charge(code)).body).toMatchObject({ outcome: 'charged', amountFen: 100 });
    expectSaleRefused(await unchanged(() => till.charge(code)), 'code.used', false);
  });

  it('is refused when it is truncated, too long, or empty', async () => {
    const code = await goodCode({ pays: false });
    for (const text of [code.slice(0, -1), code.slice(1), `${code}0`, '', '91', code.slice(0, 12)]) {
      expectSaleRefused(await unchanged(() => till.charge(text)), 'code.malformed', true);
    }
  });

  it('is refused when any one of its digits is mistyped', async () => {
    const code = await goodCode();
    const codes = new Set<string>();
    await world.ledger.unchangedBy(async () => {
      for (let at = 2; at < code.length; at += 1) {
        const other = String((Number(code[at]) + 1 + (at % 8)) % 10);
        const heard = await till.charge(code.slice(0, at) + other + code.slice(at + 1));
        expect(heard.body.outcome).toBe('not-charged');
        codes.add(heard.body.reason.code);
      }
    });
    // Another handle may be nobody's; all else is a MAC that does not fit.
    expect([...codes].filter((found) => found !== 'code.invalid' && found !== 'account.unknown')).toEqual([]);
    expect((await till.charge(code)).body.outcome).toBe('charged');
  });

  it('is refused when it is no digits at all', async () => {
    for (const text of ['ABCDEFGHIJKLMNOPQRSTUVWX', '９'.repeat(24), '9１'.padEnd(24, '0'), '🀄'.repeat(12), "' OR 1=1 --", '-91']) {
      expectSaleRefused(await unchanged(() => till.charge(text)), 'code.malformed', true);
    }
  });

  it.each([
    ['WeChat', '134567890123456789', 'code.wechat'],
    ['Alipay', '2876543210987654', 'code.alipay'],
    ['the longest Alipay', '287654321098765432101234', 'code.alipay'],
    ['UnionPay', '6212345678901234567', 'code.unionpay'],
  ] as const)('is refused as what it is when it is a %s code', async (_what, code, refusal) => {
    expectSaleRefused(await unchanged(() => till.charge(code)), refusal, true);
  });

  it('is refused when it says only who, or names a wallet that is not open', async () => {
    const identity = await goodCode({ kind: 'identity', pays: false });
    expectSaleRefused(await unchanged(() => till.charge(identity)), 'code.identity-only', true);
    const wallet = await goodCode({ kind: 'wallet', pays: false });
    expectSaleRefused(await unchanged(() => till.charge(wallet)), 'wallet.not-open', false);
  });

  it("is refused at another school's terminal", async () => {
    const code = await goodCode();
    const other = new Till(world, 'bistu');
    const heard = await unchanged(() => other.charge(code));
    expect(heard.body.outcome).toBe('not-charged');
    expect(['code.invalid', 'account.unknown']).toContain(heard.body.reason.code);
    expect((await till.charge(code)).body.outcome).toBe('charged');
  });

  it.each([0, -1, -100, 12.5, 1e21, '1e3', '100', null, [100], true])('is refused for an amount of %p', async (amount) => {
    const code = await goodCode({ pays: false });
    expectSaleRefused(await unchanged(() => till.charge(code, amount)), 'payment.amount-invalid', true);
  });

  it('is refused above the balance', async () => {
    const code = await goodCode({ pays: false });
    expectSaleRefused(await unchanged(() => till.charge(code, 10_000_000)), 'payment.insufficient-balance', false);
  });
});

describe('a terminal request that is not what was signed', () => {
  const refusedAs = async (
    what: string,
    code: ErrorCode,
    change: (signed: { headers: Record<string, string>; body: string }) => Asking,
  ) => {
    const body = till.sale({ code: await goodCode({ pays: false }), amountFen: 100 });
    await world.ledger.unchangedBy(async () => {
      for (const purpose of ['charge', 'query', 'void'] as const) {
        const heard = await till.send(body, { purpose, alter: change });
        expect([what, purpose, heard.body?.error?.code]).toEqual([what, purpose, code]);
        expectRefusal(heard, code);
        // Nothing that a till could read as the end of the sale.
        expect(heard.body.outcome).toBeUndefined();
      }
    });
  };

  it('is refused without a signature, or without any of its headers', async () => {
    for (const name of ['x-ecode-signature', 'x-ecode-school', 'x-ecode-terminal', 'x-ecode-attempt', 'x-ecode-sent-at']) {
      await refusedAs(name, 'terminal.unsigned', ({ headers: { [name]: _gone, ...headers }, body }) => ({ headers, body }));
    }
    for (const value of ['=', 'not base64!', 'A'.repeat(200), '🖋']) {
      await refusedAs(value, 'terminal.unsigned', ({ headers, body }) => ({
        headers: { ...headers, 'x-ecode-signature': encodeURI(value) },
        body,
      }));
    }
  });

  it('is refused when its body, purpose, attempt, time or terminal was altered', async () => {
    await refusedAs('amount', 'terminal.bad-signature', ({ headers, body }) => ({ headers, body: body.replace('100', '101') }));
    await refusedAs('a blank', 'terminal.bad-signature', ({ headers, body }) => ({ headers, body: `${body} ` }));
    await refusedAs('attempt', 'terminal.bad-signature', ({ headers, body }) => ({
      headers: { ...headers, 'x-ecode-attempt': '2' },
      body,
    }));
    await refusedAs('time', 'terminal.bad-signature', ({ headers, body }) => ({
      headers: { ...headers, 'x-ecode-sent-at': String(Date.now() + 1_000) },
      body,
    }));
    await refusedAs('school', 'terminal.bad-signature', ({ headers, body }) => ({
      headers: { ...headers, 'x-ecode-school': 'sjtu' },
      body,
    }));
    await refusedAs('short signature', 'terminal.bad-signature', ({ headers, body }) => ({
      headers: { ...headers, 'x-ecode-signature': 'AAAA' },
      body,
    }));
    const body = till.sale({ code: await goodCode({ pays: false }), amountFen: 100 });
    // Signed for a query, sent as a charge: a purpose is signed too.
    expectRefusal(await unchanged(() => till.send(body, { purpose: 'query', path: '/terminal/charges' })), 'terminal.bad-signature');
    expectRefusal(await unchanged(() => till.send(body, { key: newTerminalKey() })), 'terminal.bad-signature');
  });

  it('is refused of a terminal that nobody enrolled', async () => {
    await refusedAs('number', 'terminal.unknown', ({ headers, body }) => ({ headers: { ...headers, 'x-ecode-terminal': '600' }, body }));
    await refusedAs('school', 'terminal.unknown', ({ headers, body }) => ({ headers: { ...headers, 'x-ecode-school': 'atlantis' }, body }));
  });

  it('is refused when it is stale, without a word about its sale, and taken when signed afresh', async () => {
    const body = till.sale({ code: await goodCode(), amountFen: 100 });
    const { entryId } = (await till.send(body)).body;
    for (const purpose of ['charge', 'query', 'void'] as const) {
      const heard = await unchanged(() => till.send(body, { purpose, attempt: 2, sentAt: Date.now() - 31_000 }));
      expectRefusal(heard, 'terminal.stale');
      expect(heard.text).not.toMatch(/outcome|charged|entry/);
    }
    expectRefusal(await unchanged(() => till.send(body, { sentAt: Date.now() + 40_000 })), 'terminal.clock');
    expect((await unchanged(() => till.send(body, { attempt: 2 }))).body).toMatchObject({ outcome: 'charged', definite: true, entryId });
  });

  it('is refused when the body names another school or terminal than the one that signed', async () => {
    const sale = (facts: object) => till.sale({ code: '911234567894212345678901', ...facts });
    for (const facts of [{ schoolId: 'bistu' }, { terminal: 8 }]) {
      expectRefusal(await unchanged(() => till.send(sale(facts))), 'terminal.other-school');
    }
  });

  it('is refused when it is signed and makes no sense', async () => {
    const code = await goodCode({ pays: false });
    const bodies = [
      '{',
      '',
      '[]',
      till.sale({ code, kind: 'gift' }),
      till.sale({ code, sequence: 0 }),
      till.sale({ code, sequence: '1' }),
      till.sale({ code, sequence: 1e10 }),
      till.sale({ code, occurredAt: -1 }),
      till.sale({ code, occurredAt: 1.5 }),
      till.sale({ code: 91 }),
      till.sale({ code, tip: 1 }),
      till.sale({ code }).replace('{', '{"__proto__":{"amountFen":1},'),
    ];
    for (const body of bodies) {
      const heard = await unchanged(() => till.send(body));
      expect([body, heard.body?.error?.code]).toEqual([body, 'request.malformed']);
      expectRefusal(heard, 'request.malformed');
    }
  });

  it('is refused above 64 KB at each address', async () => {
    const body = till.sale({ code: '9'.repeat(65_536) });
    for (const purpose of ['charge', 'query', 'void'] as const) {
      expectRefusal(await unchanged(() => till.send(body, { purpose })), 'request.too-large');
    }
  });

  it('is not found with another method', async () => {
    const body = till.sale({ code: await goodCode({ pays: false }) });
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      expect((await unchanged(() => till.send(body, { method }))).status).toBe(404);
    }
  });

  it('is refused of a terminal that was revoked, within ten seconds', async () => {
    const terminals = createTerminals(world.database);
    const enrolled = await terminals.find('dufl', BENCH_TERMINAL);
    if (!enrolled) throw new Error('the bench has a till');
    await terminals.save({ ...enrolled, status: 'revoked' });
    const revoked = new Till(world, 'dufl');
    expectRefusal(await unchanged(() => revoked.charge('911234567894212345678901')), 'terminal.revoked');
  });
});

describe('a tap that does not pay', () => {
  const tap = (chip: CardChip, facts: Readonly<Record<string, unknown>> = {}): string => {
    const draft = JSON.parse(till.sale({ kind: 'charge-card', amountFen: 100, code: undefined })) as { sequence: number };
    const sale = { schoolId: 'shanghaitech', terminal: BENCH_TERMINAL, sequence: draft.sequence, amountFen: 100 };
    return JSON.stringify({ ...draft, card: chip.cardNumber, chip: chip.tap(sale), ...facts });
  };

  it('is refused with the chip code of another sale, of another card, or with none', async () => {
    const chip = chipOf(student);
    const other = chipOf(await studentOf(world, 'shanghaitech', 1));
    expectSaleRefused(
      await unchanged(() => till.send(tap(chip, { chip: { counter: 1, mac: '0'.repeat(16) } }))),
      'card.bad-chip-code',
      true,
    );
    expectSaleRefused(await unchanged(() => till.send(tap(chip, { amountFen: 101 }))), 'card.bad-chip-code', true);
    expectSaleRefused(await unchanged(() => till.send(tap(other, { card: chip.cardNumber }))), 'card.bad-chip-code', true);
    expectSaleRefused(await unchanged(() => till.send(tap(chip, { chip: undefined }))), 'card.bare-number-refused', false);
    expectSaleRefused(await unchanged(() => till.send(tap(chip, { card: '99999999' }))), 'card.unknown', false);
    const before = await cardFen();
    expect((await till.send(tap(chip))).body).toMatchObject({ outcome: 'charged', cardFen: before - 100 });
  });

  it('is refused with a code as well once the loss is reported, and a refused retry is fenced', async () => {
    const lost = await studentOf(world, 'shanghaitech', 2);
    const owner = await new Phone(world).able(lost);
    await owner.topUp(1_000);
    const code = await owner.code();
    succeeded(await owner.post('/student/loss', { password: '730518', keepCodes: false }));
    const sale = tap(chipOf(lost));
    expectSaleRefused(await unchanged(() => till.send(sale)), 'card.lost', false);
    expectSaleRefused(await unchanged(() => till.charge(code)), 'code.frozen', false);
    const retried = await till.send(sale, { attempt: 2 });
    expectSaleRefused(retried, 'card.lost', true);
    expect((await entriesOf(lost)).at(-1)).toMatchObject({ kind: 'fence', postings: [] });
    // Once answered "not charged" it is never charged later, also after the loss is taken back.
    succeeded(await owner.post('/student/loss/cancel', { password: '730518', proof: { kind: 'id-tail', value: lost.person.idTail } }));
    expectSaleRefused(await unchanged(() => till.send(sale)), 'card.lost', true);
    expect((await till.send(tap(chipOf(lost)))).body).toMatchObject({ outcome: 'charged' });
  });
});

describe('one sequence number', () => {
  it('is refused with another body, and the first answer stays', async () => {
    const body = till.sale({ code: await goodCode(), amountFen: 100 });
    const first = await till.send(body);
    expect(first.body.outcome).toBe('charged');
    const other = body.replace('"amountFen":100', '"amountFen":200');
    expectRefusal(await unchanged(() => till.send(other)), 'payment.other-body');
    expect((await unchanged(() => till.send(body, { attempt: 2 }))).body).toMatchObject({ entryId: first.body.entryId, n: first.body.n });
  });
});

describe('many at once', () => {
  it('charges one of 100 sales with one code', async () => {
    const buyer = await studentOf(world, 'shanghaitech', 3);
    const owner = await new Phone(world).able(buyer);
    await owner.topUp(20_000);
    const code = await owner.code();
    const bodies = Array.from({ length: 100 }, () => till.sale({ code, amountFen: 100 }));
    const answers = await Promise.all(bodies.map((body) => till.send(body).catch(() => undefined)));
    const ended = await Promise.all(
      bodies.map((body, at) => (answers[at]?.body?.outcome === 'charged' ? answers[at] : till.send(body, { attempt: 2 }))),
    );
    expect(ended.filter((heard) => heard?.body.outcome === 'charged')).toHaveLength(1);
    const entries = await entriesOf(buyer);
    expect(entries.filter(({ kind }) => kind === 'charge')).toHaveLength(1);
    expect(entries.at(-1)?.state.balances.card).toBe(19_900);
    expect(verifyPassbook(entries)).toEqual([]);
  }, 90_000);

  it('charges nothing by an app once its removal has been answered, however many of its sales are under way', async () => {
    const buyer = await studentOf(world, 'shanghaitech', 4);
    const owner = await new Phone(world).able(buyer);
    const other = await new Phone(world).bound(buyer, '730518');
    await owner.topUp(20_000);
    const codes = await Promise.all([-4, -3, -2, -1, 0, 1].map((stepsAhead) => other.code({ stepsAhead })));
    const { apps } = succeeded(await owner.get('/student/apps'));
    const { bindingId } = apps.find(({ current }: { current: boolean }) => !current);
    const sales = codes.map((code) => till.charge(code));
    const removed = await owner.ask(`/student/apps/${bindingId}`, { method: 'DELETE' });
    expect(removed.status).toBe(200);
    const answers = await Promise.all(sales);
    const entries = await entriesOf(buyer);
    const removal = entries.findIndex(({ kind }) => kind === 'app-revoked');
    expect(entries.slice(removal + 1).filter(({ kind }) => kind === 'charge')).toEqual([]);
    const charged = answers.filter(({ body }) => body.outcome === 'charged').length;
    expect(entries.filter(({ kind }) => kind === 'charge')).toHaveLength(charged);
    expect(verifyPassbook(entries)).toEqual([]);
    expect((await till.charge(await owner.code())).body.outcome).toBe('charged');
  });
});
