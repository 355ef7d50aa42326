import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { TerminalPurpose } from '../../shared/api/terminal';
import { AppError } from '../../shared/errors';
import { createNumberToken } from '../domain/number-token';
import { createPasswords, type PasswordParts } from '../domain/password';
import type { Clock } from '../lib/clock';
import { masterKeySetting, tableSettings } from '../lib/config';
import { createFieldCipher, type FieldKeys } from '../lib/field-cipher';
import { type HttpRequest, hasExponent } from '../lib/http';
import { fieldKeysSetting, passwordPeppersSetting, pinKeysSetting } from '../lib/key-ring-setting';
import type { Counter } from '../lib/metrics';
import { createPinOpener, type PinKeys } from '../lib/pin-seal';
import type { MachineRequest } from '../operations/machine';
import { verifySigned } from '../operations/verify-terminal';
import { createChipWrites } from '../store/chip-writes';
import { createClaims } from '../store/claims';
import { createHolders } from '../store/holders';
import { createLockouts } from '../store/lockouts';
import type { Database } from '../store/table';
import { createOwnCard, createVerifyDeps } from './look-ups';
import { createConfirmDeps } from './money-in';
import { createKeyring } from './sale-parts';

/** Settings of every function that serves a card on a machine. */
export const machineSettings = {
  ...tableSettings,
  ...masterKeySetting,
  ...fieldKeysSetting,
  ...passwordPeppersSetting,
  ...pinKeysSetting,
};

export interface ServiceParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly counter: Counter;
  readonly masterKey: Uint8Array;
  readonly fieldKeys: FieldKeys;
  readonly peppers: FieldKeys;
  readonly pinKeys: PinKeys;
  /** Of a test that asks for no real scrypt. */
  readonly deriveKey?: NonNullable<PasswordParts['deriveKey']>;
}

/** What a configuration of these settings says of the machines. */
export function partsOf(
  config: v.InferOutput<typeof machineObject>,
): Pick<ServiceParts, 'masterKey' | 'fieldKeys' | 'peppers' | 'pinKeys'> {
  return {
    masterKey: config.ECODE_MASTER_KEY,
    fieldKeys: config.ECODE_FIELD_KEYS,
    peppers: config.ECODE_PASSWORD_PEPPERS,
    pinKeys: config.ECODE_PIN_KEYS,
  };
}
const machineObject = v.object(machineSettings);

/** What the functions of kiosks and cash machines have in common: stores, passwords, and the reading of a signed request. */
export function createMachineParts(parts: ServiceParts) {
  const { database, clock, counter, masterKey, fieldKeys, peppers, pinKeys } = parts;
  const common = { ...createConfirmDeps(database), clock };
  const verifyDeps = createVerifyDeps(database, clock);
  const keysOf = createKeyring(masterKey);
  const deps = {
    ...common,
    ownCard: createOwnCard(database, clock),
    claims: createClaims(database),
    chipWrites: createChipWrites(database),
    holders: createHolders(database, createNumberToken(masterKey)),
    lockouts: createLockouts(database),
    passwords: createPasswords({ peppers, randomBytes, ...(parts.deriveKey === undefined ? {} : { deriveKey: parts.deriveKey }) }),
    fieldCipher: createFieldCipher(fieldKeys, randomBytes),
    pinOpener: createPinOpener(pinKeys),
    counter,
    transact: database.transact,
  };
  const read = async <const S extends v.GenericSchema<unknown, { readonly schoolId: string; readonly terminal: number }>>(
    { headers, rawBody }: HttpRequest,
    purpose: TerminalPurpose,
    schema: S,
  ): Promise<MachineRequest<v.InferOutput<S>> & { readonly takesCash: boolean }> => {
    const { body, bodyHash, terminal } = await verifySigned(verifyDeps, { purpose, headers, rawBody }, schema);
    // An amount is written out.
    if (hasExponent(rawBody)) throw new AppError('request.malformed');
    return {
      body,
      bodyHash,
      pack: await common.packOf(body.schoolId),
      keys: keysOf(body.schoolId),
      takesCash: terminal.takesCash === true,
      terminalKind: terminal.kind,
    };
  };
  return { deps, read };
}
