import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One JSON file that is always whole: written beside, synced, then renamed over. Several changes within a tick are one write. */
export interface JsonFile {
  /** Marks the value as changed; it is written in the next turn. */
  changed(): void;
  /** Resolves when everything changed before this call is on disk. */
  written(): Promise<void>;
}

/** The file's value, or undefined when there is no file. A file that is not JSON is an error: nothing is silently begun anew. */
export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    // Structural, because an error of another realm (jest's) is not instanceof this one's Error.
    if (typeof error === 'object' && error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return JSON.parse(text);
}

export function createJsonFile(path: string, value: () => unknown): JsonFile {
  mkdirSync(dirname(path), { recursive: true });
  let dirty = false;
  let writing: Promise<void> | undefined;

  async function writeWhileDirty(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (dirty) {
        dirty = false;
        await replaceFile(path, JSON.stringify(value()));
      }
    } finally {
      writing = undefined;
    }
  }

  return {
    changed() {
      dirty = true;
      writing ??= writeWhileDirty();
      // Whoever awaits `written` hears of a full disk; nobody awaiting must not end the sandbox.
      writing.catch(() => undefined);
    },
    written: () => writing ?? Promise.resolve(),
  };
}

/** Mode 600: the same routine keeps private keys. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomUUID()}.part`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}
