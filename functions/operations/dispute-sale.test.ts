import type { BatchBody } from '../../shared/api/terminal-batches';
import { fen, sum } from '../../shared/money';
import type { Entry } from '../domain/entry';
import { createBooks } from '../store/books';
import { createDisputes } from '../store/disputes';
import { createTerminalBatches } from '../store/terminal-batches';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { createModelDatabase } from '../test/model-database';
import { RefundFixture } from '../test/refund-fixture';
import { authorizePayment } from './authorize-payment';
import { advanceDispute, advanceDisputesAt, type DisputeDeps, openDispute, resolveDispute } from './dispute-sale';
import { refundSale } from './refund-sale';
import { takeBatch } from './take-batch';
import { voidSale } from './void-sale';

const DAY = '2026-11-21';

class DisputeFixture extends RefundFixture {
  readonly disputes: DisputeDeps;

  constructor() {
    super(createModelDatabase());
    this.disputes = this.disputesOver(this.database);
  }

  disputesOver(database: RefundFixture['database']): DisputeDeps {
    return {
      ...this.depsOver(database),
      disputes: createDisputes(database),
      terminalBatches: createTerminalBatches(database),
      books: createBooks(database),
    };
  }

  /** A holder with 20.00 on the card who has just bought something for 12.00. */
  async bought(): Promise<{
    readonly accountNo: number;
    readonly sale: Entry;
    readonly wish: Parameters<typeof openDispute>[1];
    readonly request: Parameters<typeof voidSale>[1];
  }> {
    const accountNo = await this.till.account({ cardFen: 2_000 });
    const request = this.till.tapSale(accountNo, 1_200);
    const charged = await authorizePayment(this.till.deps, request);
    if (!('entry' in charged)) throw new Error('not charged');
    const { entry: sale } = charged;
    const wish = { schoolId: this.till.schoolId, accountNo, n: sale.n, reason: 'not-received', text: '' } as const;
    return { accountNo, sale, wish, request };
  }

  batch(changes: Partial<BatchBody> = {}): BatchBody {
    const lines = changes.lines ?? [];
    const sold = lines.filter(({ outcome }) => outcome === 'sold');
    const totals = { count: sold.length, amountFen: sum(sold.map(({ amountFen }) => amountFen)) };
    const closed = changes.closed ?? false;
    return {
      ...{ schoolId: this.till.schoolId, terminal: 7, day: DAY, part: 1, fromSequence: 1, ackedSeq: 100, lines, totals, closed },
      ...(closed ? { dayTotals: totals } : {}),
      ...changes,
    };
  }

  async state(changes: Partial<BatchBody> = {}, deps = this.disputes) {
    const body = this.batch(changes);
    const head = await takeBatch(deps, { body, bodyHash: JSON.stringify(body) });
    await advanceDisputesAt(deps, head);
    return head;
  }

  async card(accountNo: number): Promise<number> {
    return (await this.till.head(accountNo)).state.balances.card;
  }
}

const line = (sale: Entry, outcome: BatchBody['lines'][number]['outcome'], amountFen = 1_200) => ({
  sequence: Number(sale.entryId.split('-')[1]),
  amountFen: fen(amountFen),
  outcome,
});

