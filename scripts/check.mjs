/**
 * `npm run check`: what needs no running product. Two at a time, because that is how many cores there are; every check runs to
 * its end, so that one failure does not hide another. The same command here and in CI.
 */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { root, run, runAll } from './lib/run.mjs';

const bin = (name) => `node_modules/.bin/${name}`;

const checks = [
  { name: 'tsc', command: [bin('tsc'), '--noEmit', '-p', '.'] },
  { name: 'biome', command: [bin('biome'), 'check', '--error-on-warnings', '--no-errors-on-unmatched', '.'] },
  ...(existsSync(`${root}/miniapp/tsconfig.json`) ? [{ name: 'tsc miniapp', command: [bin('tsc'), '--noEmit', '-p', 'miniapp'] }] : []),
  { name: 'depcruise', command: [bin('depcruise'), ...folders(), '--config', '.dependency-cruiser.cjs'] },
  { name: 'knip', command: [bin('knip'), '--no-progress'] },
];

function folders() {
  return ['shared', 'functions', 'miniapp', 'sandbox', 'bench', 'scripts', 'test', 'packs'].filter((name) => existsSync(`${root}/${name}`));
}

/** @returns {Promise<{ passed: number, failed: number }>} one count a check */
export async function check() {
  const results = await runAll(
    checks.map(({ name, command }) => async () => ({ name, ...(await run(command, { quiet: true })) })),
    2,
  );
  for (const { name, code, output, seconds } of results) {
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)`);
    if (code !== 0) console.log(output.trimEnd());
  }
  const failed = results.filter(({ code }) => code !== 0).length;
  return { passed: results.length - failed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { failed } = await check();
  process.exitCode = failed === 0 ? 0 : 1;
}
