import type { BatchBody } from '../../shared/api/terminal-batches';
import { fen, sum } from '../../shared/money';
import type { Entry } from '../domain/entry';
import { verifyPassbook } from '../domain/verify-passbook';
import { createBooks } from '../store/books';
import { createNotices } from '../store/notices';
import { createReconciliations } from '../store/reconciliations';
import { createTerminalBatches } from '../store/terminal-batches';
import { createTerminals } from '../store/terminals';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { createModelDatabase } from '../test/model-database';
import { RefundFixture } from '../test/refund-fixture';
import { authorizePayment, type SaleRequest } from './authorize-payment';
import { type ReconcileTerminalsDeps, reconcileTerminals } from './reconcile-terminals';
import { refundSale } from './refund-sale';
import { takeBatch } from './take-batch';
import { voidSale } from './void-sale';

const DAY = '2026-11-21';
type Line = BatchBody['lines'][number];

class Canteen extends RefundFixture {
  readonly all: ReconcileTerminalsDeps;

  constructor() {
    super(createModelDatabase());
    this.all = this.over(this.database);
  }

  static async open(): Promise<Canteen> {
    const canteen = new Canteen();
    const terminal = { schoolId: 'bistu', terminal: 7, merchant: 12, name: '7', status: 'active', publicKey: '' } as const;
    await createTerminals(canteen.database).save({ ...terminal, publicKey: Buffer.alloc(32).toString('base64') });
    return canteen;
  }

  over(database: RefundFixture['database']): ReconcileTerminalsDeps {
    const notices = createNotices(database);
    return {
      ...this.depsOver(database),
      terminals: createTerminals(database),
      terminalBatches: createTerminalBatches(database),
      books: createBooks(database, 3),
      reconciliations: createReconciliations(database),
      tellReversed: async (notice) => void (await notices.addNotice(notice)),
    };
  }

  /** Of 20.00 on the card. */
  async sold(amountFen = 1_200): Promise<{ readonly sale: Entry; readonly request: SaleRequest; readonly accountNo: number }> {
    const accountNo = await this.till.account({ cardFen: 2_000 });
    const request = this.till.tapSale(accountNo, amountFen);
    const charged = await authorizePayment(this.till.deps, request);
    if (!('entry' in charged)) throw new Error('not charged');
    return { sale: charged.entry, request, accountNo };
  }

  /** The terminal states its whole day, that evening unless it is later already. */
  async close(lines: readonly Line[], day = DAY, part: Partial<BatchBody> = {}): Promise<void> {
    const sold = lines.filter(({ outcome }) => outcome === 'sold');
    const totals = { count: sold.length, amountFen: sum(sold.map(({ amountFen }) => amountFen)) };
    const at = { schoolId: 'bistu', terminal: 7, day, part: 1, fromSequence: 1, ackedSeq: 100 };
    const body: BatchBody = { ...at, lines: [...lines], totals, closed: true, dayTotals: totals, ...part };
    await takeBatch({ ...this.all, terminalBatches: createTerminalBatches(this.database) }, { body, bodyHash: JSON.stringify(body) });
  }

  evening(): void {
    this.till.now = Date.parse(`${DAY}T21:00:00+08:00`);
  }

  nextMorning(): void {
    this.till.now = Date.parse('2026-11-22T10:05:00+08:00');
  }

  run(deps = this.all) {
    return reconcileTerminals(deps, 'bistu', DAY);
  }

  rows() {
    return this.all.reconciliations.differences('bistu', 'pos', DAY);
  }

  async card(accountNo: number): Promise<number> {
    return (await this.till.head(accountNo)).state.balances.card;
  }

  async notices(accountNo: number) {
    return (await createNotices(this.database).ofAccount('bistu', accountNo, { limit: 10 })).notices;
  }

  async reversals(accountNo: number): Promise<readonly Entry[]> {
    return (await this.till.all(accountNo)).filter(({ kind }) => kind === 'reversal' || kind === 'void');
  }
}

const line = (sale: Entry, outcome: Line['outcome'] = 'sold', amountFen = 1_200): Line => ({
  sequence: Number(sale.entryId.split('-')[1]),
  amountFen: fen(amountFen),
  outcome,
});

