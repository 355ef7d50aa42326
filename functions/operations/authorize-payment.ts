import type { SaleBody } from '../../shared/api/terminal';
import { AppError, type ErrorCode } from '../../shared/errors';
import type { Fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { campusCode } from '../domain/campus-code';
import { readCardNumber } from '../domain/card-number';
import { type ChargeContext, decideCharge, fenceDraft, type Means, type Sale } from '../domain/charge';
import { CHARGE_LATE_MS } from '../domain/charge-window';
import { type Draft, type Entry, nextEntry, recordingTime } from '../domain/entry';
import { isInTime, openHold, releaseDraft } from '../domain/hold';
import type { PinJudgement } from '../domain/pin-tries';
import { accountOfHandle, type SchoolKeys } from '../domain/school-keys';
import type { Passbook } from '../store/passbook';
import { findSale } from './find-sale';

/** What an operation on an account borrows from the world. */
export interface SaleDeps {
  readonly passbook: Passbook;
  readonly clock: () => EpochMs;
  /** Waits a random while before the next try; `tries` made so far. */
  readonly backOff: (tries: number) => Promise<void>;
  /** A school's own card number → ours; cached, since the mapping never changes. */
  readonly ownCard: (schoolId: string, number: string) => Promise<{ accountNo: number; issue: number } | undefined>;
}

/** A sale whose terminal has been verified. */
export interface SaleRequest {
  readonly body: SaleBody;
  /** SHA-256 (hex) of the signed body bytes. */
  readonly bodyHash: string;
  /** 1 for the first sending; more means an older one may still be on its way. */
  readonly attempt: number;
  readonly merchant: number;
  /** Of the terminal, where the card office has set one. */
  readonly maxSaleFen?: Fen;
  readonly pack: RulePack;
  readonly keys: SchoolKeys;
}

/** A definite answer stays the same for ever; `unknown` says: ask again. */
export type SaleAnswer =
  | { readonly outcome: 'charged' | 'voided'; readonly entry: Entry }
  /** `entry` is the hold: the bank is being asked for what the wallet lacks. Never definite; after C + 60 s it has ended. */
  | { readonly outcome: 'pending'; readonly entry: Entry }
  | { readonly outcome: 'not-charged'; readonly code: ErrorCode; readonly definite: boolean }
  | { readonly outcome: 'unknown'; readonly code: ErrorCode };

/** Compares the password of the sale with the holder's, once a request; what follows from it is judged on the head. */
export type ProvePin = (accountNo: number) => Promise<PinJudgement>;

const MAX_TRIES = 60;
const DEADLINE_MS = 7_000;

/**
 * Charges an account once for a sale, whatever number of its attempts arrive and in whatever order. Two store calls
 * when nothing is in the way: read the head, put the next entry.
 *
 * Throws AppError `payment.other-body`. Every other refusal is a SaleAnswer, since it may be definite or not.
 */
export async function authorizePayment(deps: SaleDeps, request: SaleRequest, provePin?: ProvePin): Promise<SaleAnswer> {
  const named = await nameAccount(deps, request);
  if ('outcome' in named) return named;
  const { accountNo, sale } = named;
  const pin = await provePin?.(accountNo);
  return decideOnHead(deps, request, accountNo, (head, found) => {
    const context = pin === undefined ? found : { ...found, pin };
    const decision = decideCharge(head, sale, context);
    if (decision.verdict === 'charge') return { write: decision.draft, answer: charged };
    if (decision.verdict === 'hold') return { write: decision.draft, answer: held };
    if (decision.verdict === 'fence') {
      return { write: decision.draft, answer: () => ({ outcome: 'not-charged', code: decision.code, definite: true }) };
    }
    const answer: SaleAnswer = { outcome: 'not-charged', code: decision.code, definite: decision.settled !== 'never' };
    // A first attempt's refusal writes nothing: it is final as long as no second one is sent.
    if (request.attempt === 1 || decision.settled !== 'by-fence')
      return { answer: { ...answer, definite: decision.settled === 'already' } };
    return { write: fenceDraft(head, sale, context, decision.code), answer: () => answer };
  });
}

/** What to write on the head that was read, if anything, and what to say once it is written. */
export type Step = { readonly answer: SaleAnswer } | { readonly write: Draft; readonly answer: (written: Entry) => SaleAnswer };

export function charged(entry: Entry): SaleAnswer {
  return { outcome: 'charged', entry };
}

function held(entry: Entry): SaleAnswer {
  return { outcome: 'pending', entry };
}

/**
 * Head, then the sale's id, then the clock, then the decision, then the conditional write; again from the start when
 * somebody else was first. The order is the law: an id found means the sale was decided before and nothing else about
 * it may be judged; the clock is read last, so that an instance that was frozen in between cannot write with an old time.
 */
export async function decideOnHead(
  deps: SaleDeps,
  request: SaleRequest,
  accountNo: number,
  decide: (head: Entry, context: ChargeContext) => Step,
  whileHeld: 'wait' | 'release' = 'wait',
): Promise<SaleAnswer> {
  const { body, pack, keys } = request;
  const startedAt = deps.clock();
  let absentUpTo = 0;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const askedAt = deps.clock();
    const head = await deps.passbook.head(body.schoolId, accountNo);
    if (head === undefined) return unknownHolder('account.unknown', askedAt, body);
    const lookup = await findSale(deps.passbook, head, body, body.occurredAt, absentUpTo);
    const hold = openHold(head, lookup.found);
    if (hold !== undefined) {
      const answer = await answerHeld(deps, request, { head, hold, whileHeld });
      if (answer !== undefined) return answer;
      continue;
    }
    if (lookup.found !== undefined) return answerFound(lookup.found, request.bodyHash);
    absentUpTo = lookup.absentUpTo;
    const now = deps.clock();
    if (tries > 0 && now - startedAt > DEADLINE_MS) break;
    const recordedAt = recordingTime(head, now);
    const step = decide(head, { pack, keys, recordedAt });
    if (!('write' in step)) return step.answer;
    const entry = nextEntry(head, step.write, { recordedAt, utcOffsetMinutes: pack.utcOffsetMinutes });
    const result = await deps.passbook.append(entry);
    if (result.appended) return step.answer(entry);
  }
  return { outcome: 'unknown', code: 'payment.unknown' };
}

