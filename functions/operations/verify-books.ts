import { AppError } from '../../shared/errors';
import { add, type Fen, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, shiftDay } from '../../shared/time';
import { BALANCES, subsidyTotal } from '../domain/account-state';
import { type BalanceSheet, bookedOf, sheetHash } from '../domain/finance/balance-sheet';
import { isHoldersSum } from '../domain/finance/leg-groups';
import { addKinds, addLegs, isNothing, type KindSums, kindsSince, type LegSums, legsOfKinds } from '../domain/finance/leg-sums';
import { mapInParallel } from '../lib/in-parallel';
import type { AccountNumbers } from '../store/account-numbers';
import type { BalanceSheets } from '../store/balance-sheets';
import type { Passbook } from '../store/passbook';
import { type SumDayDeps, sumBooks } from './sum-day';

export interface VerifyDeps extends SumDayDeps {
  readonly sheets: BalanceSheets;
}

/**
 * What is wrong with the sheet of a day. `chain`: it does not name the one before by its hash, or a day is missing. `closing`: it is not the one before
 * and what moved. `books`: the books hold other entries now than all sheets together say; `waiting` where the next closing will carry it.
 */
export interface SheetFault {
  readonly day: string;
  readonly fault: 'chain' | 'closing' | 'books' | 'waiting';
  /** Books less sheets, by side. */
  readonly difference: LegSums;
}

export interface Verification {
  readonly days: number;
  readonly lastDay: string;
  /** No fault but what waits. */
  readonly sound: boolean;
  readonly faults: readonly SheetFault[];
}

/**
 * Recomputes a school's sheets up to `day` from the first day's entries, and follows the chain of hashes. Reads every book of every day:
 * for an audit, not for a page.
 *
 * Throws AppError: `finance.unknown` (the day has no sheet), `school.unknown`.
 */
export async function verifyBooks(deps: VerifyDeps, schoolId: string, day: string): Promise<Verification> {
  const faults: SheetFault[] = [];
  const booked = new Map<string, KindSums>();
  const days: string[] = [];
  let previous: BalanceSheet | undefined;
  let newest = '';
  for await (const sheet of deps.sheets.all(schoolId)) {
    newest = sheet.day;
    // Later sheets count for what they carry of the days that are verified.
    for (const [past, kinds] of Object.entries(sheet.corrections)) booked.set(past, addKinds(booked.get(past) ?? {}, kinds));
    if (sheet.day > day) continue;
    booked.set(sheet.day, addKinds(booked.get(sheet.day) ?? {}, sheet.kinds));
    days.push(sheet.day);
    faults.push(...followsFrom(previous, sheet));
    previous = sheet;
  }
  if (previous === undefined || previous.day !== day) throw new AppError('finance.unknown');
  for (const date of days) {
    const { kinds } = await sumBooks(deps, schoolId, date);
    const missing = kindsSince(booked.get(date) ?? {}, kinds);
    if (isNothing(missing)) continue;
    // The next closing looks again at the two days before it.
    const fault = date >= shiftDay(newest, -1) ? 'waiting' : 'books';
    faults.push({ day: date, fault, difference: legsOfKinds(missing) });
  }
  return { days: days.length, lastDay: day, sound: faults.every(({ fault }) => fault === 'waiting'), faults };
}

function followsFrom(previous: BalanceSheet | undefined, sheet: BalanceSheet): readonly SheetFault[] {
  const { day } = sheet;
  const follows = previous === undefined || shiftDay(previous.day, 1) === day;
  const hash = previous === undefined ? undefined : sheetHash(previous);
  const chain: SheetFault[] = follows && sheet.previousHash === hash ? [] : [{ day, fault: 'chain', difference: {} }];
  const moved = [sheet.kinds, ...Object.values(sheet.corrections)].map(legsOfKinds).reduce(addLegs, previous?.closing ?? {});
  const difference = legsOfKinds(kindsSince({ all: sheet.closing }, { all: moved }));
  return isNothing(difference) ? chain : [...chain, { day, fault: 'closing', difference }];
}

export interface CrossCheckDeps extends SumDayDeps {
  readonly sheets: BalanceSheets;
  readonly accountNumbers: Pick<AccountNumbers, 'highest'>;
  readonly passbook: Pick<Passbook, 'head'>;
}

export interface CrossCheck {
  readonly accounts: number;
  /** All heads added up, and what the books say of them at this moment, for each place of the holders' money. */
  readonly legs: readonly { readonly leg: string; readonly headsFen: Fen; readonly booksFen: Fen }[];
  readonly equal: boolean;
}

const HEADS_AT_ONCE = 32;
const HEADS_OF_A_STEP = 1_024;

/**
 * All balances of all accounts against the books: the last sheet, what has appeared in its days since, and the days that are still open.
 * Equal only at a quiet instant: what is written meanwhile may be in one and not in the other. Reads the head of every account.
 *
 * Throws AppError: `school.unknown`.
 */
export async function crossCheckHeads(deps: CrossCheckDeps, schoolId: string): Promise<CrossCheck> {
  const pack = await deps.packOf(schoolId);
  const books = await booksNow(deps, schoolId, pack);
  const heads: Record<string, Fen> = {};
  let accounts = 0;
  const highest = await deps.accountNumbers.highest(schoolId);
  for (let from = 1; from <= highest; from += HEADS_OF_A_STEP) {
    const numbers = Array.from({ length: Math.min(HEADS_OF_A_STEP, highest - from + 1) }, (_, index) => from + index);
    for (const head of await mapInParallel(numbers, HEADS_AT_ONCE, (accountNo) => deps.passbook.head(schoolId, accountNo))) {
      if (head === undefined) continue;
      accounts += 1;
      for (const name of BALANCES) heads[name] = add(heads[name] ?? ZERO, head.state.balances[name]);
      heads.subsidy = add(heads.subsidy ?? ZERO, subsidyTotal(head.state));
    }
  }
  const legs = [...BALANCES, 'subsidy'].map((leg) => ({ leg, headsFen: heads[leg] ?? ZERO, booksFen: books[leg] ?? ZERO }));
  return { accounts, legs, equal: legs.every(({ headsFen, booksFen }) => headsFen === booksFen) };
}

/** What stands on the last sheet and what has moved since, up to this moment. */
async function booksNow(deps: CrossCheckDeps, schoolId: string, { utcOffsetMinutes }: RulePack): Promise<LegSums> {
  const today = businessDay(deps.clock(), utcOffsetMinutes);
  const sheets = await deps.sheets.newest(schoolId, 3);
  const last = sheets[0];
  let legs: LegSums = last?.closing ?? {};
  for (const { day } of sheets.slice(0, 2)) {
    const { kinds } = await sumBooks(deps, schoolId, day);
    legs = addLegs(legs, legsOfKinds(kindsSince(bookedOf(day, sheets), kinds)));
  }
  const first = last === undefined ? shiftDay(today, -FIRST_LOOK_DAYS) : shiftDay(last.day, 1);
  // A sale may be dated a minute into tomorrow by a terminal whose clock is ahead.
  for (let day = first; day <= shiftDay(today, 1); day = shiftDay(day, 1)) {
    legs = addLegs(legs, legsOfKinds((await sumBooks(deps, schoolId, day)).kinds));
  }
  return Object.fromEntries(Object.entries(legs).filter(([leg]) => isHoldersSum(leg)));
}

/** How far back a school without any sheet is looked at. */
export const FIRST_LOOK_DAYS = 35;
