import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readBill } from '../../functions/domain/bills/read-bill';
import { type BookLine, type BookPages, reconcile } from '../../functions/domain/reconcile';
import type { BenchResult } from '../lib/report';
import { keyOf, type MadeDay, madeBill, madeInput } from './made-day';
import { wireBytes } from './wire';

const CHANNELS = ['wechat-pay', 'alipay'] as const;
/** Of the day the issue names: 500 faults over both platforms. */
const FAULTS_PER_PLATFORM = 250;
const SEED = 20_261_120;
/** As zlib hands it on. */
const CHUNK_BYTES = 64 * 1_024;
const MIB = 1_024 * 1_024;
const PAGES_AHEAD = 10;
/** Of a first day that is not measured: the engine compiles what runs often, and by then it has. */
const WARM_UP_ORDERS = 20_000;

export interface Summary {
  readonly linesPerSecond: number;
  readonly peakMemoryMiB: number;
  readonly faultsSeeded: number;
  readonly faultsFound: number;
  readonly faultsInvented: number;
}

export interface Case extends Summary {
  readonly channel: MadeDay['channel'];
  readonly lines: number;
  readonly bookLines: number;
  readonly billMiB: number;
  /** Processor time of all threads of the process, without what made the books. */
  readonly cpuSeconds: number;
}

/**
 * Both platforms, each in a process of its own so that its peak of memory is its own, after a day of 20,000 lines that is not measured.
 * `linesPerSecond` is the slower of the two: lines of the bill per second of processor time (of all threads), from the bytes of the bill on
 * disk, through its SHA-256 and the books of three days (2.25 entries a line), to the list of differences. `peakMemoryMiB` is the most the
 * process ever held, what makes the days included.
 */
export async function measureReconcile(
  sizes: readonly number[],
): Promise<BenchResult<Summary> & { readonly linearity: readonly string[] }> {
  const cases: Case[] = [];
  for (const lines of sizes) for (const channel of CHANNELS) cases.push(await inOwnProcess(channel, lines));
  const [first] = sizes;
  const named = cases.filter((_, index) => index < CHANNELS.length);
  if (first === undefined) throw new Error('no size');
  return {
    summary: {
      linesPerSecond: Math.min(...named.map((one) => one.linesPerSecond)),
      peakMemoryMiB: Math.max(...named.map((one) => one.peakMemoryMiB)),
      faultsSeeded: total(named, 'faultsSeeded'),
      faultsFound: total(named, 'faultsFound'),
      faultsInvented: total(named, 'faultsInvented'),
    },
    cases,
    linearity: linearityOf(cases),
  };
}

/** How the processor time grew with the lines, per platform, in a sentence. The figures are of one machine; their ratio is of the program. */
export function linearityOf(cases: readonly Case[]): readonly string[] {
  return CHANNELS.flatMap((channel) => {
    const [small, ...others] = cases.filter((one) => one.channel === channel);
    const large = others.at(-1);
    if (small === undefined || large === undefined) return [];
    const lines = (large.lines / small.lines).toFixed(1);
    const time = (large.cpuSeconds / small.cpuSeconds).toFixed(1);
    return [`${channel}: ${lines} times the lines took ${time} times the processor time, in ${large.peakMemoryMiB} MiB at most`];
  });
}

function total(cases: readonly Case[], name: 'faultsSeeded' | 'faultsFound' | 'faultsInvented'): number {
  return cases.reduce((sum, one) => sum + one[name], 0);
}

/** Runs this bench again for one case and reads its last line. */
function inOwnProcess(channel: string, lines: number): Promise<Case> {
  const args = ['--import', 'tsx', path.resolve(__dirname, '../reconcile.ts'), '--case', channel, '--lines', String(lines)];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
      else reject(new Error(`case ${channel} ended with ${code}`));
    });
  });
}

export async function measureCase(channel: MadeDay['channel'], orders: number): Promise<Case> {
  await measureDay({ channel, orders: WARM_UP_ORDERS, faults: FAULTS_PER_PLATFORM, seed: SEED + 7 });
  return measureDay({ channel, orders, faults: FAULTS_PER_PLATFORM, seed: SEED });
}

async function measureDay(day: MadeDay): Promise<Case> {
  const folder = await mkdtemp(path.join(tmpdir(), 'reconcile-bench-'));
  try {
    const file = path.join(folder, 'bill');
    await pipeline(Readable.from(wireBytes(madeBill(day))), createWriteStream(file));
    return await measureFile(day, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureFile(day: MadeDay, file: string): Promise<Case> {
  const { input, expected } = madeInput(day);
  const { merchantId, day: date } = madeBill(day);
  const making = { microseconds: 0, lines: 0 };
  const books = {
    before: withoutMaking(input.books.before, making),
    of: withoutMaking(input.books.of, making),
    after: withoutMaking(input.books.after, making),
  };
  const startedAt = process.cpuUsage();
  const bill = readBill(day.channel, createReadStream(file, { highWaterMark: CHUNK_BYTES }), { merchantId, day: date });
  const outcome = await reconcile({ ...input, books, bill });
  const used = process.cpuUsage(startedAt);
  const cpuSeconds = (used.user + used.system - making.microseconds) / 1e6;
  const found = outcome.differences.map((one) => keyOf(one.class, one));
  const { lines } = outcome.bill.summary;
  return {
    channel: day.channel,
    lines,
    bookLines: making.lines,
    billMiB: Math.round(statSync(file).size / MIB),
    cpuSeconds: Math.round(cpuSeconds * 100) / 100,
    linesPerSecond: Math.round(lines / cpuSeconds),
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1_024),
    faultsSeeded: expected.size,
    faultsFound: new Set(found.filter((key) => expected.has(key))).size,
    faultsInvented: found.length - new Set(found.filter((key) => expected.has(key))).size,
  };
}

/**
 * Hands pages on and keeps account of the processor time it took to make them, which is the bench's and not the product's. Some pages at a
 * time, because asking for the processor time takes as long as a hundred lines.
 */
async function* withoutMaking(pages: BookPages, making: { microseconds: number; lines: number }): BookPages {
  const iterator = pages[Symbol.asyncIterator]();
  for (let more = true; more; ) {
    const from = process.cpuUsage();
    const ahead: (readonly BookLine[])[] = [];
    while (more && ahead.length < PAGES_AHEAD) {
      const { done, value } = await iterator.next();
      if (done === true) more = false;
      else ahead.push(value);
    }
    const { user, system } = process.cpuUsage(from);
    making.microseconds += user + system;
    making.lines += ahead.reduce((sum, page) => sum + page.length, 0);
    yield* ahead;
  }
}
