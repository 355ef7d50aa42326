import { type Fen, negate, sum, ZERO } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import { shiftDay } from '../../shared/time';
import { terminalBook } from '../domain/books';
import { saleOf } from '../domain/dispute';
import type { Entry } from '../domain/entry';
import { holderChange, salePostings } from '../domain/posting';
import { comparePosBatch, type PosBatch, type PosBookLine, type PosComparison, type PosDifference } from '../domain/reconcile';
import { isSale } from '../domain/sale-kinds';
import type { Clock } from '../lib/clock';
import { mapInParallel } from '../lib/in-parallel';
import type { BookLine, Books } from '../store/books';
import type { Passbook } from '../store/passbook';
import type { DifferenceRow } from '../store/reconciliations';
import type { Reversals } from '../store/reversals';
import type { BatchHead, BatchPart, TerminalBatches } from '../store/terminal-batches';
import { terminalStatement } from './terminal-statement';

export interface CompareTerminalDeps {
  readonly terminalBatches: Pick<TerminalBatches, 'head' | 'parts' | 'covering'>;
  readonly books: Pick<Books, 'lines'>;
  readonly passbook: Pick<Passbook, 'entry'>;
  readonly reversals: Pick<Reversals, 'find'>;
  readonly clock: Clock;
}

export interface TerminalDayName {
  readonly schoolId: string;
  readonly terminal: number;
  readonly day: string;
}

/** Reads under way for one terminal. */
const AT_ONCE = 8;

/** What one terminal's day has come to. */
export interface TerminalDay {
  readonly found: readonly Found[];
  readonly stated: { readonly count: number; readonly amountFen: Fen; readonly hashes: readonly string[] };
  readonly booked: { readonly count: number; readonly soldFen: Fen; readonly voidedFen: Fen };
  readonly matched: number;
}

export interface Found {
  readonly row: Omit<DifferenceRow, 'foundAt' | 'actState' | 'version' | 'channel' | 'day'>;
  /** Given back because of it: the entry of the sale. */
  readonly sale?: Entry;
}

/** A terminal's statement of a day beside its book: what differs, and which sale of it has to be given back. Throws what the store throws. */
export async function compareTerminal(deps: CompareTerminalDeps, at: TerminalDayName): Promise<TerminalDay> {
  const { head, parts, book } = await readTerminalDay(deps, at);
  const charges = book.filter(({ outcome }) => outcome !== 'fence');
  const booked = {
    count: charges.length,
    soldFen: sum(charges.map(({ amountFen }) => amountFen)),
    voidedFen: sum(charges.filter(({ outcome }) => outcome === 'voided').map(({ amountFen }) => amountFen)),
  };
  const stated = { ...head.totals, hashes: parts.map(({ bodyHash }) => bodyHash) };
  if (head.closedAt === undefined) {
    const found = charges.length === 0 ? [] : [withoutBatch(at, booked.soldFen, deps.clock())];
    return { found, stated, booked, matched: 0 };
  }
  const compared = await compareStatement(deps, at, { head, parts, book });
  const found = await mapInParallel(compared.differences, AT_ONCE, (difference) =>
    judge(deps, at, { difference, compared, closedAt: head.closedAt ?? 0 }),
  );
  return { found, stated, booked, matched: compared.matched.count };
}

/** What a terminal has stated of a day, and its book. */
interface StatedDay {
  readonly head: BatchHead;
  readonly parts: readonly BatchPart[];
  readonly book: readonly TerminalLine[];
}

/** `paidFen`: what of the sale can be taken back; with a surcharge or a discount it is another amount than the merchant got. */
type TerminalLine = PosBookLine & { readonly paidFen: Fen };

export async function readTerminalDay(
  deps: Pick<CompareTerminalDeps, 'terminalBatches' | 'books'>,
  { schoolId, terminal, day }: TerminalDayName,
): Promise<StatedDay> {
  const head = await deps.terminalBatches.head(schoolId, terminal, day);
  const parts = head.parts === 0 ? [] : await deps.terminalBatches.parts(schoolId, terminal, day);
  return { head, parts, book: bookLines(await collect(deps.books.lines(schoolId, terminalBook(terminal, day)))) };
}

/** Charges and fences by sequence; a charge counts as voided where the till itself took the whole of it back. */
function bookLines(lines: readonly BookLine[]): readonly TerminalLine[] {
  const voided = new Map<string, number>();
  for (const line of lines) {
    if (line.kind === 'void' && line.reverses !== undefined) {
      const name = `${line.accountNo}/${line.reverses}`;
      voided.set(name, (voided.get(name) ?? 0) - merchantFen(line));
    }
  }
  return lines.flatMap((line): readonly TerminalLine[] => {
    const { accountNo, n, kind, entryId } = line;
    const named = saleOf(entryId);
    if (named === undefined) return [];
    const { sequence } = named;
    if (kind === 'fence' || kind === 'hold-released') return [{ sequence, outcome: 'fence', amountFen: ZERO, paidFen: ZERO, accountNo, n }];
    if (!isSale(kind) && kind !== 'pass-charge') return [];
    const amountFen = merchantFen(line);
    const outcome = (voided.get(`${accountNo}/${entryId}`) ?? 0) >= amountFen ? 'voided' : 'charged';
    const paid = negate(holderChange(salePostings(line.postings)));
    // A payer's own WeChat or Alipay money passes no holder.
    return [{ sequence, outcome, amountFen, paidFen: paid > 0 ? paid : amountFen, accountNo, n }];
  });
}

