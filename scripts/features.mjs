/**
 * `npm run features`: which of the guides' rules (docs/features.json) the last `npm test` has shown, read from the results it left in
 * `.tmp/`. Runs nothing. `--json` prints one object instead of the table; `--results <folder>` reads another folder.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { judgeRows, testsOf } from './lib/features.mjs';
import { root } from './lib/run.mjs';

/** What `npm test` writes, the whole stories first: where several tests show a row, the widest is named. */
const RESULTS = ['jest.stories.config.json', 'jest.config.json'];
const NAME_COLUMNS = 90;

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, results: { type: 'string' } } });
const folder = path.resolve(values.results ?? path.join(root, '.tmp'));
const found = RESULTS.filter((name) => existsSync(path.join(folder, name)));

if (found.length === 0) {
  console.error(`No test results in ${folder}: run npm test first.`);
  process.exitCode = 1;
} else {
  report(found.map(readResults));
}

function readResults(name) {
  try {
    return JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
  } catch (error) {
    // Half a file is what a killed run leaves.
    console.error(`${path.join(folder, name)} is no test result (${error.message}): run npm test again.`);
    process.exit(1);
  }
}

function report(results) {
  for (const name of RESULTS) if (!found.includes(name)) console.error(`note: ${name} is not there, so its tests count as missing`);
  const broken = results.flatMap(({ testResults }) =>
    testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0),
  );
  for (const { name } of broken) console.error(`note: ${name} could not run`);
  const features = JSON.parse(readFileSync(path.join(root, 'docs', 'features.json'), 'utf8'));
  const { total, passed, rows, unknown } = judgeRows(features, testsOf(results, root));
  for (const id of unknown) console.error(`note: a test names ${id}, which is no row`);
  if (values.json) {
    const flat = rows.map(({ id, test, status }) => ({ id, test: test && `${test.file}: ${test.name}`, status }));
    console.log(JSON.stringify({ total, passed, rows: flat }));
    return;
  }
  for (const { id, test, status } of rows)
    console.log(`${id}  ${column(test?.name ?? '–')}  ${status.padEnd(7)}  ${test?.file ?? ''}`.trimEnd());
  console.log(`\n${passed} of ${total} rows pass`);
}

/** Cut or filled to one width on a terminal, where a Chinese character takes two columns. */
function column(text) {
  const width = (character) => (/[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]/.test(character) ? 2 : 1);
  const columns = [...text].reduce((sum, character) => sum + width(character), 0);
  if (columns <= NAME_COLUMNS) return text + ' '.repeat(NAME_COLUMNS - columns);
  let taken = 0;
  let kept = '';
  for (const character of text) {
    if (taken + width(character) > NAME_COLUMNS - 1) break;
    taken += width(character);
    kept += character;
  }
  return `${kept}…${' '.repeat(NAME_COLUMNS - 1 - taken)}`;
}
