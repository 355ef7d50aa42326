import { isAppError } from '../../../shared/errors';
import type { Fen } from '../../../shared/money';
import type { BillReading } from '../bills/bill';
import { hashBytes, hashDivider, hashStart, hashText } from './byte-keys';
import type { BookLine, ReconcileInput } from './reconciliation';

export interface OtherLine {
  readonly amountFen: Fen;
  readonly platformTradeNo: string;
}

interface Wanted {
  readonly entry: BookLine;
  readonly days: readonly string[];
}

/** What bills of other days say of a few entries: each is read once, streaming, and nothing of it is kept but the lines that are sought. */
export class OtherBills {
  private readonly days = new Set<string>();
  private readonly found = new Map<string, OtherLine[]>();

  /** Opens each day that one of the entries names. A bill that cannot be read today is as one that is not there yet. */
  static async open(input: Pick<ReconcileInput, 'otherBill'>, wanted: readonly Wanted[]): Promise<OtherBills> {
    const bills = new OtherBills();
    const days = [...new Set(wanted.flatMap((one) => one.days))].sort();
    for (const day of days) {
      const entries = wanted.filter((one) => one.days.includes(day)).map(({ entry }) => entry);
      const lines = await readOther(input.otherBill, day, entries);
      if (lines === undefined) continue;
      bills.days.add(day);
      for (const [key, line] of lines) bills.found.set(`${day}\n${key}`, line);
    }
    return bills;
  }

  has(day: string): boolean {
    return this.days.has(day);
  }

  linesOf(day: string, entry: BookLine): readonly OtherLine[] {
    return this.found.get(`${day}\n${keyOf(entry)}`) ?? [];
  }
}

function keyOf(entry: BookLine): string {
  return entry.kind === 'payment' ? entry.orderNo : `${entry.orderNo}\n${entry.refundNo ?? ''}`;
}

/** Undefined: not there, or not to be believed. */
async function readOther(
  open: ReconcileInput['otherBill'],
  day: string,
  entries: readonly BookLine[],
): Promise<Map<string, OtherLine[]> | undefined> {
  try {
    const bill = await open(day);
    return bill === 'not-ready' ? undefined : await findLines(bill, entries);
  } catch (error) {
    if (isAppError(error) && error.code.startsWith('bill.')) return undefined;
    throw error;
  }
}

/** The hash spares making strings of the millions of lines that nobody seeks. */
async function findLines(bill: BillReading, entries: readonly BookLine[]): Promise<Map<string, OtherLine[]>> {
  const keys = new Set(entries.map(keyOf));
  const hashes = new Set(entries.map(hashOf));
  const found = new Map<string, OtherLine[]>();
  for await (const batch of bill) {
    for (let index = 0; index < batch.length; index += 1) {
      const from = batch.order.start[index] ?? 0;
      const refund = batch.refund[index] === 1;
      let hash = hashBytes(batch.bytes, from, from + (batch.order.length[index] ?? 0), hashStart(refund));
      if (refund) {
        const start = batch.refundNo.start[index] ?? 0;
        hash = hashBytes(batch.bytes, start, start + (batch.refundNo.length[index] ?? 0), hashDivider(hash));
      }
      if (!hashes.has(hash)) continue;
      const line = batch.line(index);
      const key = line.kind === 'payment' ? line.merchantOrderNo : `${line.merchantOrderNo}\n${line.refundNo ?? ''}`;
      if (!keys.has(key)) continue;
      found.set(key, [...(found.get(key) ?? []), { amountFen: line.amountFen, platformTradeNo: line.platformTradeNo }]);
    }
  }
  return found;
}

function hashOf(entry: BookLine): number {
  const start = hashText(entry.orderNo, hashStart(entry.kind !== 'payment'));
  return entry.kind === 'payment' ? start : hashText(entry.refundNo ?? '', hashDivider(start));
}
