import type { AdjustmentView, DifferenceView, ReconciliationView, SettlementView, SheetReply } from '../../shared/api/finance';
import { fen } from '../../shared/money';
import { toIso } from '../../shared/time';
import type { Adjustment } from '../domain/finance/adjustment';
import { type BalanceSheet, sheetHash } from '../domain/finance/balance-sheet';
import { groupOf } from '../domain/finance/leg-groups';
import { legsOfKinds } from '../domain/finance/leg-sums';
import type { Settlement } from '../domain/finance/settlement';
import type { DayLock } from '../store/day-locks';
import type { DifferenceRow, ReconciliationRecord } from '../store/reconciliations';

/** How finance reads what the books hold: the same facts in the form of the API. */
export function reconciliationView(record: ReconciliationRecord): ReconciliationView {
  const { channel, day, state, failure, billSha256, sums, differences, firstRunAt, lastRunAt, runs } = record;
  if (channel !== 'wechat-pay' && channel !== 'alipay' && channel !== 'pos')
    throw new Error('a reconciliation of a channel without a bill');
  return {
    ...{ channel, day, state, differences, runs },
    failure: failure ?? null,
    billSha256: billSha256 ?? null,
    accountLog: record.accountLog ?? null,
    sums: sums ?? null,
    firstRunAt: toIso(firstRunAt),
    lastRunAt: toIso(lastRunAt),
  };
}

export function differenceView(row: DifferenceRow): DifferenceView {
  const { id, act, actState, reason, kind, orderNo } = row;
  return {
    ...{ id, act, actState, reason, kind, orderNo },
    class: row.class,
    result: row.result ?? null,
    refundNo: row.refundNo ?? null,
    platformTradeNo: row.platformTradeNo ?? null,
    billFen: row.billFen ?? null,
    bookFen: row.bookFen ?? null,
    rowFen: row.rowFen ?? null,
    at: toIso(row.at),
    foundAt: toIso(row.foundAt),
  };
}

export function settlementView(settlement: Settlement, utcOffsetMinutes: number): SettlementView {
  const { schoolId: _school, carriedFeeFen: _fee, feeBasisPoints: _points, settledAt, corrections, ...plain } = settlement;
  return { ...plain, corrections: [...corrections], settledAt: toIso(settledAt, utcOffsetMinutes) };
}

export function sheetView(sheet: BalanceSheet, lock: DayLock | undefined, utcOffsetMinutes: number): SheetReply {
  const groups: Record<string, number> = {};
  for (const [leg, amountFen] of Object.entries(sheet.closing)) groups[groupOf(leg)] = (groups[groupOf(leg)] ?? 0) + amountFen;
  return {
    day: sheet.day,
    closing: { ...sheet.closing },
    groups,
    moved: { ...legsOfKinds(sheet.kinds) },
    sheetHash: sheetHash(sheet),
    previousHash: sheet.previousHash ?? null,
    madeAt: toIso(sheet.madeAt, utcOffsetMinutes),
    locked: lock === undefined ? null : { lockedBy: lock.lockedBy, lockedAt: toIso(lock.lockedAt, utcOffsetMinutes) },
  };
}

export function adjustmentView(adjustment: Adjustment): AdjustmentView {
  const { adjustmentNo, kind, day, postings, reason, state, proposedBy, proposedAt } = adjustment;
  return {
    ...{ adjustmentNo, kind, day, reason, state, proposedBy },
    postings: postings.map(({ leg, amountFen }) => ({ leg, amountFen })),
    accountNo: adjustment.accountNo ?? null,
    clears: adjustment.clears ?? null,
    proposedAt: toIso(proposedAt),
    decidedBy: 'decidedBy' in adjustment ? adjustment.decidedBy : null,
  };
}

/** What a channel owes for a day, as its reconciled bill says. */
export function expectedOf(records: readonly ReconciliationRecord[]) {
  return records.flatMap(({ channel, day, sums, state }) => {
    const isKnown = state === 'balanced' || state === 'healed' || state === 'held' || state === 'open';
    if (!isKnown || sums === undefined || (channel !== 'wechat-pay' && channel !== 'alipay')) return [];
    return [{ channel, day, ...feesOf(sums) }] as const;
  });
}

function feesOf(sums: NonNullable<ReconciliationRecord['sums']>) {
  return { grossFen: fen(sums.billPaymentFen), refundsFen: fen(sums.billRefundFen), feeFen: fen(sums.billFeeFen) };
}
