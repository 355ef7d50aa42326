import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readProjectFile, root } from '../support/project';

/** Titles of this file name no rule's id: they would count as its tests. */
interface Answer {
  readonly total: number;
  readonly passed: number;
  readonly rows: readonly { readonly id: string; readonly test: string | null; readonly status: string }[];
}

const UNIT = 'jest.config.json';
const STORIES = 'jest.stories.config.json';
type Status = 'passed' | 'failed' | 'pending' | 'todo';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'features-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** On every build, for what is not about builds. */
const EVERYWHERE = ' [weapp] [alipay] [browser] [terminal]';

/** As jest writes it with `--json --outputFile`. */
function leave(name: string, tests: readonly (readonly [title: string, status: Status])[]): void {
  const assertionResults = tests.map(([title, status]) => {
    const fullName = title.includes('[') || title.includes('on no build') ? title : title + EVERYWHERE;
    return { ancestorTitles: [], title: fullName, fullName, status };
  });
  const status = tests.some(([, each]) => each === 'failed') ? 'failed' : 'passed';
  const testResults = [{ name: path.join(root, 'packs/packs.test.ts'), status, assertionResults }];
  writeFileSync(path.join(folder, name), JSON.stringify({ numTotalTests: tests.length, testResults }));
}

function features(...args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/features.mjs', '--results', folder, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

function answer(): Answer {
  return JSON.parse(features('--json').stdout) as Answer;
}

function passedIds(): string[] {
  return answer().rows.flatMap(({ id, status }) => (status === 'passed' ? [id] : []));
}

describe('the rows of the guides', () => {
  const rows = JSON.parse(readProjectFile('docs/features.json')) as { id: string; name: string; build: string }[];

  it('are 161, each once and numbered without a gap in its guide', () => {
    const numbered = (guide: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${guide}-${String(index + 1).padStart(2, '0')}`);
    const ids = [numbered('SJ', 16), numbered('ST', 70), numbered('SQ', 12), numbered('DL', 43), numbered('BI', 20)].flat();
    expect(ids).toHaveLength(161);
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  it('name the build that their guide names', () => {
    expect([...new Set(rows.map(({ build }) => build))].sort()).toEqual(['alipay', 'any', 'browser', 'terminal', 'weapp']);
  });
});

describe('npm run features', () => {
  it('says in words and by its exit code that there are no results, and prints no rows', () => {
    for (const args of [[], ['--json']]) {
      const { code, stdout, stderr } = features(...args);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('No test results');
    }
  });

  it('says that results which a killed run left half written are none', () => {
    writeFileSync(path.join(folder, UNIT), '{"testResults": [');
    const { code, stdout, stderr } = features('--json');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('is no test result');
  });

  it('prints every row with its test and ends with the sum', () => {
    leave(UNIT, [
      ['ShanghaiTech ST-14 claims with a purchase', 'passed'],
      ['DL-36 caps', 'failed'],
    ]);
    leave(STORIES, []);
    const { code, stdout, stderr } = features();
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.at(-1)).toBe('1 of 161 rows pass');
    expect(lines.filter((line) => /^[A-Z]{2}-\d{2} {2}/.test(line))).toHaveLength(161);
    expect(lines.find((line) => line.startsWith('ST-14'))).toMatch(
      /ShanghaiTech ST-14 claims with a purchase.* +passed +packs\/packs\.test\.ts$/,
    );
    expect(lines.find((line) => line.startsWith('DL-36'))).toMatch(/DL-36 caps.* +failed/);
    expect(lines.find((line) => line.startsWith('BI-20'))).toMatch(/missing$/);
  });

  it('prints one object with --json and nothing else', () => {
    leave(UNIT, [['ShanghaiTech ST-14 claims with a purchase', 'passed']]);
    const { total, passed, rows } = answer();
    expect([total, passed, rows.length]).toEqual([161, 1, 161]);
    expect(rows.find(({ id }) => id === 'ST-14')).toEqual({
      id: 'ST-14',
      test: `packs/packs.test.ts: ShanghaiTech ST-14 claims with a purchase${EVERYWHERE}`,
      status: 'passed',
    });
    expect(rows.find(({ id }) => id === 'ST-15')).toEqual({ id: 'ST-15', test: null, status: 'missing' });
  });

  it('takes an id for itself only: neither its prefix nor a word around it', () => {
    leave(UNIT, [
      ['SJ-10 asks for the card', 'passed'],
      ['SJ-1 is no row, SJ-011 neither', 'passed'],
      ['xST-14, ST-14a and SJ-info-1057 are other words', 'passed'],
      ['（BI-05：校园码）', 'passed'],
    ]);
    expect(passedIds()).toEqual(['SJ-10', 'BI-05']);
    const { stderr } = features('--json');
    expect(stderr).toContain('a test names SJ-011, which is no row');
    expect(stderr).toContain('a test names SJ-1, which is no row');
  });

  it.each([
    ['ST-37…ST-39', ['ST-37', 'ST-38', 'ST-39']],
    ['ST-37…39', ['ST-37', 'ST-38', 'ST-39']],
    ['ST-37 … ST-39', ['ST-37', 'ST-38', 'ST-39']],
    ['ST-37 to ST-39', ['ST-37', 'ST-38', 'ST-39']],
    ['ST-37, ST-39', ['ST-37', 'ST-39']],
    ['SJ-16…ST-02', ['SJ-16', 'ST-02']],
    ['ST-39…ST-37', ['ST-37', 'ST-39']],
    ['DL-34 to 36 yuan', ['DL-34']],
    ['DL-34 … 36 yuan', ['DL-34']],
  ])('range %#: counts what stands between the ends, of one guide and upwards only', (title, ids) => {
    leave(UNIT, [[`a machine (${title})`, 'passed']]);
    expect(passedIds()).toEqual(ids);
  });

  it('fails a row of which one test failed, however many passed, and names the failed one', () => {
    leave(STORIES, [['DL-36 in the story', 'passed']]);
    leave(UNIT, [
      ['DL-36 caps one top-up', 'passed'],
      ['DL-36 refuses 200.01', 'failed'],
    ]);
    expect(answer().rows.find(({ id }) => id === 'DL-36')).toMatchObject({
      status: 'failed',
      test: `packs/packs.test.ts: DL-36 refuses 200.01${EVERYWHERE}`,
    });
  });

  it('counts a test for a row only where it ran on the build that the guide names', () => {
    leave(UNIT, [
      ['DL-34 [alipay] is not where the guide shows it', 'passed'],
      ['DL-35 on no build', 'passed'],
      ['[weapp] DL-36 is', 'passed'],
      ['[weapp] ST-14 at the till [terminal]', 'passed'],
      ['[weapp] ST-15 is a machine’s', 'passed'],
      ['[alipay] DL-01 is told of no build, so any will do', 'passed'],
      ['DL-02 on no build', 'passed'],
    ]);
    expect(passedIds()).toEqual(['ST-14', 'DL-01', 'DL-36']);
    expect(answer().rows.find(({ id }) => id === 'DL-34')).toEqual({ id: 'DL-34', test: null, status: 'missing' });
  });

  it('fails a row that fails on another build too', () => {
    leave(STORIES, [
      ['[weapp] DL-36 caps', 'passed'],
      ['[alipay] DL-36 caps', 'failed'],
    ]);
    expect(answer().rows.find(({ id }) => id === 'DL-36')?.status).toBe('failed');
  });

  it('takes no skipped test for a passed one', () => {
    leave(UNIT, [
      ['DL-35 is skipped', 'pending'],
      ['DL-36 is to be written', 'todo'],
      ['DL-37 is skipped here', 'pending'],
      ['DL-37 and runs there', 'passed'],
    ]);
    expect(passedIds()).toEqual(['DL-37']);
    expect(answer().rows.find(({ id }) => id === 'DL-35')).toEqual({ id: 'DL-35', test: null, status: 'missing' });
  });

  it('reads both runs, and says which one is not there and which file could not run', () => {
    leave(UNIT, [['BI-10 caps', 'passed']]);
    expect(features('--json').stderr).toContain(STORIES);
    const broken = { name: path.join(root, 'test/e2e/x.test.ts'), status: 'failed', assertionResults: [] };
    writeFileSync(path.join(folder, STORIES), JSON.stringify({ testResults: [broken] }));
    const { stderr } = features('--json');
    expect(stderr).toContain('x.test.ts could not run');
    expect(passedIds()).toEqual(['BI-10']);
    leave(STORIES, [['BI-11 pays the network fee', 'passed']]);
    expect(passedIds()).toEqual(['BI-10', 'BI-11']);
  });
});

describe('the rows on every build, of a full run', () => {
  it('count where they passed on it, and what a machine alone shows counts for each', () => {
    const tests = [
      ['[weapp] DL-36 caps', 'passed'],
      ['[alipay] DL-36 caps', 'failed'],
      ['[weapp] DL-38 at the till [terminal]', 'passed'],
      ['ST-15 the home menu [terminal]', 'passed'],
    ].map(([name, status]) => ({ name, file: 'x.test.ts', status }));
    const script = `import('./scripts/lib/features.mjs').then(({ judgeBuilds }) =>
      console.log(JSON.stringify(judgeBuilds(['DL-36', 'DL-38', 'ST-15'].map((id) => ({ id })), ${JSON.stringify(tests)}))))`;
    const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual({
      weapp: { passed: 3, without: [] },
      alipay: { passed: 1, without: ['DL-36', 'DL-38'] },
      browser: { passed: 1, without: ['DL-36', 'DL-38'] },
    });
  });
});
