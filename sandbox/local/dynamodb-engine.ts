import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { freePort } from './ports';

/**
 * The embedded DynamoDB: one child process on a free port of this machine. In memory for a test, in a file for `npm start`.
 * Where it comes from: DYNAMODB_ENDPOINT (something already runs there), DYNOXIDE_BIN (a binary), the optional package of this platform.
 */
export interface Engine {
  readonly endpoint: string;
  /** Resolves when the process has ended; an endpoint that was given to us is left alone. */
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** A file keeps the data; without one all is forgotten with the process. */
  readonly dbPath?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type EngineSource = { readonly kind: 'endpoint'; readonly url: string } | { readonly kind: 'binary'; readonly path: string };

export class EngineMissing extends Error {
  constructor(found: string) {
    super(
      `没有可用的 DynamoDB 引擎（${found}）。请设置 DYNAMODB_ENDPOINT（已运行的 DynamoDB 地址，如 http://127.0.0.1:8000）或 DYNOXIDE_BIN（dynoxide 可执行文件路径）。\n` +
        `No DynamoDB engine (${found}). Set DYNAMODB_ENDPOINT (the address of a running DynamoDB, such as http://127.0.0.1:8000) or DYNOXIDE_BIN (the path of a dynoxide binary).`,
    );
    this.name = 'EngineMissing';
  }
}

const START_ATTEMPTS = 5;
const READY_WITHIN_MS = 15_000;
const POLL_EVERY_MS = 20;

/** @throws EngineMissing when nothing can be started, naming both variables. */
export function resolveEngine(env: Readonly<Record<string, string | undefined>> = process.env): EngineSource {
  if (env.DYNAMODB_ENDPOINT) return { kind: 'endpoint', url: env.DYNAMODB_ENDPOINT.replace(/\/+$/, '') };
  if (env.DYNOXIDE_BIN) {
    if (!isExecutable(env.DYNOXIDE_BIN)) throw new EngineMissing(`DYNOXIDE_BIN=${env.DYNOXIDE_BIN}`);
    return { kind: 'binary', path: env.DYNOXIDE_BIN };
  }
  const packageName = `@dynoxide/${process.platform}-${process.arch}`;
  const binary = binaryOfPackage(packageName);
  if (binary === undefined) throw new EngineMissing(packageName);
  return { kind: 'binary', path: binary };
}

export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const source = resolveEngine(options.env);
  if (source.kind === 'endpoint') {
    await answers(source.url, () => undefined);
    return { endpoint: source.url, stop: async () => undefined };
  }
  if (options.dbPath !== undefined) mkdirSync(path.dirname(options.dbPath), { recursive: true });
  let lastReason = '';
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    const started = await tryStart(source.path, options.dbPath);
    if (typeof started !== 'string') return started;
    lastReason = started;
  }
  throw new Error(`the DynamoDB engine did not start in ${START_ATTEMPTS} tries: ${lastReason}`);
}

/** The reason when it ended before it answered: most often another process took the port in between. */
async function tryStart(binary: string, dbPath: string | undefined): Promise<Engine | string> {
  const port = await freePort();
  const args = ['serve', '--host', '127.0.0.1', '--port', String(port), ...(dbPath === undefined ? [] : ['--db-path', dbPath])];
  const child = spawnDyingWithParent(binary, args);
  const output: string[] = [];
  const keep = (chunk: Buffer): void => {
    output.push(chunk.toString());
    if (output.length > 20) output.shift();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.once('error', (error) => output.push(String(error)));
  const endpoint = `http://127.0.0.1:${port}`;
  const ready = await answers(endpoint, () =>
    child.exitCode !== null || child.pid === undefined ? output.join('').trim() || 'ended' : undefined,
  );
  if (ready === undefined) return { endpoint, stop: () => stopChild(child) };
  await stopChild(child);
  return ready;
}

/** Undefined when something speaks HTTP there, else why not. */
async function answers(endpoint: string, ended: () => string | undefined): Promise<string | undefined> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    const reason = ended();
    if (reason !== undefined) return reason;
    try {
      await fetch(endpoint, { signal: AbortSignal.timeout(500) });
      return undefined;
    } catch {
      // Not up yet; the loop has an end.
      await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
    }
  }
  return `no answer from ${endpoint} within ${READY_WITHIN_MS} ms`;
}

/** On Linux the kernel ends the child when this process dies, however it dies: no orphan after kill -9. */
export function spawnDyingWithParent(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): ChildProcess {
  // A group of its own: Ctrl-C reaches this process only, which then ends its children in order.
  const spawnOptions = { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
  return hasSetpriv() ? spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], spawnOptions) : spawn(program, [...args], spawnOptions);
}

let setprivFound: boolean | undefined;
function hasSetpriv(): boolean {
  setprivFound ??= process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true'], { stdio: 'ignore' }).status === 0;
  return setprivFound;
}

/** Asks, waits, then insists. */
export async function stopChild(child: ChildProcess, graceMs = 3_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}

function binaryOfPackage(name: string): string | undefined {
  try {
    const folder = path.dirname(createRequire(__filename).resolve(`${name}/package.json`));
    return ['dynoxide', 'bin/dynoxide', 'dynoxide.exe'].map((file) => path.join(folder, file)).find(isExecutable);
  } catch {
    // An optional package that is not there is an answer, not a fault: the caller says what to set.
    return undefined;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there or not to be run: the same to the caller.
    return false;
  }
}
