import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { jsonSetting } from '../lib/config';
import type { Banks } from '../operations/bank-order-source';
import { createBankGateways } from '../platforms/bank/bank-gateway';

/** The schools' banks. A deployment whose schools have none need not name it. */
export const bankSetting = { ECODE_BANK: v.optional(jsonSetting, '{"schools":{}}') };

/** @throws AppError config.invalid */
export function createBanks(config: { readonly ECODE_BANK?: unknown }): Banks {
  return createBankGateways(config.ECODE_BANK ?? { schools: {} }, { fetch, now: systemClock, randomBytes });
}
