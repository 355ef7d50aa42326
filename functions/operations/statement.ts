import type { StatementReply } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import type { Entry } from '../domain/entry';
import { entryView, isShown } from '../domain/entry-view';
import { monthTotals } from '../domain/month-totals';
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
  query: { readonly month: string; readonly cursor?: string | undefined },
): Promise<StatementReply> {
  const { schoolId, accountNo } = bound;
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const asOf = deps.clock();
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  const entries = await entriesOfMonth(deps, head, query.month);
  const below = query.cursor === undefined ? Number.POSITIVE_INFINITY : Number(query.cursor);
  const shown = entries.filter((entry) => isShown(entry) && entry.n < below);
  const page = shown.slice(0, PAGE);
  const context = { utcOffsetMinutes, merchants: await merchantNames(deps, schoolId, page) };
  const last = page.at(-1);
  return {
    month: query.month,
    entries: page.map((entry) => entryView(entry, context)),
    nextCursor: last !== undefined && shown.length > page.length ? String(last.n) : null,
    ...monthTotals(entries, utcOffsetMinutes),
    asOf: toIso(asOf, utcOffsetMinutes),
  };
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
