import { createHash } from 'node:crypto';
import { AppError, isAppError } from '../../shared/errors';
import { subtract, sum, ZERO } from '../../shared/money';
import { dayClosesAt } from '../domain/book-day';
import type { Entry } from '../domain/entry';
import { POS_CHANNEL } from '../domain/reconcile';
import { mapInParallel } from '../lib/in-parallel';
import type { Notice } from '../store/notices';
import type { DifferenceRow, ReconciliationRecord, Reconciliations } from '../store/reconciliations';
import type { Terminals } from '../store/terminals';
import { type CompareTerminalDeps, compareTerminal, type Found, type TerminalDay } from './compare-terminal';
import { stateOfRows } from './reconcile-day';
import { type RefundSaleDeps, refundSale } from './refund-sale';

export interface ReconcileTerminalsDeps extends RefundSaleDeps, Omit<CompareTerminalDeps, keyof RefundSaleDeps> {
  readonly terminals: Pick<Terminals, 'list'>;
  readonly reconciliations: Reconciliations;
  /** Told once for a sale; a repeat changes nothing. */
  readonly tellReversed: (notice: Notice) => Promise<void>;
}

/** Terminals looked at together. */
const AT_ONCE = 8;

/**
 * Compares what each terminal of a school states of its business day with the book of terminal and day, gives back what a closed, trustworthy
 * statement lacks, and records the rest for a person. A sale is taken back at most once in total, whoever else asks (the till's void, a dispute,
 * the supervisor); its student is told. A terminal that sold and has not closed its day is listed as waiting. Running it again gives the same record.
 *
 * Throws AppError `day.open` before 10:00 of the next day, `school.unknown`.
 */
export async function reconcileTerminals(deps: ReconcileTerminalsDeps, schoolId: string, day: string): Promise<ReconciliationRecord> {
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  if (deps.clock() < dayClosesAt(day, utcOffsetMinutes)) throw new AppError('day.open', { day });
  const terminals = await deps.terminals.list(schoolId);
  const days = await mapInParallel(terminals, AT_ONCE, ({ terminal }) => compareTerminal(deps, { schoolId, terminal, day }));
  const rows = await heal(
    deps,
    { schoolId, day },
    days.flatMap(({ found }) => found),
  );
  return save(deps, { schoolId, day }, days, rows);
}

async function heal(deps: ReconcileTerminalsDeps, { schoolId, day }: Where, found: readonly Found[]): Promise<readonly DifferenceRow[]> {
  const rows: DifferenceRow[] = [];
  for (const { row, sale } of found) {
    const fresh: DifferenceRow = { ...row, channel: POS_CHANNEL, day, foundAt: deps.clock(), actState: 'due', version: 1 };
    const known = await deps.reconciliations.insert(schoolId, fresh);
    // What was held for one reason may be clear today: the judgement of this run counts, its discovery does not change.
    rows.push(await act(deps, schoolId, { ...known, act: row.act, reason: row.reason }, sale));
  }
  const seen = new Set(rows.map(({ id }) => id));
  for (const row of await deps.reconciliations.differences(schoolId, POS_CHANNEL, day)) {
    if (seen.has(row.id)) continue;
    if (row.actState === 'done' || row.actState === 'explained') rows.push(row);
    else rows.push((await finished(deps, schoolId, row)) ?? (await replaced(deps, schoolId, row, { actState: 'explained' })));
  }
  return rows;
}

/** An act that a run died in: the sale is taken back, and neither the student nor the record knows it. */
async function finished(deps: ReconcileTerminalsDeps, schoolId: string, row: DifferenceRow): Promise<DifferenceRow | undefined> {
  const { accountNo, n } = row;
  if (row.act !== 'reverse' || accountNo === undefined || n === undefined) return undefined;
  const sale = await deps.passbook.entry(schoolId, accountNo, n);
  const { parts } = await deps.reversals.find(schoolId, accountNo, n);
  const isBegun = parts.some(({ entryId }) => entryId === `${sale?.entryId}-reconcile`);
  return isBegun ? act(deps, schoolId, row, sale) : undefined;
}

