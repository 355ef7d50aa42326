import { rm } from 'node:fs/promises';
import { PLANTED_BUGS } from './planted-bugs';
import { buildSimulation, runSimulation } from './run-simulation';

/** Enough worlds that the rarest of the bugs, which shows in every seventh, is missed once in many thousand runs. */
const WORLDS = 60;
const OPERATIONS = 600;
const FIRST_SEED = 1;
/** The seeds in which a bug showed: the source as it is must pass each of them. */
const seedsOfBugs = new Set<number>();

describe('the simulation', () => {
  test.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))(
    'catches %s',
    async (_, bug) => {
      const program = await buildSimulation(bug.name.replaceAll(' ', '-'), bug);
      try {
        const report = await runSimulation(program, { firstSeed: FIRST_SEED, worlds: WORLDS, operations: OPERATIONS, stopAtFailure: true });
        expect(report.failures).toHaveLength(1);
        const [caught] = report.failures;
        expect(caught?.message).toMatch(bug.caughtAs);
        // The same seed fails in the same way when it is run again, and tells what led to it.
        expect(caught?.story.length).toBeGreaterThan(5);
        if (caught !== undefined) seedsOfBugs.add(caught.seed);
      } finally {
        await rm(program, { force: true });
      }
    },
    300_000,
  );

  test('passes the same seeds without a planted bug', async () => {
    expect(seedsOfBugs.size).toBeGreaterThan(0);
    const program = await buildSimulation('as-it-is');
    try {
      for (const firstSeed of seedsOfBugs) {
        const report = await runSimulation(program, { firstSeed, worlds: 1, operations: OPERATIONS, stopAtFailure: true });
        expect(report.failures).toEqual([]);
        expect(report.charges).toBeGreaterThan(0);
      }
    } finally {
      await rm(program, { force: true });
    }
  }, 300_000);
});
