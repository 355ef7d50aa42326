import { AppError, type ErrorCode, isAppError } from '../../shared/errors';
import { CHINA_OFFSET_MINUTES, type EpochMs } from '../../shared/time';
import type { BillReading, ExpectedBill } from '../domain/bills/bill';
import { noTrades, readBill } from '../domain/bills/read-bill';
import { dayClosesAt } from '../domain/book-day';
import type { PlatformChannel } from '../domain/order';
import { compareAccountLog, type Difference, type Reconciliation, reconcile, type SchoolSums } from '../domain/reconcile';
import type { AccountLogPlatform, BillPlatform } from '../platforms/contract';
import type { DifferenceRow, ReconciliationRecord, ReconciliationState, Reconciliations } from '../store/reconciliations';
import { type ActDeps, actOn, finishCredit } from './reconcile-acts';
import { type FactsDeps, factsOf } from './reconcile-facts';

export interface ReconcileDeps extends Omit<FactsDeps, 'orders'>, ActDeps {
  readonly bills: Readonly<Record<PlatformChannel, Pick<BillPlatform, 'openTradeBill'> & Partial<Pick<AccountLogPlatform, 'accountLog'>>>>;
  /** Who we are at each platform: the bill must name it. */
  readonly merchantIds: Readonly<Record<PlatformChannel, string>>;
  readonly appIds: Readonly<Record<PlatformChannel, ReadonlySet<string>>>;
  readonly reconciliations: Reconciliations;
  readonly schools: () => Promise<readonly string[]>;
  readonly clock: () => EpochMs;
}

/** Lines that name none of our schools are recorded under this; no school's id can be it. */
export const STRANGERS = '*';

/** Reasons for which the next run asks for the bill again; with any other the bill is there and cannot be believed. */
const ASK_LATER: readonly ErrorCode[] = ['bill.not-ready', 'bill.unavailable'];

/**
 * Reconciles one platform's Beijing day for every school at once (one merchant, one bill), heals what can be healed, and records it school by
 * school. Running it again gives the same record: acts are done once, differences stay listed, what the neighbour day's bill explains is marked
 * so. A bill that cannot be read to its end and added up leaves the day `failed`, or `waiting` where it may yet come.
 *
 * Throws AppError `day.open` before 10:00 of the next day, when no bill can be there.
 */
export async function reconcileDay(deps: ReconcileDeps, channel: PlatformChannel, day: string): Promise<readonly ReconciliationRecord[]> {
  const startedAt = deps.clock();
  if (startedAt < dayClosesAt(day, CHINA_OFFSET_MINUTES)) throw new AppError('day.open', { day });
  const schools = await deps.schools();
  let outcome: Reconciliation;
  try {
    outcome = await reconcile({
      channel,
      day,
      bill: await openBill(deps, channel, day),
      schools,
      ...factsOf(deps, channel, day, schools),
      startedAt,
      appIds: deps.appIds[channel],
      otherBill: (other) => openOther(deps, channel, other),
    });
  } catch (error) {
    if (!(error instanceof AppError) || !error.code.startsWith('bill.')) throw error;
    const state = ASK_LATER.includes(error.code) ? 'waiting' : 'failed';
    return Promise.all(schools.map((schoolId) => saveFailure(deps, { schoolId, channel, day }, state, error.code)));
  }
  return record(deps, outcome, schools, await compareLog(deps, outcome));
}

async function openBill(deps: ReconcileDeps, channel: PlatformChannel, day: string): Promise<BillReading> {
  const expected: ExpectedBill = { merchantId: deps.merchantIds[channel], day };
  const file = await deps.bills[channel].openTradeBill(day);
  return file === 'no-trades' ? noTrades(channel, expected) : readBill(channel, file.chunks, expected);
}

async function openOther(deps: ReconcileDeps, channel: PlatformChannel, day: string): Promise<BillReading | 'not-ready'> {
  if (deps.clock() < dayClosesAt(day, CHINA_OFFSET_MINUTES)) return 'not-ready';
  try {
    return await openBill(deps, channel, day);
  } catch (error) {
    if (ASK_LATER.some((code) => isAppError(error, code))) return 'not-ready';
    throw error;
  }
}

type AccountLogState = NonNullable<ReconciliationRecord['accountLog']>;

/** The platform's own account log beside its bill: two statements of one platform. Undefined where it offers none. */
async function compareLog(deps: ReconcileDeps, { bill, channel, day }: Reconciliation): Promise<AccountLogState | undefined> {
  const platform = deps.bills[channel];
  if (platform.accountLog === undefined) return undefined;
  try {
    const { differences } = await compareAccountLog(bill, platform.accountLog(day));
    return differences.length === 0 ? 'agrees' : 'differs';
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('bill.')) return 'unavailable';
    throw error;
  }
}

