import { rm } from 'node:fs/promises';
import type { Report } from './main';
import { buildSimulation, describeFailures, runSimulation } from './run-simulation';

/**
 * SIM_SEED runs one world again, SIM_OPERATIONS its length, as a failure prints them. `npm run test:full` (ECODE_FULL)
 * runs millions of operations on seeds that no other run has seen.
 */
const isFull = process.env.ECODE_FULL === '1';
const onlySeed = process.env.SIM_SEED;
const operations = Number(process.env.SIM_OPERATIONS ?? 1_000);
const worlds = onlySeed !== undefined ? 1 : isFull ? 1_500 : 65;
const firstSeed = onlySeed !== undefined ? Number(onlySeed) : isFull ? Math.floor(Date.now() / 1_000) * 10_000 : 1;
const TIMEOUT_MS = isFull ? 7_200_000 : 600_000;

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
      // 10^5 operations in each `npm test`, and none of them idle.
      expect(report.operations).toBeGreaterThanOrEqual(isFull ? 2_000_000 : 100_000);
      expect(report.charges).toBeGreaterThan(report.operations / 30);
      expect(report.fences).toBeGreaterThan(report.operations / 50);
    },
    TIMEOUT_MS,
  );
});
