import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createFieldCipher } from '../lib/field-cipher';
import { fieldKeysSetting } from '../lib/key-ring-setting';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { createBankOrderSource } from '../operations/bank-order-source';
import { type DrawDeps, drawHold, type HoldName } from '../operations/draw-hold';
import type { OrderSource } from '../operations/query-order';
import { createBankCards } from '../store/bank-cards';
import { bankSetting, createBanks } from './banks';
import { createConfirmDeps, createDatabase } from './money-in';
import { createQueryQueue, queueSettings } from './query-queue';

export const drawReport = { log: createLog(), counter: createCounter() };

const settings = v.object({ ...tableSettings, ...fieldKeysSetting, ...bankSetting, ...queueSettings });

/** The one that asks the bank while a till waits. It knows of no payment platform. */
export async function wireDrawHolds(): Promise<(hold: HoldName) => ReturnType<typeof drawHold>> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const database = createDatabase(config);
  const banks = createBanks(config);
  const queue = createQueryQueue(config);
  const deps: DrawDeps = {
    ...createConfirmDeps(database),
    banks,
    bankCards: createBankCards(database),
    fieldCipher: createFieldCipher(config.ECODE_FIELD_KEYS, randomBytes),
    platforms: { 'bank-card': createBankOrderSource(banks), 'wechat-pay': never, alipay: never },
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    ...(queue === undefined ? {} : { queue }),
  };
  return (hold) => drawHold(deps, hold);
}

const refused = () => Promise.reject(new Error('a draw is an order of the bank'));
const never: OrderSource = { queryOrder: refused, closeOrder: refused };
