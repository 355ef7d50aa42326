import { type IdentityBook, identityPassAt, needsIdentityPasses } from './identity-passes';

const FROM = Date.parse('2026-11-21T12:00:00+08:00');
const HOUR_MS = 3_600_000;
const book: IdentityBook = { passes: ['a', 'b', 'c', 'd'], from: '2026-11-21T12:00:00+08:00', sliceMinutes: 120 };

it('shows the pass of its two hours, and says when the next takes its place', () => {
  expect(identityPassAt(book, FROM)).toEqual({ digits: 'a', until: FROM + 2 * HOUR_MS });
  expect(identityPassAt(book, FROM + 2 * HOUR_MS - 1)?.digits).toBe('a');
  expect(identityPassAt(book, FROM + 2 * HOUR_MS)).toEqual({ digits: 'b', until: FROM + 4 * HOUR_MS });
});

it('shows none before the first and after the last', () => {
  expect(identityPassAt(book, FROM - 1)).toBeUndefined();
  expect(identityPassAt(book, FROM + 8 * HOUR_MS)).toBeUndefined();
});

it('asks for more when there are none, when a quarter of their time is over, and when the clock was set back', () => {
  expect(needsIdentityPasses(null, FROM)).toBe(true);
  expect(needsIdentityPasses(book, FROM + 2 * HOUR_MS)).toBe(false);
  expect(needsIdentityPasses(book, FROM + 2 * HOUR_MS + 1)).toBe(true);
  expect(needsIdentityPasses(book, FROM - 1)).toBe(true);
});
