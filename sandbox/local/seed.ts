import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { createNumberToken } from '../../functions/domain/number-token';
import { createBackOff } from '../../functions/lib/back-off';
import { createFieldCipher } from '../../functions/lib/field-cipher';
import { importRoster } from '../../functions/operations/import-roster';
import { loadPacks } from '../../functions/operations/load-packs';
import { createAccountNumbers } from '../../functions/store/account-numbers';
import { createCards } from '../../functions/store/cards';
import { createDynamoDatabase } from '../../functions/store/dynamo-database';
import { createHolders } from '../../functions/store/holders';
import { createMerchants } from '../../functions/store/merchants';
import { createPassbook } from '../../functions/store/passbook';
import { createPurses } from '../../functions/store/purses';
import { createRosterMarks } from '../../functions/store/roster-marks';
import { createSchools } from '../../functions/store/schools';
import { createTerminals, type Terminals } from '../../functions/store/terminals';
import { type RulePack, rulePackSchema } from '../../shared/rule-pack';
import { rosterFile } from '../roster/csv';
import { BENCH_MACHINES, BENCH_MERCHANT } from './bench-machines';
import { type LocalSecrets, terminalKeyOf } from './secrets';
import { seedStaff } from './seed-staff';
import { localClient, type TableNames } from './tables';

/** Names the one field key of a local deployment. */
export const FIELD_KEY_ID = 'local1';

export function readPacks(root: string): RulePack[] {
  const folder = path.join(root, 'packs');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => v.parse(rulePackSchema, JSON.parse(readFileSync(path.join(folder, name), 'utf8'))));
}

export interface SeedOptions {
  readonly endpoint: string;
  readonly tables: TableNames;
  readonly packs: readonly RulePack[];
  readonly secrets: LocalSecrets;
  readonly cardholdersPerSchool: number;
}

/** Packs, cardholders, merchants, machines and staff. What is there already stays as it is, so that every start may call it. */
export async function seed({ endpoint, tables, packs, secrets, cardholdersPerSchool }: SeedOptions): Promise<{ opened: number }> {
  const client = localClient(endpoint);
  try {
    const database = createDynamoDatabase(DynamoDBDocumentClient.from(client), tables);
    const backOff = createBackOff((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)), Math.random);
    const loaded = await loadPacks({ schools: createSchools(database) }, packs);
    const faulty = loaded.filter(({ result }) => result === 'faulty' || result === 'differs');
    if (faulty.length > 0) throw new Error(`packs that were not loaded: ${JSON.stringify(faulty)}`);
    const deps = {
      passbook: createPassbook(database),
      holders: createHolders(database, createNumberToken(Buffer.from(secrets.masterKey, 'base64'))),
      cards: createCards(database),
      purses: createPurses(database),
      accountNumbers: createAccountNumbers(database, backOff),
      rosterMarks: createRosterMarks(database),
      cipher: createFieldCipher({ current: FIELD_KEY_ID, keys: { [FIELD_KEY_ID]: Buffer.from(secrets.fieldKey, 'base64') } }, randomBytes),
      clock: Date.now,
      backOff,
    };
    const merchants = createMerchants(database);
    const terminals = createTerminals(database);
    let opened = 0;
    for (const pack of packs) {
      const { schoolId } = pack;
      await merchants.save({
        schoolId,
        merchant: BENCH_MERCHANT,
        name: { zh: '一食堂', en: 'Canteen 1' },
        legalName: '第一食堂（示例商户）',
        feeBasisPoints: 60,
        account: { bankName: '示例银行', accountName: '第一食堂（示例商户）', accountNo: '9900000000000001' },
      });
      await seedTerminals(terminals, secrets, schoolId);
      const report = await importRoster(deps, pack, rosterFile(schoolId, cardholdersPerSchool));
      if (report.errors.length > 0)
        throw new Error(`the made-up roster of ${schoolId} has faults: ${JSON.stringify(report.errors.slice(0, 3))}`);
      opened += report.opened;
    }
    const schoolIds = packs.map(({ schoolId }) => schoolId);
    await seedStaff(database, secrets, { schoolIds, merchant: BENCH_MERCHANT });
    return { opened };
  } finally {
    client.destroy();
  }
}

/** One that is enrolled with the key of these secrets keeps what became of it since: it may have been revoked. */
async function seedTerminals(terminals: Terminals, secrets: LocalSecrets, schoolId: string): Promise<void> {
  for (const { terminal, kind, merchant, name, takesCash, gate } of BENCH_MACHINES) {
    const { publicKey } = terminalKeyOf(secrets, schoolId, terminal);
    const known = await terminals.find(schoolId, terminal);
    if (known?.publicKey === publicKey) continue;
    const machine = { schoolId, terminal, publicKey, merchant, name: name.zh, status: 'active', kind } as const;
    await terminals.save({ ...machine, ...(takesCash === undefined ? {} : { takesCash }), ...(gate === undefined ? {} : { gate }) });
  }
}
