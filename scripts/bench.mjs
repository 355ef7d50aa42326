/**
 * `npm run bench -- <name> [--json] [--save]`: one benchmark of bench/. Without a name it lists them. `--json` ends with one line of JSON,
 * `--save` keeps the result under bench/results, where the last ones are checked in.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root, run } from './lib/run.mjs';

const names = readdirSync(path.join(root, 'bench'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();

const [name, ...flags] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  console.error(`npm run bench -- <name> [--json] [--save]\nnames: ${names.join(', ')}`);
  process.exitCode = 1;
} else {
  // The AWS SDK warns about Node 20 on stderr, which would follow the line that --json promises to be the last.
  const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  const { code } = await run([process.execPath, '--import', 'tsx', path.join('bench', `${name}.ts`), ...flags], { env });
  process.exitCode = code;
}
