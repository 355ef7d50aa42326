import fc from 'fast-check';
import type { SaleBody } from '../../shared/api/terminal';
import { readCode, stepAt } from '../../shared/code-format';
import { type CodeMacInput, makeCode, weekOfStep } from '../../shared/code-mac';
import { fen, sum } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { loadPack, NOON } from '../test/sale-fixture';
import { bindAppDraft, openedDraft } from './account-changes';
import { type AccountState, EMPTY_SLOT } from './account-state';
import { campusCode } from './campus-code';
import { writeCardNumber } from './card-number';
import { decideCharge, fenceDraft, type Means, type Sale } from './charge';
import { CHARGE_EARLY_MS, CHARGE_LATE_MS } from './charge-window';
import { type Entry, firstEntry, nextEntry } from './entry';
import { holderChange, isBalance } from './posting';
import { chipKey, chipMac, codeWeekKey, deriveSchoolKeys, handleOf } from './school-keys';

const sjtu = loadPack('sjtu');
const keys = deriveSchoolKeys(new Uint8Array(32).fill(5), sjtu.schoolId);
const ACCOUNT = 20_260_417;
const CARD = writeCardNumber({ accountNo: ACCOUNT, issue: 1 });
const time = { recordedAt: NOON, utcOffsetMinutes: 480 };

/** An account with an app in slot 0, ¥50 on the card and ¥20 waiting. */
function headWith(change: Partial<AccountState> = {}, recordedAt = NOON): Entry {
  const opened = firstEntry({ schoolId: 'sjtu', accountNo: ACCOUNT, draft: openedDraft({ occurredAt: NOON, cardIssue: 1 }), ...time });
  const bound = nextEntry(opened, bindAppDraft(opened, { slot: 0, entryId: 'b', occurredAt: NOON }), time);
  const balances = { ...bound.state.balances, card: fen(5_000), transit: fen(2_000) };
  return { ...bound, recordedAt, state: { ...bound.state, balances, ...change } };
}

const app = headWith().state.apps[0] ?? EMPTY_SLOT;

function codeSale(code: Partial<CodeMacInput & { keyVersion: number }> = {}, body: Partial<SaleBody> = {}): Sale {
  const input = { kind: 'card', handle: handleOf(keys, ACCOUNT), step: stepAt(NOON), slot: 0, schoolId: 'sjtu', ...code } as const;
  const weekKey = codeWeekKey(keys, { ...input, keyVersion: code.keyVersion ?? 1, week: weekOfStep(input.step) });
  return saleOf({ kind: 'charge-code', code: makeCode(weekKey, input), ...body });
}

function tapSale(body: Partial<SaleBody> = {}, means: Partial<Extract<Means, { by: 'card' }>> = {}): Sale {
  const { terminal = 7, sequence = 42, amountFen = 1_250 } = body;
  const mac = chipMac(chipKey(keys, CARD), { schoolId: 'sjtu', terminal, sequence, amountFen: Number(amountFen), counter: 9 });
  const chip = { counter: 9, mac };
  const sale = saleOf({ kind: 'charge-card', card: CARD, chip, ...body });
  return { ...sale, means: { by: 'card', issue: 1, number: CARD, chip, ...means } };
}

function saleOf(body: Partial<SaleBody>): Sale {
  // Put together from the parts of one kind by the two functions above.
  const whole = { schoolId: 'sjtu', terminal: 7, sequence: 42, amountFen: 1_250, occurredAt: NOON, ...body } as SaleBody;
  const code = whole.kind === 'charge-code' ? campusCode(whole.code) : undefined;
  const means: Means = typeof code === 'object' ? { by: 'code', code } : { by: 'card', issue: 1, number: CARD, chip: undefined };
  return { body: whole, bodyHash: 'a'.repeat(64), means, merchant: 12 };
}

const decide = (head: Entry, sale: Sale, recordedAt = NOON, pack: RulePack = sjtu) => decideCharge(head, sale, { pack, keys, recordedAt });
const refusal = (code: string, settled: string) => ({ verdict: 'refuse', code, settled });

function charged(head: Entry, sale: Sale, recordedAt = NOON, pack: RulePack = sjtu) {
  const decision = decide(head, sale, recordedAt, pack);
  if (decision.verdict !== 'charge') throw new Error(`not charged: ${JSON.stringify(decision)}`);
  return decision.draft;
}

