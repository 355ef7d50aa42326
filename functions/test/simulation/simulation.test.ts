import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Report } from './main';
import { buildSimulation, describeFailures, runSimulation } from './run-simulation';

/**
 * SIM_SEED runs one world again, SIM_OPERATIONS its length, as a failure prints them. `npm run test:full` (ECODE_FULL)
 * runs on seeds that no other run has seen: two million operations in about 25 minutes, or SIM_WORLDS worlds.
 */
const isFull = process.env.ECODE_FULL === '1';
const onlySeed = process.env.SIM_SEED;
const operations = Number(process.env.SIM_OPERATIONS ?? 1_000);
const worlds = onlySeed !== undefined ? 1 : isFull ? Number(process.env.SIM_WORLDS ?? 1_400) : 72;
const firstSeed = onlySeed !== undefined ? Number(onlySeed) : isFull ? Math.floor(Date.now() / 1_000) * 10_000 : 1;
const TIMEOUT_MS = isFull ? 7_200_000 : 600_000;

/** Of the last full run, checked in: what was run, and that nothing was found. */
const REPORT = path.resolve(__dirname, '../../../bench/results/simulation.json');

describe('the simulation', () => {
  let program = '';
  beforeAll(async () => {
    program = await buildSimulation('unpatched');
  }, 60_000);
  afterAll(() => rm(program, { force: true }));

  test(
    'no fen is lost or doubled, no passbook has a gap, every definite answer is true, whatever fails and in whatever order',
    async () => {
      const report: Report = await runSimulation(program, { firstSeed, worlds, operations, stopAtFailure: false });
      expect(describeFailures(report.failures, operations)).toBe('');
      expect(report.worlds).toBe(worlds);
      if (onlySeed !== undefined) return;
      if (isFull) await writeReport(report);
      // 10^5 operations in each `npm test`, and none of them idle.
      expect(report.operations).toBeGreaterThanOrEqual(isFull ? worlds * 1_350 : 100_000);
      expect(report.charges).toBeGreaterThan(report.operations / 30);
      expect(report.fences).toBeGreaterThan(report.operations / 50);
    },
    TIMEOUT_MS,
  );

  test('is the same run each time for one seed, and another for another', async () => {
    const run = (seed: number) => runSimulation(program, { firstSeed: seed, worlds: 1, operations: 200, stopAtFailure: true });
    const [first, again, other] = [await run(5), await run(5), await run(6)];
    expect(again).toEqual(first);
    expect(other.digest).not.toBe(first.digest);
  }, 60_000);
});

async function writeReport({ failures, digest: _, ...totals }: Report): Promise<void> {
  await mkdir(path.dirname(REPORT), { recursive: true });
  const ranAt = new Date().toISOString();
  await writeFile(
    REPORT,
    `${JSON.stringify({ ranAt, firstSeed, operationsPerWorld: operations, ...totals, failures: failures.length }, null, 2)}\n`,
  );
}
