import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { TerminalPurpose } from '../../shared/api/terminal';
import { type CardsReply, cardsBody } from '../../shared/api/terminal-cards';
import { type CashReply, type ChipReply, cashBody, chipBody, claimBody, type machineReply } from '../../shared/api/terminal-services';
import { AppError, errorTable } from '../../shared/errors';
import { createPasswords, type PasswordParts } from '../domain/password';
import { cached } from '../lib/cache';
import { type Clock, systemClock } from '../lib/clock';
import { loadEnvironment, masterKeySetting, readConfig, tableSettings } from '../lib/config';
import { createFieldCipher, type FieldKeys } from '../lib/field-cipher';
import type { HandlerDeps } from '../lib/handler';
import { type HttpRequest, hasExponent } from '../lib/http';
import { fieldKeysSetting, passwordPeppersSetting, pinKeysSetting } from '../lib/key-ring-setting';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { createPinOpener, type PinKeys } from '../lib/pin-seal';
import { type CardOnTerminalDeps, cardOnTerminal } from '../operations/card-on-terminal';
import { claimAtMachine, type MachineClaimDeps } from '../operations/claim-at-machine';
import type { MachineRequest } from '../operations/machine';
import { type TakeCashDeps, takeCash } from '../operations/take-cash';
import { verifySigned } from '../operations/verify-terminal';
import { writeChip } from '../operations/write-chip';
import { createAdjustments } from '../store/adjustments';
import { createCards } from '../store/cards';
import { createChipWrites } from '../store/chip-writes';
import { createClaims } from '../store/claims';
import { createHolders } from '../store/holders';
import { createHouseActs } from '../store/house-acts';
import { createLockouts } from '../store/lockouts';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';
import { createConfirmDeps, createDatabase } from './money-in';
import { createKeyring } from './sale-parts';

export const servicesHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object({ ...tableSettings, ...masterKeySetting, ...fieldKeysSetting, ...passwordPeppersSetting, ...pinKeysSetting });
/** A revoked terminal is refused within this time. */
const BRIEF_MS = 10_000;
const MOST = 5_000;

export interface TerminalServices {
  readonly claim: (request: HttpRequest) => Promise<v.InferOutput<typeof machineReply>>;
  readonly chip: (request: HttpRequest) => Promise<ChipReply>;
  readonly cash: (request: HttpRequest) => Promise<CashReply>;
  readonly card: (request: HttpRequest) => Promise<CardsReply>;
}

export interface ServiceParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly masterKey: Uint8Array;
  readonly fieldKeys: FieldKeys;
  readonly peppers: FieldKeys;
  readonly pinKeys: PinKeys;
  /** Of a test that asks for no real scrypt. */
  readonly deriveKey?: NonNullable<PasswordParts['deriveKey']>;
}

/** @throws AppError config.invalid */
export async function wireTerminalServices(): Promise<TerminalServices> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const services = createTerminalServices({
    database: createDatabase(config),
    clock: systemClock,
    masterKey: config.ECODE_MASTER_KEY,
    fieldKeys: config.ECODE_FIELD_KEYS,
    peppers: config.ECODE_PASSWORD_PEPPERS,
    pinKeys: config.ECODE_PIN_KEYS,
  });
  return services;
}

export function createTerminalServices(parts: ServiceParts): TerminalServices {
  const { database, clock, masterKey, fieldKeys, peppers, pinKeys } = parts;
  const common = { ...createConfirmDeps(database), clock };
  const terminals = createTerminals(database);
  const cards = createCards(database);
  const keysOf = createKeyring(masterKey);
  const named = (key: string): readonly [string, string] => [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)];
  const terminalOf = cached(
    (key: string) => {
      const [schoolId, terminal] = named(key);
      return terminals.find(schoolId, Number(terminal));
    },
    { maxAgeMs: BRIEF_MS, maxEntries: MOST, clock },
  );
  // A school's card number names its account for ever.
  const cardOf = cached((key: string) => cards.find(...named(key)), { maxAgeMs: Number.MAX_SAFE_INTEGER, maxEntries: MOST, clock });
  const deps: MachineClaimDeps & TakeCashDeps & CardOnTerminalDeps = {
    ...common,
    ownCard: (schoolId, card) => cardOf(`${schoolId}/${card}`),
    claims: createClaims(database),
    chipWrites: createChipWrites(database),
    holders: createHolders(database),
    lockouts: createLockouts(database),
    passwords: createPasswords({ peppers, randomBytes, ...(parts.deriveKey === undefined ? {} : { deriveKey: parts.deriveKey }) }),
    fieldCipher: createFieldCipher(fieldKeys, randomBytes),
    pinOpener: createPinOpener(pinKeys),
    counter: servicesHandlerDeps.counter,
    houseActs: createHouseActs(database),
    adjustments: createAdjustments(database),
  };
  const read = async <const S extends v.GenericSchema<unknown, { readonly schoolId: string; readonly terminal: number }>>(
    { headers, rawBody }: HttpRequest,
    purpose: TerminalPurpose,
    schema: S,
  ): Promise<MachineRequest<v.InferOutput<S>> & { readonly takesCash: boolean }> => {
    const findTerminal = (schoolId: string, terminal: number) => terminalOf(`${schoolId}/${terminal}`);
    const { body, bodyHash, terminal } = await verifySigned({ clock, findTerminal }, { purpose, headers, rawBody }, schema);
    // An amount is written out.
    if (hasExponent(rawBody)) throw new AppError('request.malformed');
    return {
      body,
      bodyHash,
      pack: await common.packOf(body.schoolId),
      keys: keysOf(body.schoolId),
      takesCash: terminal.takesCash === true,
    };
  };
  return {
    claim: async (request) => claimAtMachine(deps, await read(request, 'claim', claimBody)),
    chip: async (request) => writeChip(deps, await read(request, 'chip', chipBody)),
    cash: async (request) => takeCash(deps, await read(request, 'cash', cashBody)),
    card: async (request) => cardOnTerminal(deps, await read(request, 'card', cardsBody)),
  };
}
