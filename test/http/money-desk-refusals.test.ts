import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { chipKey, deriveSchoolKeys } from '../../functions/domain/school-keys';
import { createTerminals } from '../../functions/store/terminals';
import { BENCH_TERMINAL } from '../../sandbox/local/bench-machines';
import { CardChip } from '../../sandbox/terminals/physical-card';
import { sealPin } from '../../sandbox/terminals/seal-pin';
import type { ErrorCode } from '../../shared/errors';
import { businessDay, CHINA_OFFSET_MINUTES, DAY_MS } from '../../shared/time';
import { ask, expectRefusal, type Heard } from './support/ask';
import { Desk } from './support/office';
import { Phone, type Student, studentOf, succeeded } from './support/phone';
import { bodyWith, GUESSES, NO_AMOUNTS, refusedAs, TOO_LARGE } from './support/refusals';
import { type Sending, Till } from './support/till';
import { type HttpWorld, startHttpWorld } from './support/world';

/** What kiosks, cash machines and the school's own staff may wrongly ask, over the running stack. */
const SCHOOL = 'shanghaitech';
/** What the staff ask is recorded, refused or not. */
const AUDIT = /#AUDIT$/;
const AUDIT_AND_GUESSES = /#AUDIT$|#GUESS#/;

let world: HttpWorld;
let kiosk: Till;
let holder: Student;
let phone: Phone;
let pinKey: { keyId: string; publicKey: string };
let sequence = 1_000;

beforeAll(async () => {
  world = await startHttpWorld(15, { cardholdersPerSchool: 12 });
  const terminals = createTerminals(world.database);
  const enrolled = await terminals.find(SCHOOL, BENCH_TERMINAL);
  if (!enrolled) throw new Error('the bench has a till');
  await terminals.save({ ...enrolled, takesCash: true });
  kiosk = new Till(world, SCHOOL);
  holder = await studentOf(world, SCHOOL, 0);
  phone = await new Phone(world).bound(holder);
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), Buffer.from(world.stack.secrets.pinKey, 'base64')]);
  const key = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
  pinKey = { keyId: 'local1', publicKey: key.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64') };
}, 240_000);
afterAll(() => world?.stop());

const refused = (act: () => Promise<Heard>, code: ErrorCode, but?: RegExp) => refusedAs(world, code, act, but);

/** An act with the card on the machine, its chip's code over `amountFen`. */
function act(facts: object = {}, on: { readonly student?: Student; readonly amountFen?: number; readonly schoolId?: string } = {}) {
  const { student = holder, amountFen = 0 } = on;
  const { schoolId = student.schoolId } = on;
  sequence += 1;
  const { cardNumber } = student.person;
  const keys = deriveSchoolKeys(Buffer.from(world.stack.secrets.masterKey, 'base64'), student.schoolId);
  const common = { schoolId, terminal: BENCH_TERMINAL, sequence };
  const chip = new CardChip({ cardNumber, chipKey: chipKey(keys, cardNumber) }, sequence).tap({ ...common, amountFen });
  return { ...common, occurredAt: Date.now(), card: cardNumber, chip, ...facts };
}
const claim = (facts: object = {}, from = holder) => act({ kind: 'claim', ...facts }, { student: from });
const pinned = <B extends ReturnType<typeof claim>>(body: B, pin: string, to = body) => ({ ...body, pin: sealPin(pin, pinKey, to) });
const tell = (purpose: NonNullable<Sending['purpose']>, facts: object, machine = kiosk) => machine.send(JSON.stringify(facts), { purpose });