describe('a terminal’s closed day against its book', () => {
  it('balances, voided sales and refused ones included', async () => {
    const canteen = await Canteen.open();
    const kept = await canteen.sold();
    const back = await canteen.sold(300);
    await voidSale(canteen.till.deps, back.request);
    canteen.evening();
    await canteen.close([line(kept.sale), line(back.sale, 'voided', 300), { sequence: 9, amountFen: fen(500), outcome: 'refused' }]);
    canteen.nextMorning();
    const record = await canteen.run();
    expect(record).toMatchObject({ channel: 'pos', day: DAY, state: 'balanced', differences: 0, runs: 1 });
    expect(record.billSha256).toHaveLength(64);
    expect(record.sums).toMatchObject({ billCount: 1, billPaymentFen: 1_200, bookCount: 2, bookPaymentFen: 1_500, bookRefundFen: 300 });
    expect(await canteen.run()).toMatchObject({ state: 'balanced', runs: 2, billSha256: record.billSha256 });
  });

  it('is not compared before 10:00 of the next day', async () => {
    const canteen = await Canteen.open();
    canteen.evening();
    await expect(canteen.run()).rejects.toMatchObject({ code: 'day.open' });
  });

  it('gives a charge back that it lacks, once, tells the student, and leaves the record as it was', async () => {
    const canteen = await Canteen.open();
    const kept = await canteen.sold();
    const wrong = await canteen.sold(700);
    canteen.evening();
    await canteen.close([line(kept.sale)]);
    canteen.nextMorning();
    expect(await canteen.run()).toMatchObject({ state: 'healed', differences: 1 });
    const { kind, entryId, reverses } = await canteen.till.head(wrong.accountNo);
    expect({ kind, entryId, reverses }).toEqual({
      kind: 'reversal',
      entryId: `${wrong.sale.entryId}-reconcile`,
      reverses: wrong.sale.entryId,
    });
    expect(await canteen.card(wrong.accountNo)).toBe(2_000);
    expect(await canteen.card(kept.accountNo)).toBe(800);
    expect(await canteen.notices(wrong.accountNo)).toMatchObject([{ kind: 'sale-reversed', amountFen: 700, about: wrong.sale.entryId }]);
    expect(await canteen.run()).toMatchObject({ state: 'healed', differences: 1, runs: 2 });
    expect((await canteen.rows()).map(({ class: of, act, actState, reason, bookFen }) => ({ of, act, actState, reason, bookFen }))).toEqual(
      [{ of: 'missing-in-batch', act: 'reverse', actState: 'done', reason: 'not-sold', bookFen: 700 }],
    );
    expect(await canteen.reversals(wrong.accountNo)).toHaveLength(1);
    expect(verifyPassbook(await canteen.till.all(wrong.accountNo))).toEqual([]);
  });

  it('also gives back what it states as refused', async () => {
    const canteen = await Canteen.open();
    const wrong = await canteen.sold();
    canteen.evening();
    await canteen.close([line(wrong.sale, 'refused')]);
    canteen.nextMorning();
    expect(await canteen.run()).toMatchObject({ state: 'healed' });
    expect(await canteen.card(wrong.accountNo)).toBe(2_000);
  });

  it('gives the rest of a refused sale back where a part was: what its holder paid counts, not what the merchant got', async () => {
    const canteen = await Canteen.open();
    const label = { zh: '搭伙费', en: 'Surcharge' };
    const pricing = { surcharge: { by: 'part', label, groups: ['student'], basisPoints: 1_000 } } as const;
    Object.assign(canteen.till.pack, { pricing });
    const { sale, accountNo } = await canteen.sold();
    canteen.evening();
    await canteen.close([line(sale, 'refused')]);
    await refundSale(canteen.all, { sale, by: 'desk', askedBy: 'staff', reason: 'x', amountFen: fen(1_200) });
    expect(await canteen.card(accountNo)).toBe(1_880);
    canteen.nextMorning();
    expect(await canteen.run()).toMatchObject({ state: 'healed' });
    expect(await canteen.card(accountNo)).toBe(2_000);
  });

  it('holds everything else for a person and moves nothing', async () => {
    const canteen = await Canteen.open();
    const [other, unknown, voided] = [await canteen.sold(), await canteen.sold(), await canteen.sold()];
    canteen.evening();
    const meal: Line = { sequence: 50, amountFen: fen(900), outcome: 'sold' };
    await canteen.close([line(other.sale, 'sold', 1_300), line(unknown.sale, 'unknown'), line(voided.sale, 'voided'), meal]);
    canteen.nextMorning();
    expect(await canteen.run()).toMatchObject({ state: 'held', differences: 4 });
    expect((await canteen.rows()).map(({ class: of, actState }) => [of, actState]).sort()).toEqual([
      ['missing-in-book', 'held'],
      ['other-amount', 'held'],
      ['outcome', 'held'],
      ['outcome', 'held'],
    ]);
    for (const { accountNo } of [other, unknown, voided]) expect(await canteen.card(accountNo)).toBe(800);
  });

  it('gives nothing back for a sale that was recorded after the day was closed', async () => {
    const canteen = await Canteen.open();
    await canteen.close([]);
    canteen.later(60_000);
    const late = await canteen.sold();
    canteen.nextMorning();
    expect(await canteen.run()).toMatchObject({ state: 'held' });
    expect(await canteen.rows()).toMatchObject([{ class: 'missing-in-batch', act: 'hold', reason: 'recorded-after-closing' }]);
    expect(await canteen.card(late.accountNo)).toBe(800);
  });

  it('gives nothing back for a sale that the terminal counted on the day after', async () => {
    const canteen = await Canteen.open();
    const { sale, accountNo } = await canteen.sold();
    canteen.evening();
    await canteen.close([], DAY, { ackedSeq: 0 });
    canteen.nextMorning();
    await canteen.close([line(sale)], '2026-11-22');
    expect(await canteen.run()).toMatchObject({ state: 'held' });
    expect(await canteen.rows()).toMatchObject([{ act: 'hold', reason: 'stated-on-another-day' }]);
    expect(await canteen.card(accountNo)).toBe(800);
  });

  it('lists a terminal that sold and has not closed its day, until it does', async () => {
    const canteen = await Canteen.open();
    const { sale } = await canteen.sold();
    canteen.nextMorning();
    expect(await canteen.run()).toMatchObject({ state: 'open', differences: 1 });
    expect(await canteen.rows()).toMatchObject([{ class: 'no-batch', actState: 'waiting', orderNo: '7', bookFen: 1_200 }]);
    expect(await canteen.run()).toMatchObject({ state: 'open', runs: 2 });
    await canteen.close([line(sale)]);
    expect(await canteen.run()).toMatchObject({ state: 'balanced', runs: 3 });
    expect(await canteen.rows()).toMatchObject([{ class: 'no-batch', actState: 'explained' }]);
  });
});

