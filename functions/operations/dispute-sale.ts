import { AppError, isAppError } from '../../shared/errors';
import { type Fen, subtract, sum, ZERO } from '../../shared/money';
import { businessDay } from '../../shared/time';
import { type Dispute, type DisputeEvidence, judgeDispute, saleOf } from '../domain/dispute';
import type { Entry } from '../domain/entry';
import { paidThrough } from '../domain/original-route';
import { saleFen } from '../domain/reversal';
import { isSale } from '../domain/sale-kinds';
import type { Books } from '../store/books';
import type { Disputes } from '../store/disputes';
import type { BatchHead, TerminalBatches } from '../store/terminal-batches';
import { type RefundSaleDeps, refundSale, type SaleRefund } from './refund-sale';
import { terminalStatement } from './terminal-statement';

export interface DisputeDeps extends RefundSaleDeps {
  readonly disputes: Disputes;
  readonly terminalBatches: TerminalBatches;
  readonly books: Pick<Books, 'between'>;
}

export interface DisputeWish extends Pick<Dispute, 'schoolId' | 'accountNo' | 'n' | 'reason' | 'text'> {}

/**
 * 有疑问: a holder doubts a sale. The evidence is gathered and kept; where the terminal's signed statement lacks the sale the money comes
 * back at once, otherwise the case is the card office's, or waits for the terminal's word. A repeat is the same dispute.
 *
 * Throws AppError: `dispute.not-disputable` (no sale), `reversal.already`, `account.unknown`, `school.unknown`, `request.busy`.
 */
export async function openDispute(deps: DisputeDeps, wish: DisputeWish): Promise<Dispute> {
  const { schoolId, accountNo, n } = wish;
  const found = await deps.disputes.find(wish);
  if (found !== undefined) return advanceDispute(deps, found);
  const sale = await deps.passbook.entry(schoolId, accountNo, n);
  if (sale === undefined || !isSale(sale.kind) || saleOf(sale.entryId) === undefined) throw new AppError('dispute.not-disputable');
  if ((await leftOf(deps, sale)) === ZERO) throw new AppError('reversal.already');
  const now = deps.clock();
  const evidence = await gatherEvidence(deps, sale);
  const { reason, text } = wish;
  const opened: Dispute = {
    ...{ schoolId, accountNo, n, reason, text, evidence },
    ...{ openedAt: now, state: 'waiting', since: now, note: '', version: 1 },
  };
  return advanceDispute(deps, await deps.disputes.insert(opened));
}

/**
 * Decides a dispute that waits, where the terminal has spoken since. Idempotent: whoever is second finds what the first one did.
 * Throws what `refundSale` throws.
 */
export async function advanceDispute(deps: DisputeDeps, dispute: Dispute): Promise<Dispute> {
  if (dispute.state !== 'waiting') return dispute;
  const sale = await saleOfDispute(deps, dispute);
  // A void of the till may have been faster than anybody's decision.
  const statement = await terminalStatement(deps, { ...dispute.evidence, schoolId: dispute.schoolId });
  const evidence: DisputeEvidence = { ...dispute.evidence, ...(statement === undefined ? {} : { statement }) };
  switch (judgeDispute(evidence)) {
    case 'wait':
      return dispute;
    case 'office':
      return save(deps, dispute, { evidence, state: 'office' });
    case 'reverse': {
      const back = await takeBack(deps, sale, 'dispute', 'terminal-statement');
      // The payer's platform will not take it back: a person must find another way.
      if (back.payOut?.state === 'returned') return save(deps, dispute, { evidence, state: 'office' });
      return saveReversed(deps, dispute, { evidence, decidedBy: 'terminal-statement', reversedBy: back.entry.n });
    }
  }
}

/** The terminal has spoken: whoever waits for it is answered. One's trouble never stops the others: a look at it tries again. */
export async function advanceDisputesAt(
  deps: DisputeDeps,
  { schoolId, terminal, day }: BatchHead,
): Promise<{ readonly advanced: readonly Dispute[]; readonly failed: readonly { readonly n: number; readonly error: AppError }[] }> {
  const advanced: Dispute[] = [];
  const failed: { n: number; error: AppError }[] = [];
  for (const name of await deps.disputes.ofTerminalDay(schoolId, terminal, day)) {
    const dispute = await deps.disputes.find(name);
    if (dispute?.state !== 'waiting') continue;
    try {
      advanced.push(await advanceDispute(deps, dispute));
    } catch (error) {
      if (!isAppError(error)) throw error;
      failed.push({ n: dispute.n, error });
    }
  }
  return { advanced, failed };
}