describe('a claim', () => {
  it('of nothing, in an app or at a school without kiosks is refused', async () => {
    await refused(() => tell('claim', pinned(claim(), holder.initialPassword)), 'claim.nothing');
    await refused(() => phone.post('/student/money/claims', { requestId: randomUUID() }), 'claim.not-here');
    await refused(() => phone.post('/student/money/claims', { requestId: 'short' }), 'request.malformed');
    const bistu = await studentOf(world, 'bistu', 0);
    await refused(() => tell('claim', claim({}, bistu), new Till(world, 'bistu')), 'claim.not-here');
  });

  it('is refused with a card that is none or another’s, too late, and from a clock that is ahead', async () => {
    await phone.topUp(2_000);
    const good = claim();
    await refused(() => tell('claim', { ...good, chip: { ...good.chip, mac: '0'.repeat(16) } }), 'card.bad-chip-code');
    const other = await studentOf(world, SCHOOL, 1);
    await refused(() => tell('claim', { ...good, card: other.person.cardNumber }), 'card.bad-chip-code');
    await refused(() => tell('claim', { ...good, card: '9999999999' }), 'card.unknown');
    await refused(() => tell('claim', pinned(claim({ occurredAt: Date.now() - 120_000 }), '123456')), 'claim.too-late');
    await refused(() => tell('claim', pinned(claim({ occurredAt: Date.now() + 120_000 }), '123456')), 'terminal.clock');
    await refused(() => tell('claim', { ...good, more: 1 }), 'request.malformed');
    const elsewhere = new Till(world, 'bistu');
    const heard = await world.ledger.unchangedBy(() => tell('claim', act({ kind: 'claim' }, { schoolId: 'bistu' }), elsewhere));
    expect(['card.unknown', 'card.bad-chip-code', 'claim.not-here']).toContain(heard.body.error.code);
  });

  it('is refused without the card password, with one that cannot be opened, and with a wrong one', async () => {
    await refused(() => tell('claim', claim()), 'claim.password-required');
    const good = claim();
    await refused(() => tell('claim', pinned(good, holder.initialPassword, claim())), 'claim.pin-unreadable');
    const pin = { ...sealPin(holder.initialPassword, pinKey, good), keyId: 'other' };
    await refused(() => tell('claim', { ...good, pin }), 'claim.pin-unreadable');
    await refused(() => tell('claim', pinned(claim(), '000000')), 'auth.wrong-password', GUESSES);
    expect(succeeded(await phone.get('/student/account')).balances).toMatchObject({ transitFen: 2_000, cardFen: 0 });
  });

  it('waits until the chip was written, and says first what was not; the chip holds exactly what was to be written', async () => {
    const body = pinned(claim(), holder.initialPassword);
    const { write } = succeeded(await tell('claim', body));
    await refused(() => tell('claim', pinned({ ...body, occurredAt: body.occurredAt + 1 }, holder.initialPassword)), 'payment.other-body');
    await phone.topUp(500);
    const first = await refused(() => tell('claim', pinned(claim(), holder.initialPassword)), 'chip.rewrite-first');
    expect(first.body.error.detail).toEqual({ amountFen: 2_000 });

    const { chip: _chip, ...report } = act({ write, amountFen: 2_000 });
    const written = (facts: object) => tell('chip', { ...report, kind: 'written', ...facts });
    await refused(() => written({ amountFen: 2_001 }), 'chip.other-amount');
    await refused(() => written({ write: 9_999 }), 'chip.nothing-pending');
    await refused(() => written({ card: '9999999999' }), 'card.unknown');
    await refused(() => written({ amountFen: '2000' }), 'request.malformed');
    succeeded(await written({}));
    await refused(() => tell('chip', act({ kind: 'rewrite' })), 'chip.nothing-pending');
    expect(succeeded(await phone.get('/student/account')).balances).toMatchObject({ transitFen: 500, cardFen: 2_000 });
  });

  it('is locked after five wrong passwords, to the right one too', async () => {
    const other = await studentOf(world, SCHOOL, 2);
    await (await new Phone(world).bound(other)).topUp(700);
    for (let guess = 0; guess < 5; guess += 1) {
      await refused(() => tell('claim', pinned(claim({}, other), '000000')), 'auth.wrong-password', GUESSES);
    }
    await refused(() => tell('claim', pinned(claim({}, other), other.initialPassword)), 'auth.locked');
  });
});

