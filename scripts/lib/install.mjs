import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root, run } from './run.mjs';

/** Installs what the lock file names, unless exactly that is there already. @returns {Promise<void>} */
export async function ensureInstalled() {
  requireNode();
  const missing = firstDifference();
  if (missing === undefined) return;
  console.log(`安装依赖 · installing packages (${missing})`);
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  // Not `npm ci`: it insists on an entry for every optional binary of every other system, which a mirror need not carry. The lock file's
  // versions hold all the same, and it is left as it is.
  const { code, output } = await run([...npm, 'install', '--no-save', '--no-audit', '--no-fund'], { quiet: true });
  if (code === 0) return;
  console.error(output);
  throw new Error('npm install failed');
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`需要 Node 20.19 或更高版本 · Node 20.19 or newer is needed; this is ${process.versions.node}`);
}

/** What is installed is told by npm's own copy of the lock file. Optional packages of other systems are rightly absent. */
function firstDifference() {
  const hidden = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return 'node_modules';
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const different = Object.entries(wanted).find(
    ([name, entry]) => name !== '' && !entry.optional && found[name]?.version !== entry.version,
  );
  return different?.[0];
}
