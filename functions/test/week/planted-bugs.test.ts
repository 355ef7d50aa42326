import { rm } from 'node:fs/promises';
import { patchedText } from '../simulation/bundle';
import { FURTHER_WEEK_BUGS, WEEK_BUGS, type WeekBug } from './planted-bugs';
import { buildWeek, runWeek } from './run-week';

const isFull = process.env.ECODE_FULL === '1';
const bugs = isFull ? [...WEEK_BUGS, ...FURTHER_WEEK_BUGS] : WEEK_BUGS;
const TIMEOUT_MS = 900_000;
/** A small week shows the common ones at once; the rare ones take a few. */
const JOB = { firstSeed: 1, weeks: 12, orders: isFull ? 100 : 40, stopAtFailure: true };
/** The seeds in which a bug showed: the source as it is must pass each of them. */
const seedsOfBugs = new Set<number>();

describe('the simulated week', () => {
  test.each(bugs.map((bug) => [bug.name, bug] as const))('catches %s', (_, bug) => mustCatch(bug), TIMEOUT_MS);

  test(
    'passes the same seeds without a planted bug',
    async () => {
      expect(seedsOfBugs.size).toBeGreaterThan(0);
      const program = await buildWeek('as-it-is');
      try {
        for (const firstSeed of seedsOfBugs) {
          const { failures, counted } = await runWeek(program, { ...JOB, firstSeed, weeks: 1 });
          expect(failures).toEqual([]);
          expect(counted.paid).toBeGreaterThan(0);
        }
      } finally {
        await rm(program, { force: true });
      }
    },
    TIMEOUT_MS,
  );
});

test.each(FURTHER_WEEK_BUGS.map((bug) => [bug.name, bug] as const))(
  'the patches for %s still fit their sources',
  async (_, { patches }) => {
    for (const patch of patches) await expect(patchedText(patch)).resolves.not.toBe('');
  },
);

async function mustCatch({ name, patches, caughtAs }: WeekBug): Promise<void> {
  const program = await buildWeek(name.replaceAll(' ', '-'), patches);
  try {
    const { failures } = await runWeek(program, JOB);
    const [caught] = failures;
    expect(caught?.message).toMatch(caughtAs);
    if (caught !== undefined) seedsOfBugs.add(caught.seed);
  } finally {
    await rm(program, { force: true });
  }
}
