import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 2_000;
const PAGE_BYTES = 4_096;

/**
 * Watches how much memory this process and everything it started hold together (resident; pages that several share count for each). Only
 * Linux tells; elsewhere the peak is 0.
 * @returns {{ peakBytes: () => number, stop: () => void }}
 */
export function watchMemory() {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, residentBytes(process.pid));
  };
  const timer = setInterval(look, EVERY_MS);
  timer.unref();
  look();
  return { peakBytes: () => peak, stop: () => clearInterval(timer) };
}

function residentBytes(ancestor) {
  const processes = new Map();
  for (const name of names('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // After the program's name, which may hold anything: state, then the parent.
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      const [, pages] = readFileSync(`/proc/${name}/statm`, 'utf8').split(' ');
      processes.set(Number(name), { parent: Number(parent), bytes: Number(pages) * PAGE_BYTES });
    } catch {
      // It ended between the two looks.
    }
  }
  let total = 0;
  for (const [pid, { bytes }] of processes) if (descends(processes, pid, ancestor)) total += bytes;
  return total;
}

function descends(processes, pid, ancestor) {
  for (let at = pid; at > 0; at = processes.get(at)?.parent ?? 0) if (at === ancestor) return true;
  return false;
}

function names(folder) {
  try {
    return readdirSync(folder);
  } catch {
    // No such folder outside Linux.
    return [];
  }
}
