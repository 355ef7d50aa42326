import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../support/project';

/** A small tree with one fault a file, to see that every rule of .dependency-cruiser.cjs bites, and that what is allowed is let be. */
const TREE: Readonly<Record<string, string>> = {
  'shared/money.ts': 'export const money = 1; export type Money = number;',
  'functions/lib/log.ts': "import { money } from '../../shared/money'; export const log = money;",
  'functions/domain/rule.ts':
    "import { createHash } from 'node:crypto'; import { money } from '../../shared/money'; export const rule = [money, createHash];",
  'functions/store/row.ts': "import { rule } from '../domain/rule'; export const row = rule; export type Row = typeof row;",
  'functions/platforms/vendor.ts': "import { log } from '../lib/log'; export const vendor = log; export interface Vendor { readonly a: 1 }",
  'functions/operations/verb.ts':
    "import { rule } from '../domain/rule'; import type { Row } from '../store/row'; import type { Vendor } from '../platforms/vendor'; export const verb = (row: Row, vendor: Vendor) => [row, vendor, rule];",
  'functions/wiring/whole.ts':
    "import { verb } from '../operations/verb'; import { row } from '../store/row'; import { vendor } from '../platforms/vendor'; export const whole = [verb, row, vendor];",
  'functions/student/entry.ts': "import { whole } from '../wiring/whole'; export const handler = whole;",
  'sandbox/world.ts': "import { verb } from '../functions/operations/verb'; export const world = verb;",
  'functions/test/helper.ts': "import { world } from '../../sandbox/world'; export const helper = world;",
};

const FAULTS: readonly (readonly [rule: string, file: string, source: string])[] = [
  ['shared-alone', 'shared/bad.ts', "import { log } from '../functions/lib/log'; export const bad = log;"],
  ['shared-runs-anywhere', 'shared/bad-core.ts', "import { readFileSync } from 'node:fs'; export const bad = readFileSync;"],
  ['domain', 'functions/domain/bad.ts', "import { row } from '../store/row'; export const bad = row;"],
  ['domain-no-sdk', 'functions/domain/bad-core.ts', "import { readFileSync } from 'node:fs'; export const bad = readFileSync;"],
  ['operations-only-types-of-io', 'functions/operations/bad.ts', "import { row } from '../store/row'; export const bad = row;"],
  ['operations', 'functions/operations/bad-wiring.ts', "import { whole } from '../wiring/whole'; export const bad = whole;"],
  ['store', 'functions/store/bad.ts', "import { vendor } from '../platforms/vendor'; export const bad = vendor;"],
  ['platforms', 'functions/platforms/bad.ts', "import { row } from '../store/row'; export const bad = row;"],
  ['lib', 'functions/lib/bad.ts', "import { rule } from '../domain/rule'; export const bad = rule;"],
  ['entry-terminal', 'functions/terminal/bad.ts', "import { row } from '../store/row'; export const bad = row;"],
  ['entry-jobs', 'functions/jobs/bad.ts', "import { handler } from '../student/entry'; export const bad = handler;"],
  ['wiring', 'functions/wiring/bad.ts', "import { handler } from '../student/entry'; export const bad = handler;"],
  ['nothing-imports-sandbox', 'functions/lib/bad-sandbox.ts', "import { world } from '../../sandbox/world'; export const bad = world;"],
  ['sandbox-never-platforms', 'sandbox/bad.ts', "import { vendor } from '../functions/platforms/vendor'; export const bad = vendor;"],
  ['miniapp-to-shared', 'miniapp/bad.ts', "import { log } from '../functions/lib/log'; export const bad = log;"],
  ['not-to-test', 'functions/lib/bad-test.ts', "import { helper } from '../test/helper'; export const bad = helper;"],
  [
    'aws-sdk-in-store',
    'functions/operations/bad-sdk.ts',
    "import { DynamoDBClient } from '@aws-sdk/client-dynamodb'; export const bad = DynamoDBClient;",
  ],
  ['platform-sdks-in-platforms', 'functions/lib/bad-vendor.ts', "import { AlipaySdk } from 'alipay-sdk'; export const bad = AlipaySdk;"],
  ['not-to-unresolvable', 'functions/lib/bad-path.ts', "import { gone } from './gone'; export const bad = gone;"],
  ['no-circular', 'functions/lib/bad-circle.ts', "import { bad as other } from './worse-circle'; export const bad = () => other;"],
];

let folder: string;
let found: Map<string, string[]>;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ecode-imports-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'tsconfig.json'), '{"compilerOptions":{"module":"ESNext","moduleResolution":"bundler"}}');
  const files = { ...TREE, ...Object.fromEntries(FAULTS.map(([, file, source]) => [file, source])) };
  files['functions/lib/worse-circle.ts'] = "import { bad as other } from './bad-circle'; export const bad = () => other;";
  for (const [name, source] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), source);
  }
  found = violations();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** File → names of the rules it breaks. */
function violations(): Map<string, string[]> {
  const cli = path.join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const output = execFileSync(
    process.execPath,
    [
      cli,
      'shared',
      'functions',
      'sandbox',
      'miniapp',
      '--config',
      path.join(root, '.dependency-cruiser.cjs'),
      '--output-type',
      'json',
      '--no-progress',
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 32 * 1024 * 1024, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const { summary } = JSON.parse(output) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  const byFile = new Map<string, string[]>();
  for (const { from, rule } of summary.violations) byFile.set(from, [...(byFile.get(from) ?? []), rule.name]);
  return byFile;
}

describe('the import directions', () => {
  it.each(FAULTS)('%s refuses %s', (rule, file) => {
    expect(found.get(file)).toContain(rule);
  });

  it.each(Object.keys(TREE))('let %s be', (file) => {
    expect(found.get(file)).toBeUndefined();
  });
});
