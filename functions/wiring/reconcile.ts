import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { daySchema } from '../../shared/api/finance';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { noticeOfHealed } from '../operations/reconcile-acts';
import { refundOrphan } from '../operations/refund-orphan';
import { type RunDeps, type RunReport, runReconciliation } from '../operations/run-reconciliation';
import { createAlipayBills } from '../platforms/alipay/bills';
import { createWechatBills } from '../platforms/wechat-pay/bills';
import { createAdjustments } from '../store/adjustments';
import { createBooks } from '../store/books';
import { createHouseActs } from '../store/house-acts';
import { createNativePayments } from '../store/native-payments';
import { createNotices } from '../store/notices';
import { createPayOuts } from '../store/pay-outs';
import { createReconciliations } from '../store/reconciliations';
import { createReversals } from '../store/reversals';
import { createSchools } from '../store/schools';
import type { Database } from '../store/table';
import { createTerminalBatches } from '../store/terminal-batches';
import { createTerminals } from '../store/terminals';
import { alipaySetting, createConfirmDeps, createDatabase, wechatPaySetting } from './money-in';
import { createRefundRouteTo } from './refund-route';
import { scanAppsOf, topUpSettings } from './top-ups';

export const reconcileReport = { log: createLog(), counter: createCounter(), clock: systemClock };

const { ECODE_CALLBACK_BASE_URL } = topUpSettings;
const settings = v.object({ ...tableSettings, ...wechatPaySetting, ...alipaySetting, ECODE_CALLBACK_BASE_URL });
type ReconcileConfig = Pick<v.InferOutput<typeof settings>, 'ECODE_WECHAT_PAY' | 'ECODE_ALIPAY' | 'ECODE_CALLBACK_BASE_URL'>;

/** Who we are at the platforms, of the same settings that their adapters read. */
const wechatMerchant = v.object({ merchantId: v.string(), appIds: v.array(v.string()) });
const alipayMerchant = v.object({ sellerId: v.string(), apps: v.array(v.object({ appId: v.string() })) });

/** @throws AppError config.invalid */
export function createReconcileDeps(database: Database, config: ReconcileConfig): RunDeps {
  const world = { fetch, now: systemClock, randomBytes };
  const common = createConfirmDeps(database);
  const wechat = v.parse(wechatMerchant, config.ECODE_WECHAT_PAY);
  const alipay = v.parse(alipayMerchant, config.ECODE_ALIPAY);
  const schools = createSchools(database);
  const notices = createNotices(database);
  const apps = scanAppsOf(config);
  const shared = {
    ...common,
    payOuts: createPayOuts(database),
    books: createBooks(database),
    reversals: createReversals(database),
    natives: createNativePayments(database),
    terminals: createTerminals(database),
    reconciliations: createReconciliations(database),
  };
  const adjustments = createAdjustments(database);
  const refund = createRefundRouteTo(database, config, { orders: common.orders, toBank: { send: never, query: never } });
  const refunds = { ...shared, routes: { refund }, houseActs: createHouseActs(database), adjustments };
  return {
    bills: {
      ...shared,
      bills: { 'wechat-pay': createWechatBills(config.ECODE_WECHAT_PAY, world), alipay: createAlipayBills(config.ECODE_ALIPAY, world) },
      merchantIds: { 'wechat-pay': wechat.merchantId, alipay: alipay.sellerId },
      appIds: { 'wechat-pay': new Set(wechat.appIds), alipay: new Set(alipay.apps.map(({ appId }) => appId)) },
      refundAppIds: apps,
      schools: async () => [...(await schools.versions()).keys()].sort(),
      refundOrphan: (orphan) => refundOrphan(refunds, orphan),
      tellHealed: async (healed) => void (await notices.addNotice(noticeOfHealed(healed))),
    },
    terminals: {
      ...refunds,
      saleApps: apps,
      terminalBatches: createTerminalBatches(database),
      tellReversed: async (notice) => void (await notices.addNotice(notice)),
    },
  };
}

/** What a bill or a terminal gives back goes the way it came, and no bank is asked. */
const never = () => Promise.reject(new Error('no money of a reconciliation goes to a bank card'));

/** What the schedule sends has none of this; who wants one day again, whatever it was, names it: {"day": "2026-11-20"}. */
const eventSchema = v.object({ day: v.optional(daySchema) });

/** @throws AppError config.invalid */
export async function wireReconcile(): Promise<(event: unknown) => Promise<readonly RunReport[]>> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const deps = createReconcileDeps(createDatabase(config), config);
  return (event) => runReconciliation(deps, v.parse(eventSchema, event ?? {}).day);
}