describe('notes', () => {
  const note = { denominationFen: 10_000, edition: '2005', count: 1 };
  const cash = (facts: object = {}, machine = kiosk) =>
    tell(
      'cash',
      act({ notes: [note], amountFen: 10_000, canWrite: true, ...facts }, { amountFen: 10_000, schoolId: machine.schoolId }),
      machine,
    );

  it('that the school does not take, that are not the amount, or from what is no cash machine are refused', async () => {
    await refused(() => cash({ notes: [{ ...note, denominationFen: 5_000 }], amountFen: 5_000 }), 'cash.note-refused');
    await refused(() => cash({ notes: [{ ...note, edition: '2015' }] }), 'cash.note-refused');
    await refused(() => cash({ amountFen: 20_000 }), 'top-up.amount-invalid');
    await refused(() => cash({ notes: [] }), 'request.malformed');
    await refused(() => cash({}, new Till(world, 'bistu')), 'terminal.no-cash-machine');
  });

  it('of an amount that is none are refused', async () => {
    for (const amount of NO_AMOUNTS) {
      const rest = act({ notes: [note], canWrite: true }, { amountFen: 10_000 });
      const heard = await world.ledger.unchangedBy(() => kiosk.send(bodyWith(rest, 'amountFen', amount), { purpose: 'cash' }));
      expect([amount, heard.status]).toEqual([amount, 400]);
      expect(['request.malformed', 'top-up.amount-invalid']).toContain(heard.body.error.code);
    }
  });
});