describe('row 57: a doubted sale', () => {
  it('waits while the terminal has said nothing, with the evidence gathered', async () => {
    const fixture = new DisputeFixture();
    const { accountNo, sale, wish } = await fixture.bought();
    await fixture.charge(accountNo, 300);
    const dispute = await openDispute(fixture.disputes, wish);
    expect(dispute).toMatchObject({ state: 'waiting', evidence: { entryId: sale.entryId, terminal: 7, day: DAY, amountFen: 1_200 } });
    expect(dispute.evidence.neighbours).toMatchObject([{ kind: 'charge', amountFen: 300, isSameAccount: true }]);
    expect(await fixture.card(accountNo)).toBe(500);
  });

  it('comes back by itself when the terminal’s statement lacks it, whichever of the two came first', async () => {
    for (const isFirst of [true, false]) {
      const fixture = new DisputeFixture();
      const { accountNo, wish } = await fixture.bought();
      fixture.later(30_000);
      if (isFirst) await fixture.state();
      await openDispute(fixture.disputes, wish);
      if (!isFirst) await fixture.state();
      const dispute = await openDispute(fixture.disputes, wish);
      expect(dispute).toMatchObject({ state: 'reversed', decidedBy: 'terminal-statement', evidence: { statement: { outcome: 'absent' } } });
      expect(await fixture.card(accountNo)).toBe(2_000);
      expect(await fixture.till.head(accountNo)).toMatchObject({ kind: 'reversal', n: dispute.reversedBy });
    }
  });

  it.each([
    ['sold', 'office', 800],
    ['unknown', 'office', 800],
    ['refused', 'reversed', 2_000],
    ['voided', 'reversed', 2_000],
  ] as const)('that the terminal states as %s is then %s', async (outcome, state, cardFen) => {
    const fixture = new DisputeFixture();
    const { accountNo, sale, wish } = await fixture.bought();
    await fixture.state({ lines: [line(sale, outcome)] });
    expect((await openDispute(fixture.disputes, wish)).state).toBe(state);
    expect(await fixture.card(accountNo)).toBe(cardFen);
  });

  it('that the terminal acknowledged never comes back by itself, also not when it closes its day', async () => {
    const fixture = new DisputeFixture();
    const { accountNo, sale, wish } = await fixture.bought();
    await fixture.state({ lines: [line(sale, 'sold')] });
    await openDispute(fixture.disputes, wish);
    fixture.later(3_600_000);
    await fixture.state({ part: 2, fromSequence: 101, ackedSeq: 100, closed: true, dayTotals: { count: 1, amountFen: fen(1_200) } });
    expect((await openDispute(fixture.disputes, wish)).state).toBe('office');
    expect(await fixture.card(accountNo)).toBe(800);
  });

  it('that a closed day lacks comes back, also beyond the last sequence that it states', async () => {
    const fixture = new DisputeFixture();
    const { accountNo, wish } = await fixture.bought();
    fixture.later(60_000);
    await fixture.state({ fromSequence: 500, ackedSeq: 499, closed: true });
    expect((await openDispute(fixture.disputes, wish)).state).toBe('reversed');
    expect(await fixture.card(accountNo)).toBe(2_000);
  });

  it('waits on when the statement came before the sale was recorded, for that cannot have known it', async () => {
    const fixture = new DisputeFixture();
    await fixture.state({ closed: true });
    fixture.later(60_000);
    const { accountNo, wish } = await fixture.bought();
    expect((await openDispute(fixture.disputes, wish)).state).toBe('waiting');
    expect(await fixture.card(accountNo)).toBe(800);
  });

  it('asked back by the till, a supervisor, the holder, the office and reconciliation at once comes back once in total', async () => {
    const fixture = new DisputeFixture();
    const { accountNo, sale, wish, request } = await fixture.bought();
    await fixture.state();
    const office = { ...wish, decision: 'reverse', by: 'staff:1', note: '' } as const;
    await Promise.all([
      voidSale(fixture.till.deps, request),
      openDispute(fixture.disputes, wish),
      openDispute(fixture.disputes, wish).then(() => resolveDispute(fixture.disputes, office)),
      ...['supervisor', 'reconcile'].map((by) => refundSale(fixture.disputes, { sale, by, amountFen: 'rest', askedBy: by, reason: '' })),
    ]).catch((error) => {
      // The holder may come when all is done already.
      if (error.code !== 'reversal.already' && error.code !== 'dispute.unknown') throw error;
    });
    expect(await fixture.card(accountNo)).toBe(2_000);
    expect((await fixture.till.all(accountNo)).filter(({ reverses }) => reverses === sale.entryId)).toHaveLength(1);
  });

  it('is refused where there is no sale, or all of it is back', async () => {
    const fixture = new DisputeFixture();
    const { sale, wish, request } = await fixture.bought();
    await expect(openDispute(fixture.disputes, { ...wish, n: 1 })).rejects.toThrow('dispute.not-disputable');
    await expect(openDispute(fixture.disputes, { ...wish, n: 99 })).rejects.toThrow('dispute.not-disputable');
    await voidSale(fixture.till.deps, request);
    await expect(openDispute(fixture.disputes, { ...wish, n: sale.n })).rejects.toThrow('reversal.already');
  });

  it('dies anywhere and is asked again: reversed once', async () => {
    for (let at = 1; at < 60; at += 1) {
      for (const moment of ['before', 'after'] as const) {
        const fixture = new DisputeFixture();
        const { accountNo, wish } = await fixture.bought();
        await fixture.state();
        const faulty = faultyDatabase(fixture.database, { at, moment });
        const died = await openDispute(fixture.disputesOver(faulty), wish).then(
          () => false,
          (error) => error instanceof Crash,
        );
        const after = await openDispute(fixture.disputes, wish).catch((error) => error.code);
        // Where the dispute's row was not yet written nothing had moved, so nothing is "already" back.
        expect(after).toMatchObject({ state: 'reversed' });
        expect(await fixture.card(accountNo)).toBe(2_000);
        if (!died && faulty.calls() < at) return;
      }
    }
    throw new Error('a dispute has fewer steps than this');
  });
});

