import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { jsonSetting, loadEnvironment, masterKeySetting, publicBaseUrlSetting, readConfig, tableSettings } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import { fieldKeysSetting, passwordPeppersSetting } from '../lib/key-ring-setting';
import { createLog } from '../lib/logger';
import { type Counter, createCounter } from '../lib/metrics';
import type { AutoTopUpDeps } from '../operations/auto-top-up';
import type { readCaller } from '../operations/caller';
import type { ConfirmDeps } from '../operations/confirm-order';
import type { DisputeDeps } from '../operations/dispute-sale';
import type { UtilityDeps } from '../operations/pay-utility';
import type { StudentRefundDeps } from '../operations/read-refunds';
import type { WalletDeps } from '../operations/wallet-deps';
import { createSessions } from '../store/sessions';
import type { Database } from '../store/table';
import { createAutoTopUpDeps } from './auto-top-up';
import { type ClaimsDeps, createClaimsDeps } from './claims';
import { createStudentDisputeDeps } from './disputes';
import { createGiftDeps, type GiftRoutesDeps } from './gifts';
import { createConfirmDeps, createDatabase } from './money-in';
import { createOthersDeps, type OthersDeps } from './others';
import { createStudentRefundDeps } from './refunds';
import { topUpSettings } from './top-ups';
import { createUtilityDeps } from './utilities';
import { createWalletDeps } from './wallet';

export const studentMoneyHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock };

export const studentMoneySettings = v.object({
  ...tableSettings,
  ...masterKeySetting,
  ...publicBaseUrlSetting,
  ...fieldKeysSetting,
  ...passwordPeppersSetting,
  ...topUpSettings,
  /** Settings of the adapters in functions/platforms, one JSON object each. */
  ECODE_UTILITY: jsonSetting,
  ECODE_SMS: jsonSetting,
});
export type StudentMoneyConfig = v.InferOutput<typeof studentMoneySettings>;

/** What each kind of money is built from: `functions/wiring/<kind>.ts` makes its routes' operations of these. */
export interface MoneyParts {
  readonly database: Database;
  readonly config: StudentMoneyConfig;
  readonly clock: typeof systemClock;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly counter: Counter;
  /** Passbook, orders, pack, clock and back-off of every operation. */
  readonly common: ConfirmDeps;
}

export interface StudentMoneyWiring {
  readonly callers: Parameters<typeof readCaller>[0];
  readonly autoTopUp: AutoTopUpDeps;
  readonly gifts: GiftRoutesDeps;
  readonly others: OthersDeps;
  readonly claims: ClaimsDeps;
  readonly utilities: UtilityDeps;
  readonly wallet: WalletDeps;
  readonly refunds: StudentRefundDeps;
  readonly disputes: DisputeDeps;
}

/** @throws AppError config.invalid */
export async function wireStudentMoney(): Promise<StudentMoneyWiring> {
  const config = readConfig(studentMoneySettings, await loadEnvironment(process.env, fetch));
  const database = createDatabase(config);
  const parts: MoneyParts = {
    database,
    config,
    clock: systemClock,
    randomBytes,
    counter: studentMoneyHandlerDeps.counter,
    common: createConfirmDeps(database),
  };
  return {
    callers: { sessions: createSessions(database), clock: systemClock },
    autoTopUp: createAutoTopUpDeps(parts),
    gifts: createGiftDeps(parts),
    others: createOthersDeps(parts),
    claims: createClaimsDeps(parts),
    utilities: createUtilityDeps(parts),
    wallet: createWalletDeps(parts),
    refunds: createStudentRefundDeps(parts),
    disputes: createStudentDisputeDeps(parts),
  };
}
