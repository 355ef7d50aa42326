import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { terminalTexts } from '../../shared/errors';
import { createPasswords } from '../domain/password';
import { systemClock } from '../lib/clock';
import { loadEnvironment, masterKeySetting, readConfig, tableSettings } from '../lib/config';
import { createFieldCipher, type FieldKeys } from '../lib/field-cipher';
import type { HandlerDeps } from '../lib/handler';
import type { HttpRequest } from '../lib/http';
import { fieldKeysSetting, passwordPeppersSetting, pinKeysSetting } from '../lib/key-ring-setting';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { createPinOpener, type PinKeys } from '../lib/pin-seal';
import type { SaleAnswer } from '../operations/authorize-payment';
import { chargeWithPin } from '../operations/charge-with-pin';
import { createHolders } from '../store/holders';
import { createDatabase } from './money-in';
import { createSalePartsOn, type SaleParts } from './sale-parts';

export const pinChargesHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: terminalTexts };

const settings = v.object({ ...tableSettings, ...masterKeySetting, ...fieldKeysSetting, ...passwordPeppersSetting, ...pinKeysSetting });

/** Apart from the payment function, because it reads holders and opens passwords, and that function may do neither. */
export async function wirePinCharges(): Promise<(request: HttpRequest) => Promise<SaleAnswer>> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  return createPinCharges(createSalePartsOn(createDatabase(config), config.ECODE_MASTER_KEY), {
    fieldKeys: config.ECODE_FIELD_KEYS,
    peppers: config.ECODE_PASSWORD_PEPPERS,
    pinKeys: config.ECODE_PIN_KEYS,
  });
}

interface PinChargeKeys {
  readonly fieldKeys: FieldKeys;
  readonly peppers: FieldKeys;
  readonly pinKeys: PinKeys;
}

function createPinCharges({ database, deps, readSale }: SaleParts, { fieldKeys, peppers, pinKeys }: PinChargeKeys) {
  const pinDeps = {
    ...deps,
    holders: createHolders(database),
    passwords: createPasswords({ peppers, randomBytes }),
    fieldCipher: createFieldCipher(fieldKeys, randomBytes),
    pinOpener: createPinOpener(pinKeys),
  };
  const { counter } = pinChargesHandlerDeps;
  return async (request: HttpRequest): Promise<SaleAnswer> => {
    const answer = await chargeWithPin(pinDeps, await readSale('charge', request));
    if (answer.outcome === 'not-charged') {
      if (answer.code === 'code.invalid') counter.count('WrongCodeMac');
      if (answer.code === 'payment.pin-wrong') counter.count('WrongPassword');
      if (answer.code === 'payment.pin-locked') counter.count('AccountLocked');
    }
    return answer;
  };
}
