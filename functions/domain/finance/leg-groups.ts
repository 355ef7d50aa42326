import { isBalance } from '../posting';

/**
 * Where a side stands on the balance sheet. What the school has or is owed (`assets`) stands negative in the books and what it owes
 * positive (`legs.ts`); a page for people turns the sign of the assets.
 */
export const LEG_GROUPS = ['assets', 'cardholders', 'merchants', 'utilities', 'funding', 'result', 'suspense', 'other'] as const;
export type LegGroup = (typeof LEG_GROUPS)[number];

const BY_PREFIX: readonly (readonly [string, LegGroup])[] = [
  ['channel:', 'assets'],
  ['bank:', 'assets'],
  ['cash:', 'assets'],
  ['receivable:', 'assets'],
  ['deposit:', 'cardholders'],
  ['merchant:', 'merchants'],
  ['utility:', 'utilities'],
  ['funding:', 'funding'],
  ['income:', 'result'],
  ['fee:', 'result'],
];

/** `other` is a side that this list does not know yet: it is shown, never left out. */
export function groupOf(leg: string): LegGroup {
  if (isHoldersSum(leg)) return 'cardholders';
  if (leg === 'over-short') return 'result';
  if (leg === 'suspense') return 'suspense';
  return BY_PREFIX.find(([prefix]) => leg.startsWith(prefix))?.[1] ?? 'other';
}

/** What the accounts of cardholders hold: their heads must add up to it. */
export function isHoldersSum(leg: string): boolean {
  return isBalance(leg) || leg === 'subsidy';
}
