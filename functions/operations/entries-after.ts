import type * as v from 'valibot';
import type { entriesAfterReply } from '../../shared/api/student';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
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
  const newest = await deps.passbook.entries(schoolId, accountNo, { from: after + 1, to: Number.MAX_SAFE_INTEGER, limit: PAGE });
  const page = newest.more ? await deps.passbook.entries(schoolId, accountNo, { from: after + 1, to: after + PAGE, limit: PAGE }) : newest;
  const shown = page.entries.filter(isShown).reverse();
  const context = { utcOffsetMinutes: pack.utcOffsetMinutes, merchants: await merchantNames(deps, schoolId, shown) };
  return {
    entries: shown.map((entry) => entryView(entry, context)),
    lastEntryN: page.entries[0]?.n ?? after,
    asOf: toIso(asOf, pack.utcOffsetMinutes),
  };
}
