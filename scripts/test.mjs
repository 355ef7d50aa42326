/**
 * `npm test`: installs what is missing, checks, unit and integration tests, the three builds, and the whole story on the built packages and
 * in Chromium. Everything runs to its end, one failure does not hide another; the last line sums it up.
 *
 * `npm run test:full` runs what is too long for every day, and only that: the tests that grow with ECODE_FULL (simulations on new seeds, more
 * worlds, all planted bugs), and every guide on all three builds.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { judgeBuilds, judgeRows, testsOf } from './lib/features.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { watchMemory } from './lib/memory.mjs';
import { root, run } from './lib/run.mjs';

const full = process.argv.includes('--full');
const UNIT = 'jest.config.cjs';
const STORIES = 'jest.stories.config.cjs';
const startedAt = performance.now();
const memory = watchMemory();
const total = { passed: 0, failed: 0 };
/** What each part counted, for the report of a full run. */
const parts = [];

function minutes() {
  return Number(((performance.now() - startedAt) / 60_000).toFixed(1));
}

function count({ passed, failed }) {
  total.passed += passed;
  total.failed += failed;
  const part = parts.at(-1);
  if (part) Object.assign(part, { passed: part.passed + passed, failed: part.failed + failed, endedAfterMinutes: minutes() });
}

function title(text) {
  parts.push({ part: text, passed: 0, failed: 0, endedAfterMinutes: minutes() });
  console.log(`\n== ${text} (${minutes().toFixed(1)} min) ==`);
}

/** `npm run test:full` leaves a report to be checked in: docs/reports/test-full.json. */
function writeReport() {
  const folder = path.join(root, 'docs', 'reports');
  mkdirSync(folder, { recursive: true });
  const simulation = path.join(root, 'bench', 'results', 'simulation.json');
  const report = {
    ranAt: new Date().toISOString(),
    node: process.version,
    minutes: minutes(),
    ...total,
    parts: parts.filter(({ passed, failed }) => passed + failed > 0),
    rows: rowsOfGuides(),
    simulation: existsSync(simulation) ? JSON.parse(readFileSync(simulation, 'utf8')) : null,
  };
  writeFileSync(path.join(folder, 'test-full.json'), `${JSON.stringify(report, null, 2)}\n`);
}

/** How many of the guides' rows passed on the build that each names, and on every build; null where no results are there. */
function rowsOfGuides() {
  const written = [STORIES, UNIT].map(resultsOf).filter((file) => existsSync(file));
  if (written.length === 0) return null;
  const features = JSON.parse(readFileSync(path.join(root, 'docs', 'features.json'), 'utf8'));
  const tests = testsOf(
    written.map((file) => JSON.parse(readFileSync(file, 'utf8'))),
    root,
  );
  const { total, passed } = judgeRows(features, tests);
  return { total, passed, builds: judgeBuilds(features, tests) };
}

/** Where one configuration's results stay, for `npm run features`. */
function resultsOf(config) {
  return path.join(root, '.tmp', `${path.basename(config, '.cjs')}.json`);
}

function testsIn(folder) {
  return readdirSync(path.join(root, folder), { recursive: true })
    .map((name) => path.join(folder, name))
    .filter((file) => file.endsWith('.test.ts'));
}

/** Unit and integration tests that have a longer form. */
function longRuns() {
  return ['functions', 'sandbox'].flatMap(testsIn).filter((file) => readFileSync(path.join(root, file), 'utf8').includes('ECODE_FULL'));
}

/** Runs one jest configuration, or some files of it, and counts its tests; a file that could not even run counts as one failure. */
async function jest(config, { files = [], env = {} } = {}) {
  const report = resultsOf(config);
  const { code } = await run(
    [
      process.execPath,
      'node_modules/jest/bin/jest.js',
      '--config',
      config,
      '--json',
      '--outputFile',
      report,
      '--silent',
      '--reporters',
      './scripts/lib/brief-reporter.cjs',
      ...(files.length > 0 ? ['--runTestsByPath', ...files] : []),
    ],
    { env },
  );
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { passed: numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

async function build(target, ensureBuilt) {
  const { ok, output, built, seconds } = await ensureBuilt(target);
  console.log(`${ok ? 'ok  ' : 'FAIL'} build ${target} (${built ? `${seconds.toFixed(0)} s` : 'unchanged'})`);
  if (!ok) console.log(output.trimEnd());
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

async function all() {
  title('packages');
  await ensureInstalled();
  mkdirSync(path.join(root, '.tmp'), { recursive: true });
  // A run that ends early must not leave an older run's results beside its own.
  for (const config of [UNIT, STORIES]) rmSync(resultsOf(config), { force: true });

  if (full) await allLong();
  else await allShort();
}

async function allShort() {
  title('checks');
  const { check } = await import('./check.mjs');
  count(await check());
  title('unit and integration tests');
  count(await jest(UNIT));
  await builds();
  title('stories on the built packages and in the browser');
  count(await jest(STORIES));
}

async function allLong() {
  const env = { ECODE_FULL: '1' };
  title('simulations and properties at their full size');
  count(await jest(UNIT, { files: longRuns(), env }));
  await builds();
  title('every guide on all three builds');
  count(await jest(STORIES, { files: testsIn('test/guides'), env }));
}

async function builds() {
  title('builds');
  const { ensureBuilt } = await import('./lib/builds.mjs');
  for (const target of ['weapp', 'alipay', 'h5']) count(await build(target, ensureBuilt));
}

try {
  await all();
} catch (error) {
  console.error(error);
  total.failed += 1;
}
if (full) writeReport();
memory.stop();
console.log(`\n${minutes().toFixed(1)} min, at most ${(memory.peakBytes() / 2 ** 30).toFixed(1)} GB`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
