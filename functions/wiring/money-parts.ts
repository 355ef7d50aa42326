import * as v from 'valibot';
import type { systemClock } from '../lib/clock';
import { jsonSetting, masterKeySetting, publicBaseUrlSetting, tableSettings } from '../lib/config';
import { fieldKeysSetting, passwordPeppersSetting } from '../lib/key-ring-setting';
import type { Counter } from '../lib/metrics';
import type { ConfirmDeps } from '../operations/confirm-order';
import type { Database } from '../store/table';
import { messagesSetting } from './messages-setting';
import { topUpSettings } from './top-ups';

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
  ...messagesSetting,
});
type StudentMoneyConfig = v.InferOutput<typeof studentMoneySettings>;

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