function merchantFen({ postings }: Pick<BookLine, 'postings'>): Fen {
  return sum(postings.filter(({ leg }) => leg.startsWith('merchant:')).map(({ amountFen }) => amountFen));
}

/**
 * A sale that the terminal does not count as sold, and that was taken back meanwhile (by a dispute, by the card office, by the run before, on
 * whatever day), is no difference any more: the permanent row of the sale knows it, the book of the day may not.
 */
export async function compareStatement(
  deps: Pick<CompareTerminalDeps, 'reversals'>,
  { schoolId, terminal, day }: TerminalDayName,
  { head, parts, book }: StatedDay,
): Promise<PosComparison & Pick<StatedDay, 'book'>> {
  const batch: PosBatch = { terminal, day, lines: parts.flatMap(({ lines }) => lines), totals: head.totals };
  const sold = new Set(batch.lines.filter(({ outcome }) => outcome === 'sold').map(({ sequence }) => sequence));
  const first = comparePosBatch(batch, book);
  const doubted = first.differences.filter((one) => one.n !== undefined && one.sequence !== undefined && !sold.has(one.sequence));
  const back = new Set<string>();
  const paid = new Map(book.map((line) => [`${line.accountNo}/${line.n}`, line.paidFen]));
  await mapInParallel(doubted, AT_ONCE, async ({ accountNo = 0, n = 0, bookFen = ZERO }) => {
    const { reversedFen } = await deps.reversals.find(schoolId, accountNo, n);
    if (reversedFen >= (paid.get(`${accountNo}/${n}`) ?? bookFen)) back.add(`${accountNo}/${n}`);
  });
  if (back.size === 0) return { ...first, book };
  const asTakenBack = book.map((line): TerminalLine => (back.has(`${line.accountNo}/${line.n}`) ? { ...line, outcome: 'voided' } : line));
  return { ...comparePosBatch(batch, asTakenBack), book: asTakenBack };
}

function withoutBatch({ terminal }: { readonly terminal: number }, bookFen: Fen, at: EpochMs): Found {
  const row = { id: `pos-${terminal}-no-batch`, class: 'no-batch', act: 'wait', reason: 'not-closed' } as const;
  return { row: { ...row, kind: 'sale', orderNo: String(terminal), bookFen, at } };
}

/** What is to be done about a difference. Money moves only where the terminal itself, under its signature, says that it sold nothing. */
async function judge(
  deps: CompareTerminalDeps,
  { schoolId, terminal, day }: TerminalDayName,
  of: { readonly difference: PosDifference; readonly compared: PosComparison; readonly closedAt: EpochMs },
): Promise<Found> {
  const { class: kind, sequence, batchFen, bookFen, accountNo, n } = of.difference;
  const entryId = sequence === undefined ? String(terminal) : `${terminal}-${sequence}`;
  const sale = accountNo === undefined || n === undefined ? undefined : await deps.passbook.entry(schoolId, accountNo, n);
  const act = sale === undefined ? 'hold' : await actFor(deps, { schoolId, terminal, day }, of, sale);
  const row = {
    id: `pos-${entryId}-${kind}${kind === 'charged-twice' ? `-${accountNo}-${n}` : ''}`,
    class: kind,
    act: act === 'reverse' ? act : 'hold',
    reason: act === 'reverse' ? 'not-sold' : act,
    schoolId,
    kind: 'sale',
    orderNo: entryId,
    at: sale?.recordedAt ?? of.closedAt,
    ...(batchFen === undefined ? {} : { billFen: batchFen }),
    ...(bookFen === undefined ? {} : { bookFen }),
    ...(accountNo === undefined ? {} : { accountNo }),
    ...(n === undefined ? {} : { n }),
  } as const;
  return act === 'reverse' && sale !== undefined ? { row, sale } : { row };
}

/** `reverse`, or why not. */
async function actFor(
  deps: CompareTerminalDeps,
  { schoolId, terminal, day }: TerminalDayName,
  { difference, compared }: { readonly difference: PosDifference; readonly compared: PosComparison },
  sale: Entry,
): Promise<string> {
  const { class: kind, sequence } = difference;
  // A sale by pass is told by the till itself, under its signature, and may be owed: only a person takes it back.
  if (kind !== 'missing-in-batch' || sequence === undefined || sale.kind === 'pass-charge') return 'hold';
  if (!compared.trustworthy) return 'untrustworthy';
  const { recordedAt } = sale;
  const said = await terminalStatement(deps, { schoolId, terminal, day, sequence, recordedAt });
  // What was recorded after the day was closed, the terminal could not have stated.
  if (said === undefined) return 'recorded-after-closing';
  if (said.outcome !== 'absent' && said.outcome !== 'refused') return 'hold';
  // A till whose clock stood near midnight may have counted it on the other day.
  for (const other of [shiftDay(day, -1), shiftDay(day, 1)]) {
    const there = await deps.terminalBatches.covering({ schoolId, terminal, day: other }, sequence);
    if (there?.lines.some((line) => line.sequence === sequence && line.outcome !== 'refused')) return 'stated-on-another-day';
  }
  return 'reverse';
}

async function collect<T>(lines: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const line of lines) all.push(line);
  return all;
}
