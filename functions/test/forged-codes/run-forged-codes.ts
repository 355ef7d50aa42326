import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundleSimulation, type Patch } from '../simulation/bundle';
import type { ForgedJob, ForgedReport } from './main';

const ROOT = path.resolve(__dirname, '../../..');

/** Bundled and run as a process of its own, as the simulation of sales is: a patched source stays out of this one. */
export async function buildForgedCodes(name: string, patch?: Patch): Promise<string> {
  const folder = path.join(ROOT, '.tmp', 'simulation');
  await mkdir(folder, { recursive: true });
  const program = path.join(folder, `forged-${name}-${process.pid}.cjs`);
  await bundleSimulation(program, patch === undefined ? [] : [patch], path.join(__dirname, 'main.ts'));
  return program;
}

export async function runForgedCodes(program: string, job: Omit<ForgedJob, 'packsFolder'>): Promise<ForgedReport> {
  const input = JSON.stringify({ ...job, packsFolder: path.join(ROOT, 'packs') } satisfies ForgedJob);
  const { stdout } = await promisify(execFile)(process.execPath, [program, input], { maxBuffer: 16 * 1024 * 1024 });
  // Written by main.ts as a ForgedReport a moment ago.
  return JSON.parse(stdout) as ForgedReport;
}
