import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundleSimulation, type Patch } from '../simulation/bundle';
import type { WeekJob, WeekReport } from './main';

const ROOT = path.resolve(__dirname, '../../..');

/** Bundled and run as a process of its own, as the simulation of sales is: a patched source stays out of this one. */
export async function buildWeek(name: string, patches: readonly Patch[] = []): Promise<string> {
  // Two folders below the root, as the sources it bundles expect of the packs.
  const folder = path.join(ROOT, '.tmp', 'simulation');
  await mkdir(folder, { recursive: true });
  const program = path.join(folder, `week-${name}-${process.pid}.cjs`);
  await bundleSimulation(program, patches, path.join(__dirname, 'main.ts'));
  return program;
}

export async function runWeek(program: string, job: WeekJob): Promise<WeekReport> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(job)], { maxBuffer: 64 * 1024 * 1024 });
  // Written by main.ts as a WeekReport a moment ago.
  return JSON.parse(stdout) as WeekReport;
}
