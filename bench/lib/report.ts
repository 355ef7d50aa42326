import { writeFileSync } from 'node:fs';
import path from 'node:path';

export interface BenchResult<Summary> {
  /** The one line that `--json` ends with. */
  readonly summary: Summary;
  /** What was measured, case by case. */
  readonly cases: readonly object[];
}

/**
 * Runs and prints a bench and, with `--save`, keeps it under bench/results. With `--json` the last line is the summary
 * alone. A result holds no date and no name of a machine: what was counted gives the same bytes on any, what was timed does not.
 */
export async function runBench<Summary>(
  name: string,
  measure: () => Promise<BenchResult<Summary>>,
  args: readonly string[],
): Promise<void> {
  try {
    const result = await measure();
    console.log(name);
    console.table(result.cases);
    if (args.includes('--save')) writeFileSync(resultFile(name), `${JSON.stringify(result, undefined, 2)}\n`);
    console.log(args.includes('--json') ? JSON.stringify(result.summary) : result.summary);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}

/** Where the last result of a bench is checked in. */
export function resultFile(name: string): string {
  return path.resolve(__dirname, `../results/${name}.json`);
}