export interface DisputeDecision extends Pick<Dispute, 'schoolId' | 'accountNo' | 'n'> {
  readonly decision: 'reverse' | 'reject';
  /** The member of staff. */
  readonly by: string;
  readonly note: string;
}

/**
 * The card office decides, also while the terminal has not spoken. The same decision again is the same answer.
 *
 * Throws AppError: `dispute.unknown`, `request.replayed-differently` (decided otherwise before), and what `refundSale` throws.
 */
export async function resolveDispute(deps: DisputeDeps, { decision, by, note, ...name }: DisputeDecision): Promise<Dispute> {
  const dispute = await deps.disputes.find(name);
  if (dispute === undefined) throw new AppError('dispute.unknown');
  const wanted = decision === 'reverse' ? 'reversed' : 'rejected';
  if (dispute.state === wanted) return dispute;
  if (dispute.state === 'reversed' || dispute.state === 'rejected') throw new AppError('request.replayed-differently');
  if (decision === 'reject') return decided(await save(deps, dispute, { state: 'rejected', decidedBy: by, note }), wanted);
  const { entry } = await takeBack(deps, await saleOfDispute(deps, dispute), 'office', by);
  return saveReversed(deps, dispute, { decidedBy: by, note, reversedBy: entry.n });
}

/** Somebody else may have decided at the same moment. */
function decided(dispute: Dispute, wanted: Dispute['state']): Dispute {
  if (dispute.state !== wanted) throw new AppError('request.replayed-differently');
  return dispute;
}

function takeBack(deps: DisputeDeps, sale: Entry, by: string, askedBy: string): Promise<SaleRefund> {
  return refundSale(deps, { sale, by, askedBy, amountFen: 'rest', reason: '交易有疑问，退回' });
}

async function save(
  deps: DisputeDeps,
  dispute: Dispute,
  changes: Partial<Pick<Dispute, 'evidence' | 'state' | 'decidedBy' | 'reversedBy' | 'note'>>,
): Promise<Dispute> {
  const next: Dispute = { ...dispute, ...changes, since: deps.clock(), version: dispute.version + 1 };
  if (await deps.disputes.replace(next)) return next;
  return (await deps.disputes.find(dispute)) ?? dispute;
}

const SAVE_TRIES = 10;

/** The money has come back, so the row must say so, whatever somebody else wrote into it at the same moment. */
async function saveReversed(
  deps: DisputeDeps,
  read: Dispute,
  changes: Required<Pick<Dispute, 'decidedBy' | 'reversedBy'>> & Partial<Pick<Dispute, 'evidence' | 'note'>>,
): Promise<Dispute> {
  let dispute = read;
  for (let tries = 0; tries < SAVE_TRIES && dispute.state !== 'reversed'; tries += 1) {
    dispute = await save(deps, dispute, { ...changes, state: 'reversed' });
  }
  if (dispute.state !== 'reversed') throw new AppError('request.busy');
  return dispute;
}

async function saleOfDispute(deps: DisputeDeps, { schoolId, accountNo, n }: Dispute): Promise<Entry> {
  const sale = await deps.passbook.entry(schoolId, accountNo, n);
  if (sale === undefined) throw new Error('a dispute names an entry that does not exist');
  return sale;
}

async function leftOf(deps: DisputeDeps, sale: Entry): Promise<Fen> {
  const { reversedFen } = await deps.reversals.find(sale.schoolId, sale.accountNo, sale.n);
  return subtract(paidThrough(sale)?.amountFen ?? saleFen(sale), reversedFen);
}

async function gatherEvidence(deps: DisputeDeps, sale: Entry): Promise<DisputeEvidence> {
  const { schoolId, accountNo, entryId, occurredAt, recordedAt, counterparty } = sale;
  const named = saleOf(entryId);
  if (named === undefined || counterparty === undefined) throw new AppError('dispute.not-disputable');
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const place = (sequence: number): string => String(Math.max(0, sequence)).padStart(9, '0');
  const lines = await deps.books.between(schoolId, counterparty.book, {
    from: place(named.sequence - 1),
    to: `${place(named.sequence + 1)}~`,
  });
  return {
    entryId,
    ...named,
    day: businessDay(occurredAt, utcOffsetMinutes),
    amountFen: paidThrough(sale)?.amountFen ?? saleFen(sale),
    occurredAt,
    recordedAt,
    neighbours: lines
      .filter((line) => line.accountNo !== accountNo || line.n !== sale.n)
      .map((line) => ({
        entryId: line.entryId,
        kind: line.kind,
        amountFen: sum(line.postings.filter(({ leg }) => leg.startsWith('merchant:')).map(({ amountFen }) => amountFen)),
        recordedAt: line.recordedAt,
        isSameAccount: line.accountNo === accountNo,
      })),
  };
}