async function record(
  deps: ReconcileDeps,
  outcome: Reconciliation,
  schools: readonly string[],
  accountLog: AccountLogState | undefined,
): Promise<readonly ReconciliationRecord[]> {
  const strangers = outcome.differences.some(({ schoolId }) => schoolId === undefined) || outcome.strangers.bill.count > 0;
  const of = strangers ? [...schools, STRANGERS] : schools;
  const records: ReconciliationRecord[] = [];
  for (const schoolId of of) {
    const mine = outcome.differences.filter((difference) => (difference.schoolId ?? STRANGERS) === schoolId);
    const rows = await heal(deps, outcome, schoolId, mine);
    const sums = schoolId === STRANGERS ? outcome.strangers : outcome.bySchool.get(schoolId);
    records.push(
      await save(deps, { schoolId, channel: outcome.channel, day: outcome.day }, (before, now) => ({
        ...before,
        state: outcome.status === 'suspended' ? 'suspended' : accountLog === 'differs' ? 'held' : stateOfRows(rows),
        ...(accountLog === undefined ? {} : { accountLog }),
        billSha256: outcome.bill.sha256,
        ...(sums === undefined ? {} : { sums: sumsOf(sums) }),
        differences: rows.length,
        lastRunAt: now,
      })),
    );
  }
  return records;
}

/** Differences of this run and of earlier ones, each with what became of it. Of a suspended day none is acted on. */
async function heal(
  deps: ReconcileDeps,
  outcome: Reconciliation,
  schoolId: string,
  found: readonly Difference[],
): Promise<readonly DifferenceRow[]> {
  const { channel, day } = outcome;
  const rows: DifferenceRow[] = [];
  for (const difference of found) {
    const fresh: DifferenceRow = { ...difference, channel, day, foundAt: deps.clock(), actState: 'due', version: 1 };
    const row = await deps.reconciliations.insert(schoolId, fresh);
    rows.push(outcome.status === 'suspended' ? row : await act(deps, schoolId, row));
  }
  const seen = new Set(rows.map(({ id }) => id));
  for (const row of await deps.reconciliations.differences(schoolId, channel, day)) {
    if (!seen.has(row.id)) rows.push(await explain(deps, schoolId, row));
  }
  return rows;
}

const OPEN: readonly DifferenceRow['actState'][] = ['due', 'failed', 'waiting'];

async function act(deps: ReconcileDeps, schoolId: string, row: DifferenceRow): Promise<DifferenceRow> {
  if (!OPEN.includes(row.actState)) return row;
  const { result: _earlier, ...plain } = row;
  const next = { ...plain, ...(await actOn(deps, schoolId, row)), actedAt: deps.clock(), version: row.version + 1 };
  return (await deps.reconciliations.replace(schoolId, next)) ? next : row;
}

/** What this run no longer finds was explained meanwhile: by the neighbour's bill, by a callback, by a person. */
async function explain(deps: ReconcileDeps, schoolId: string, row: DifferenceRow): Promise<DifferenceRow> {
  if (row.actState === 'done' || row.actState === 'explained') return row;
  const outcome = (await finishCredit(deps, row)) ?? ({ actState: 'explained' } as const);
  const next: DifferenceRow = { ...row, ...outcome, actedAt: deps.clock(), version: row.version + 1 };
  return (await deps.reconciliations.replace(schoolId, next)) ? next : row;
}

/** What a day has come to, by what became of its differences. */
export function stateOfRows(rows: readonly DifferenceRow[]): ReconciliationState {
  const states = new Set(rows.map(({ actState }) => actState));
  if (states.has('held')) return 'held';
  if (states.has('due') || states.has('failed') || states.has('waiting')) return 'open';
  return rows.some(({ actState }) => actState === 'done') ? 'healed' : 'balanced';
}

function sumsOf({ bill, book, matched }: SchoolSums): NonNullable<ReconciliationRecord['sums']> {
  return {
    billCount: bill.count,
    billPaymentFen: bill.paymentFen,
    billRefundFen: bill.refundFen,
    billFeeFen: bill.feeFen,
    bookCount: book.count,
    bookPaymentFen: book.paymentFen,
    bookRefundFen: book.refundFen,
    matchedCount: matched.count,
  };
}

type Where = Pick<ReconciliationRecord, 'schoolId' | 'channel' | 'day'>;

/** A day that was reconciled once is not made worse by a bill that cannot be had or believed later; the record says that it was so. */
function saveFailure(deps: ReconcileDeps, where: Where, state: 'waiting' | 'failed', failure: string): Promise<ReconciliationRecord> {
  return save(deps, where, (before, now) =>
    before.billSha256 === undefined ? { ...before, state, failure, lastRunAt: now } : { ...before, failure, lastRunAt: now },
  );
}

async function save(
  deps: ReconcileDeps,
  where: Where,
  change: (before: ReconciliationRecord, now: EpochMs) => ReconciliationRecord,
): Promise<ReconciliationRecord> {
  const now = deps.clock();
  const found = await deps.reconciliations.find(where.schoolId, where.channel, where.day);
  const { failure: _earlier, ...before } = found ?? {
    ...where,
    state: 'waiting' as const,
    differences: 0,
    firstRunAt: now,
    lastRunAt: now,
    runs: 0,
  };
  const next = change({ ...before, runs: before.runs + 1 }, now);
  await deps.reconciliations.save(next);
  return next;
}
