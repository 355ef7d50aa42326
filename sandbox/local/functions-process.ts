import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { spawnDyingWithParent, stopChild } from './dynamodb-engine';

/** All functions of serverless.yml under serverless-offline, in a process of its own. */
export interface FunctionsProcess {
  /** Where the HTTP API listens. */
  readonly url: string;
  /** Of the one process that runs all functions. */
  readonly pid: number;
  /** Calls a function by its name in serverless.yml with an event, as AWS would. */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

export interface FunctionsOptions {
  readonly root: string;
  readonly stage: string;
  readonly httpPort: number;
  readonly lambdaPort: number;
  /** Endpoints and keys; literal values of serverless.yml win over these. */
  readonly environment: Readonly<Record<string, string>>;
  /** Everything the functions print. */
  readonly logFile: string;
  /** Called when the process ends without being asked to. */
  readonly onEnded: (lastLines: string) => void;
}

const READY_WITHIN_MS = 90_000;

/** Resolves when the first request is answered. @throws with the last lines it printed when that does not happen */
export async function startFunctions(options: FunctionsOptions): Promise<FunctionsProcess> {
  const { root, stage, httpPort, lambdaPort } = options;
  const serverless = path.join(root, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const child = spawnDyingWithParent(
    process.execPath,
    [serverless, 'offline', 'start', '--stage', stage, '--httpPort', String(httpPort), '--lambdaPort', String(lambdaPort)],
    {
      cwd: root,
      // Bundles in a folder of its own: two stacks at once, or a packaging beside them, must not clean up each other's.
      env: { ECODE_ESBUILD_FOLDER: path.join('.tmp', `esbuild-${httpPort}`), ...process.env, ...QUIET, ...options.environment },
    },
  );
  const log = createWriteStream(options.logFile, { flags: 'a' });
  const last: string[] = [];
  const keep = (chunk: Buffer): void => {
    log.write(chunk);
    last.push(chunk.toString());
    if (last.length > 60) last.shift();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  let asked = false;
  let ended = false;
  child.once('exit', () => {
    ended = true;
    if (!asked) options.onEnded(last.join(''));
  });
  // What was printed last may be read after the exit; only then have its pipes been emptied.
  child.once('close', () => log.end());
  const stop = async (): Promise<void> => {
    asked = true;
    await stopChild(child);
  };
  const url = `http://127.0.0.1:${httpPort}`;
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await answers(url))) {
    if (ended || Date.now() > until) {
      await stop();
      throw new Error(`the functions did not start:\n${last.join('').slice(-4_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return {
    url,
    pid: child.pid ?? 0,
    stop,
    invoke: (name, event) => invoke(`http://127.0.0.1:${lambdaPort}`, `ecode-card-${stage}-${name}`, event),
  };
}

const QUIET = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_REGION: 'ap-southeast-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  SLS_TELEMETRY_DISABLED: '1',
  SLS_NOTIFICATIONS_MODE: 'off',
};

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(`${url}/`, { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    // Not up yet; the caller's loop has an end.
    return false;
  }
}

async function invoke(url: string, functionName: string, event: unknown): Promise<unknown> {
  const reply = await fetch(`${url}/2015-03-31/functions/${functionName}/invocations`, {
    method: 'POST',
    body: JSON.stringify(event),
    signal: AbortSignal.timeout(60_000),
  });
  if (!reply.ok) throw new Error(`${functionName}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}
