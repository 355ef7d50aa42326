import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { type ChartOfAccounts, standardChart } from '../domain/finance/chart-of-accounts';
import { type DataTable, tableCsv } from '../domain/finance/data-table';
import { balanceSheetTable, settlementTable } from '../domain/finance/finance-tables';
import { settlementPage } from '../domain/finance/settlement-page';
import { vouchersOf, voucherTable } from '../domain/finance/voucher';
import type { BalanceSheets } from '../store/balance-sheets';
import type { Charts } from '../store/charts';
import type { Merchants } from '../store/merchants';
import type { Settlements } from '../store/settlements';

export interface ExportDeps {
  readonly settlements: Pick<Settlements, 'find' | 'ofDay'>;
  readonly merchants: Pick<Merchants, 'find'>;
  readonly sheets: Pick<BalanceSheets, 'find'>;
  readonly charts: Charts;
  /** One table as an XLSX file; a parameter, so that only who offers downloads carries the library. */
  readonly writeWorkbook: (table: DataTable) => Promise<Uint8Array>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

export type ExportFormat = 'csv' | 'xlsx';

/** A file to be downloaded. */
export interface FinanceFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

interface DayWish {
  readonly schoolId: string;
  readonly day: string;
  readonly format: ExportFormat;
}

/** All merchants' settlements of a day. Throws AppError: `finance.unknown` (the day has no sheet, so it is not settled to its end). */
export async function exportSettlements(deps: ExportDeps, { schoolId, day, format }: DayWish): Promise<FinanceFile> {
  await sheetOf(deps, schoolId, day);
  const settlements = await deps.settlements.ofDay(schoolId, day);
  const found = await Promise.all(settlements.map(({ merchant }) => deps.merchants.find(schoolId, merchant)));
  const names = new Map(found.flatMap((merchant) => (merchant === undefined ? [] : [[merchant.merchant, merchant] as const])));
  return fileOf(
    deps,
    `settlement-${schoolId}-${day}`,
    settlementTable(settlements, (merchant) => names.get(merchant)),
    format,
  );
}

/** A school's balance sheet at the end of a day. Throws AppError: `finance.unknown`. */
export async function exportBalanceSheet(deps: ExportDeps, { schoolId, day, format }: DayWish): Promise<FinanceFile> {
  return fileOf(deps, `balance-${schoolId}-${day}`, balanceSheetTable(await sheetOf(deps, schoolId, day)), format);
}

/** A day's vouchers by the school's chart of accounts. Throws AppError: `finance.unknown`, `finance.no-subject` (`detail.leg`). */
export async function exportVouchers(deps: ExportDeps, { schoolId, day, format }: DayWish): Promise<FinanceFile> {
  const sheet = await sheetOf(deps, schoolId, day);
  const vouchers = vouchersOf(sheet, await readChart(deps, schoolId));
  return fileOf(deps, `vouchers-${schoolId}-${day}`, voucherTable(day, vouchers), format);
}

/** One merchant's statement of a day as a page to print. Throws AppError: `finance.unknown`, `school.unknown`. */
export async function exportStatement(
  deps: ExportDeps,
  { schoolId, day, merchant }: { readonly schoolId: string; readonly day: string; readonly merchant: number },
): Promise<FinanceFile> {
  const settlement = await deps.settlements.find(schoolId, merchant, day);
  if (settlement === undefined) throw new AppError('finance.unknown');
  const [{ name, utcOffsetMinutes }, enrolled] = await Promise.all([deps.packOf(schoolId), deps.merchants.find(schoolId, merchant)]);
  const named = enrolled ?? { name: { zh: `商户 ${merchant}`, en: `Merchant ${merchant}` }, legalName: '' };
  const page = settlementPage(settlement, { school: name, merchant: named.name, legalName: named.legalName, utcOffsetMinutes });
  return {
    name: `statement-${schoolId}-${merchant}-${day}.html`,
    contentType: 'text/html; charset=utf-8',
    bytes: Buffer.from(page, 'utf8'),
  };
}

/** The school's chart of accounts, or the standard one. Throws nothing of ours. */
export async function readChart(deps: Pick<ExportDeps, 'charts'>, schoolId: string): Promise<ChartOfAccounts> {
  return (await deps.charts.find(schoolId)) ?? standardChart();
}

async function sheetOf(deps: ExportDeps, schoolId: string, day: string) {
  const sheet = await deps.sheets.find(schoolId, day);
  if (sheet === undefined) throw new AppError('finance.unknown');
  return sheet;
}

async function fileOf(deps: ExportDeps, name: string, table: DataTable, format: ExportFormat): Promise<FinanceFile> {
  if (format === 'csv') return { name: `${name}.csv`, contentType: 'text/csv; charset=utf-8', bytes: Buffer.from(tableCsv(table), 'utf8') };
  const contentType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  return { name: `${name}.xlsx`, contentType, bytes: await deps.writeWorkbook(table) };
}
