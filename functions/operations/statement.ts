import type { StatementQuery } from '../../shared/api/records';
import type { StatementReply } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import { add, negate, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import type { Entry } from '../domain/entry';
import { amountShown, entryView, isShown } from '../domain/entry-view';
import { monthTotals } from '../domain/month-totals';
import { isBalance, isHolders } from '../domain/posting';
import type { Clock } from '../lib/clock';
import type { Passbook } from '../store/passbook';
import type { AccountName } from './append-loop';
import { type MerchantDeps, merchantNames } from './merchant-names';

export interface StatementDeps extends MerchantDeps {
  readonly passbook: Pick<Passbook, 'head' | 'entry' | 'entries'>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly clock: Clock;
}

const PAGE = 30;
const READ_PAGE = 200;

/**
 * A page of a month, newest first, with the totals of the whole month. `cursor` is the entry number to go on below, so
 * that entries written meanwhile move nothing.
 * Throws AppError: `account.unknown`, `school.unknown`.
 */
export async function statement(
  deps: StatementDeps,
  { bound }: { readonly bound: AccountName },
  query: StatementQuery,
): Promise<StatementReply> {
  const { schoolId, accountNo } = bound;
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const asOf = deps.clock();
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  const entries = await entriesOfMonth(deps, head, query.month);
  const below = query.cursor === undefined ? Number.POSITIVE_INFINITY : Number(query.cursor);
  const matching = entries.filter((entry) => isShown(entry) && isAskedFor(entry, query));
  const shown = matching.filter((entry) => entry.n < below);
  const page = shown.slice(0, PAGE);
  const context = { utcOffsetMinutes, merchants: await merchantNames(deps, schoolId, page) };
  const last = page.at(-1);
  return {
    month: query.month,
    entries: page.map((entry) => entryView(entry, context)),
    nextCursor: last !== undefined && shown.length > page.length ? String(last.n) : null,
    ...monthTotals(entries, utcOffsetMinutes),
    matching: tally(matching),
    asOf: toIso(asOf, utcOffsetMinutes),
  };
}

function isAskedFor(entry: Entry, { kind, flow, place }: StatementQuery): boolean {
  if (kind !== undefined && entry.kind !== kind) return false;
  const amountFen = amountShown(entry);
  if (flow !== undefined && (flow === 'in' ? amountFen <= 0 : amountFen >= 0)) return false;
  if (place === undefined) return true;
  // What is not the wallet's is the card's: money on its way there, in its chip, or granted to be spent with it.
  return entry.postings.some(({ leg }) => isHolders(leg) && (isBalance(leg) && leg === 'wallet') === (place === 'wallet'));
}

/** How many, and what they came to by sign: nothing is set off against anything, so that a list can be added up by hand. */
function tally(entries: readonly Entry[]): NonNullable<StatementReply['matching']> {
  let outFen = ZERO;
  let inFen = ZERO;
  for (const entry of entries) {
    const amountFen = amountShown(entry);
    if (amountFen < 0) outFen = add(outFen, negate(amountFen));
    else inFen = add(inFen, amountFen);
  }
  return { count: entries.length, outFen, inFen };
}

/** Newest first. A month's place is found from month to month backwards, one read each, never by walking entries. */
async function entriesOfMonth(deps: StatementDeps, head: Entry, month: string): Promise<readonly Entry[]> {
  let last = head;
  while (last.state.months.month > month && last.state.months.first > 1) {
    const n = last.state.months.first - 1;
    const before = await deps.passbook.entry(head.schoolId, head.accountNo, n);
    if (before === undefined) throw new Error(`passbook has a gap at ${n}`);
    last = before;
  }
  if (last.state.months.month !== month) return [];
  const entries: Entry[] = [];
  const from = last.state.months.first;
  for (let to = last.n; to >= from; ) {
    const page = await deps.passbook.entries(head.schoolId, head.accountNo, { from, to, limit: READ_PAGE });
    entries.push(...page.entries);
    to = (page.entries.at(-1)?.n ?? from) - 1;
  }
  return entries;
}
