import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, replaceFile } from '../lib/json-file';
import { newTerminalKey, readTerminalKey, type TerminalKey } from '../terminals/signed-request';
import { BENCH_MACHINES, BENCH_TERMINAL } from './bench-machines';

/** What this machine's deployment keeps secret; made at the first start, kept in its data folder, never in the tree. */
export interface LocalSecrets {
  /** 32 bytes, base64. */
  readonly masterKey: string;
  readonly pepper: string;
  readonly fieldKey: string;
  /** X25519 private key that kiosks seal card passwords to. */
  readonly pinKey: string;
  /** Of every member of staff that is made up for a school; shown on the bench top and nowhere else. */
  readonly staffPassword: string;
  /** Of the bench top's machines, by school and number: "sjtu/7". */
  readonly terminalKeys: Readonly<Record<string, TerminalKey>>;
}

/** @throws for a machine that is not on the bench */
export function terminalKeyOf({ terminalKeys }: Pick<LocalSecrets, 'terminalKeys'>, schoolId: string, terminal: number): TerminalKey {
  const key = terminalKeys[keyName(schoolId, terminal)];
  if (key === undefined) throw new Error(`no machine ${terminal} at ${schoolId}`);
  return key;
}

function keyName(schoolId: string, terminal: number): string {
  return `${schoolId}/${terminal}`;
}

const key32 = v.pipe(v.string(), v.base64(), v.length(44));
const fileSchema = v.object({
  masterKey: key32,
  pepper: key32,
  fieldKey: key32,
  /** A data folder of before has none. */
  pinKey: v.optional(key32),
  staffPassword: v.optional(v.pipe(v.string(), v.minLength(12))),
  terminalKeysPem: v.record(v.string(), v.string()),
});

export async function loadSecrets(dataFolder: string, schoolIds: readonly string[]): Promise<LocalSecrets> {
  const file = path.join(dataFolder, 'secrets.json');
  mkdirSync(dataFolder, { recursive: true });
  const found = readJsonFile(file);
  const kept = found === undefined ? newSecrets() : v.parse(fileSchema, found);
  const terminalKeysPem = renamed(kept.terminalKeysPem);
  const names = schoolIds.flatMap((schoolId) => BENCH_MACHINES.map(({ terminal }) => keyName(schoolId, terminal)));
  const missing = names.filter((name) => !(name in terminalKeysPem));
  for (const name of missing) terminalKeysPem[name] = newTerminalKey().privateKeyPem;
  const pinKey = kept.pinKey ?? newKey();
  const staffPassword = kept.staffPassword ?? randomBytes(12).toString('base64url');
  if (found === undefined || missing.length > 0 || kept.pinKey === undefined || kept.staffPassword === undefined) {
    await replaceFile(file, JSON.stringify({ ...kept, pinKey, staffPassword, terminalKeysPem }));
  }
  const terminalKeys = Object.fromEntries(Object.entries(terminalKeysPem).map(([name, pem]) => [name, readTerminalKey(pem)]));
  return { masterKey: kept.masterKey, pepper: kept.pepper, fieldKey: kept.fieldKey, pinKey, staffPassword, terminalKeys };
}

/** A data folder of before names the one till of a school by the school alone. */
function renamed(terminalKeysPem: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(terminalKeysPem).map(([name, pem]) => [name.includes('/') ? name : keyName(name, BENCH_TERMINAL), pem]);
  return Object.fromEntries(pairs);
}

function newSecrets(): v.InferOutput<typeof fileSchema> {
  return { masterKey: newKey(), pepper: newKey(), fieldKey: newKey(), pinKey: newKey(), terminalKeysPem: {} };
}

function newKey(): string {
  return randomBytes(32).toString('base64');
}
