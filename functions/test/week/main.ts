import * as v from 'valibot';
import { simulateWeek, type WeekResult } from './simulate-week';

/** What `run-week.ts` asks of this program, as one argument in JSON. */
const jobSchema = v.object({ firstSeed: v.number(), weeks: v.number(), orders: v.number(), stopAtFailure: v.boolean() });
export type WeekJob = v.InferOutput<typeof jobSchema>;

export interface WeekFailure {
  readonly seed: number;
  readonly message: string;
}

export interface WeekReport {
  readonly weeks: number;
  /** Of all weeks together. */
  readonly counted: Readonly<Record<string, number>>;
  /** Of the last week: two runs of one seed must agree in it. */
  readonly digest: string;
  readonly failures: readonly WeekFailure[];
}

async function run({ firstSeed, weeks, orders, stopAtFailure }: WeekJob): Promise<WeekReport> {
  const counted: Record<string, number> = {};
  const failures: WeekFailure[] = [];
  let digest = '';
  let ran = 0;
  for (let seed = firstSeed; seed < firstSeed + weeks; seed += 1) {
    ran += 1;
    const outcome = await tryWeek(seed, orders);
    if ('message' in outcome) {
      failures.push(outcome);
      if (stopAtFailure) break;
      continue;
    }
    for (const [name, count] of Object.entries(outcome.counted)) counted[name] = (counted[name] ?? 0) + count;
    digest = outcome.digest;
  }
  return { weeks: ran, counted, digest, failures };
}

async function tryWeek(seed: number, orders: number): Promise<WeekResult | WeekFailure> {
  try {
    return await simulateWeek({ seed, orders });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { seed, message: error.name === 'Broken' ? error.message : (error.stack ?? error.message) };
  }
}

run(v.parse(jobSchema, JSON.parse(process.argv[2] ?? '')))
  .then((report) => process.stdout.write(JSON.stringify(report)))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  });
