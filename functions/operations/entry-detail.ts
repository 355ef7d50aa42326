import type { EntryDetailReply } from '../../shared/api/records';
import { AppError, errorTable } from '../../shared/errors';
import { add, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { type Entry, entryHash } from '../domain/entry';
import { entryView, isShown } from '../domain/entry-view';
import { isBalance, isSubsidy, type Posting } from '../domain/posting';
import type { Clock } from '../lib/clock';
import type { Passbook } from '../store/passbook';
import type { Terminal } from '../store/terminals';
import type { HolderCaller } from './caller';
import { type MerchantDeps, merchantNames } from './merchant-names';

export interface EntryDetailDeps extends MerchantDeps {
  readonly passbook: Pick<Passbook, 'entry' | 'entries'>;
  readonly terminalOf: (schoolId: string, terminal: number) => Promise<Terminal | undefined>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly clock: Clock;
}

/** How far a sale and what takes it back are looked for from each other: months of a student's life. */
const REACH = 200;

/**
 * One entry with all that its receipt says, and the entries it belongs with: what it takes back, or what took it back.
 * Throws AppError `entry.unknown`, `school.unknown`.
 */
export async function entryDetail(deps: EntryDetailDeps, { bound }: HolderCaller, n: number): Promise<EntryDetailReply> {
  const { schoolId, accountNo } = bound;
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const asOf = deps.clock();
  const entry = await deps.passbook.entry(schoolId, accountNo, n);
  if (entry === undefined || !isShown(entry)) throw new AppError('entry.unknown');
  const { reason } = entry;
  const merchants = await merchantNames(deps, schoolId, [entry]);
  return {
    entry: entryView(entry, { utcOffsetMinutes, merchants }),
    parts: partsOf(entry.postings),
    terminal: await terminalOf(deps, entry),
    reason: reason === undefined ? null : { zh: errorTable[reason].zh, en: errorTable[reason].en },
    late: entry.late === true,
    ...(await relatives(deps, entry)),
    hash: entryHash(entry),
    asOf: toIso(asOf, utcOffsetMinutes),
  };
}

function partsOf(postings: readonly Posting[]): EntryDetailReply['parts'] {
  const parts = new Map<EntryDetailReply['parts'][number]['place'], Posting['amountFen']>();
  for (const { leg, amountFen } of postings) {
    const place = isBalance(leg) ? leg : isSubsidy(leg) ? ('subsidy' as const) : undefined;
    if (place !== undefined) parts.set(place, add(parts.get(place) ?? ZERO, amountFen));
  }
  return [...parts].flatMap(([place, amountFen]) => (amountFen === 0 ? [] : [{ place, amountFen }]));
}

/** The book of the other side names the machine: "terminal/7/2026-11-21". */
async function terminalOf(deps: EntryDetailDeps, entry: Entry): Promise<EntryDetailReply['terminal']> {
  const number = Number(/^terminal\/(\d+)\//.exec(entry.counterparty?.book ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(number)) return null;
  const found = await deps.terminalOf(entry.schoolId, number);
  return { number, name: found?.name ?? null, place: found?.place ?? null };
}

async function relatives(deps: EntryDetailDeps, entry: Entry): Promise<Pick<EntryDetailReply, 'reversesN' | 'reversedByN'>> {
  const near = async (from: number, to: number) =>
    (await deps.passbook.entries(entry.schoolId, entry.accountNo, { from, to, limit: REACH })).entries;
  if (entry.reverses !== undefined) {
    const earlier = await near(Math.max(1, entry.n - REACH), entry.n - 1);
    return { reversesN: earlier.find(({ entryId }) => entryId === entry.reverses)?.n ?? null, reversedByN: [] };
  }
  const later = await near(entry.n + 1, entry.n + REACH);
  const takenBackBy = later.filter(({ reverses }) => reverses === entry.entryId).map(({ n }) => n);
  return { reversesN: null, reversedByN: takenBackBy.reverse() };
}
