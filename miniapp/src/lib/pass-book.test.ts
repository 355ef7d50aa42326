import { fen } from '../../../shared/money';
import { keepPasses, markDone, nextPass } from './pass-book';

const NOON = Date.parse('2026-11-21T12:00:00+08:00');
const reply = {
  envelope: '000000000000000001',
  passes: ['a', 'b', 'c'],
  used: [0],
  ceilingFen: fen(3_000),
  envelopeFen: fen(9_000),
  validFrom: '2026-11-21T12:00:00+08:00',
  validUntil: '2026-11-24T12:00:00+08:00',
  reservedUntil: '2026-11-26T12:00:00+08:00',
  serverTime: '2026-11-21T12:00:00+08:00',
};

it('shows the first pass that neither the server nor the person has seen used, and how many are left', () => {
  const book = keepPasses(null, reply);
  expect(nextPass(book, NOON)).toEqual({ index: 1, digits: 'b', left: 2 });
  const next = markDone(book, 1);
  expect(nextPass(next, NOON)).toEqual({ index: 2, digits: 'c', left: 1 });
  expect(nextPass(markDone(next, 2), NOON)).toBeUndefined();
  expect(markDone(next, 1)).toBe(next);
});

it('keeps what the person said of the same envelope, and nothing of it in the next', () => {
  const book = markDone(keepPasses(null, reply), 1);
  expect(keepPasses(book, { ...reply, used: [] }).done).toEqual([1]);
  expect(keepPasses(book, { ...reply, envelope: '000000000000000002' }).done).toEqual([]);
});

it('shows none before and after the window', () => {
  const book = keepPasses(null, reply);
  expect([nextPass(book, NOON - 1), nextPass(book, NOON + 72 * 3_600_000 + 1)]).toEqual([undefined, undefined]);
});
