import { readFileSync } from 'node:fs';
import { measurePayment } from './lib/measure-payment';
import { measureTopUp } from './lib/measure-top-up';
import { resultFile } from './lib/report';

// What `--save` has written; a file of another shape fails the comparison.
const checkedIn = (name: string) => JSON.parse(readFileSync(resultFile(name), 'utf8'));

test('a charge is two calls, one read unit, one write unit on the table and one on the index', async () => {
  const result = await measurePayment();
  expect(JSON.stringify(result.summary)).toBe('{"calls":2,"tableRead":1,"tableWrite":1,"indexWrite":1}');
  // The last case reads a page of entries, whose size in read units differs by a byte of their times.
  const ordinary = ({ summary, cases }: typeof result) => ({ summary, cases: cases.slice(0, -1) });
  expect(ordinary(result)).toEqual(ordinary(checkedIn('payment-cost')));
});

test('a credit is five write units, six when the order leaves the due index, and one read of the head', async () => {
  const result = await measureTopUp();
  expect(result.summary).toEqual({ calls: 3, headRead: 1, orderRead: 0.5, write: 5, writeLeavingDue: 6 });
  expect(result).toEqual(checkedIn('top-up-cost'));
});

test('the checked-in run verified 50,000 codes a second of handles seen before and 15,000 of new ones', () => {
  const { summary, cases } = checkedIn('code-verify');
  expect(Object.keys(summary)).toEqual(['perSecondSeen', 'perSecondNew']);
  expect(summary.perSecondSeen).toBeGreaterThanOrEqual(50_000);
  expect(summary.perSecondNew).toBeGreaterThanOrEqual(15_000);
  // Measured in one run, so that whatever slowed the machine slowed all of them.
  const [seen, fresh, before] = cases.map(({ perSecond }: { perSecond?: number }) => perSecond);
  expect([seen, fresh]).toEqual([summary.perSecondSeen, summary.perSecondNew]);
  expect(fresh).toBeGreaterThan(2 * before);
});
