import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, portNear } from '../../sandbox/local/ports';
import { root } from '../support/project';

/** `npm start` from outside: a process that says where it is, and is gone when it is told to. */
interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: () => string;
  readonly readyAfterMs: number;
}

const READY_WITHIN_MS = 60_000;
let folder: string;
let running: Running | undefined;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ecode-start-'));
});
afterEach(async () => {
  if (running?.child.exitCode === null && running.child.signalCode === null) {
    running.child.kill('SIGTERM');
    await once(running.child, 'exit');
  }
  running = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function launch(args: readonly string[], env: NodeJS.ProcessEnv = {}): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['scripts/start.mjs', '--data', folder, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  return { child, output: () => text };
}

async function start(args: readonly string[]): Promise<Running> {
  const startedAt = Date.now();
  const { child, output } = launch(args);
  for (;;) {
    const url = /bench top\s+(http:\/\/127\.0\.0\.1:\d+)\//.exec(output())?.[1];
    if (url !== undefined) {
      running = { child, url, output, readyAfterMs: Date.now() - startedAt };
      return running;
    }
    if (child.exitCode !== null || Date.now() - startedAt > 3 * READY_WITHIN_MS) throw new Error(`npm start did not come up:\n${output()}`);
    await pause(100);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const json = async (url: string, body?: unknown): Promise<unknown> =>
  (
    await fetch(
      url,
      body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
    )
  ).json();

/** All four listeners: bench top, functions, their invocations, the outside world. */
async function stillListening(webUrl: string): Promise<number[]> {
  const first = Number(new URL(webUrl).port);
  const answering: number[] = [];
  for (const port of [first, first + 1, first + 2, first + 3]) {
    const answered = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) }).then(
      () => true,
      () => false,
    );
    if (answered) answering.push(port);
  }
  return answering;
}

const persons = async (url: string): Promise<string[]> =>
  Object.values(((await json(`${url}/sandbox/control/persons`)) as { persons: Record<string, { name: string }> }).persons).map(
    ({ name }) => name,
  );

describe('npm start', () => {
  it('takes other ports where one is busy, serves everything within a minute, and Ctrl-C ends all of it', async () => {
    const port = await portNear(4_400);
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    const { child, url, output, readyAfterMs } = await start(['--port', String(port)]);
    squatter.close();
    expect(readyAfterMs).toBeLessThan(READY_WITHIN_MS);
    expect(output()).toMatch(new RegExp(`端口 ${port} 已被占用.*port ${port} in use`));
    expect(await (await fetch(url)).text()).toMatch(/<!doctype html>/i);
    expect(await (await fetch(`${url}/phone/wechat/`)).text()).toContain('bridge.js');
    const { schools } = (await json(`${url}/api/student/schools`)) as { schools: { schoolId: string }[] };
    expect(schools.map(({ schoolId }) => schoolId).sort()).toEqual(['bistu', 'dufl', 'shanghaitech', 'sjtu']);
    await json(`${url}/sandbox/control/persons`, { name: 'left behind' });

    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(await stillListening(url)).toEqual([]);
  });

  it('finds its data again after a restart, and leaves nothing behind when it is killed', async () => {
    const { child, url } = await start(['--port', String(await portNear(4_420))]);
    expect(await persons(url)).toContain('left behind');
    child.kill('SIGKILL');
    await once(child, 'exit');
    // The kernel ends the children one after another.
    for (let tries = 0; tries < 20 && (await stillListening(url)).length > 0; tries++) await pause(250);
    if (process.platform === 'linux') expect(await stillListening(url)).toEqual([]);
  });

  it('begins anew with --fresh', async () => {
    const { url } = await start(['--fresh', '--port', String(await portNear(4_440))]);
    expect(await persons(url)).not.toContain('left behind');
  });

  it('erases no folder that is not its own', async () => {
    const other = mkdtempSync(path.join(tmpdir(), 'ecode-others-'));
    const file = path.join(other, 'thesis.txt');
    writeFileSync(file, 'years of work');
    const { child, output } = launch(['--fresh', '--data', other]);
    const [code] = await once(child, 'exit');
    expect(code).toBe(1);
    expect(output()).toContain('is not a data folder');
    expect(readFileSync(file, 'utf8')).toBe('years of work');
    rmSync(other, { recursive: true });
  });

  it('says in Chinese and English what to set where the database engine is missing', async () => {
    const { child, output } = launch(['--port', String(await freePort())], { DYNOXIDE_BIN: '/nowhere/dynoxide' });
    const [code] = await once(child, 'exit');
    expect(code).toBe(1);
    expect(output()).toMatch(/请设置 DYNAMODB_ENDPOINT[\s\S]*DYNOXIDE_BIN[\s\S]*Set DYNAMODB_ENDPOINT/);
  });
});
