import type * as v from 'valibot';
import type { entriesAfterReply } from '../../shared/api/student';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import type { Entry } from '../domain/entry';
import { entryView, isShown } from '../domain/entry-view';
import type { Clock } from '../lib/clock';
import type { Passbook } from '../store/passbook';
import type { HolderCaller } from './caller';
import { type MerchantDeps, merchantNames } from './merchant-names';

export interface EntriesAfterDeps extends MerchantDeps {
  readonly passbook: Pick<Passbook, 'entries'>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly clock: Clock;
}

const PAGE = 10;
const WINDOW = 50;
const MAX_WINDOWS = 40;

/**
 * What happened since entry `after`, newest last: one strongly consistent read, for the code screen that asks each
 * second. With more than a page of news the oldest come first, and `lastEntryN` says where to ask on from.
 * Throws AppError `school.unknown`.
 */
export async function entriesAfter(
  deps: EntriesAfterDeps,
  { bound }: HolderCaller,
  after: number,
): Promise<v.InferOutput<typeof entriesAfterReply>> {
  const { schoolId, accountNo } = bound;
  const asOf = deps.clock();
  const pack = await deps.packOf(schoolId);
  const { shown, lastEntryN } = await newsAfter(deps, { schoolId, accountNo, after });
  const context = { utcOffsetMinutes: pack.utcOffsetMinutes, merchants: await merchantNames(deps, schoolId, shown) };
  return {
    entries: shown.map((entry) => entryView(entry, context)),
    lastEntryN,
    asOf: toIso(asOf, pack.utcOffsetMinutes),
  };
}

interface News {
  /** Oldest first. */
  readonly shown: readonly Entry[];
  readonly lastEntryN: number;
}

/** At most a page of entries to show; hidden ones between them never make an empty page while there is news behind. */
async function newsAfter(
  deps: EntriesAfterDeps,
  { schoolId, accountNo, after }: { readonly schoolId: string; readonly accountNo: number; readonly after: number },
): Promise<News> {
  const newest = await deps.passbook.entries(schoolId, accountNo, { from: after + 1, to: Number.MAX_SAFE_INTEGER, limit: PAGE });
  const headN = newest.entries[0]?.n ?? after;
  if (!newest.more) return { shown: newest.entries.filter(isShown).reverse(), lastEntryN: headN };
  let shown: readonly Entry[] = [];
  let last = after;
  for (let windows = 0; windows < MAX_WINDOWS && last < headN && shown.length === 0; windows += 1) {
    const range = { from: last + 1, to: last + WINDOW, limit: WINDOW };
    const { entries } = await deps.passbook.entries(schoolId, accountNo, range);
    shown = entries.filter(isShown).reverse().slice(0, PAGE);
    last = shown.length === PAGE ? (shown.at(-1)?.n ?? last) : (entries[0]?.n ?? headN);
  }
  return { shown, lastEntryN: last };
}
