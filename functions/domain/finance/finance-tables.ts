import type { Bilingual } from '../../../shared/rule-pack';
import type { BalanceSheet } from './balance-sheet';
import { sheetGroups } from './balance-sheet';
import type { DataTable } from './data-table';
import type { LegGroup } from './leg-groups';
import type { Settlement } from './settlement';

/** A merchant as a statement names it; the number alone where it is not enrolled. */
export type MerchantName = (merchant: number) => { readonly name: Bilingual; readonly legalName: string } | undefined;

/** One row for each merchant. */
export function settlementTable(settlements: readonly Settlement[], nameOf: MerchantName): DataTable {
  const day = settlements[0]?.day ?? '';
  return {
    name: `settlement ${day}`.trim(),
    columns: [
      { header: { zh: '营业日', en: 'Business day' }, kind: 'text' },
      { header: { zh: '商户号', en: 'Merchant no.' }, kind: 'count' },
      { header: { zh: '商户名称', en: 'Merchant' }, kind: 'text' },
      { header: { zh: '商户全称', en: 'Legal name' }, kind: 'text' },
      { header: { zh: '消费笔数', en: 'Sales' }, kind: 'count' },
      { header: { zh: '消费金额', en: 'Gross' }, kind: 'money' },
      { header: { zh: '退款笔数', en: 'Refunds' }, kind: 'count' },
      { header: { zh: '退款金额', en: 'Refunded' }, kind: 'money' },
      { header: { zh: '调账', en: 'Adjustments' }, kind: 'money' },
      { header: { zh: '补记', en: 'Corrections' }, kind: 'money' },
      { header: { zh: '手续费', en: 'Fee' }, kind: 'money' },
      { header: { zh: '净额', en: 'Net' }, kind: 'money' },
      { header: { zh: '前期结转', en: 'Carried' }, kind: 'money' },
      { header: { zh: '应付金额', en: 'Payable' }, kind: 'money' },
      { header: { zh: '控制总额', en: 'Control sum' }, kind: 'money' },
      { header: { zh: '明细校验', en: 'Hash of lines' }, kind: 'text' },
    ],
    rows: settlements.map((one) => {
      const named = nameOf(one.merchant);
      const corrections = one.corrections.reduce((total, { amountFen }) => total + amountFen, 0);
      return [
        ...[one.day, one.merchant, named?.name.zh ?? '', named?.legalName ?? ''],
        ...[one.salesCount, one.grossFen, one.refundsCount, one.refundsFen, one.adjustmentsFen, corrections],
        ...[one.feeFen, one.netFen, one.carriedFen, one.payableFen, one.controlFen, one.linesHash],
      ];
    }),
  };
}

const GROUP_NAMES: Readonly<Record<LegGroup, Bilingual>> = {
  assets: { zh: '资产', en: 'Assets' },
  cardholders: { zh: '应付持卡人', en: 'Owed to cardholders' },
  merchants: { zh: '应付商户', en: 'Owed to merchants' },
  utilities: { zh: '应付代收单位', en: 'Owed to suppliers' },
  funding: { zh: '补助资金', en: 'Subsidy funds' },
  result: { zh: '损益', en: 'Income and expense' },
  suspense: { zh: '挂账', en: 'Suspense' },
  other: { zh: '其他', en: 'Other' },
};

/** A row for each side; debit is what the school has or has spent, credit what it owes or has earned. Both columns add up to the same. */
export function balanceSheetTable(sheet: BalanceSheet): DataTable {
  return {
    name: `balance ${sheet.day}`,
    columns: [
      { header: { zh: '类别', en: 'Group' }, kind: 'text' },
      { header: { zh: '科目', en: 'Side' }, kind: 'text' },
      { header: { zh: '借方余额', en: 'Debit' }, kind: 'money' },
      { header: { zh: '贷方余额', en: 'Credit' }, kind: 'money' },
    ],
    rows: sheetGroups(sheet.closing).flatMap(({ group, legs }) =>
      Object.entries(legs).map(([leg, amountFen]) => [
        `${GROUP_NAMES[group].zh} ${GROUP_NAMES[group].en}`,
        leg,
        amountFen < 0 ? -amountFen : null,
        amountFen > 0 ? amountFen : null,
      ]),
    ),
  };
}