test('refuses more than one sale at this terminal may be, by fence since the card office may raise it', () => {
  const limited = (sale: Sale, maxSaleFen: number): Sale => ({ ...sale, maxSaleFen: fen(maxSaleFen) });
  for (const sale of [tapSale(), codeSale()]) {
    expect(decide(headWith(), limited(sale, 1_249))).toEqual(refusal('payment.over-terminal-limit', 'by-fence'));
    expect(decide(headWith(), limited(sale, 1_250)).verdict).toBe('charge');
  }
});

describe('a charge', () => {
  it('claims what waits and pays, in one entry whose legs sum to zero (SJ-info-1059)', () => {
    const draft = charged(headWith(), codeSale());
    expect(draft.postings).toEqual([
      { leg: 'transit', amountFen: -2_000 },
      { leg: 'card', amountFen: 2_000 },
      { leg: 'card', amountFen: -1_250 },
      { leg: 'merchant:12', amountFen: 1_250 },
    ]);
    expect(draft.state.balances).toMatchObject({ card: 5_750, transit: 0 });
    expect(draft.state.spent).toEqual({ day: '2026-11-21', dayFen: 1_250, meal: '2026-11-21/lunch', mealFen: 1_250 });
  });

  it('does not pay with money that is held for something else', () => {
    const holds = [{ entryId: 'pass_1', amountFen: fen(6_000), expiresAt: NOON + 60_000 }];
    expect(decide(headWith({ holds }), codeSale({}, { amountFen: 1_001 }))).toEqual(refusal('payment.insufficient-balance', 'by-fence'));
    expect(charged(headWith({ holds }), codeSale({}, { amountFen: 1_000 })).state.holds).toEqual(holds);
  });

  it('is named by terminal and sequence, kept in the ring, and has its place in the book of the day it occurred', () => {
    const draft = charged(headWith(), codeSale());
    expect(draft).toMatchObject({
      kind: 'charge',
      entryId: '7-42',
      requestHash: 'a'.repeat(64),
      merchant: 12,
      counterparty: { book: 'terminal/7/2026-11-21', place: '000000042' },
      occurredAt: NOON,
    });
    expect(draft.state.ring.places).toEqual([{ terminal: 7, sequence: 42, n: 3, at: NOON }]);
  });

  it('belongs to the day of the terminal, not of the record, when midnight lies between', () => {
    const midnight = Date.parse('2026-11-22T00:00:00+08:00');
    const draft = charged(headWith(), tapSale({ occurredAt: midnight - 1 }), midnight + 5_000);
    expect(draft.counterparty?.book).toBe('terminal/7/2026-11-21');
    expect(draft.state.spent.day).toBe('2026-11-22');
  });

  it('by code uses up the step of its slot and nothing else', () => {
    const head = headWith();
    const draft = charged(head, codeSale());
    expect(draft.state.apps[0]).toEqual({ ...app, newestStep: stepAt(NOON), usedBitmap: 1 });
    expect(draft.state.apps.slice(1)).toEqual(head.state.apps.slice(1));
    expect(charged(head, tapSale()).state.apps).toEqual(head.state.apps);
  });

  it('takes the last fen and no more, with what waits and without', () => {
    expect(charged(headWith(), tapSale({ amountFen: 3_000 })).state.balances).toMatchObject({ card: 4_000, transit: 0 });
    const noLimit: RulePack = { ...sjtu, limits: { mealPeriods: [] } };
    expect(charged(headWith(), tapSale({ amountFen: 7_000 }), NOON, noLimit).state.balances).toMatchObject({ card: 0, transit: 0 });
    expect(decide(headWith(), tapSale({ amountFen: 7_001 }), NOON, noLimit)).toEqual(refusal('payment.insufficient-balance', 'by-fence'));
    const noClaim: RulePack = { ...noLimit, arrival: { ...sjtu.arrival, claimAt: ['kiosk'] } };
    expect(charged(headWith(), tapSale({ amountFen: 5_000 }), NOON, noClaim).state.balances).toMatchObject({ card: 0, transit: 2_000 });
    expect(decide(headWith(), tapSale({ amountFen: 5_001 }), NOON, noClaim)).toEqual(refusal('payment.insufficient-balance', 'by-fence'));
  });

  it('sums to zero, never overdraws and costs the holder what was signed, whatever the balances', () => {
    const amount = fc.integer({ min: 1, max: 3_000 });
    fc.assert(
      fc.property(fc.nat(4_000), fc.nat(4_000), amount, (card, transit, amountFen) => {
        const head = headWith({ balances: { ...headWith().state.balances, card: fen(card), transit: fen(transit) } });
        const decision = decide(head, tapSale({ amountFen }));
        expect(decision.verdict).toBe(card + transit >= amountFen ? 'charge' : 'refuse');
        if (decision.verdict !== 'charge') return;
        const { postings, state } = decision.draft;
        expect(sum(postings.map((posting) => posting.amountFen))).toBe(0);
        expect(holderChange(postings)).toBe(-amountFen);
        expect(sum(postings.filter(({ leg }) => !isBalance(leg)).map((posting) => posting.amountFen))).toBe(amountFen);
        expect(state.balances).toMatchObject({ card: card + transit - amountFen, transit: 0 });
      }),
    );
  });

  it('may be recorded from 30 s before to 60 s after the time the terminal gives', () => {
    const sale = tapSale();
    expect(decide(headWith({}, 0), sale, NOON - CHARGE_EARLY_MS - 1)).toEqual(refusal('terminal.clock', 'never'));
    expect(decide(headWith({}, 0), sale, NOON - CHARGE_EARLY_MS).verdict).toBe('charge');
    expect(decide(headWith(), sale, NOON + CHARGE_LATE_MS).verdict).toBe('charge');
    expect(decide(headWith(), sale, NOON + CHARGE_LATE_MS + 1)).toEqual(refusal('payment.not-charged', 'by-fence'));
  });

  it('needs no fence once the head itself lies beyond its window', () => {
    const late = NOON + CHARGE_LATE_MS + 1;
    expect(decide(headWith({}, late), tapSale(), late)).toEqual(refusal('payment.not-charged', 'already'));
  });
});

