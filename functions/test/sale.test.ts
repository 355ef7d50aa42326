import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { STEP_MS, stepAt } from '../../shared/code-format';
import { errorTable, isAppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import { bindAppDraft, cancelLossDraft, reportLossDraft, revokeAppDraft, topUpDraft } from '../domain/account-changes';
import { claimedFen } from '../domain/posting';
import { rebuild, verifyPassbook } from '../domain/verify-passbook';
import { authorizePayment, type SaleAnswer } from '../operations/authorize-payment';
import { querySale } from '../operations/query-sale';
import { voidSale } from '../operations/void-sale';
import { createDynamoDatabase } from '../store/dynamo-database';
import type { Database } from '../store/table';
import { startTestEngine, type TestEngine } from './engine';
import { again, loadPack, NOON, SaleFixture } from './sale-fixture';

let engine: TestEngine;
let database: Database;
let till: SaleFixture;

beforeAll(async () => {
  engine = await startTestEngine();
  database = createDynamoDatabase(DynamoDBDocumentClient.from(engine.client), engine.tables);
});
afterAll(() => engine.stop());
beforeEach(() => {
  till = new SaleFixture(database);
});

function refusal(answer: SaleAnswer): string {
  return answer.outcome === 'not-charged' ? answer.code : answer.outcome;
}

async function errorCode(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  return 'no error';
}

describe('a sale by code', () => {
  test('claims what waits and pays from it in one entry (ST-14, DL-38)', async () => {
    const account = await till.account({ transitFen: 2_000 });
    const before = await till.head(account);
    const answer = await authorizePayment(till.deps, till.codeSale(await till.code(account), 1_250));
    const head = await till.head(account);
    expect(answer.outcome).toBe('charged');
    expect(head.n).toBe(before.n + 1);
    expect(claimedFen(head.postings)).toBe(2_000);
    expect(head.state.balances).toMatchObject({ card: 750, transit: 0 });
    expect(verifyPassbook(await till.all(account))).toEqual([]);
    expect(rebuild(await till.all(account))).toEqual(head.state.balances);
  });

  test('is refused a second time, and every attempt of the first sale keeps its answer', async () => {
    const account = await till.account({ cardFen: 5_000 });
    const code = await till.code(account);
    const first = till.codeSale(code, 1_250);
    const charged = await authorizePayment(till.deps, first);
    expect(refusal(await authorizePayment(till.deps, till.codeSale(code, 1_250)))).toBe('code.used');
    expect(await authorizePayment(till.deps, again(first))).toEqual(charged);
    expect(await querySale(till.deps, first)).toEqual(charged);
    till.now += 3_600_000;
    expect(await authorizePayment(till.deps, again(first, 3))).toEqual(charged);
    expect((await till.head(account)).state.balances.card).toBe(3_750);
  });

  test.each([
    ['expired', -6, 'code.expired'],
    ['from a phone whose clock is ahead', 4, 'code.not-yet-valid'],
  ])('refuses a code that is %s', async (_, steps, wanted) => {
    const account = await till.account({ cardFen: 5_000 });
    const code = await till.code(account, { step: stepAt(till.now) + steps });
    expect(refusal(await authorizePayment(till.deps, till.codeSale(code, 100)))).toBe(wanted);
  });

  test('accepts exactly nine codes of one app at one moment', async () => {
    const account = await till.account({ cardFen: 10_000 });
    const outcomes: string[] = [];
    for (let step = stepAt(till.now) - 12; step <= stepAt(till.now) + 12; step += 1) {
      outcomes.push((await authorizePayment(till.deps, till.codeSale(await till.code(account, { step }), 1))).outcome);
    }
    expect(outcomes.filter((outcome) => outcome === 'charged')).toHaveLength(9);
  });

  test.each([
    ['a truncated code', (code: string) => code.slice(0, 23), 'code.malformed'],
    ['letters', (code: string) => `${code.slice(0, 23)}x`, 'code.malformed'],
    ['a WeChat code', () => '134567890123456789', 'code.wechat'],
    ['an Alipay code', () => '281234567890123456', 'code.alipay'],
    ['a UnionPay code', () => '6212345678901234567', 'code.unionpay'],
  ])('names %s', async (_, change, wanted) => {
    const account = await till.account({ cardFen: 5_000 });
    const code = change(await till.code(account));
    expect(await authorizePayment(till.deps, till.codeSale(code, 100))).toEqual({ outcome: 'not-charged', code: wanted, definite: true });
  });

  test('refuses a mistyped digit anywhere', async () => {
    const account = await till.account({ cardFen: 5_000 });
    const code = await till.code(account);
    for (let at = 2; at < code.length; at += 1) {
      const digit = String((Number(code.charAt(at)) + 1) % 10);
      const mistyped = code.slice(0, at) + digit + code.slice(at + 1);
      const outcome = refusal(await authorizePayment(till.deps, till.codeSale(mistyped, 100)));
      expect(['code.invalid', 'account.unknown']).toContain(outcome);
    }
    expect((await till.head(account)).state.balances.card).toBe(5_000);
  });

  test('refuses a code shown for another school', async () => {
    const account = await till.account({ cardFen: 5_000 });
    const other = new SaleFixture(database, 'bistu');
    const outcome = refusal(await authorizePayment(other.deps, other.codeSale(await till.code(account), 100)));
    expect(['code.invalid', 'account.unknown']).toContain(outcome);
  });

  test('an identity code proves who and pays nothing; a wallet code says that no wallet is open', async () => {
    const account = await till.account({ cardFen: 5_000 });
    const identity = till.codeSale(await till.code(account, { kind: 'identity' }), 100);
    expect(refusal(await authorizePayment(till.deps, identity))).toBe('code.identity-only');
    const wallet = till.codeSale(await till.code(account, { kind: 'wallet' }), 100);
    expect(refusal(await authorizePayment(till.deps, wallet))).toBe('wallet.not-open');
    expect(errorTable['wallet.not-open'].zh).toContain('未开通');
  });

  test('a removed app pays nothing and the other apps are untouched', async () => {
    const account = await till.account({ cardFen: 5_000 });
    await till.change(account, (head) => bindAppDraft(head, { slot: 1, entryId: 'b', occurredAt: till.now }));
    const removed = await till.code(account, { slot: 0 });
    const kept = await till.code(account, { slot: 1 });
    await till.change(account, (head) => revokeAppDraft(head, { slot: 0, entryId: 'r', occurredAt: till.now }));
    expect(refusal(await authorizePayment(till.deps, till.codeSale(removed, 100)))).toBe('code.invalid');
    await till.change(account, (head) => bindAppDraft(head, { slot: 0, entryId: 'b2', occurredAt: till.now }));
    expect(refusal(await authorizePayment(till.deps, till.codeSale(removed, 100)))).toBe('code.invalid');
    expect((await authorizePayment(till.deps, till.codeSale(kept, 100))).outcome).toBe('charged');
  });

  test.each([0, -1, 12.5, 1e21, '100', null, Number.NaN])('refuses the amount %p and writes nothing', async (amount) => {
    const account = await till.account({ cardFen: 5_000 });
    const before = await till.head(account);
    expect(refusal(await authorizePayment(till.deps, till.codeSale(await till.code(account), amount)))).toBe('payment.amount-invalid');
    expect(await till.head(account)).toEqual(before);
  });
});

describe('loss', () => {
  test('a reported loss refuses card and code; taking it back lets both pass', async () => {
    const account = await till.account({ cardFen: 5_000 });
    const at = { entryId: 'loss', occurredAt: till.now, recordedAt: till.now };
    await till.change(account, (head) => reportLossDraft(head, { ...at, keepCodes: false }));
    expect(refusal(await authorizePayment(till.deps, till.tapSale(account, 100)))).toBe('card.lost');
    expect(refusal(await authorizePayment(till.deps, till.codeSale(await till.code(account), 100)))).toBe('code.frozen');
    await till.change(account, (head) => cancelLossDraft(head, at));
    expect((await authorizePayment(till.deps, till.tapSale(account, 100))).outcome).toBe('charged');
    expect((await authorizePayment(till.deps, till.codeSale(await till.code(account), 100))).outcome).toBe('charged');
  });

  test('the codes go on paying when the holder keeps them', async () => {
    const account = await till.account({ cardFen: 5_000 });
    const at = { entryId: 'loss', occurredAt: till.now, recordedAt: till.now };
    await till.change(account, (head) => reportLossDraft(head, { ...at, keepCodes: true }));
    expect(refusal(await authorizePayment(till.deps, till.tapSale(account, 100)))).toBe('card.lost');
    expect((await authorizePayment(till.deps, till.codeSale(await till.code(account), 100))).outcome).toBe('charged');
  });
});

describe('a tap', () => {
  test('with a wrong chip code, of a replaced card, or by bare number is refused', async () => {
    const account = await till.account({ cardFen: 5_000 });
    const forged = till.tapSale(account, 100);
    if (forged.body.kind !== 'charge-card') throw new Error('a tap');
    const wrong = till.sale({ ...forged.body, chip: { counter: 1, mac: '0123456789abcdef' } });
    expect(refusal(await authorizePayment(till.deps, wrong))).toBe('card.bad-chip-code');
    const { chip: _, ...bare } = forged.body;
    expect(refusal(await authorizePayment(till.deps, till.sale(bare)))).toBe('card.bare-number-refused');
    expect(refusal(await authorizePayment(till.deps, till.tapSale(account, 100, { issue: 2 })))).toBe('card.replaced');
    const stranger = till.sale({ ...bare, card: 'A0001' });
    expect(await authorizePayment(till.deps, stranger)).toMatchObject({ code: 'card.unknown', definite: false });
    till.now += 60_001;
    expect(await authorizePayment(till.deps, again(stranger))).toMatchObject({ code: 'card.unknown', definite: true });
  });

  test('asks for the password above the meal-period limit of SJTU and counts it anew in the next period', async () => {
    const sjtu = new SaleFixture(database, 'sjtu');
    const account = await sjtu.account({ cardFen: 10_000 });
    expect((await authorizePayment(sjtu.deps, sjtu.tapSale(account, 2_000))).outcome).toBe('charged');
    expect(refusal(await authorizePayment(sjtu.deps, sjtu.tapSale(account, 1_001)))).toBe('payment.pin-required');
    expect((await authorizePayment(sjtu.deps, sjtu.tapSale(account, 1_000))).outcome).toBe('charged');
    sjtu.now += 6 * 3_600_000;
    expect((await authorizePayment(sjtu.deps, sjtu.tapSale(account, 3_000))).outcome).toBe('charged');
  });
});

describe('retries', () => {
  test('a refused retry is fenced: nothing charges afterwards, and the answer stays', async () => {
    const account = await till.account({ cardFen: 100 });
    const sale = till.tapSale(account, 500);
    expect(await authorizePayment(till.deps, sale)).toMatchObject({ code: 'payment.insufficient-balance', definite: false });
    const refused = await authorizePayment(till.deps, again(sale));
    expect(refused).toMatchObject({ code: 'payment.insufficient-balance', definite: true });
    const credit = { orderNo: 'later', channel: 'wechat-pay', amountFen: fen(9_000), paidAt: till.now, recordedAt: till.now } as const;
    await till.change(account, (head) => topUpDraft(head, credit, loadPack('bistu')));
    expect(await authorizePayment(till.deps, sale)).toEqual(refused);
    expect(await querySale(till.deps, sale)).toEqual(refused);
  });

  test('another body under the same sequence is refused, whether the first was charged or fenced', async () => {
    const account = await till.account({ cardFen: 1_000 });
    const paid = till.tapSale(account, 100, { sequence: 900_001 });
    await authorizePayment(till.deps, paid);
    expect(await errorCode(authorizePayment(till.deps, till.tapSale(account, 200, { sequence: 900_001 })))).toBe('payment.other-body');
    const poor = till.tapSale(account, 5_000, { sequence: 900_002 });
    await authorizePayment(till.deps, again(poor));
    expect(await errorCode(authorizePayment(till.deps, till.tapSale(account, 200, { sequence: 900_002 })))).toBe('payment.other-body');
  });

  test('a late retry is fenced, and a sale is found past the ring and after days', async () => {
    const account = await till.account({ cardFen: 10_000 });
    const first = till.tapSale(account, 100);
    const lost = till.tapSale(account, 100);
    const charged = await authorizePayment(till.deps, first);
    for (let i = 0; i < 20; i += 1) await authorizePayment(till.deps, till.tapSale(account, 1));
    expect(await authorizePayment(till.deps, again(first))).toEqual(charged);
    till.now += 61_000;
    expect(await authorizePayment(till.deps, again(lost))).toMatchObject({ code: 'payment.not-charged', definite: true });
    for (let i = 0; i < 20; i += 1) await authorizePayment(till.deps, till.tapSale(account, 1));
    till.now += 3 * 86_400_000;
    for (let i = 0; i < 20; i += 1) await authorizePayment(till.deps, till.tapSale(account, 1));
    expect(await querySale(till.deps, first)).toEqual(charged);
    expect(await querySale(till.deps, lost)).toMatchObject({ outcome: 'not-charged', definite: true });
    expect((await till.head(account)).state.balances.card).toBe(10_000 - 100 - 60);
  });

  test('a query within the window says unknown, and after it fences the sale', async () => {
    const account = await till.account({ cardFen: 1_000 });
    const sale = till.tapSale(account, 100);
    expect(await querySale(till.deps, sale)).toMatchObject({ outcome: 'unknown' });
    till.now += 60_001;
    expect(await querySale(till.deps, sale)).toMatchObject({ outcome: 'not-charged', definite: true });
    till.now = NOON;
    expect(await authorizePayment(till.deps, sale)).toMatchObject({ outcome: 'not-charged', definite: true });
  });

  test('an attempt that was frozen before its write never charges after "not charged" was said', async () => {
    const account = await till.account({ cardFen: 1_000 });
    const sale = till.tapSale(account, 100);
    let thaw: () => void = () => undefined;
    const frozen = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    let reached: () => void = () => undefined;
    const atItsWrite = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const append: typeof till.passbook.append = async (entry) => {
      reached();
      await frozen;
      return till.passbook.append(entry);
    };
    const first = authorizePayment({ ...till.deps, passbook: { ...till.passbook, append } }, sale);
    await atItsWrite;
    till.now += 61_000;
    const said = await authorizePayment(till.deps, again(sale));
    expect(said).toMatchObject({ outcome: 'not-charged', definite: true });
    thaw();
    expect(await first).toEqual(said);
    expect((await till.head(account)).state.balances.card).toBe(1_000);
  });

  test('an attempt that was frozen after it found no account or card does not call that definite', async () => {
    const tap = till.tapSale(999_999_998, 100);
    const head: typeof till.passbook.head = async (school, accountNo) => {
      const found = await till.passbook.head(school, accountNo);
      till.now += 61_000;
      return found;
    };
    const answer = await authorizePayment({ ...till.deps, passbook: { ...till.passbook, head } }, tap);
    expect(answer).toEqual({ outcome: 'not-charged', code: 'account.unknown', definite: false });
    expect(await authorizePayment(till.deps, again(tap))).toMatchObject({ code: 'account.unknown', definite: true });

    const own = till.sale({ ...tap.body, kind: 'charge-card', card: 'A0002', occurredAt: till.now });
    const ownCard: typeof till.deps.ownCard = async () => {
      till.now += 61_000;
      return undefined;
    };
    expect(await authorizePayment({ ...till.deps, ownCard }, own)).toMatchObject({ code: 'card.unknown', definite: false });
  });

  test('a process killed between commit and answer: the retry gets the same answer from one entry', async () => {
    const account = await till.account({ cardFen: 1_000 });
    const sale = till.tapSale(account, 100);
    const append: typeof till.passbook.append = async (entry) => {
      await till.passbook.append(entry);
      throw new Error('killed');
    };
    await expect(authorizePayment({ ...till.deps, passbook: { ...till.passbook, append } }, sale)).rejects.toThrow('killed');
    const answer = await authorizePayment(till.deps, again(sale));
    expect(answer.outcome).toBe('charged');
    const charges = (await till.all(account)).filter((entry) => entry.kind === 'charge');
    expect(charges).toHaveLength(1);
    expect(answer).toEqual({ outcome: 'charged', entry: charges[0] });
  });

  test('a terminal whose clock is off by more than the window is told so and nothing is fenced', async () => {
    const account = await till.account({ cardFen: 1_000 });
    const before = await till.head(account);
    const ahead = till.tapSale(account, 100, { occurredAt: till.now + 30_001 });
    expect(await authorizePayment(till.deps, again(ahead))).toMatchObject({ code: 'terminal.clock', definite: false });
    expect(await till.head(account)).toEqual(before);
  });
});

describe('a void', () => {
  test('gives the sale back once, leaves the claim on the card, and repeats its answer', async () => {
    const account = await till.account({ transitFen: 2_000 });
    const sale = till.codeSale(await till.code(account), 1_250);
    await authorizePayment(till.deps, sale);
    const voids = await Promise.all(Array.from({ length: 10 }, () => voidSale(till.deps, sale)));
    expect(new Set(voids.map((answer) => (answer.outcome === 'voided' ? answer.entry.n : answer.outcome))).size).toBe(1);
    const head = await till.head(account);
    expect(head).toMatchObject({ kind: 'void', reverses: `${sale.body.terminal}-${sale.body.sequence}` });
    expect(head.state.balances).toMatchObject({ card: 2_000, transit: 0 });
    expect(head.state.spent.dayFen).toBe(0);
    expect(verifyPassbook(await till.all(account))).toEqual([]);
  });

  test('of a sale whose number a reset terminal had used before takes back that sale and not the older one', async () => {
    const account = await till.account({ cardFen: 5_000 });
    const older = till.tapSale(account, 100, { sequence: 910_001 });
    await authorizePayment(till.deps, older);
    await voidSale(till.deps, older);
    till.now += 200_000;
    for (let i = 0; i < 8; i += 1) await authorizePayment(till.deps, till.tapSale(account, 1));
    till.now += 200_000;
    const newer = till.tapSale(account, 300, { sequence: 910_001 });
    expect((await authorizePayment(till.deps, newer)).outcome).toBe('charged');
    const first = await voidSale(till.deps, newer);
    expect((await till.head(account)).state.balances.card).toBe(5_000 - 8);
    expect(await voidSale(till.deps, newer)).toEqual(first);
    expect((await till.head(account)).state.balances.card).toBe(5_000 - 8);
    expect(verifyPassbook(await till.all(account))).toEqual([]);
  });

  test('of a sale on an account that never comes free says unknown before its function is ended', async () => {
    const account = await till.account({ cardFen: 1_000 });
    const sale = till.tapSale(account, 100);
    await authorizePayment(till.deps, sale);
    const began = till.now;
    const backOff = async () => {
      till.now += 800;
    };
    const appendWith: typeof till.passbook.appendWith = async () => ({ written: false, failed: 0, found: undefined });
    const busy = { ...till.deps, backOff, passbook: { ...till.passbook, appendWith } };
    expect(await voidSale(busy, sale)).toEqual({ outcome: 'unknown', code: 'payment.unknown' });
    expect(till.now - began).toBeLessThan(10_000);
    expect((await voidSale(till.deps, sale)).outcome).toBe('voided');
  });

  test('of a sale that never came fences it', async () => {
    const account = await till.account({ cardFen: 1_000 });
    const sale = till.tapSale(account, 100);
    expect(await voidSale(till.deps, sale)).toMatchObject({ outcome: 'not-charged', definite: true });
    expect(await authorizePayment(till.deps, sale)).toMatchObject({ outcome: 'not-charged', definite: true });
  });
});

describe('many at once', () => {
  test('500 concurrent charges with one code: exactly one succeeds', async () => {
    const account = await till.account({ cardFen: 100_000 });
    const code = await till.code(account);
    const answers = await Promise.all(Array.from({ length: 500 }, () => authorizePayment(till.deps, till.codeSale(code, 100))));
    expect(answers.filter((answer) => answer.outcome === 'charged')).toHaveLength(1);
    expect(answers.filter((answer) => refusal(answer) === 'code.used')).toHaveLength(499);
    expect((await till.head(account)).state.balances.card).toBe(99_900);
  });

  test('200 concurrent ¥1 taps on ¥100, each repeated until definite: exactly 100 charges, balance 0', async () => {
    const account = await till.account({ cardFen: 10_000 });
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const sale = till.tapSale(account, 100);
        for (let attempt = 1; attempt <= 50; attempt += 1) {
          const answer = await authorizePayment(till.deps, again(sale, attempt));
          if (answer.outcome === 'charged' || (answer.outcome === 'not-charged' && answer.definite)) return answer.outcome;
        }
        return 'never definite';
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'charged')).toHaveLength(100);
    expect(outcomes.filter((outcome) => outcome === 'not-charged')).toHaveLength(100);
    const entries = await till.all(account);
    expect(entries.filter((entry) => entry.kind === 'charge')).toHaveLength(100);
    expect((await till.head(account)).state.balances.card).toBe(0);
    expect(verifyPassbook(entries)).toEqual([]);
  }, 120_000);

  test("200 charges over one app's 9 valid codes: exactly 9", async () => {
    const account = await till.account({ cardFen: 100_000 });
    const newest = stepAt(till.now + 30_000);
    const codes = await Promise.all(Array.from({ length: 9 }, (_, back) => till.code(account, { step: newest - back })));
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => authorizePayment(till.deps, till.codeSale(codes[i % 9] ?? '', 100))),
    );
    expect(answers.filter((answer) => answer.outcome === 'charged')).toHaveLength(9);
    expect(STEP_MS * 9).toBe(90_000);
  });
});
