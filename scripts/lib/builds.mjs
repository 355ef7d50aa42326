import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, run } from './run.mjs';

/** @typedef {'weapp' | 'alipay' | 'h5'} Target */

/** What a build must leave behind: the CLI ends with 0 even where it built nothing. */
const PROOF = { weapp: 'app.json', alipay: 'app.json', h5: 'index.html' };
/** What goes into a build. */
const SOURCES = ['miniapp', 'shared', 'package.json', 'package-lock.json'];

/**
 * Builds one target unless what is there was built from the very same sources. CI always builds.
 * @param {Target} target
 * @returns {Promise<{ ok: boolean, output: string, built: boolean, seconds: number }>}
 */
export async function ensureBuilt(target, { always = Boolean(process.env.CI) } = {}) {
  const hash = sourceHash();
  const stamp = path.join(root, '.tmp', `built-${target}`);
  const proof = path.join(root, 'miniapp', 'dist', target, PROOF[target]);
  if (!always && existsSync(proof) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) {
    return { ok: true, output: '', built: false, seconds: 0 };
  }
  rmSync(path.join(root, 'miniapp', 'dist', target), { recursive: true, force: true });
  rmSync(stamp, { force: true });
  const { code, output, seconds } = await run(
    [process.execPath, cli(), 'build', '--type', target, '--no-check', '--disable-global-config'],
    {
      quiet: true,
      cwd: path.join(root, 'miniapp'),
      env: { NODE_ENV: 'production' },
    },
  );
  const ok = code === 0 && existsSync(proof);
  if (ok) {
    mkdirSync(path.dirname(stamp), { recursive: true });
    writeFileSync(stamp, hash);
  }
  return { ok, output: ok || code !== 0 ? output : `${output}\n${proof} was not built`, built: true, seconds };
}

function cli() {
  const folder = path.join(root, 'node_modules', '@tarojs', 'cli');
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return path.join(folder, typeof bin === 'string' ? bin : bin.taro);
}

function sourceHash() {
  const hash = createHash('sha256').update(`${process.env.TARO_APP_API_BASE ?? ''} ${process.env.TARO_APP_WEB_BASE ?? ''}`);
  for (const name of SOURCES) addTo(hash, name);
  return hash.digest('hex');
}

function addTo(hash, name) {
  const full = path.join(root, name);
  if (name === 'miniapp/dist' || name.endsWith('.test.ts') || name.endsWith('.test.tsx') || name.endsWith('.md')) return;
  if (!existsSync(full)) return;
  const entries = readFolder(full);
  if (entries === undefined) {
    hash.update(`${name}\0`).update(readFileSync(full)).update('\0');
    return;
  }
  for (const entry of entries.sort()) addTo(hash, `${name}/${entry}`);
}

function readFolder(full) {
  try {
    return readdirSync(full);
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
