import { AppError } from '../../../shared/errors';
import type { CheckedBill } from '../bills/bill';
import { BillTable } from './bill-table';
import { Differences } from './differences';
import { judgeEntries } from './judge-entries';
import { judgeLines } from './judge-lines';
import { readBooks } from './read-books';
import type { ReconcileInput, Reconciliation } from './reconciliation';
import type { Run } from './run';
import { Schools, STRANGER } from './schools';
import { Tally } from './tally';

/** A school's worst day has some hundreds; twenty thousand are a wrong bill, a wrong book or a wrong program. */
const DIFFERENCES_AT_MOST = 20_000;

/**
 * Compares a day's bill with the passbooks and the orders, by order number and refund number, over the books of three days. Bill and books
 * are streams; in memory is a table of the bill (about 110 bytes a line) and what is not plain. The same bill, books and rows give
 * the same outcome, whatever order they come in.
 *
 * Money is conserved, or it throws: every line of the bill ends as matched or as one difference, and so does every entry of the day's book.
 * @throws AppError bill.malformed, bill.damaged, bill.other-merchant, bill.other-day, bill.totals (also a bill that is not of `channel` and
 * `day`), and what bill, books and rows throw: there is no outcome of a day whose bill cannot be believed
 */
export async function reconcile(input: ReconcileInput): Promise<Reconciliation> {
  const schools = new Schools(input.schools);
  const run: Run = {
    input,
    schools,
    table: new BillTable(),
    tally: new Tally(schools),
    differences: new Differences(input.channel, input.differenceLimit ?? DIFFERENCES_AT_MOST),
    kept: new Map(),
    unresolved: [],
  };
  const bill = await readToEnd(run);
  await readBooks(run);
  await judgeLines(run);
  await judgeEntries(run);
  run.tally.close();
  return outcomeOf(run, bill);
}

async function readToEnd({ input, table, schools }: Run): Promise<CheckedBill> {
  for (;;) {
    const { done, value } = await input.bill.next();
    if (done === true) {
      if (value.channel !== input.channel) throw new AppError('bill.other-merchant');
      if (value.day !== input.day) throw new AppError('bill.other-day');
      return value;
    }
    table.addBatch(value, schools.ofOrder);
  }
}

function outcomeOf({ input, schools, tally, differences }: Run, bill: CheckedBill): Reconciliation {
  const [first, ...others] = differences.list();
  const outcome = {
    bill,
    channel: input.channel,
    day: input.day,
    total: tally.total(),
    bySchool: new Map(input.schools.map((id) => [id, tally.ofSchool(schools.placeOf(id))])),
    strangers: tally.ofSchool(STRANGER),
    counts: differences.counts,
    unexamined: tally.unexamined(),
  };
  const { paymentFen, refundFen, count } = outcome.total.bill;
  const { summary } = bill;
  if (count !== summary.lines || paymentFen !== summary.paymentFen || refundFen !== summary.refundFen)
    throw new Error('not the bill that was read');
  if (first === undefined) {
    if (differences.overflowed) throw new Error('suspended without a difference');
    return { ...outcome, status: 'balanced', differences: [] };
  }
  const waits = [first, ...others].every(({ act }) => act === 'wait');
  return { ...outcome, status: differences.overflowed ? 'suspended' : waits ? 'open' : 'different', differences: [first, ...others] };
}
