import { rm } from 'node:fs/promises';
import { patchedText } from './bundle';
import { FURTHER_BUGS, PLANTED_BUGS, type PlantedBug } from './planted-bugs';
import { buildSimulation, runSimulation } from './run-simulation';

const OPERATIONS = 600;
const FIRST_SEED = 1;
/** A world takes half a second; the rarest of the bugs shows in every fortieth, so that none is missed by bad luck. */
const MOST_WORLDS = 240;
const TIMEOUT_MS = 600_000;
/** The seeds in which a bug showed: the source as it is must pass each of them. */
const seedsOfBugs = new Set<number>();

const isFull = process.env.ECODE_FULL === '1';
const bugs = isFull ? [...PLANTED_BUGS, ...FURTHER_BUGS] : PLANTED_BUGS;

describe('the simulation', () => {
  test.each(bugs.map((bug) => [bug.name, bug] as const))('catches %s', (_, bug) => mustCatch(bug), TIMEOUT_MS);

  test(
    'passes the same seeds without a planted bug',
    async () => {
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
    },
    TIMEOUT_MS,
  );
});

test.each(FURTHER_BUGS.map((bug) => [bug.name, bug] as const))('the patch for %s still fits its source', async (_, bug) => {
  await expect(patchedText(bug)).resolves.not.toBe('');
});

async function mustCatch(bug: PlantedBug): Promise<void> {
  const program = await buildSimulation(bug.name.replaceAll(' ', '-'), bug);
  try {
    const report = await runSimulation(program, {
      firstSeed: FIRST_SEED,
      worlds: MOST_WORLDS,
      operations: OPERATIONS,
      stopAtFailure: true,
    });
    const [caught] = report.failures;
    expect(caught?.message).toMatch(bug.caughtAs);
    // The same seed fails in the same way when it is run again, and tells what led to it.
    expect(caught?.story.length).toBeGreaterThan(5);
    if (caught !== undefined) seedsOfBugs.add(caught.seed);
  } finally {
    await rm(program, { force: true });
  }
}
