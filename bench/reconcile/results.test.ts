import { readFileSync } from 'node:fs';
import { resultFile } from '../lib/report';
import { type Case, linearityOf, type Summary } from './measure';

// What `--save` has written; a file of another shape fails the comparison.
const saved: { summary: Summary; cases: readonly Case[]; linearity: readonly string[] } = JSON.parse(
  readFileSync(resultFile('reconcile'), 'utf8'),
);

test('the checked-in run found each of 500 faults, invented none, and was fast enough', () => {
  expect(Object.keys(saved.summary)).toEqual(['linesPerSecond', 'peakMemoryMiB', 'faultsSeeded', 'faultsFound', 'faultsInvented']);
  expect(saved.summary).toMatchObject({ faultsSeeded: 500, faultsFound: 500, faultsInvented: 0 });
  expect(saved.summary.linesPerSecond).toBeGreaterThanOrEqual(200_000);
});

test('two million lines stay within 512 MiB and take time as their number', () => {
  for (const channel of ['wechat-pay', 'alipay']) {
    const [small, large] = saved.cases.filter((one) => one.channel === channel);
    if (small === undefined || large === undefined) throw new Error('a case is missing');
    expect(large.lines).toBeGreaterThan(1_990_000);
    expect(large.peakMemoryMiB).toBeLessThanOrEqual(512);
    expect(large.faultsFound).toBe(large.faultsSeeded);
    expect(large.faultsInvented).toBe(0);
    expect(large.cpuSeconds / large.lines / (small.cpuSeconds / small.lines)).toBeLessThan(1.5);
  }
  expect(saved.linearity).toEqual(linearityOf(saved.cases));
});
