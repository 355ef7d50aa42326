import path from 'node:path';
import * as v from 'valibot';
import { createJsonFile, readJsonFile } from '../lib/json-file';

/** What machines and cards of the bench keep over power cuts and restarts, by name; one file of the data folder. */
export interface Kept {
  memory(name: string): { load(): unknown; save(memory: unknown): void };
  /** Resolves when all that was saved before is on disk. */
  written(): Promise<void>;
}

const schema = v.record(v.string(), v.unknown());

/** @throws ValiError, SyntaxError for a file that is not ours */
export function openKept(folder: string): Kept {
  const file = path.join(folder, 'machines.json');
  const found = readJsonFile(file);
  const kept = new Map<string, unknown>(Object.entries(found === undefined ? {} : v.parse(schema, found)));
  const written = createJsonFile(file, () => Object.fromEntries(kept));
  return {
    memory: (name) => ({
      load: () => kept.get(name),
      save(memory) {
        kept.set(name, memory);
        written.changed();
      },
    }),
    written: () => written.written(),
  };
}
