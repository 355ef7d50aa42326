import { AppError } from '../../shared/errors';
import { voidDraft } from '../domain/account-changes';
import { CHARGE_EARLY_MS, CHARGE_LATE_MS, fenceDraft, forgery } from '../domain/charge';
import { type Entry, nextEntry, recordingTime } from '../domain/entry';
import type { Reversals } from '../store/reversals';
import { decideOnHead, nameAccount, type SaleAnswer, type SaleDeps, type SaleRequest } from './authorize-payment';

export interface VoidDeps extends SaleDeps {
  readonly reversals: Reversals;
}

const MAX_TRIES = 60;
/** The function lives ten seconds; the look-up before has had its share of them. */
const DEADLINE_MS = 4_000;

/**
 * Takes a sale back: a reversing entry and its permanent row, in one transaction, at most once however often it is
 * asked. A sale that was never charged is fenced, so that a stray attempt cannot charge it after the void.
 * Throws what `authorizePayment` throws.
 */
export async function voidSale(deps: VoidDeps, request: SaleRequest): Promise<SaleAnswer> {
  const named = await nameAccount(deps, request);
  if ('outcome' in named) return named;
  const { accountNo, sale } = named;
  const { occurredAt } = request.body;
  const never = { outcome: 'not-charged', code: 'payment.not-charged', definite: true } as const;
  const answer = await decideOnHead(deps, request, accountNo, (head, context) => {
    const forged = forgery(head, sale, context.keys);
    if (forged !== undefined) return { answer: { ...never, code: forged } };
    if (head.recordedAt > occurredAt + CHARGE_LATE_MS) return { answer: never };
    // A fence before the window would lie where no look-up goes.
    if (context.recordedAt < occurredAt - CHARGE_EARLY_MS) return { answer: { outcome: 'unknown', code: 'terminal.clock' } };
    return { write: fenceDraft(head, sale, context, 'payment.not-charged'), answer: () => never };
  });
  return answer.outcome === 'charged' ? reverseSale(deps, request, answer.entry) : answer;
}

async function reverseSale(deps: VoidDeps, request: SaleRequest, sale: Entry): Promise<SaleAnswer> {
  const { schoolId, accountNo } = sale;
  const startedAt = deps.clock();
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const done = await deps.reversals.find(schoolId, accountNo, sale.n);
    if (done !== undefined) {
      const entry = await deps.passbook.entry(schoolId, accountNo, done.n);
      if (entry === undefined) throw new Error('a reversal row names an entry that does not exist');
      return { outcome: 'voided', entry };
    }
    const head = await deps.passbook.head(schoolId, accountNo);
    if (head === undefined) throw new AppError('account.unknown');
    const now = deps.clock();
    if (tries > 0 && now - startedAt > DEADLINE_MS) break;
    const recordedAt = recordingTime(head, now);
    const draft = voidDraft(head, sale, { occurredAt: recordedAt, recordedAt, pack: request.pack });
    const entry = nextEntry(head, draft, { recordedAt, utcOffsetMinutes: request.pack.utcOffsetMinutes });
    const row = deps.reversals.row({ schoolId, accountNo, reversed: sale.n, n: entry.n, postings: draft.postings });
    const result = await deps.passbook.appendWith(entry, [row]);
    if (result.written) return { outcome: 'voided', entry };
  }
  return { outcome: 'unknown', code: 'payment.unknown' };
}
