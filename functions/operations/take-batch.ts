import type { BatchBody } from '../../shared/api/terminal-batches';
import { AppError } from '../../shared/errors';
import { add, type Fen, sum } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay } from '../../shared/time';
import type { Clock } from '../lib/clock';
import type { BatchHead, TerminalBatches } from '../store/terminal-batches';
import { SENT_WITHIN_MS } from './verify-terminal';

export interface TakeBatchDeps {
  readonly terminalBatches: TerminalBatches;
  readonly clock: Clock;
  readonly backOff: (tries: number) => Promise<void>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

const MAX_TRIES = 20;

/**
 * Keeps a part of a terminal's statement of its day, once: a repeat of the same bytes has the same answer. Parts come in order and without a
 * gap, so that whatever lies between them is stated; after the part that closes the day there is none.
 *
 * Throws AppError: `batch.totals`, `batch.out-of-order` (detail.expectedPart, detail.expectedSequence), `batch.closed`,
 * `request.replayed-differently`, `request.malformed`, `school.unknown`, `request.busy`.
 */
export async function takeBatch(
  deps: TakeBatchDeps,
  { body, bodyHash }: { readonly body: BatchBody; readonly bodyHash: string },
): Promise<BatchHead> {
  const { schoolId, terminal, day, part, fromSequence, ackedSeq, closed } = body;
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const added = check(body);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const head = await deps.terminalBatches.head(schoolId, terminal, day);
    const earlier = part > head.parts ? undefined : await deps.terminalBatches.part(head, { part, ackedSeq });
    if (earlier?.bodyHash === bodyHash) return head;
    if (earlier !== undefined) throw new AppError('request.replayed-differently', { part });
    if (head.closedAt !== undefined) throw new AppError('batch.closed');
    const expectedSequence = head.parts === 0 ? fromSequence : head.ackedSeq + 1;
    if (part !== head.parts + 1 || fromSequence !== expectedSequence) {
      throw new AppError('batch.out-of-order', { expectedPart: head.parts + 1, expectedSequence });
    }
    const now = deps.clock();
    // A day that has not come cannot be stated.
    if (day > businessDay(now + SENT_WITHIN_MS, utcOffsetMinutes)) throw new AppError('request.malformed', { field: 'day' });
    const totals = { count: head.totals.count + added.count, amountFen: add(head.totals.amountFen, added.amountFen) };
    if (closed && !isSame(body.dayTotals, totals)) throw new AppError('batch.totals', { ...totals });
    const next: BatchHead = { ...head, parts: part, ackedSeq, totals, version: head.version + 1, ...(closed ? { closedAt: now } : {}) };
    const { lines } = body;
    if (await deps.terminalBatches.save(next, { part, bodyHash, fromSequence, ackedSeq, lines, receivedAt: now })) return next;
  }
  throw new AppError('request.busy');
}

/** What a part alone must hold to; answers what was sold in it. */
function check({ fromSequence, ackedSeq, lines, totals, closed, dayTotals }: BatchBody): { count: number; amountFen: Fen } {
  const isEmpty = closed && lines.length === 0 && ackedSeq === fromSequence - 1;
  if (ackedSeq < fromSequence && !isEmpty) throw new AppError('request.malformed', { field: 'ackedSeq' });
  if (closed !== (dayTotals !== undefined)) throw new AppError('request.malformed', { field: 'dayTotals' });
  let last = fromSequence - 1;
  for (const { sequence } of lines) {
    if (sequence <= last || sequence > ackedSeq) throw new AppError('request.malformed', { field: 'lines' });
    last = sequence;
  }
  const sold = lines.filter(({ outcome }) => outcome === 'sold');
  const found = { count: sold.length, amountFen: sum(sold.map((line) => line.amountFen)) };
  if (!isSame(totals, found)) throw new AppError('batch.totals', { ...found });
  return found;
}

function isSame(
  a: { readonly count: number; readonly amountFen: number } | undefined,
  b: { readonly count: number; readonly amountFen: number },
) {
  return a?.count === b.count && a.amountFen === b.amountFen;
}
