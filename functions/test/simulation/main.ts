import * as v from 'valibot';
import { simulatedPacks } from './packs';
import type { SimulationResult } from './result';
import { SimulationFailure, type SimulationInput, simulate } from './simulate';

/** What `run-simulation.ts` asks of this program, as one argument in JSON. */
export const jobSchema = v.object({
  packsFolder: v.string(),
  firstSeed: v.number(),
  worlds: v.number(),
  /** Operations of each world before it calms down. */
  operations: v.number(),
  stopAtFailure: v.boolean(),
});
export type Job = v.InferOutput<typeof jobSchema>;

export interface Failure {
  readonly seed: number;
  readonly message: string;
  /** What happened to the account, to its last event. */
  readonly story: readonly string[];
}

export interface Report {
  readonly worlds: number;
  readonly operations: number;
  readonly entries: number;
  readonly charges: number;
  readonly fences: number;
  /** Of the last world: two runs of one seed must agree in it. */
  readonly digest: string;
  readonly failures: readonly Failure[];
}

const STORY_LINES = 60;

async function run(job: Job): Promise<Report> {
  const packs = simulatedPacks(job.packsFolder);
  const total = { worlds: 0, operations: 0, entries: 0, charges: 0, fences: 0, digest: '' };
  const failures: Failure[] = [];
  for (let seed = job.firstSeed; seed < job.firstSeed + job.worlds; seed += 1) {
    const outcome = await tryWorld({ seed, operations: job.operations, packs });
    total.worlds += 1;
    if (outcome instanceof SimulationFailure) {
      failures.push({ seed, message: outcome.message, story: await storyOf({ seed, operations: job.operations, packs }) });
      if (job.stopAtFailure) break;
      continue;
    }
    for (const name of ['operations', 'entries', 'charges', 'fences'] as const) total[name] += outcome[name];
    total.digest = outcome.digest;
  }
  return { ...total, failures };
}

async function tryWorld(input: SimulationInput): Promise<SimulationResult | SimulationFailure> {
  try {
    return await simulate(input);
  } catch (error) {
    if (error instanceof SimulationFailure) return error;
    throw error;
  }
}

/** The same world once more, written down this time. */
async function storyOf(input: SimulationInput): Promise<readonly string[]> {
  const again = await tryWorld({ ...input, trail: true });
  return again instanceof SimulationFailure ? again.trail.slice(-STORY_LINES) : ['the second run of this seed did not fail'];
}

run(v.parse(jobSchema, JSON.parse(process.argv[2] ?? '')))
  .then((report) => process.stdout.write(JSON.stringify(report)))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  });
