import { createHash } from 'node:crypto';
import { type Fen, formatYuan, sum } from '../../../shared/money';

/** Where a merchant's money goes. */
export interface BankAccount {
  readonly bankName: string;
  readonly accountName: string;
  /** Digits only. */
  readonly accountNo: string;
}

export interface PayoutLine {
  /** `entryId` of the payout's entry, and the bank's reference: at most 32 of [0-9a-z-]. */
  readonly payoutNo: string;
  readonly merchant: number;
  readonly account: BankAccount;
  readonly amountFen: Fen;
  /** Income of the school that is booked together with it. */
  readonly feeFen: Fen;
}

export interface PayoutBatch {
  readonly schoolId: string;
  /** "2026-11-21-1": the settled day, and which batch of it. */
  readonly batchNo: string;
  readonly day: string;
  readonly lines: readonly PayoutLine[];
}

export const PAYOUT_FILE_VERSION = 1;

/**
 * What the bank is given (docs/payout-file.md). The last line says how many there are, their sum, and the SHA-256 of every byte before
 * it. The same batch gives the same bytes for ever.
 */
export function payoutFile(batch: PayoutBatch): string {
  const { schoolId, batchNo, day, lines } = batch;
  const head = record(['H', String(PAYOUT_FILE_VERSION), schoolId, batchNo, day, 'CNY']);
  const details = lines.map(({ payoutNo, merchant, account, amountFen }, index) =>
    record([
      'D',
      String(index + 1),
      payoutNo,
      String(merchant),
      account.accountName,
      account.accountNo,
      account.bankName,
      formatYuan(amountFen),
      `${day} settlement`,
    ]),
  );
  const body = [head, ...details].join('');
  const total = sum(lines.map(({ amountFen }) => amountFen));
  return `${body}${record(['T', String(lines.length), formatYuan(total), createHash('sha256').update(body).digest('hex')])}`;
}

function record(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\r\n`;
}

/**
 * Whether money can be sent there as written. A bank compares the name letter by letter, so nothing in it is changed to make a file safe: a
 * name that a spreadsheet would take for a formula, or that holds a control character, is not paid to before somebody has mended it.
 */
export function isPayable(account: BankAccount): boolean {
  const isName = (text: string): boolean => text.trim() === text && /^[\p{L}\p{N}（(][\p{L}\p{N} ()（）·,&'._-]{0,79}$/u.test(text);
  return /^\d{8,32}$/.test(account.accountNo) && isName(account.accountName) && isName(account.bankName);
}

/** "6222****0001": enough to know it again. */
export function maskAccount(accountNo: string): string {
  return `${accountNo.slice(0, 4)}****${accountNo.slice(-4)}`;
}
