import { randomBytes as systemRandomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type SandboxCredentials, sandboxCredentials } from './credentials';
import { generateKeys, generateLaterKeys, type WorldKeys } from './keys';
import { createJsonFile, readJsonFile, replaceFile } from './lib/json-file';
import { listen } from './lib/server';
import type { WorldState } from './state';
import { createWorld } from './world';
import type { World } from './world-contract';

export interface SandboxOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Keys and memory are kept here; made when missing. */
  readonly dataFolder: string;
  /** Retry waits are divided by this; 1 is the vendors' real schedule. */
  readonly speed?: number;
}

export interface Sandbox {
  readonly world: World;
  readonly port: number;
  readonly baseUrl: string;
  readonly credentials: SandboxCredentials;
  /** Stops listening, lets deliveries under way end, and writes what is left. */
  stop(): Promise<void>;
}

/** The whole outside world on one port of this machine. A restart on the same folder continues where it stopped. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  mkdirSync(options.dataFolder, { recursive: true });
  const keys = await loadKeys(join(options.dataFolder, 'keys.json'));
  const statePath = join(options.dataFolder, 'world.json');
  const state = readState(statePath);
  let world: World | undefined;
  const file = createJsonFile(statePath, () => world?.state ?? state ?? null);
  const speed = options.speed ?? 1;
  const running = createWorld({ keys, speed, changed: file.changed, ...(state ? { state } : {}) });
  world = running;
  const server = await listen(options.port, async (request) => {
    const response = await running.answer(request);
    // What a platform has answered it also remembers: no answer leaves before its effect is on disk.
    await file.written();
    return response;
  }).catch(async (error: unknown) => {
    // Deliveries left from the last run have begun to wait; with the port taken, someone else may be sending them.
    await running.stop();
    throw error;
  });
  running.setBaseUrl(server.baseUrl);
  return {
    world: running,
    port: server.port,
    baseUrl: server.baseUrl,
    credentials: sandboxCredentials(running, server.baseUrl),
    async stop() {
      await server.close();
      await running.stop();
      file.changed();
      await file.written();
    },
  };
}

// Both files are the sandbox's own, written atomically: the version is checked, the rest is trusted.
const versioned = v.looseObject({ version: v.literal(1) });

async function loadKeys(path: string): Promise<WorldKeys> {
  const found = readJsonFile(path);
  if (found !== undefined) {
    const { keys } = v.parse(v.looseObject({ ...versioned.entries, keys: v.looseObject({}) }), found);
    // The shape is that of generateKeys of this version, but for stand-ins that came later.
    const kept = keys as unknown as WorldKeys;
    const later = generateLaterKeys(systemRandomBytes);
    if (Object.keys(later).every((name) => Object.hasOwn(keys, name))) return kept;
    const complete = { ...later, ...kept };
    await replaceFile(path, JSON.stringify({ version: 1, keys: complete }));
    return complete;
  }
  const keys = generateKeys(Date.now(), systemRandomBytes);
  await replaceFile(path, JSON.stringify({ version: 1, keys }));
  return keys;
}

function readState(path: string): WorldState | undefined {
  const found = readJsonFile(path);
  // As above: written by this version from a WorldState.
  return found === undefined ? undefined : (v.parse(versioned, found) as unknown as WorldState);
}
