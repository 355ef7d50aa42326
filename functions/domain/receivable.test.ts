import fc from 'fast-check';
import { fen, sum, ZERO } from '../../shared/money';
import { openedDraft } from './account-changes';
import { type AccountState, emptyState } from './account-state';
import { type Entry, firstEntry } from './entry';
import { cardAvailable, cardHeld, openHolds } from './hold';
import { legs } from './legs';
import { applyPostings, move } from './posting';
import { clearanceDraft, newlyOwed, owedFen, settlableFen, takenOrOwed } from './receivable';

const NOW = Date.parse('2026-11-21T04:00:00Z');
const amount = fc.integer({ min: 0, max: 1_000_000 }).map(fen);

function headWith(state: Partial<AccountState>): Entry {
  const draft = openedDraft({ occurredAt: NOW, cardIssue: 1 });
  const entry = firstEntry({ schoolId: 'demo', accountNo: 5, draft, recordedAt: NOW, utcOffsetMinutes: 480 });
  return { ...entry, state: { ...entry.state, ...state } };
}

function withCard(card: number, rest: Partial<AccountState> = {}): AccountState {
  const state = emptyState();
  return { ...state, balances: { ...state.balances, card: fen(card) }, ...rest };
}

describe('the receivable of a holder', () => {
  it('takes what a place does not have, pays the seller in full and never takes a balance below zero', () => {
    fc.assert(
      fc.property(amount, amount, (card, price) => {
        const taken = takenOrOwed('card', price, card);
        const after = applyPostings(withCard(card), [...taken, { leg: 'merchant:1', amountFen: price }]);
        expect(after.balances.card).toBeGreaterThanOrEqual(0);
        expect(owedFen(after)).toBe(Math.max(0, price - card));
        expect(newlyOwed(taken)).toBe(owedFen(after));
        expect(sum(taken.map(({ amountFen }) => amountFen))).toBe(fen(price === 0 ? 0 : -price));
      }),
    );
  });

  it('is absent from the state while nothing is owed, before and after a debt, so that hashes stay as they were', () => {
    const before = withCard(500);
    const owing = applyPostings(before, move(legs.receivable, 'merchant:1', fen(300)));
    expect(owing.owedFen).toBe(300);
    const settled = applyPostings(owing, move('card', legs.receivable, fen(300)));
    expect('owedFen' in settled).toBe(false);
    expect('owedFen' in applyPostings(before, move('card', 'merchant:1', fen(1)))).toBe(false);
  });

  it('cannot be settled by more than is owed', () => {
    const owing = applyPostings(withCard(500), move(legs.receivable, 'merchant:1', fen(300)));
    expect(() => applyPostings(owing, move('card', legs.receivable, fen(301)))).toThrow('more is settled than is owed');
  });

  it('is settled from what the card can spend beside what an open pass reserves', () => {
    const holds = [{ entryId: 'pass-9', amountFen: fen(450), expiresAt: NOW + 10 }];
    const state = withCard(500, { holds, owedFen: fen(300) });
    expect(settlableFen(state, NOW)).toBe(50);
    expect(settlableFen(state, NOW + 11)).toBe(300);
    const draft = clearanceDraft(headWith(state), { entryId: 'rcv_1', amountFen: fen(50), recordedAt: NOW }, { utcOffsetMinutes: 480 });
    expect(draft).toMatchObject({ kind: 'receivable-cleared', state: { owedFen: 250, balances: { card: 450 } } });
    expect(draft.counterparty?.book).toMatch(/^internal\//);
  });
});

describe('a hold of an offline pass', () => {
  it('reserves card money up to its last millisecond and nothing after it, whoever asks', () => {
    const state = withCard(500, { holds: [{ entryId: 'pass-9', amountFen: fen(450), expiresAt: NOW }] });
    expect([cardHeld(state, NOW), cardAvailable(state, NOW), openHolds(state, NOW).length]).toEqual([450, 50, 1]);
    expect([cardHeld(state, NOW + 1), cardAvailable(state, NOW + 1), openHolds(state, NOW + 1).length]).toEqual([ZERO, 500, 0]);
  });
});
