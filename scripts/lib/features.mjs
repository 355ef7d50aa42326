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

/**
 * A row passes when a test that carries its id passed and none failed; a test that was skipped shows nothing.
 * @param {readonly { id: string }[]} rows
 * @param {ReturnType<typeof testsOf>} tests
 * @returns {{ total: number, passed: number, rows: { id: string, test: { name: string, file: string } | null, status: 'passed' | 'failed' | 'missing' }[], unknown: string[] }}
 *   the test shown is one that failed where one did; unknown are ids that only a test knows
 */
export function judgeRows(rows, tests) {
  const guides = [...new Set(rows.map(({ id }) => id.split('-')[0]))];
  const byId = new Map(rows.map(({ id }) => [id, []]));
  const unknown = new Set();
  for (const test of tests)
    for (const id of idsIn(test.name, guides)) {
      if (byId.has(id)) byId.get(id).push(test);
      else unknown.add(id);
    }
  const judged = rows.map(({ id }) => {
    const carrying = byId.get(id);
    const shown = carrying.find(({ status }) => status === 'failed') ?? carrying.find(({ status }) => status === 'passed') ?? null;
    return { id, test: shown && { name: shown.name, file: shown.file }, status: shown?.status ?? 'missing' };
  });
  const passed = judged.filter(({ status }) => status === 'passed').length;
  return { total: rows.length, passed, rows: judged, unknown: [...unknown].sort() };
}
