import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, replaceFile } from '../lib/json-file';
import { newTerminalKey, readTerminalKey, type TerminalKey } from '../terminals/signed-request';

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
  /** The bench top's till of each school. */
  readonly terminalKeys: Readonly<Record<string, TerminalKey>>;
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
  const missing = schoolIds.filter((schoolId) => !(schoolId in kept.terminalKeysPem));
  const terminalKeysPem = { ...kept.terminalKeysPem };
  for (const schoolId of missing) terminalKeysPem[schoolId] = newTerminalKey().privateKeyPem;
  const pinKey = kept.pinKey ?? newKey();
  const staffPassword = kept.staffPassword ?? randomBytes(12).toString('base64url');
  if (found === undefined || missing.length > 0 || kept.pinKey === undefined || kept.staffPassword === undefined) {
    await replaceFile(file, JSON.stringify({ ...kept, pinKey, staffPassword, terminalKeysPem }));
  }
  const terminalKeys = Object.fromEntries(Object.entries(terminalKeysPem).map(([schoolId, pem]) => [schoolId, readTerminalKey(pem)]));
  return { masterKey: kept.masterKey, pepper: kept.pepper, fieldKey: kept.fieldKey, pinKey, staffPassword, terminalKeys };
}

function newSecrets(): v.InferOutput<typeof fileSchema> {
  return { masterKey: newKey(), pepper: newKey(), fieldKey: newKey(), pinKey: newKey(), terminalKeysPem: {} };
}

function newKey(): string {
  return randomBytes(32).toString('base64');
}
