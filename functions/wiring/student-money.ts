import { randomBytes } from 'node:crypto';
import { errorTable } from '../../shared/errors';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import type { AutoTopUpDeps } from '../operations/auto-top-up';
import type { readCaller } from '../operations/caller';
import type { DisputeDeps } from '../operations/dispute-sale';
import type { UtilityDeps } from '../operations/pay-utility';
import type { PhoneMessagesDeps } from '../operations/read-messages';
import type { NoticesDeps } from '../operations/read-notices';
import type { StudentRefundDeps } from '../operations/read-refunds';
import type { WalletDeps } from '../operations/wallet-deps';
import { createSessions } from '../store/sessions';
import { createAutoTopUpDeps } from './auto-top-up';
import { type ClaimsDeps, createClaimsDeps } from './claims';
import { createStudentDisputeDeps } from './disputes';
import { createGiftDeps, type GiftRoutesDeps } from './gifts';
import { createConfirmDeps, createDatabase } from './money-in';
import { type MoneyParts, studentMoneySettings } from './money-parts';
import { createNoticesDeps, createPhoneMessagesDeps } from './notices';
import { createOthersDeps, type OthersDeps } from './others';
import { createStudentRefundDeps } from './refunds';
import { createUtilityDeps } from './utilities';
import { createWalletDeps } from './wallet';

export const studentMoneyHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

export interface StudentMoneyWiring {
  readonly callers: Parameters<typeof readCaller>[0];
  readonly autoTopUp: AutoTopUpDeps;
  readonly gifts: GiftRoutesDeps;
  readonly others: OthersDeps;
  readonly claims: ClaimsDeps;
  readonly notices: NoticesDeps;
  readonly phoneMessages: PhoneMessagesDeps;
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
    notices: createNoticesDeps(parts),
    phoneMessages: createPhoneMessagesDeps(parts),
    utilities: createUtilityDeps(parts),
    wallet: createWalletDeps(parts),
    refunds: createStudentRefundDeps(parts),
    disputes: createStudentDisputeDeps(parts),
  };
}