describe('a refusal', () => {
  const used = headWith({
    apps: headWith().state.apps.map((one, slot) => (slot === 0 ? { ...one, newestStep: stepAt(NOON), usedBitmap: 1 } : one)),
  });
  it.each<[string, Entry, Sale, string, string]>([
    ['an amount of 0', headWith(), tapSale({ amountFen: 0 }), 'payment.amount-invalid', 'already'],
    ['an amount below 0', headWith(), tapSale({ amountFen: -1 }), 'payment.amount-invalid', 'already'],
    ['half a fen', headWith(), tapSale({ amountFen: 0.5 }), 'payment.amount-invalid', 'already'],
    ['an amount as text', headWith(), tapSale({ amountFen: '100' }), 'payment.amount-invalid', 'already'],
    ['an amount beyond any', headWith(), tapSale({ amountFen: 1e300 }), 'payment.amount-invalid', 'already'],
    ['a closed account', headWith({ closed: true }), codeSale(), 'account.closed', 'by-fence'],
    ['an app that was removed', headWith({ apps: headWith().state.apps.map(() => EMPTY_SLOT) }), codeSale(), 'code.invalid', 'already'],
    ['a code of an empty slot', headWith(), codeSale({ slot: 3 }), 'code.invalid', 'already'],
    [
      'a code by an older key version',
      headWith({ apps: headWith().state.apps.map((one) => ({ ...one, keyVersion: 2 })) }),
      codeSale(),
      'code.invalid',
      'already',
    ],
    ['a code made for another school', headWith(), codeSale({ schoolId: 'bistu' }), 'code.invalid', 'already'],
    ['an identity code', headWith(), codeSale({ kind: 'identity' }), 'code.identity-only', 'already'],
    ['an expired code', headWith(), codeSale({ step: stepAt(NOON) - 6 }), 'code.expired', 'by-fence'],
    ['a code from the future', headWith(), codeSale({ step: stepAt(NOON) + 4 }), 'code.not-yet-valid', 'by-fence'],
    ['frozen codes', headWith({ codesFrozen: true }), codeSale(), 'code.frozen', 'by-fence'],
    ['a code that was used', used, codeSale(), 'code.used', 'by-fence'],
    ['a wallet that is not open', headWith(), codeSale({ kind: 'wallet' }), 'wallet.not-open', 'by-fence'],
    ['a bare card number', headWith(), tapSale({}, { chip: undefined }), 'card.bare-number-refused', 'by-fence'],
    ['a wrong chip code', headWith(), tapSale({}, { chip: { counter: 9, mac: '0'.repeat(16) } }), 'card.bad-chip-code', 'already'],
    [
      'another counter than the chip signed',
      headWith(),
      tapSale({}, { chip: { counter: 8, mac: chipOf(1_250) } }),
      'card.bad-chip-code',
      'already',
    ],
    [
      'another amount than the chip signed',
      headWith(),
      tapSale({ amountFen: 1_251 }, { chip: { counter: 9, mac: chipOf(1_250) } }),
      'card.bad-chip-code',
      'already',
    ],
    ['a card that was replaced', headWith({ cardIssue: 2 }), tapSale(), 'card.replaced', 'by-fence'],
    ['a lost card', headWith({ lostAt: NOON }), tapSale(), 'card.lost', 'by-fence'],
    [
      'the transaction limit',
      headWith({ limits: { perTransactionFen: fen(1_249) } }),
      tapSale(),
      'payment.over-transaction-limit',
      'by-fence',
    ],
    ['the meal limit (SJ-info-1061)', headWith(), tapSale({ amountFen: 3_001 }), 'payment.pin-required', 'by-fence'],
    ['the day limit', headWith({ limits: { perDayFen: fen(1_249) } }), tapSale(), 'payment.over-day-limit', 'by-fence'],
    [
      'too little money',
      headWith({ balances: { ...headWith().state.balances, card: fen(0), transit: fen(1_249) } }),
      tapSale(),
      'payment.insufficient-balance',
      'by-fence',
    ],
  ])('names %s', (_, head, sale, code, settled) => {
    expect(decide(head, sale)).toEqual(refusal(code, settled));
  });

  it('of a lost card leaves the codes alone when the holder kept them', () => {
    expect(decide(headWith({ lostAt: NOON, codesFrozen: false }), codeSale()).verdict).toBe('charge');
    expect(decide(headWith({ lostAt: NOON, codesFrozen: true }), tapSale())).toEqual(refusal('card.lost', 'by-fence'));
  });

  it('meets every code, at once, of a school that has switched codes off or lets none pay from the card', () => {
    const off: RulePack = { ...sjtu, codes: { ...sjtu.codes, enabled: false } };
    expect(decide(headWith(), codeSale(), NOON, off)).toEqual(refusal('code.not-offered', 'by-fence'));
    const walletOnly: RulePack = { ...sjtu, codes: { ...sjtu.codes, funding: [] } };
    expect(decide(headWith(), codeSale(), NOON, walletOnly)).toEqual(refusal('code.not-offered', 'by-fence'));
    expect(decide(headWith(), tapSale(), NOON, off).verdict).toBe('charge');
  });

  it('of a bare number is waived below the password-free limit where the pack says so', () => {
    const bare: RulePack = { ...sjtu, codes: { ...sjtu.codes, bareCardNumberPays: true } };
    const noChip = { chip: undefined };
    expect(decide(headWith(), tapSale({ amountFen: 3_000 }, noChip), NOON, bare).verdict).toBe('charge');
    expect(decide(headWith(), tapSale({ amountFen: 3_001 }, noChip), NOON, bare)).toEqual(refusal('card.bare-number-refused', 'by-fence'));
    const noLimit: RulePack = { ...bare, limits: { mealPeriods: [] } };
    expect(decide(headWith(), tapSale({ amountFen: 1 }, noChip), NOON, noLimit)).toEqual(refusal('card.bare-number-refused', 'by-fence'));
  });

  it.each([
    ['a code that nobody could have shown', codeSale({ keyVersion: 9 }), 'code.invalid'],
    ['an identity code', codeSale({ kind: 'identity' }), 'code.identity-only'],
    ['an identity code of a removed app', codeSale({ kind: 'identity', keyVersion: 9 }), 'code.identity-only'],
    ['a wrong chip code', tapSale({}, { chip: { counter: 9, mac: '0'.repeat(16) } }), 'card.bad-chip-code'],
    ['an amount that is none', tapSale({ amountFen: 0 }), 'payment.amount-invalid'],
  ])('of %s is the same before, in and after the window, on any head: that answer cannot change', (_, sale, code) => {
    for (const at of [NOON - CHARGE_EARLY_MS - 1, NOON, NOON + CHARGE_LATE_MS + 1, NOON + 86_400_000]) {
      expect(decide(headWith({}, 0), sale, at)).toEqual(refusal(code, 'already'));
      expect(decide(headWith({ closed: true, codesFrozen: true, lostAt: 1 }, at), sale, at)).toEqual(refusal(code, 'already'));
    }
  });

  it('is the first of: what can never be true, time, account, flags, limits, money', () => {
    const broken = { closed: true, codesFrozen: true, lostAt: NOON, limits: { perTransactionFen: fen(1) } };
    const poor = { ...headWith().state.balances, card: fen(0), transit: fen(0) };
    const late = NOON + CHARGE_LATE_MS + 1;
    const order: [Partial<AccountState>, Partial<SaleBody>, number][] = [
      [{ ...broken, balances: poor }, { amountFen: -1 }, late],
      [{ ...broken, balances: poor }, {}, late],
      [{ ...broken, balances: poor }, {}, NOON],
      [{ ...broken, closed: false, balances: poor }, {}, NOON],
      [{ limits: broken.limits, balances: poor }, {}, NOON],
      [{ balances: poor }, {}, NOON],
      [{}, {}, NOON],
    ];
    const answers = order.map(([state, body, at]) => {
      const decision = decide(headWith(state), codeSale({}, body), at);
      return decision.verdict === 'refuse' ? decision.code : decision.verdict;
    });
    expect(answers).toEqual([
      'payment.amount-invalid',
      'payment.not-charged',
      'account.closed',
      'code.frozen',
      'payment.over-transaction-limit',
      'payment.insufficient-balance',
      'charge',
    ]);
  });

  it('that is settled without a fence is the same on every head and at every time of the window', () => {
    const sales = [codeSale({ kind: 'identity' }), tapSale({ amountFen: 0 }), tapSale({}, { chip: { counter: 9, mac: '0'.repeat(16) } })];
    fc.assert(
      fc.property(
        fc.constantFrom(...sales),
        fc.integer({ min: -CHARGE_EARLY_MS, max: CHARGE_LATE_MS }),
        fc.nat(5_000),
        (sale, later, card) => {
          const head = headWith({ balances: { ...headWith().state.balances, card: fen(card) } }, NOON - CHARGE_EARLY_MS);
          expect(decide(head, sale, NOON + later).verdict).toBe('refuse');
        },
      ),
    );
  });
});

