import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, DAY_MS, type EpochMs } from '../../shared/time';
import type { AccountState } from '../domain/account-state';
import {
  type Adjustment,
  type AdjustmentWish,
  adjustmentFault,
  clearedItem,
  type DecidedAdjustment,
  decidedAdjustment,
  isSameAdjustment,
  proposedAdjustment,
  type SuspenseItem,
  suspenseFen,
} from '../domain/finance/adjustment';
import { cardHeld, walletHeld } from '../domain/hold';
import { isHouseAccount } from '../domain/house-account';
import { movementDraft } from '../domain/movement';
import { isBalance, type Posting } from '../domain/posting';
import type { Adjustments } from '../store/adjustments';
import type { DayLocks } from '../store/day-locks';
import type { TableWrite } from '../store/table';
import { appendHouse, type HouseDeps } from './append-house';
import { changeAccount } from './append-loop';

export interface AdjustDeps extends HouseDeps {
  readonly adjustments: Adjustments;
  readonly locks: DayLocks;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/**
 * Proposes a correction of the books: nothing is written to them before a second person approves it. The same number again is the same
 * proposal. Postings are sides as `legs.ts` names them, at most eight, and sum to zero; a holder's places need `accountNo`. 长款 / 短款 is
 * `cash:<terminal>` against `over-short`; 挂账 is kind `suspense`, any side against `suspense`; clearing it names the item in `clears`.
 *
 * Throws AppError: `finance.unbalanced`, `request.malformed`, `day.open` (a day to come), `day.locked`, `finance.unknown` (no such item),
 * `request.replayed-differently`, `account.unknown`, `school.unknown`.
 */
export async function proposeAdjustment(deps: AdjustDeps, wish: AdjustmentWish, staff: string): Promise<Adjustment> {
  const fault = adjustmentFault(wish);
  if (fault !== undefined) throw new AppError(fault);
  const { utcOffsetMinutes } = await deps.packOf(wish.schoolId);
  const at = deps.clock();
  if (wish.day > businessDay(at, utcOffsetMinutes)) throw new AppError('day.open', { day: wish.day });
  const known = await deps.adjustments.find(wish.schoolId, wish.adjustmentNo);
  if (known === undefined) await refuseWhatCannotBe(deps, wish);
  const found = known ?? (await deps.adjustments.insert(proposedAdjustment(wish, { staff, at })));
  if (!isSameAdjustment(found, wish)) throw new AppError('request.replayed-differently');
  return found;
}

async function refuseWhatCannotBe(deps: AdjustDeps, wish: AdjustmentWish): Promise<void> {
  if ((await deps.locks.find(wish.schoolId, wish.day)) !== undefined) throw new AppError('day.locked', { day: wish.day });
  if (wish.clears !== undefined) await itemOf(deps, wish.schoolId, wish.clears);
  const { schoolId, accountNo } = wish;
  if (accountNo === undefined) return;
  // A holder's places mean nothing in a house passbook.
  const isHolders = !isHouseAccount(accountNo) && (await deps.passbook.head(schoolId, accountNo)) !== undefined;
  if (!isHolders) throw new AppError('account.unknown');
}

/**
 * A second person approves, and the entry is written exactly once: in the holder's passbook where a holder's money moves (they see it),
 * in a house passbook otherwise. Asked again it goes on where a function died, whoever asks, and then answers the same.
 *
 * Throws AppError: `finance.unknown`, `staff.second-person`, `day.locked`, `finance.over-rest` (more than the item has left),
 * `payment.insufficient-balance`, `request.replayed-differently` (rejected before), `request.busy`, `account.unknown`, `school.unknown`.
 */
export async function approveAdjustment(deps: AdjustDeps, name: AdjustmentName, staff: string): Promise<Adjustment> {
  const found = await findAdjustment(deps, name);
  if (found.state === 'posted') return found;
  if (found.state === 'rejected') throw new AppError('request.replayed-differently');
  if (found.state === 'proposed' && found.proposedBy === staff) throw new AppError('staff.second-person');
  if (found.accountNo !== undefined) return postToHolder(deps, name, found.accountNo, staff);
  return postToHouse(deps, found.state === 'approved' ? found : await approve(deps, found, staff));
}

export interface AdjustmentName {
  readonly schoolId: string;
  readonly adjustmentNo: string;
}

/**
 * A second person, or whoever proposed it, takes it back; nothing was written.
 *
 * Throws AppError: `finance.unknown`, `request.replayed-differently` (approved before), `request.busy`.
 */
export async function rejectAdjustment(deps: AdjustDeps, name: AdjustmentName, staff: string): Promise<Adjustment> {
  const found = await findAdjustment(deps, name);
  if (found.state === 'rejected') return found;
  if (found.state !== 'proposed') throw new AppError('request.replayed-differently');
  const next = decidedAdjustment(found, 'rejected', { staff, at: deps.clock() });
  if (!(await deps.adjustments.replace(next))) throw new AppError('request.busy');
  return next;
}

/** Approved ones whose entry a dead function still owes, among the newest hundred. Answers their numbers. */
export async function postApproved(deps: AdjustDeps, schoolId: string): Promise<readonly string[]> {
  const { adjustments } = await deps.adjustments.list(schoolId, { limit: 100 });
  const owed = adjustments.filter((one): one is DecidedAdjustment => one.state === 'approved');
  for (const one of owed) await postToHouse(deps, one);
  return owed.map(({ adjustmentNo }) => adjustmentNo);
}

/** The decision and what it does to suspense, all or nothing, while the day is open. */
async function approve(deps: AdjustDeps, found: Adjustment, staff: string): Promise<DecidedAdjustment> {
  const next = decidedAdjustment(found, 'approved', { staff, at: deps.clock() });
  const rows = [...(await suspenseRows(deps, next)), deps.locks.stillOpen(found.schoolId, found.day)];
  if (await deps.adjustments.replace(next, rows)) return next;
  if ((await deps.locks.find(found.schoolId, found.day)) !== undefined) throw new AppError('day.locked', { day: found.day });
  throw new AppError('request.busy');
}

async function postToHouse(deps: AdjustDeps, approved: DecidedAdjustment): Promise<Adjustment> {
  const { schoolId, adjustmentNo, kind, day, postings, decidedAt } = approved;
  const pack = await deps.packOf(schoolId);
  const house = kind === 'adjustment' ? 'adjustments' : 'suspense';
  const occurredAt = instantOf(day, decidedAt, pack);
  await appendHouse(deps, { schoolId, house, kind, entryId: adjustmentNo, postings, day, occurredAt }, pack);
  const next = decidedAdjustment(approved, 'posted', { staff: approved.decidedBy, at: decidedAt });
  // Another asker may have noted it first: the entry is there, which is what counts.
  return (await deps.adjustments.replace(next)) ? next : findAdjustment(deps, approved);
}

async function postToHolder(deps: AdjustDeps, name: AdjustmentName, accountNo: number, staff: string): Promise<Adjustment> {
  const pack = await deps.packOf(name.schoolId);
  return changeAccount<{ row: Adjustment; rows: readonly TableWrite[] }, Adjustment>(deps, {
    account: { schoolId: name.schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    async gather() {
      const row = await findAdjustment(deps, name);
      if (row.state !== 'proposed') return { row, rows: [] };
      if ((await deps.locks.find(row.schoolId, row.day)) !== undefined) throw new AppError('day.locked', { day: row.day });
      return { row, rows: [...(await suspenseRows(deps, row)), deps.locks.stillOpen(row.schoolId, row.day)] };
    },
    decide(head, recordedAt, { row, rows }) {
      if (row.state === 'rejected') throw new AppError('request.replayed-differently');
      if (row.state !== 'proposed') return { answer: row };
      if (overdraws(head.state, row.postings, recordedAt)) throw new AppError('payment.insufficient-balance');
      const next = decidedAdjustment(row, 'posted', { staff, at: recordedAt });
      const write = movementDraft(
        head,
        {
          kind: 'adjustment',
          entryId: row.adjustmentNo,
          postings: row.postings,
          family: 'adjustment',
          occurredAt: instantOf(row.day, recordedAt, pack),
          recordedAt,
        },
        pack,
      );
      return { write, rows: [deps.adjustments.replacement(next), ...rows], answer: () => next };
    },
  });
}

/** Nothing that a sale under way or an offline pass has reserved is taken. */
function overdraws(state: AccountState, postings: readonly Posting[], at: EpochMs): boolean {
  const after: Record<string, number> = { ...state.balances };
  for (const { leg, amountFen } of postings) if (isBalance(leg)) after[leg] = (after[leg] ?? 0) + amountFen;
  const floors: Readonly<Record<string, number>> = { card: cardHeld(state, at), wallet: walletHeld(state, at) };
  const taken = postings.filter(({ amountFen }) => amountFen < 0).map(({ leg }) => leg);
  return taken.some((leg) => isBalance(leg) && (after[leg] ?? 0) < (floors[leg] ?? 0));
}

async function suspenseRows(deps: AdjustDeps, adjustment: Adjustment): Promise<readonly TableWrite[]> {
  const { schoolId, kind, clears, postings } = adjustment;
  if (kind === 'suspense') return [deps.adjustments.newItem(itemOfAdjustment(adjustment, deps.clock()))];
  if (clears === undefined) return [];
  const next = clearedItem(await itemOf(deps, schoolId, clears), postings);
  if (next === undefined) throw new AppError('finance.over-rest');
  return [deps.adjustments.itemReplacement(next)];
}

function itemOfAdjustment(adjustment: AdjustmentWish, createdAt: EpochMs): SuspenseItem {
  const { schoolId, adjustmentNo, day, postings, reason } = adjustment;
  const amountFen = suspenseFen(postings);
  return { schoolId, itemNo: adjustmentNo, day, amountFen, openFen: amountFen, reason, createdAt, version: 1 };
}

async function itemOf(deps: Pick<AdjustDeps, 'adjustments'>, schoolId: string, itemNo: string): Promise<SuspenseItem> {
  const item = await deps.adjustments.findItem(schoolId, itemNo);
  if (item === undefined) throw new AppError('finance.unknown');
  return item;
}

async function findAdjustment(deps: Pick<AdjustDeps, 'adjustments'>, { schoolId, adjustmentNo }: AdjustmentName): Promise<Adjustment> {
  const found = await deps.adjustments.find(schoolId, adjustmentNo);
  if (found === undefined) throw new AppError('finance.unknown');
  return found;
}

/** When it is taken to have happened: on the day it is about, not after it was decided. */
function instantOf(day: string, decidedAt: EpochMs, { utcOffsetMinutes }: Pick<RulePack, 'utcOffsetMinutes'>): EpochMs {
  const dayEnds = Date.parse(`${day}T00:00:00Z`) - utcOffsetMinutes * 60_000 + DAY_MS;
  return Math.min(decidedAt, dayEnds - 1);
}
