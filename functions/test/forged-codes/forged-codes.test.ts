import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FORGERIES } from './forgeries';
import type { ForgedReport } from './main';
import { PLANTED_CODE_BUGS } from './planted-bugs';
import { buildForgedCodes, runForgedCodes } from './run-forged-codes';

/** `npm run test:full` (ECODE_FULL) forges ten times as many, by chance that no other run has drawn, and leaves its report. FORGED_SEED runs one again. */
const isFull = process.env.ECODE_FULL === '1';
const codes = isFull ? 10_000_000 : 1_000_000;
const seed = Number(process.env.FORGED_SEED ?? (isFull ? Math.floor(Date.now() / 1_000) : 1));
const CLASSES = Object.keys(FORGERIES);
const REPORT = path.resolve(__dirname, '../../../bench/results/forged-codes.json');
const TIMEOUT_MS = isFull ? 3_600_000 : 300_000;

function mustBeTight({ forged, accepted, genuineTried, genuineRefused, wrong, classes }: ForgedReport): void {
  expect({ wrong, accepted, genuineRefused }).toEqual({ wrong: [], accepted: 0, genuineRefused: 0 });
  // What can pay was tried too: a till that refuses everything would pass as well.
  expect(genuineTried).toBeGreaterThan(20_000);
  expect(Object.keys(classes)).toEqual(CLASSES);
  for (const { tried, genuine } of Object.values(classes)) {
    expect(tried).toBeGreaterThan((0.95 * forged) / CLASSES.length);
    expect(tried - genuine).toBeGreaterThan(tried / 4);
  }
}

describe('forged codes', () => {
  test(
    'are refused, every one, and every genuine code is taken',
    async () => {
      const program = await buildForgedCodes('as-it-is');
      try {
        const report = await runForgedCodes(program, { seed, codes });
        expect(report.forged).toBe(codes);
        mustBeTight(report);
        if (isFull) await writeFile(REPORT, `${JSON.stringify({ ranAt: new Date().toISOString(), ...report }, null, 2)}\n`);
      } finally {
        await rm(program, { force: true });
      }
    },
    TIMEOUT_MS,
  );

  test.each(PLANTED_CODE_BUGS.map((bug) => [bug.name, bug] as const))(
    'would be found out: %s',
    async (_, bug) => {
      const program = await buildForgedCodes(bug.name.replaceAll(' ', '-'), bug);
      try {
        const report = await runForgedCodes(program, { seed: 1, codes: 12_000, only: bug.foundBy });
        expect(report.acceptedBy[bug.foundBy]).toBeGreaterThan(0);
      } finally {
        await rm(program, { force: true });
      }
    },
    TIMEOUT_MS,
  );

  test('were ten million in the run that is checked in, and none was accepted', () => {
    const report: ForgedReport = JSON.parse(readFileSync(REPORT, 'utf8'));
    expect(report.forged).toBeGreaterThanOrEqual(10_000_000);
    mustBeTight(report);
  });
});