describe('a meal comes back at most once in total', () => {
  async function wronglyCharged() {
    const canteen = await Canteen.open();
    const wrong = await canteen.sold();
    canteen.evening();
    await canteen.close([]);
    canteen.nextMorning();
    return { canteen, ...wrong };
  }

  it('when a dispute was faster', async () => {
    const { canteen, sale, accountNo } = await wronglyCharged();
    await refundSale(canteen.all, { sale, by: 'dispute', amountFen: 'rest', askedBy: 'terminal-statement', reason: 'x' });
    expect(await canteen.run()).toMatchObject({ state: 'balanced', differences: 0 });
    expect(await canteen.card(accountNo)).toBe(2_000);
    expect(await canteen.reversals(accountNo)).toHaveLength(1);
  });

  it('when a void, a dispute and two runs come at the same moment', async () => {
    for (let round = 0; round < 12; round += 1) {
      const { canteen, sale, accountNo, request } = await wronglyCharged();
      await Promise.all([
        canteen.run(),
        voidSale(canteen.till.deps, request),
        refundSale(canteen.all, { sale, by: 'dispute', amountFen: 'rest', askedBy: 'holder', reason: 'x' }),
        canteen.run(),
      ]);
      expect(await canteen.card(accountNo)).toBe(2_000);
      expect(await canteen.reversals(accountNo)).toHaveLength(1);
      const { state } = await canteen.run();
      expect(['healed', 'balanced']).toContain(state);
      const told = (await canteen.notices(accountNo)).length;
      expect(told).toBe((await canteen.till.head(accountNo)).entryId.endsWith('-reconcile') ? 1 : 0);
    }
  });

  it('when the job dies before or after any of its effects', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let at = 1; at < 40; at += 1) {
        const { canteen, accountNo } = await wronglyCharged();
        const first = await canteen.run(canteen.over(faultyDatabase(canteen.database, { at, moment }))).catch((error: unknown) => error);
        if (first instanceof Error && !(first instanceof Crash)) throw first;
        expect(await canteen.run()).toMatchObject({ state: 'healed', differences: 1 });
        expect(await canteen.card(accountNo)).toBe(2_000);
        expect(await canteen.reversals(accountNo)).toHaveLength(1);
        expect(await canteen.notices(accountNo)).toHaveLength(1);
        if (!(first instanceof Crash)) break;
      }
    }
  });
});
