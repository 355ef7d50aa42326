import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { createBackOff } from '../../functions/lib/back-off';
import { createFieldCipher, type FieldKeys } from '../../functions/lib/field-cipher';
import { type ImportReport, importRoster } from '../../functions/operations/import-roster';
import { type LoadedPack, loadPacks } from '../../functions/operations/load-packs';
import { createAccountNumbers } from '../../functions/store/account-numbers';
import { createCards } from '../../functions/store/cards';
import { createHolders } from '../../functions/store/holders';
import { createPassbook } from '../../functions/store/passbook';
import { createRosterMarks } from '../../functions/store/roster-marks';
import { createSchools } from '../../functions/store/schools';
import type { Database } from '../../functions/store/table';
import { type RulePack, rulePackSchema } from '../../shared/rule-pack';
import { rosterFile } from './csv';

export interface SchoolsInput {
  readonly database: Database;
  /** `packs/` of the repository. */
  readonly packsFolder: string;
  /** The same keys as the functions' ECODE_FIELD_KEYS. */
  readonly fieldKeys: FieldKeys;
  /** Made-up cardholders per school. */
  readonly cardholders: number;
}

export interface LoadedSchool {
  readonly pack: RulePack;
  readonly loaded: LoadedPack;
  readonly roster: ImportReport;
}

export function readPacks(folder: string): readonly RulePack[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => v.parse(rulePackSchema, JSON.parse(readFileSync(path.join(folder, name), 'utf8'))));
}

/**
 * What a card office does once: publishes the packs and imports each school's list, by the product's own operations.
 * The second time it changes nothing and costs a few reads.
 */
export async function loadSchools({ database, packsFolder, fieldKeys, cardholders }: SchoolsInput): Promise<readonly LoadedSchool[]> {
  const packs = readPacks(packsFolder);
  const loaded = await loadPacks({ schools: createSchools(database) }, packs);
  const backOff = createBackOff((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)), Math.random);
  const deps = {
    passbook: createPassbook(database),
    holders: createHolders(database),
    cards: createCards(database),
    accountNumbers: createAccountNumbers(database, backOff),
    rosterMarks: createRosterMarks(database),
    cipher: createFieldCipher(fieldKeys, randomBytes),
    clock: Date.now,
    backOff,
  };
  const schools: LoadedSchool[] = [];
  for (const [index, pack] of packs.entries()) {
    const result = loaded[index];
    if (result === undefined) continue;
    const roster = await importRoster(deps, pack, rosterFile(pack.schoolId, cardholders));
    schools.push({ pack, loaded: result, roster });
  }
  return schools;
}
