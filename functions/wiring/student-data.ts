import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { errorTable } from '../../shared/errors';
import { createPasswords } from '../domain/password';
import { systemClock } from '../lib/clock';
import { loadEnvironment, masterKeySetting, readConfig, tableSettings } from '../lib/config';
import { createFieldCipher, type FieldKeys } from '../lib/field-cipher';
import type { HandlerDeps } from '../lib/handler';
import { fieldKeysSetting, passwordPeppersSetting } from '../lib/key-ring-setting';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import type { readCaller } from '../operations/caller';
import type { DeleteMyDataDeps } from '../operations/delete-my-data';
import type { ExportMyDataDeps } from '../operations/export-my-data';
import { createCustomerInfos } from '../store/customer-infos';
import { createHolders } from '../store/holders';
import { createLockouts } from '../store/lockouts';
import { createMessageAgreements } from '../store/message-agreements';
import { createSmsCodes } from '../store/sms-codes';
import { createUnionpayChecks } from '../store/unionpay-checks';
import { createEraseDeps, type EraseParts } from './erase-deps';
import { createDatabase } from './money-in';
import { smsCodeKeyOf } from './sms-code-key';

export const studentDataHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object({ ...tableSettings, ...masterKeySetting, ...fieldKeysSetting, ...passwordPeppersSetting });

export interface StudentDataWiring {
  readonly deps: DeleteMyDataDeps & ExportMyDataDeps & Parameters<typeof readCaller>[0];
}

/** @throws AppError config.invalid */
export async function wireStudentData(): Promise<StudentDataWiring> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  return createStudentData({
    database: createDatabase(config),
    clock: systemClock,
    randomBytes,
    masterKey: config.ECODE_MASTER_KEY,
    fieldKeys: config.ECODE_FIELD_KEYS,
    peppers: config.ECODE_PASSWORD_PEPPERS,
  });
}

export interface StudentDataParts extends EraseParts {
  readonly fieldKeys: FieldKeys;
  readonly peppers: FieldKeys;
}

/** The holder's side of the same rows that the sweep erases. */
export function createStudentData(parts: StudentDataParts): StudentDataWiring {
  const { database, peppers } = parts;
  return {
    deps: {
      ...createEraseDeps(parts),
      holders: createHolders(database),
      lockouts: createLockouts(database),
      agreements: createMessageAgreements(database),
      smsCodes: createSmsCodes(database),
      customerInfos: createCustomerInfos(database),
      unionpayChecks: createUnionpayChecks(database),
      counter: studentDataHandlerDeps.counter,
      passwords: createPasswords({ peppers, randomBytes: parts.randomBytes }),
      fieldCipher: createFieldCipher(parts.fieldKeys, parts.randomBytes),
      smsCodeKey: smsCodeKeyOf(peppers),
    },
  };
}
