import type { ReconciliationReply, SettlementView, SheetReply } from '../../shared/api/finance';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { type ChartOfAccounts, chartSchema } from '../domain/finance/chart-of-accounts';
import type { PlatformChannel } from '../domain/order';
import type { POS_CHANNEL } from '../domain/reconcile';
import { parseInput } from '../lib/http';
import type { BalanceSheets } from '../store/balance-sheets';
import type { Charts } from '../store/charts';
import type { DayLocks } from '../store/day-locks';
import type { Reconciliations } from '../store/reconciliations';
import type { Settlements } from '../store/settlements';
import { differenceView, reconciliationView, settlementView, sheetView } from './finance-views';

export interface ReadFinanceDeps {
  readonly reconciliations: Reconciliations;
  readonly settlements: Settlements;
  readonly sheets: BalanceSheets;
  readonly locks: DayLocks;
  readonly charts: Charts;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/** The last 31 days of a channel. */
export async function listReconciliations(deps: ReadFinanceDeps, schoolId: string, channel: PlatformChannel | typeof POS_CHANNEL) {
  return { reconciliations: (await deps.reconciliations.list(schoolId, channel)).map(reconciliationView) };
}

/** A channel's day with every difference and what became of it. Throws AppError `finance.unknown`. */
export async function readReconciliation(
  deps: ReadFinanceDeps,
  schoolId: string,
  channel: PlatformChannel | typeof POS_CHANNEL,
  day: string,
): Promise<ReconciliationReply> {
  const record = await deps.reconciliations.find(schoolId, channel, day);
  if (record === undefined) throw new AppError('finance.unknown');
  const rows = await deps.reconciliations.differences(schoolId, channel, day);
  return { reconciliation: reconciliationView(record), differences: rows.map(differenceView) };
}

/** Of a day, by merchant; those of `merchants` only where it is given. */
export async function listSettlements(
  deps: ReadFinanceDeps,
  schoolId: string,
  day: string,
  merchants?: readonly number[],
): Promise<{ settlements: SettlementView[] }> {
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const found = await deps.settlements.ofDay(schoolId, day);
  const seen = found.filter(({ merchant }) => merchants === undefined || merchants.includes(merchant));
  return { settlements: seen.map((settlement) => settlementView(settlement, utcOffsetMinutes)) };
}

/** The books of a school at the end of a day. Throws AppError `finance.unknown`, `school.unknown`. */
export async function readSheet(deps: ReadFinanceDeps, schoolId: string, day: string): Promise<SheetReply> {
  const [sheet, lock, { utcOffsetMinutes }] = await Promise.all([
    deps.sheets.find(schoolId, day),
    deps.locks.find(schoolId, day),
    deps.packOf(schoolId),
  ]);
  if (sheet === undefined) throw new AppError('finance.unknown');
  return sheetView(sheet, lock, utcOffsetMinutes);
}

/** Sets the school's chart of accounts. Throws AppError `request.malformed` (not a chart, or a side with two subjects). */
export async function setChart(deps: ReadFinanceDeps, schoolId: string, chart: unknown): Promise<ChartOfAccounts> {
  const parsed = parseInput(chartSchema, chart);
  await deps.charts.save(schoolId, parsed);
  return parsed;
}
