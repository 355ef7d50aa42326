import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder: every script works from wherever it is called. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * Runs one command to its end in the project's folder.
 * @param {readonly string[]} command program and arguments; never a shell line
 * @param {{ quiet?: boolean, cwd?: string, env?: Record<string, string> }} [options] quiet keeps the output for the answer
 * @returns {Promise<{ code: number, output: string, seconds: number }>}
 */
export function run([program, ...args], { quiet = false, cwd = root, env = {} } = {}) {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, FORCE_COLOR: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    const take = (chunk) => {
      chunks.push(chunk);
      if (!quiet) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const output = Buffer.concat(chunks).toString();
      resolve({
        code: code ?? 1,
        output: signal ? `${output}\nended by ${signal}` : output,
        seconds: (performance.now() - startedAt) / 1000,
      });
    });
  });
}

/**
 * Runs tasks in order, at most `width` at once.
 * @template T
 * @param {readonly (() => Promise<T>)[]} tasks
 * @param {number} width
 * @returns {Promise<T[]>} in the order of the tasks
 */
export async function runAll(tasks, width) {
  const results = new Array(tasks.length);
  let next = 0;
  const worker = async () => {
    while (next < tasks.length) {
      const index = next++;
      results[index] = await tasks[index]();
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, tasks.length) }, worker));
  return results;
}