async function act(deps: ReconcileTerminalsDeps, schoolId: string, row: DifferenceRow, sale: Entry | undefined): Promise<DifferenceRow> {
  if (row.actState === 'done') return row;
  const { result: _earlier, ...plain } = row;
  if (row.act === 'wait') return row.actState === 'waiting' ? row : replaced(deps, schoolId, plain, { actState: 'waiting' });
  if (row.act !== 'reverse' || sale === undefined)
    return row.actState === 'held' ? row : replaced(deps, schoolId, plain, { actState: 'held' });
  try {
    const { entry } = await refundSale(deps, {
      sale,
      by: 'reconcile',
      amountFen: 'rest',
      askedBy: 'reconcile',
      reason: '终端未售出，退回',
    });
    // Somebody else may have taken it back between our look and our act: then it is theirs, and the student was told of it.
    const isOurs = entry.entryId === `${sale.entryId}-reconcile`;
    if (isOurs) await deps.tellReversed(noticeOf(sale, entry));
    return replaced(deps, schoolId, plain, { actState: isOurs ? 'done' : 'explained', result: `entry ${entry.accountNo}/${entry.n}` });
  } catch (error) {
    if (!isAppError(error)) throw error;
    return replaced(deps, schoolId, plain, { actState: 'failed', result: error.code });
  }
}

function noticeOf({ schoolId, accountNo, entryId, n }: Entry, { postings, recordedAt }: Entry): Notice {
  const backFen = sum(postings.filter(({ leg }) => leg.startsWith('merchant:')).map(({ amountFen }) => amountFen));
  const what = { kind: 'sale-reversed', key: `sale-reversed/${n}`, amountFen: subtract(ZERO, backFen), about: entryId } as const;
  return { schoolId, accountNo, ...what, at: recordedAt };
}

async function replaced(
  deps: ReconcileTerminalsDeps,
  schoolId: string,
  row: DifferenceRow,
  change: Pick<DifferenceRow, 'actState'> & { readonly result?: string },
): Promise<DifferenceRow> {
  const next = { ...row, ...change, actedAt: deps.clock(), version: row.version + 1 };
  return (await deps.reconciliations.replace(schoolId, next)) ? next : row;
}

interface Where {
  readonly schoolId: string;
  readonly day: string;
}

async function save(
  deps: ReconcileTerminalsDeps,
  { schoolId, day }: Where,
  days: readonly TerminalDay[],
  rows: readonly DifferenceRow[],
): Promise<ReconciliationRecord> {
  const now = deps.clock();
  const before = await deps.reconciliations.find(schoolId, POS_CHANNEL, day);
  const hashes = days.flatMap(({ stated }) => stated.hashes);
  const total = (of: (one: TerminalDay) => number): number => days.reduce((all, one) => all + of(one), 0);
  const record: ReconciliationRecord = {
    ...{ schoolId, channel: POS_CHANNEL, day },
    state: stateOfRows(rows),
    ...(hashes.length === 0 ? {} : { billSha256: createHash('sha256').update(hashes.join('\n')).digest('hex') }),
    sums: {
      billCount: total(({ stated }) => stated.count),
      billPaymentFen: total(({ stated }) => stated.amountFen),
      billRefundFen: 0,
      billFeeFen: 0,
      bookCount: total(({ booked }) => booked.count),
      bookPaymentFen: total(({ booked }) => booked.soldFen),
      bookRefundFen: total(({ booked }) => booked.voidedFen),
      matchedCount: total(({ matched }) => matched),
    },
    differences: rows.length,
    firstRunAt: before?.firstRunAt ?? now,
    lastRunAt: now,
    runs: (before?.runs ?? 0) + 1,
  };
  await deps.reconciliations.save(record);
  return record;
}