describe('the card office', () => {
  it('decides once; another decision is refused, the same is the same answer', async () => {
    const fixture = new DisputeFixture();
    const { accountNo, wish } = await fixture.bought();
    const decide = (decision: 'reverse' | 'reject') =>
      resolveDispute(fixture.disputes, { ...wish, decision, by: 'staff:1', note: '已核实' });
    await expect(decide('reverse')).rejects.toThrow('dispute.unknown');
    await openDispute(fixture.disputes, wish);
    const rejected = await decide('reject');
    expect(rejected).toMatchObject({ state: 'rejected', decidedBy: 'staff:1', note: '已核实' });
    expect(await decide('reject')).toEqual(rejected);
    await expect(decide('reverse')).rejects.toThrow('request.replayed-differently');
    expect(await fixture.card(accountNo)).toBe(800);
    await fixture.state();
    expect((await advanceDispute(fixture.disputes, rejected)).state).toBe('rejected');
    expect(await fixture.card(accountNo)).toBe(800);
  });

  it('sees every case of the school, newest first', async () => {
    const fixture = new DisputeFixture();
    const [first, second] = [await fixture.bought(), await fixture.bought()];
    await openDispute(fixture.disputes, first.wish);
    fixture.later(1_000);
    await openDispute(fixture.disputes, second.wish);
    const { disputes } = await fixture.disputes.disputes.ofSchool(fixture.till.schoolId);
    expect(disputes.map(({ accountNo }) => accountNo)).toEqual([second.accountNo, first.accountNo]);
  });
});

describe('a terminal’s statement', () => {
  it('is kept once; the same part with other content is refused', async () => {
    const fixture = new DisputeFixture();
    const first = await fixture.state();
    expect(await fixture.state()).toEqual(first);
    await expect(fixture.state({ lines: [{ sequence: 3, amountFen: fen(1), outcome: 'sold' }] })).rejects.toThrow(
      'request.replayed-differently',
    );
  });

  it('comes in order and without a gap, until the day is closed', async () => {
    const fixture = new DisputeFixture();
    await expect(fixture.state({ part: 2 })).rejects.toMatchObject({ code: 'batch.out-of-order', detail: { expectedPart: 1 } });
    await fixture.state({ ackedSeq: 10 });
    await expect(fixture.state({ part: 2, fromSequence: 12, ackedSeq: 20 })).rejects.toMatchObject({ detail: { expectedSequence: 11 } });
    await fixture.state({ part: 2, fromSequence: 11, ackedSeq: 20, closed: true });
    await expect(fixture.state({ part: 3, fromSequence: 21, ackedSeq: 30 })).rejects.toThrow('batch.closed');
    const parts = await fixture.disputes.terminalBatches.parts(fixture.till.schoolId, 7, DAY);
    expect(parts.map(({ part, ackedSeq }) => [part, ackedSeq])).toEqual([
      [1, 10],
      [2, 20],
    ]);
  });

  it('two parts at once are one after the other or refused, never a gap', async () => {
    const fixture = new DisputeFixture();
    const both = await Promise.allSettled([fixture.state({ ackedSeq: 10 }), fixture.state({ ackedSeq: 11 })]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  const sold = { sequence: 5, amountFen: fen(700), outcome: 'sold' } as const;
  it.each<[string, Partial<BatchBody>, string]>([
    ['totals that are not those of its lines', { lines: [sold], totals: { count: 1, amountFen: fen(701) } }, 'batch.totals'],
    [
      'a day’s totals that are not those of its parts',
      { lines: [sold], closed: true, dayTotals: { count: 2, amountFen: fen(700) } },
      'batch.totals',
    ],
    ['a closing part without the day’s totals', { closed: true, dayTotals: undefined } as never, 'request.malformed'],
    ['a sequence twice', { lines: [sold, sold] }, 'request.malformed'],
    ['a sequence outside what it states', { lines: [{ ...sold, sequence: 101 }] }, 'request.malformed'],
    ['a range that ends before it begins', { fromSequence: 9, ackedSeq: 8 }, 'request.malformed'],
    ['a day that has not come', { day: '2026-11-22' }, 'request.malformed'],
  ])('with %s is refused, and nothing is kept', async (_, changes, code) => {
    const fixture = new DisputeFixture();
    await expect(fixture.state(changes)).rejects.toThrow(code);
    expect((await fixture.disputes.terminalBatches.head(fixture.till.schoolId, 7, DAY)).parts).toBe(0);
  });
});
