import { AppError } from '../../shared/errors';
import { type Fen, negate, subtract } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay } from '../../shared/time';
import { legs } from '../domain/legs';
import { appendHouse, type HouseDeps } from './append-house';

export interface CollectCashDeps extends HouseDeps {
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

export interface CashCollection {
  readonly schoolId: string;
  /** Of the collection's slip: unique for ever. */
  readonly collectionNo: string;
  readonly terminal: number;
  /** What the machine's own counter says it holds. */
  readonly expectedFen: Fen;
  /** What two people counted, and the bank took. */
  readonly countedFen: Fen;
  readonly countedBy: string;
  readonly witnessedBy: string;
}

/**
 * 现金解款: the notes of a cash machine are in the bank. What is too much or too little stands as 长款 / 短款. A repeat of the number is the
 * same collection.
 *
 * Throws AppError: `staff.second-person`, `request.malformed` (nothing was in it, or below zero), `request.replayed-differently`,
 * `request.busy`, `school.unknown`.
 */
export async function collectCash(
  deps: CollectCashDeps,
  collection: CashCollection,
): Promise<{ readonly entryId: string; readonly overShortFen: Fen }> {
  const { schoolId, collectionNo, terminal, expectedFen, countedFen } = collection;
  if (collection.countedBy === collection.witnessedBy) throw new AppError('staff.second-person');
  if (!/^[0-9A-Za-z-]{4,40}$/.test(collectionNo) || expectedFen < 0 || countedFen < 0) throw new AppError('request.malformed');
  const overShortFen = subtract(countedFen, expectedFen);
  const postings = [
    { leg: legs.cash(terminal), amountFen: expectedFen },
    { leg: legs.bank, amountFen: negate(countedFen) },
    { leg: legs.overShort, amountFen: overShortFen },
  ].filter(({ amountFen }) => amountFen !== 0);
  if (postings.length === 0) throw new AppError('request.malformed');
  const pack = await deps.packOf(schoolId);
  const occurredAt = deps.clock();
  const day = businessDay(occurredAt, pack.utcOffsetMinutes);
  const entryId = `cash-${terminal}-${collectionNo}`;
  await appendHouse(deps, { schoolId, house: 'cash', kind: 'cash-collected', entryId, postings, day, occurredAt }, pack);
  return { entryId, overShortFen };
}