/**
 * A sale whose rest the bank is being asked for. Inside its window a void ends it; after the window whoever asks does, as a late attempt is
 * fenced. What the bank pays afterwards goes to the holder's wallet. Undefined when somebody else was first.
 */
async function answerHeld(
  deps: SaleDeps,
  { bodyHash, pack }: SaleRequest,
  { head, hold, whileHeld }: { readonly head: Entry; readonly hold: Entry; readonly whileHeld: 'wait' | 'release' },
): Promise<SaleAnswer | undefined> {
  if (hold.requestHash !== bodyHash) throw new AppError('payment.other-body');
  const recordedAt = recordingTime(head, deps.clock());
  if (whileHeld === 'wait' && isInTime(hold, recordedAt)) return held(hold);
  const draft = releaseDraft(head, hold, { recordedAt, pack, reason: 'payment.not-charged' });
  const entry = nextEntry(head, draft, { recordedAt, utcOffsetMinutes: pack.utcOffsetMinutes });
  return (await deps.passbook.append(entry)).appended ? answerFound(entry, bodyHash) : undefined;
}

/** The same answer as when it was written. A hold that is found and not open any more was released after its window. Another body under the same sequence is refused where it is found. */
export function answerFound(found: Entry, bodyHash: string): SaleAnswer {
  if (found.requestHash !== bodyHash) throw new AppError('payment.other-body');
  if (found.kind === 'charge') return charged(found);
  return { outcome: 'not-charged', code: found.reason ?? 'payment.not-charged', definite: true };
}

/** The account is named by the code or the card itself; only a school's own card number costs a read, once. */
export async function nameAccount(deps: SaleDeps, request: SaleRequest): Promise<{ accountNo: number; sale: Sale } | SaleAnswer> {
  const { body, bodyHash, merchant, maxSaleFen, keys } = request;
  const limit = maxSaleFen === undefined ? {} : { maxSaleFen };
  const named = (accountNo: number, means: Means) => ({ accountNo, sale: { body, bodyHash, merchant, means, ...limit } });
  if (body.kind === 'charge-code') {
    const code = campusCode(body.code);
    // Digits that are no campus code will be none in every attempt.
    if (typeof code === 'string') return { outcome: 'not-charged', code, definite: true };
    return named(accountOfHandle(keys, code.handle), { by: 'code', code });
  }
  const askedAt = deps.clock();
  const own = readCardNumber(body.card) ?? (await deps.ownCard(body.schoolId, body.card));
  if (own === undefined) return unknownHolder('card.unknown', askedAt, body);
  return named(own.accountNo, { by: 'card', issue: own.issue, number: body.card, chip: body.chip });
}

/**
 * No passbook, so no fence: a roster might bring the holder while the sale's window is open, never after it. `askedAt`
 * was read before the look-up: an instance that is frozen after it would take an old absence for one after the window.
 */
function unknownHolder(code: 'account.unknown' | 'card.unknown', askedAt: EpochMs, { occurredAt }: SaleBody): SaleAnswer {
  return { outcome: 'not-charged', code, definite: askedAt > occurredAt + CHARGE_LATE_MS };
}
