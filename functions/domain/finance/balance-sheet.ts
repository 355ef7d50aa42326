import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../../shared/canonical-json';
import { type Fen, sum } from '../../../shared/money';
import type { EpochMs } from '../../../shared/time';
import { groupOf, LEG_GROUPS, type LegGroup } from './leg-groups';
import { addKinds, addLegs, isBalanced, isNothing, type KindSums, kindsSince, type LegSums, legsOfKinds } from './leg-sums';

/**
 * The books of a school at the end of a business day. Written once; each names the hash of the one before, so that none can be
 * exchanged without all that follow.
 */
export interface BalanceSheet {
  readonly schoolId: string;
  readonly day: string;
  /** What the day's own entries moved, by kind. */
  readonly kinds: KindSums;
  /** What was found in the books of earlier days after their sheets were made, by day and kind. */
  readonly corrections: Readonly<Record<string, KindSums>>;
  /** Every side since the first day. Sums to zero. */
  readonly closing: LegSums;
  /** Of the sheet of the day before; absent on a school's first. */
  readonly previousHash?: string;
  readonly madeAt: EpochMs;
}

/** SHA-256 (hex) over the RFC 8785 JSON of the sheet. */
export function sheetHash(sheet: BalanceSheet): string {
  // A sheet is JSON by construction: strings, whole numbers and maps, nothing else.
  return createHash('sha256')
    .update(canonicalJson(sheet as unknown as Json))
    .digest('hex');
}

/**
 * The sheet that follows `previous`. `earlier` is what the books of the days before hold now, by day; what no sheet has yet is carried
 * here. @throws Error when the sides do not sum to zero
 */
export function nextSheet(input: {
  readonly schoolId: string;
  readonly day: string;
  readonly kinds: KindSums;
  readonly earlier: Readonly<Record<string, KindSums>>;
  /** The last sheets, newest first: the one before, and as many as `earlier` has days. */
  readonly sheets: readonly BalanceSheet[];
  readonly madeAt: EpochMs;
}): BalanceSheet {
  const { schoolId, day, kinds, earlier, sheets, madeAt } = input;
  const previous = sheets[0];
  const corrections = Object.fromEntries(
    Object.entries(earlier)
      .map(([date, now]) => [date, kindsSince(bookedOf(date, sheets), now)] as const)
      .filter(([, found]) => !isNothing(found)),
  );
  const moved = [kinds, ...Object.values(corrections)].map(legsOfKinds);
  const closing = moved.reduce(addLegs, previous?.closing ?? {});
  if (!isBalanced(closing)) throw new Error(`the books of ${schoolId} on ${day} do not sum to zero`);
  const chain = previous === undefined ? {} : { previousHash: sheetHash(previous) };
  return { schoolId, day, kinds, corrections, closing, ...chain, madeAt };
}

/** What of a day stands on sheets: its own, and what later ones carried of it. */
export function bookedOf(day: string, sheets: readonly BalanceSheet[]): KindSums {
  const parts = sheets.flatMap((sheet) => [...(sheet.day === day ? [sheet.kinds] : []), sheet.corrections[day] ?? {}]);
  return parts.reduce<KindSums>(addKinds, {});
}

/** The sheet by group, each with its sides. `amountFen` keeps the sign of the books; all groups sum to zero. */
export function sheetGroups(closing: LegSums): readonly { readonly group: LegGroup; readonly totalFen: Fen; readonly legs: LegSums }[] {
  return LEG_GROUPS.flatMap((group) => {
    const legs = Object.fromEntries(Object.entries(closing).filter(([leg]) => groupOf(leg) === group));
    return isNothing(legs) ? [] : [{ group, totalFen: sum(Object.values(legs)), legs }];
  });
}
