/** Which rows of the guides (docs/features.json) the tests of one run show. Pure: results in, rows out. */

/**
 * The rule ids in a test's name. An id counts as a whole word, so that SJ-010 and xSJ-01 are not SJ-01. A range of one guide
 * ("ST-15…ST-39", "ST-15 to ST-39", and "ST-15…39" without spaces, so that no amount is taken for an end) counts for every number in it.
 * @param {string} name the full name of a test, with its describe blocks
 * @param {readonly string[]} guides the letters before the numbers
 * @returns {Set<string>}
 */
export function idsIn(name, guides) {
  const found = new Set();
  const guide = `(${guides.join('|')})`;
  const pattern = new RegExp(`\\b${guide}-(\\d+)(?:\\s*(?:…|\\.{3}|–|\\bto\\b)\\s*${guide}-(\\d\\d)|…(\\d\\d))?\\b`, 'g');
  for (const [, letters, first, endLetters = letters, full, bare] of name.matchAll(pattern)) {
    const last = full ?? bare;
    found.add(`${letters}-${first}`);
    if (last === undefined) continue;
    found.add(`${endLetters}-${last}`);
    if (endLetters !== letters) continue;
    for (let n = Number(first) + 1; n < Number(last); n++) found.add(`${letters}-${String(n).padStart(2, '0')}`);
  }
  return found;
}

/**
 * Every test of jest's JSON results.
 * @param {readonly object[]} results one object a run
 * @param {string} root what file names are relative to
 * @returns {{ name: string, file: string, status: string }[]} status as jest says it
 */
export function testsOf(results, root) {
  return results.flatMap(({ testResults }) =>
    testResults.flatMap(({ name: path, assertionResults }) => {
      const file = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
      return assertionResults.map(({ fullName, status }) => ({ name: fullName, file, status }));
    }),
  );
}

/** On what a student's screen was shown; `terminal` is the sandbox's machine. */
const APP_BUILDS = ['weapp', 'alipay', 'browser'];
const TERMINAL = 'terminal';

/**
 * What a test ran on, as its name says in brackets: "… [weapp]", "… [terminal]". A test that says nothing ran on no build.
 * @param {string} name the full name of a test, with its describe blocks
 * @returns {Set<string>}
 */
export function buildsIn(name) {
  return new Set([...APP_BUILDS, TERMINAL].filter((build) => name.includes(`[${build}]`)));
}

/** Whether a test shows a row: it ran on the build that the guide names, or on any where the guide names none. */
function shows({ build }, test) {
  const builds = buildsIn(test.name);
  return build === 'any' ? builds.size > 0 : builds.has(build);
}

/**
 * A row passes when a test that carries its id passed on the build that its guide names, and none that carries it failed; a test that was
 * skipped shows nothing, and one that ran on no build or on another neither.
 * @param {readonly { id: string, build: string }[]} rows
 * @param {ReturnType<typeof testsOf>} tests
 * @returns {{ total: number, passed: number, rows: { id: string, test: { name: string, file: string } | null, status: 'passed' | 'failed' | 'missing' }[], unknown: string[] }}
 *   the test shown is one that failed where one did; unknown are ids that only a test knows
 */
export function judgeRows(rows, tests) {
  const { byId, unknown } = carriersOf(rows, tests);
  const judged = rows.map((row) => judge(row.id, byId.get(row.id), (test) => shows(row, test)));
  return { total: rows.length, passed: passedOf(judged), rows: judged, unknown };
}

/**
 * The same of each build a student may hold, whatever the guide names: for a run that walks every guide on all three. What a machine alone
 * shows is shown to each of them.
 * @param {readonly { id: string }[]} rows
 * @param {ReturnType<typeof testsOf>} tests
 * @returns {Record<string, { passed: number, without: string[] }>} by build; without are the rows that did not pass on it
 */
export function judgeBuilds(rows, tests) {
  const { byId } = carriersOf(rows, tests);
  return Object.fromEntries(
    APP_BUILDS.map((build) => {
      const counts = ({ name }) => {
        const builds = buildsIn(name);
        return builds.has(build) || (builds.has(TERMINAL) && !APP_BUILDS.some((other) => builds.has(other)));
      };
      const judged = rows.map(({ id }) => judge(id, byId.get(id).filter(counts), counts));
      return [build, { passed: passedOf(judged), without: judged.flatMap(({ id, status }) => (status === 'passed' ? [] : [id])) }];
    }),
  );
}

function carriersOf(rows, tests) {
  const guides = [...new Set(rows.map(({ id }) => id.split('-')[0]))];
  const byId = new Map(rows.map(({ id }) => [id, []]));
  const unknown = new Set();
  for (const test of tests)
    for (const id of idsIn(test.name, guides)) {
      if (byId.has(id)) byId.get(id).push(test);
      else unknown.add(id);
    }
  return { byId, unknown: [...unknown].sort() };
}

function judge(id, carrying, counts) {
  const shown =
    carrying.find(({ status }) => status === 'failed') ?? carrying.find((test) => test.status === 'passed' && counts(test)) ?? null;
  return { id, test: shown && { name: shown.name, file: shown.file }, status: shown?.status ?? 'missing' };
}

function passedOf(judged) {
  return judged.filter(({ status }) => status === 'passed').length;
}
