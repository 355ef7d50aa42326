import { AppError } from '../../../shared/errors';
import { add, type Fen, negate, ZERO } from '../../../shared/money';
import type { Bilingual } from '../../../shared/rule-pack';
import type { BalanceSheet } from './balance-sheet';
import { type ChartOfAccounts, type Subject, subjectOf } from './chart-of-accounts';
import type { DataTable } from './data-table';
import { kindName } from './kind-names';
import type { LegSums } from './leg-sums';

/** One line of a voucher (记账凭证): exactly one of debit and credit is above zero. */
export interface VoucherLine {
  readonly debitFen: Fen;
  readonly creditFen: Fen;
  readonly subject: Subject;
  /** The side, where the chart wants each by itself. */
  readonly detail: string;
}

export interface Voucher {
  /** "2026-11-21-003", in an order that does not change. */
  readonly number: string;
  readonly summary: Bilingual;
  readonly lines: readonly VoucherLine[];
}

/**
 * The day's vouchers: one for each kind of entry, then one for each kind that was found for an earlier day. Debits equal credits in each,
 * because every kind sums to zero; what moves within one subject needs no voucher. @throws AppError finance.no-subject
 */
export function vouchersOf(sheet: BalanceSheet, chart: ChartOfAccounts): readonly Voucher[] {
  const drafts = [
    ...Object.entries(sheet.kinds).map(([kind, legs]) => ({ summary: kindName(kind), legs })),
    ...Object.entries(sheet.corrections).flatMap(([day, kinds]) =>
      Object.entries(kinds).map(([kind, legs]) => ({ summary: correctionName(day, kindName(kind)), legs })),
    ),
  ];
  const filled = drafts.map(({ summary, legs }) => ({ summary, lines: linesOf(legs, chart) })).filter(({ lines }) => lines.length > 0);
  return filled.map((draft, index) => ({ number: `${sheet.day}-${String(index + 1).padStart(3, '0')}`, ...draft }));
}

function linesOf(legs: LegSums, chart: ChartOfAccounts): readonly VoucherLine[] {
  const sums = new Map<string, { subject: Subject; detail: string; amountFen: Fen }>();
  for (const [leg, amountFen] of Object.entries(legs)) {
    const subject = subjectOf(chart, leg);
    if (subject === undefined) throw new AppError('finance.no-subject', { leg });
    const detail = subject.each === true ? leg : '';
    const key = `${subject.code}/${detail}`;
    sums.set(key, { subject, detail, amountFen: add(sums.get(key)?.amountFen ?? ZERO, amountFen) });
  }
  return [...sums.values()]
    .filter(({ amountFen }) => amountFen !== 0)
    .map(({ subject, detail, amountFen }) => ({
      subject,
      detail,
      debitFen: amountFen < 0 ? negate(amountFen) : ZERO,
      creditFen: amountFen > 0 ? amountFen : ZERO,
    }))
    .sort((a, b) => Number(a.debitFen === 0) - Number(b.debitFen === 0) || (order(a) < order(b) ? -1 : 1));
}

function order({ subject, detail }: VoucherLine): string {
  // A space sorts before every letter of a code.
  return `${subject.code} ${detail}`;
}

function correctionName(day: string, { zh, en }: Bilingual): Bilingual {
  return { zh: `补记 ${day} ${zh}`, en: `Found for ${day}: ${en}` };
}

/** As accounting programs import it: a row for each line. */
export function voucherTable(day: string, vouchers: readonly Voucher[]): DataTable {
  return {
    name: `vouchers ${day}`,
    columns: [
      { header: { zh: '日期', en: 'Date' }, kind: 'text' },
      { header: { zh: '凭证号', en: 'Voucher' }, kind: 'text' },
      { header: { zh: '摘要', en: 'Summary' }, kind: 'text' },
      { header: { zh: '科目代码', en: 'Subject code' }, kind: 'text' },
      { header: { zh: '科目名称', en: 'Subject' }, kind: 'text' },
      { header: { zh: '辅助核算', en: 'Detail' }, kind: 'text' },
      { header: { zh: '借方金额', en: 'Debit' }, kind: 'money' },
      { header: { zh: '贷方金额', en: 'Credit' }, kind: 'money' },
    ],
    rows: vouchers.flatMap(({ number, summary, lines }) =>
      lines.map(({ subject, detail, debitFen, creditFen }) => [
        day,
        number,
        `${summary.zh} ${summary.en}`,
        subject.code,
        `${subject.name.zh} ${subject.name.en}`,
        detail,
        debitFen === 0 ? null : debitFen,
        creditFen === 0 ? null : creditFen,
      ]),
    ),
  };
}
