import { fen, sum } from '../../shared/money';
import { loadPack, NOON } from '../test/sale-fixture';
import { openedDraft } from './account-changes';
import type { AccountState } from './account-state';
import { type Draft, type Entry, firstEntry, nextEntry } from './entry';
import { applyPostings, type Posting, subsidyLeg } from './posting';
import { reversalDraft } from './reversal';

const pack = loadPack('bistu');
const time = { recordedAt: NOON, utcOffsetMinutes: 480 };
const DAY = 86_400_000;

function accountWith(change: Partial<AccountState>): Entry {
  const opened = firstEntry({ schoolId: 'bistu', accountNo: 1, draft: openedDraft({ occurredAt: NOON, cardIssue: 1 }), ...time });
  return { ...opened, state: { ...opened.state, ...change } };
}

function sold(head: Entry, postings: readonly Posting[]): Entry {
  const counterparty = { book: 'terminal/7/2026-11-21', place: '000000001' };
  const draft: Draft = {
    kind: 'charge',
    entryId: '7-1',
    postings,
    counterparty,
    occurredAt: NOON,
    state: applyPostings(head.state, postings),
  };
  return nextEntry(head, draft, time);
}

function back(head: Entry, sale: Entry, part: { before: Entry; name: string; amountFen: number; reversedFen: number }): Entry {
  const { before, name, amountFen, reversedFen } = part;
  const wish = {
    sale,
    before,
    entryId: `7-1-${name}`,
    kind: 'reversal',
    amountFen: fen(amountFen),
    reversedFen: fen(reversedFen),
  } as const;
  return nextEntry(head, reversalDraft(head, { ...wish, occurredAt: NOON, recordedAt: NOON }, pack), time);
}

test('a sale taken back in parts makes no more withdrawable than the sale took: others’ money stays the holder’s to spend only', () => {
  const empty = accountWith({}).state.balances;
  // 140 on the card, 100 of it from the own bank card, 40 from others; a sale of 100 takes their 40 and 60 of the own.
  const before = accountWith({ balances: { ...empty, card: fen(140) }, ownBankFen: fen(100) });
  const sale = sold(before, [
    { leg: 'card', amountFen: fen(-100) },
    { leg: 'merchant:12', amountFen: fen(100) },
  ]);
  expect(sale.state.ownBankFen).toBe(40);
  const first = back(sale, sale, { before, name: 'a', amountFen: 50, reversedFen: 0 });
  const second = back(first, sale, { before, name: 'b', amountFen: 50, reversedFen: 50 });
  expect(second.state).toMatchObject({ balances: { card: 140 }, ownBankFen: 100 });
});

test('a subsidy that comes back finds place although three other lots were granted meanwhile: nothing is refused, nothing forfeited', () => {
  const lots = (days: readonly number[]) => days.map((day) => ({ amountFen: fen(100), expiresAt: NOON + day * DAY }));
  const before = accountWith({ subsidy: lots([2, 4, 6]) });
  const sale = sold(before, [
    ...lots([2, 4, 6]).map((lot) => ({ leg: subsidyLeg(lot.expiresAt), amountFen: fen(-100) })),
    { leg: 'merchant:12', amountFen: fen(300) },
  ]);
  const granted: Entry = { ...sale, state: { ...sale.state, subsidy: lots([3, 5, 7]) } };
  const after = back(granted, sale, { before, name: 'void', amountFen: 300, reversedFen: 0 });
  expect(after.state.subsidy).toEqual([
    { amountFen: 400, expiresAt: NOON + 5 * DAY },
    { amountFen: 100, expiresAt: NOON + 6 * DAY },
    { amountFen: 100, expiresAt: NOON + 7 * DAY },
  ]);
  expect(sum(after.postings.map(({ amountFen }) => amountFen))).toBe(0);
});
