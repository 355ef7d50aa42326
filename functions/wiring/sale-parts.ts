import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import type { TerminalPurpose } from '../../shared/api/terminal';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { SeenHandles } from '../domain/handles';
import { deriveSchoolKeys, type SchoolKeys } from '../domain/school-keys';
import { createBackOff } from '../lib/back-off';
import { cached } from '../lib/cache';
import { systemClock } from '../lib/clock';
import { loadEnvironment, masterKeySetting, readConfig, tableSettings } from '../lib/config';
import type { HttpRequest } from '../lib/http';
import type { SaleDeps, SaleRequest } from '../operations/authorize-payment';
import { verifyTerminal } from '../operations/verify-terminal';
import { createDynamoDatabase } from '../store/dynamo-database';
import { createPassbook } from '../store/passbook';
import { createSchools } from '../store/schools';
import type { Database } from '../store/table';
import { BRIEF_MS, createOwnCard, createVerifyDeps, LOOK_UP_ENTRIES, partsOfKey } from './look-ups';

const FOR_EVER_MS = Number.MAX_SAFE_INTEGER;
/** More than the accounts of a large school; about 5 MiB when full (bench/results/code-verify.json). */
export const SEEN_HANDLES = 50_000;

const settings = v.object({ ...tableSettings, ...masterKeySetting });

/** What the two functions of the terminals have in common. Nothing here knows of a payment platform. */
export interface SaleParts {
  readonly database: Database;
  readonly deps: SaleDeps;
  /** The verified sale in a request. Throws what `verifyTerminal` throws. */
  readonly readSale: (purpose: TerminalPurpose, request: HttpRequest) => Promise<SaleRequest>;
}

export async function createSaleParts(): Promise<SaleParts> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const endpoint = config.DYNAMODB_ENDPOINT;
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(endpoint === undefined ? {} : { endpoint }));
  const database = createDynamoDatabase(client, { passbook: config.PASSBOOK_TABLE, records: config.RECORDS_TABLE });
  return createSalePartsOn(database, config.ECODE_MASTER_KEY);
}

export function createSalePartsOn(database: Database, masterKey: Uint8Array): SaleParts {
  const clock = systemClock;
  const verifyDeps = createVerifyDeps(database, clock);
  const packOf = createPackCache(database);
  const keysOf = createKeyring(masterKey);

  return {
    database,
    deps: {
      passbook: createPassbook(database),
      clock,
      backOff: createBackOff((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)), Math.random),
      ownCard: createOwnCard(database, clock),
    },
    async readSale(purpose, { headers, rawBody }) {
      const verified = await verifyTerminal(verifyDeps, { purpose, headers, rawBody });
      const { schoolId } = verified.body;
      const pack = await packOf(schoolId);
      if (pack === undefined) throw new AppError('school.unknown');
      const { body, bodyHash, attempt } = verified;
      const { merchant, maxSaleFen } = verified.terminal;
      const limit = maxSaleFen === undefined ? {} : { maxSaleFen };
      return { body, bodyHash, attempt, merchant, ...limit, pack, keys: keysOf(schoolId) };
    },
  };
}

/** Packs by school: the version in force is asked every ten seconds, a version itself only once. */
export function createPackCache(database: Database): (schoolId: string) => Promise<RulePack | undefined> {
  const schools = createSchools(database);
  const versionOf = cached((schoolId: string) => schools.version(schoolId), {
    maxAgeMs: BRIEF_MS,
    maxEntries: LOOK_UP_ENTRIES,
    clock: systemClock,
  });
  const packAt = cached(
    (key: string) => {
      const [schoolId, version] = partsOfKey(key);
      return schools.pack(schoolId, Number(version));
    },
    { maxAgeMs: FOR_EVER_MS, maxEntries: 500, clock: systemClock },
  );
  return async (schoolId) => {
    const version = await versionOf(schoolId);
    return version === undefined ? undefined : packAt(`${schoolId}/${version}`);
  };
}

/** Keys by school; deriving them costs three HKDFs, so each school's are kept. */
export function createKeyring(masterKey: Uint8Array): (schoolId: string) => SchoolKeys {
  const kept = new Map<string, SchoolKeys>();
  const seen = new SeenHandles(SEEN_HANDLES);
  return (schoolId) => {
    const known = kept.get(schoolId);
    if (known !== undefined) return known;
    const keys = deriveSchoolKeys(masterKey, schoolId, seen);
    kept.set(schoolId, keys);
    return keys;
  };
}
