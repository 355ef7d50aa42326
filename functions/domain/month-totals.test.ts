import fc from 'fast-check';
import { fen } from '../../shared/money';
import { emptyState } from './account-state';
import type { Entry } from './entry';
import { entryView, holderAmount, isShown } from './entry-view';
import { monthTotals } from './month-totals';
import { mirror, move, type Posting } from './posting';

const START = Date.UTC(2026, 10, 1);

function entry(n: number, more: Partial<Entry>): Entry {
  return {
    form: 1,
    schoolId: 'bistu',
    accountNo: 7,
    n,
    kind: 'charge',
    entryId: `7-${n}`,
    postings: [],
    occurredAt: START,
    recordedAt: START + n * 3_600_000,
    state: emptyState(),
    ...more,
  };
}

const sale = (n: number, amountFen: number): Entry => entry(n, { postings: move('card', 'merchant:1', fen(amountFen)) });
const credit = (n: number, amountFen: number): Entry =>
  entry(n, { kind: 'top-up', postings: move('channel:alipay', 'transit', fen(amountFen)) });
const undo = (n: number, old: Entry): Entry => entry(n, { kind: 'void', postings: mirror(old.postings), reverses: old.entryId });

describe('the totals of a month', () => {
  it('received less spent is what the balances changed by, whatever is voided and in whatever order', () => {
    const step = fc.record({
      kind: fc.constantFrom('sale', 'credit', 'undo', 'fence'),
      amount: fc.integer({ min: 1, max: 100_000 }),
      pick: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.array(fc.integer({ min: 1, max: 50_000 }), { maxLength: 3 }), (steps, older) => {
        // Sales of an earlier month, which this month may void.
        const open = older.map((amountFen, index) => sale(-index - 1, amountFen));
        const entries: Entry[] = [];
        for (const [index, { kind, amount, pick }] of steps.entries()) {
          const n = index + 1;
          if (kind === 'sale') {
            entries.push(sale(n, amount));
            open.push(sale(n, amount));
          } else if (kind === 'credit') entries.push(credit(n, amount));
          else if (kind === 'fence') entries.push(entry(n, { kind: 'fence' }));
          else if (open.length > 0) {
            const [old] = open.splice(pick % open.length, 1);
            if (old !== undefined) entries.push(undo(n, old));
          }
        }
        const { spentFen, receivedFen, spentByDay } = monthTotals([...entries].reverse(), 480);
        expect(receivedFen - spentFen).toBe(entries.reduce((total, each) => total + holderAmount(each), 0));
        expect(Object.values(spentByDay).reduce((total, each) => total + each, 0)).toBe(spentFen);
        expect(Object.values(spentByDay).every((each) => each > 0)).toBe(true);
      }),
    );
  });

  it('counts days in the school’s zone', () => {
    const late = { ...sale(1, 100), recordedAt: Date.UTC(2026, 10, 20, 16, 0) };
    expect(monthTotals([late], 480).spentByDay).toEqual({ '2026-11-21': 100 });
    expect(monthTotals([late], 0).spentByDay).toEqual({ '2026-11-20': 100 });
  });

  it('are nothing for an empty month', () => {
    expect(monthTotals([], 480)).toEqual({ spentFen: 0, receivedFen: 0, spentByDay: {} });
  });
});

describe('an entry as its holder reads it', () => {
  const view = (more: Partial<Entry>) =>
    entryView(entry(9, more), { utcOffsetMinutes: 480, merchants: new Map([[1, { zh: '食堂', en: 'Canteen' }]]) });
  const paid = (legs: readonly Posting[]) => view({ postings: legs, merchant: 1 });

  it('names what a sale was paid from, without the claim that came with it', () => {
    const claimed = paid([...move('transit', 'card', fen(2_000)), ...move('card', 'merchant:1', fen(1_250))]);
    expect(claimed).toMatchObject({ amountFen: -1_250, claimedFen: 2_000, fundedFrom: 'card', merchant: { zh: '食堂' } });
    expect(paid(move('wallet', 'merchant:1', fen(300)))).toMatchObject({ amountFen: -300, fundedFrom: 'wallet', claimedFen: 0 });
    expect(paid([...move('purse', 'merchant:1', fen(100)), ...move('card', 'merchant:1', fen(300))])).toMatchObject({ fundedFrom: 'card' });
  });

  it('does not take a reversed top-up for a claim', () => {
    const reversed = view({ kind: 'reversal', postings: move('transit', 'channel:alipay', fen(500)) });
    expect(reversed).toMatchObject({ amountFen: -500, claimedFen: 0, fundedFrom: null, channel: 'alipay' });
  });

  it('has no name for a merchant that is not enrolled, and none where nothing was bought', () => {
    expect(view({ merchant: 404 }).merchant).toBeNull();
    expect(view({ kind: 'claim', postings: move('transit', 'card', fen(1)) })).toMatchObject({
      amountFen: 0,
      claimedFen: 1,
      merchant: null,
    });
  });

  it('hides fences, opening and the comings and goings of apps, and nothing that moves money', () => {
    const kinds = [
      'opened',
      'fence',
      'app-bound',
      'app-revoked',
      'charge',
      'void',
      'reversal',
      'claim',
      'top-up',
      'loss-reported',
      'loss-cancelled',
    ] as const;
    expect(kinds.filter((kind) => !isShown(entry(1, { kind })))).toEqual(['opened', 'fence', 'app-bound', 'app-revoked']);
  });
});
