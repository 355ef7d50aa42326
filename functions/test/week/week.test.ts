import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildWeek, runWeek } from './run-week';

/**
 * WEEK_SEED runs one week again, WEEK_ORDERS its size, as a failure prints them. `npm run test:full` (ECODE_FULL) runs WEEK_WEEKS weeks (10)
 * of WEEK_ORDERS orders (500) on seeds that no other run has seen, and writes what it came to into bench/results/week.json.
 */
const isFull = process.env.ECODE_FULL === '1';
const onlySeed = process.env.WEEK_SEED;
const orders = Number(process.env.WEEK_ORDERS ?? (isFull ? 500 : 100));
const weeks = onlySeed === undefined && isFull ? Number(process.env.WEEK_WEEKS ?? 10) : 1;
const firstSeed = onlySeed !== undefined ? Number(onlySeed) : isFull ? Math.floor(Date.now() / 1_000) * 100 : 7;
const TIMEOUT_MS = isFull ? 7_200_000 : 300_000;

const REPORT = path.resolve(__dirname, '../../../bench/results/week.json');

describe('a simulated week with callbacks lost, doubled, reordered and up to 25 hours late', () => {
  let program = '';
  beforeAll(async () => {
    program = await buildWeek('unpatched');
  }, 120_000);
  afterAll(() => rm(program, { force: true }));

  test(
    'ends with every order credited once or refunded once, books that balance every day, and no healing that its student cannot see',
    async () => {
      const { counted, failures, weeks: ran } = await runWeek(program, { firstSeed, weeks, orders, stopAtFailure: false });
      const again = failures.map(
        ({ seed, message }) => `${message}\nagain: WEEK_SEED=${seed} WEEK_ORDERS=${orders} npx jest functions/test/week/week`,
      );
      expect(again.join('\n\n')).toBe('');
      const { paid = 0, callbacksLost = 0, callbacksLate = 0, ...more } = counted;
      // What was promised really happened to it; of the shares, a small week has but a few dozen to show.
      expect(paid).toBeGreaterThan(orders * ran * 0.8);
      expect(callbacksLost / paid).toBeGreaterThan(isFull ? 0.2 : 0.1);
      expect(callbacksLate / paid).toBeGreaterThan(isFull ? 0.1 : 0.04);
      const often = ['byBill', 'orphans', 'refunds', 'sales', 'crashes', 'callback-doubled', 'callback-held'];
      const rarely = ['paidAfterClose', 'returned', 'voids', 'refundsStuck', 'refundsRedirected', 'refundsHeld'];
      expect((isFull ? [...often, ...rarely] : often).filter((name) => (more[name] ?? 0) === 0)).toEqual([]);
      expect(more.days).toBe(10 * ran);
      expect(more.lies).toBeGreaterThanOrEqual(8 * ran);
      if (isFull && onlySeed === undefined)
        await writeReport({ ranAt: new Date().toISOString(), firstSeed, weeks: ran, ordersPerWeek: orders, ...counted });
    },
    TIMEOUT_MS,
  );

  test(
    'is the same week each time for one seed, and another for another',
    async () => {
      const run = (seed: number) => runWeek(program, { firstSeed: seed, weeks: 1, orders: 14, stopAtFailure: true });
      const [first, again, other] = [await run(5), await run(5), await run(6)];
      expect(again).toEqual(first);
      expect(other.digest).not.toBe(first.digest);
    },
    TIMEOUT_MS,
  );
});

function writeReport(report: Readonly<Record<string, unknown>>): Promise<void> {
  return writeFile(REPORT, `${JSON.stringify(report, null, 2)}\n`);
}
