import * as v from 'valibot';
import type { TextStorage } from '../platform/contract';

/**
 * What the phone keeps is data from outside: another version of this app may have written it, or a person edited it.
 * Read through its schema; what does not fit is as if it were not there.
 */
export function readStored<Schema extends v.GenericSchema>(
  storage: TextStorage,
  key: string,
  schema: Schema,
): v.InferOutput<Schema> | undefined {
  try {
    const text = storage.read(key);
    if (text === undefined) return undefined;
    const parsed = v.safeParse(schema, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

export function writeStored(storage: TextStorage, key: string, value: unknown): void {
  try {
    if (value === undefined || value === null) storage.remove(key);
    else storage.write(key, JSON.stringify(value));
  } catch {
    // A full or blocked storage costs the offline copy, never the screen.
  }
}