describe('a fence', () => {
  it('takes the place of the sale and moves nothing but the ring', () => {
    const head = headWith();
    const draft = fenceDraft(head, tapSale(), { pack: sjtu, keys, recordedAt: NOON + 5 }, 'card.lost');
    expect(draft).toMatchObject({ kind: 'fence', entryId: '7-42', postings: [], reason: 'card.lost', requestHash: 'a'.repeat(64) });
    const { ring, ...rest } = draft.state;
    const { ring: before, ...unchanged } = head.state;
    expect(rest).toEqual(unchanged);
    expect(ring.places).toEqual([...before.places, { terminal: 7, sequence: 42, n: 3, at: NOON + 5 }]);
  });
});

describe('what was scanned', () => {
  it('is one of our codes, spaces or not, or the refusal that names it', () => {
    const { body } = codeSale();
    if (body.kind !== 'charge-code') throw new Error('a code');
    expect(campusCode(body.code.replace(/(.{4})/g, '$1 '))).toEqual(readCode(body.code));
    expect(campusCode('134567890123456789')).toBe('code.wechat');
    expect(campusCode('281234567890123456')).toBe('code.alipay');
    expect(campusCode('6212345678901234567')).toBe('code.unionpay');
    expect(campusCode(body.code.slice(1))).toBe('code.malformed');
  });
});

function chipOf(amountFen: number): string {
  return chipMac(chipKey(keys, CARD), { schoolId: 'sjtu', terminal: 7, sequence: 42, amountFen, counter: 9 });
}