describe('the staff’s desk', () => {
  const today = businessDay(Date.now(), CHINA_OFFSET_MINUTES);
  const earlier = businessDay(Date.now() - 3 * DAY_MS, CHINA_OFFSET_MINUTES);
  const postings = [
    { leg: 'cash:1', amountFen: -500 },
    { leg: 'over-short', amountFen: 500 },
  ];
  const adjustment = { adjustmentNo: 'adjust-0001', kind: 'adjustment', day: earlier, postings, reason: '少一张' };
  const collection = { collectionNo: 'collect-1', terminal: 1, expectedFen: 500, countedFen: 500, witnessedBy: 'finance-2' };
  const arrival = { bankRef: 'bank-0001', day: earlier, channel: 'alipay', amountFen: 500 };
  const refund = () => ({ requestId: randomUUID(), amountFen: 100, whose: 'own', reason: '误充' });
  const subsidies = { batchId: 'batch-1', fileBase64: Buffer.from('not a list').toString('base64') };
  let finance: Desk;
  let office: Desk;

  beforeAll(async () => {
    finance = await Desk.of(world, SCHOOL, 'finance-1');
    office = await Desk.of(world, SCHOOL, 'card-office');
  });

  /** Every act that changes something, and who may do it. */
  const acts = (): readonly (readonly [string, object, readonly string[]])[] => [
    ['/adjustments', adjustment, ['finance']],
    ['/adjustments/adjust-0001/approve', {}, ['finance']],
    ['/adjustments/adjust-0001/reject', {}, ['finance']],
    [`/payouts/${earlier}`, {}, ['finance']],
    [`/days/${earlier}/lock`, {}, ['finance']],
    ['/arrivals', { arrivals: [arrival] }, ['finance']],
    ['/cash-collections', collection, ['finance']],
    [`/accounts/${holder.accountNo}/refunds`, refund(), ['finance']],
    [`/accounts/${holder.accountNo}/sales/1/refund`, { requestId: 'request_1', reason: '误刷' }, ['finance', 'card-office']],
    [`/accounts/${holder.accountNo}/close`, {}, ['card-office']],
    [`/accounts/${holder.accountNo}/card-charges`, { issue: 1, what: 'fee' }, ['card-office']],
    [`/cases/${holder.accountNo}/1`, { decision: 'reverse', note: '核实' }, ['card-office']],
    ['/subsidies', subsidies, ['finance']],
  ];

  it('does nothing for whoever has not signed in there, and its token is worth nothing elsewhere', async () => {
    const sent = (path: string, body: object, token: string) =>
      ask(`${world.stack.functionsUrl}/staff${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
      });
    const heard = await world.ledger.unchangedBy(async () => {
      const all: Heard[] = [];
      for (const token of ['', 'x'.repeat(43), phone.token]) for (const [path, body] of acts()) all.push(await sent(path, body, token));
      return all;
    });
    for (const each of heard) expectRefusal(each, 'staff.sign-in-required');
    for (const path of ['/suspense', '/adjustments', '/chart', `/sheets/${earlier}`, '/holders?number=1', '/cases', '/audit', '/members']) {
      expectRefusal(await ask(`${world.stack.functionsUrl}/staff${path}`), 'staff.sign-in-required');
    }
    const signIn = { schoolId: SCHOOL, userName: 'finance-1', password: 'wrong-password-1' };
    await refused(() => sent('/sign-in', signIn, ''), 'staff.no-match', AUDIT_AND_GUESSES);
    await refused(() => sent('/sign-in', { ...signIn, schoolId: 'atlantis' }, ''), 'staff.no-match', AUDIT_AND_GUESSES);
  });

  it('does nothing for a role that may not, and records that it was asked', async () => {
    for (const role of ['merchant', 'auditor', 'manager', 'card-office', 'finance']) {
      const desk = await Desk.of(world, SCHOOL, role === 'finance' ? 'finance-1' : role);
      const forbidden = acts().filter(([, , roles]) => !roles.includes(role));
      const heard = await world.ledger.unchangedBy(async () => {
        const all: Heard[] = [];
        for (const [path, body] of forbidden) all.push(await desk.post(path, body));
        return all;
      }, AUDIT);
      for (const each of heard) expectRefusal(each, 'staff.forbidden');
    }
    const { records } = succeeded(await (await Desk.of(world, SCHOOL, 'auditor')).get('/audit'));
    expect(JSON.stringify(records)).toContain('staff.forbidden');
  });

  it('refuses a day that is none, or is not over', async () => {
    for (const day of ['yesterday', '2026-13-01', '20260101', '2026-1-1', '2026-02-30', "'--"]) {
      for (const path of [`/sheets/${day}`, `/settlements/${day}`, `/reconciliations/alipay/${day}`, `/vouchers/${day}/file`]) {
        expectRefusal(await finance.get(path), 'request.malformed');
      }
      for (const path of [`/payouts/${day}`, `/days/${day}/lock`]) await refused(() => finance.post(path, {}), 'request.malformed', AUDIT);
    }
    await refused(() => finance.post(`/payouts/${today}`, {}), 'day.open', AUDIT);
    await refused(() => finance.post(`/days/${today}/lock`, {}), 'day.open', AUDIT);
    // Nobody has closed it yet: there is no sheet that could be locked.
    await refused(() => finance.post(`/days/${earlier}/lock`, {}), 'day.open', AUDIT);
    expectRefusal(await finance.get('/sheets/2020-01-01'), 'finance.unknown');
    expectRefusal(await finance.get('/reconciliations/bitcoin/2020-01-01'), 'request.malformed');
  });

  it('refuses a correction that does not sum to zero, is of a day to come, or names what there is not', async () => {
    const two = (first: unknown, second: unknown, leg = 'cash:1') => ({
      postings: [
        { leg, amountFen: first },
        { leg: 'over-short', amountFen: second },
      ],
    });
    const cases: readonly (readonly [object, ErrorCode])[] = [
      [two(-500, 501), 'finance.unbalanced'],
      [two(0, 0), 'finance.unbalanced'],
      [{ postings: postings.slice(1) }, 'request.malformed'],
      [two(-1.5, 1.5), 'request.malformed'],
      [two('-500', '500'), 'request.malformed'],
      [two(-(2 ** 53), 2 ** 53), 'request.malformed'],
      [two(-500, 500, 'nowhere'), 'request.malformed'],
      [two(-500, 500, 'card'), 'request.malformed'],
      [{ reason: ' ' }, 'request.malformed'],
      [{ day: '2026-02-30' }, 'request.malformed'],
      [{ day: businessDay(Date.now() + DAY_MS, CHINA_OFFSET_MINUTES) }, 'day.open'],
      [{ ...two(-500, 500, 'card'), accountNo: 99_999_999 }, 'account.unknown'],
      [
        {
          kind: 'suspense-cleared',
          clears: 'no-such-item',
          postings: [
            { leg: 'suspense', amountFen: -500 },
            { leg: 'over-short', amountFen: 500 },
          ],
        },
        'finance.unknown',
      ],
    ];
    for (const [rest, code] of cases) await refused(() => finance.post('/adjustments', { ...adjustment, ...rest }), code, AUDIT);
    const exponent = JSON.stringify(adjustment).replace('-500', '-5e2');
    await refused(() => finance.post('/adjustments', exponent), 'request.malformed', AUDIT);
    await refused(() => finance.post('/adjustments', TOO_LARGE), 'request.too-large');
    expect(succeeded(await finance.get('/adjustments')).adjustments).toEqual([]);
  });

  it('lets nobody approve, witness or change what they began themselves', async () => {
    succeeded(await finance.post('/adjustments', adjustment));
    await refused(() => finance.post('/adjustments/adjust-0001/approve', {}), 'staff.second-person', AUDIT);
    await refused(() => finance.post('/adjustments', { ...adjustment, reason: '别的' }), 'request.replayed-differently', AUDIT);
    await refused(() => finance.post('/adjustments/adjust-0002/approve', {}), 'finance.unknown', AUDIT);
    const elsewhere = await Desk.of(world, 'bistu', 'finance-2');
    await refused(() => elsewhere.post('/adjustments/adjust-0001/approve', {}), 'finance.unknown', AUDIT);
    await refused(() => finance.post('/cash-collections', { ...collection, witnessedBy: 'finance-1' }), 'staff.second-person', AUDIT);
    succeeded(await finance.post('/adjustments/adjust-0001/reject', {}));
    const second = await Desk.of(world, SCHOOL, 'finance-2');
    await refused(() => second.post('/adjustments/adjust-0001/approve', {}), 'request.replayed-differently', AUDIT);
  });

  it('refuses refunds, cases, fees and grants that cannot be', async () => {
    const account = `/accounts/${holder.accountNo}`;
    await phone.topUp(100);
    await refused(() => finance.post('/accounts/99999999/refunds', refund()), 'account.unknown', AUDIT);
    await refused(() => finance.post(`${account}/refunds`, { ...refund(), amountFen: 9_999_999 }), 'refund.over-rest', AUDIT);
    for (const amount of NO_AMOUNTS) {
      const { amountFen: _amount, ...rest } = refund();
      await refused(() => finance.post(`${account}/refunds`, bodyWith(rest, 'amountFen', amount)), 'payment.amount-invalid', AUDIT);
    }
    await refused(() => finance.post(`${account}/refunds`, { ...refund(), requestId: 'short' }), 'request.malformed');
    await refused(
      () => office.post(`${account}/sales/1/refund`, { requestId: 'request_1', reason: '误刷' }),
      'dispute.not-disputable',
      AUDIT,
    );
    await refused(() => office.post(`/cases/${holder.accountNo}/1`, { decision: 'reverse', note: '核实' }), 'dispute.unknown', AUDIT);
    await refused(() => office.post(`${account}/card-charges`, { issue: 1, what: 'deposit' }), 'card.charge-not-offered', AUDIT);
    await refused(() => office.post('/accounts/0/close', {}), 'request.malformed', AUDIT);
    await refused(() => office.post('/accounts/99999999/close', {}), 'account.unknown', AUDIT);
    await refused(() => finance.post('/subsidies', subsidies), 'subsidy.unreadable', AUDIT);
    expectRefusal(await office.get('/holders?number=99999999'), 'account.unknown');
  });
});
