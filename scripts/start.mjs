/**
 * `npm start [-- --fresh] [-- --port N]`: installs what is missing, builds the browser page when its sources changed, then runs the whole
 * product on this machine. Needs Node and npm only.
 */
import { spawn, spawnSync } from 'node:child_process';
import { ensureInstalled } from './lib/install.mjs';
import { root } from './lib/run.mjs';

async function main() {
  await ensureInstalled();
  const { ensureBuilt } = await import('./lib/builds.mjs');
  console.log('· 检查浏览器版本 · looking at the browser build');
  const { ok, output, built, seconds } = await ensureBuilt('h5', { always: false });
  if (!ok) throw new Error(`浏览器版本构建失败 · the browser build failed:\n${output}`);
  if (built) console.log(`· 已构建 · built in ${seconds.toFixed(0)} s`);
  await runMain();
}

/** In a process of its own, so that TypeScript is read as it is; it ends with this one, however this one ends. */
function runMain() {
  const command = [process.execPath, '--import', 'tsx', 'sandbox/local/main.ts', ...process.argv.slice(2)];
  const guarded = process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true'], { stdio: 'ignore' }).status === 0;
  const [program, ...args] = guarded ? ['setpriv', '--pdeathsig', 'KILL', ...command] : command;
  const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  const child = spawn(program, args, { cwd: root, env, stdio: 'inherit' });
  // Ctrl-C reaches both, a signal to this process only the one: passed on, it ends the other once in either case.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      process.exitCode = code ?? (signal === null ? 0 : 1);
      resolve();
    });
  });
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
