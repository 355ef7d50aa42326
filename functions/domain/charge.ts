import type { SaleBody } from '../../shared/api/terminal';
import { type CodeKind, type CodeParts, resolveTime } from '../../shared/code-format';
import type { ErrorCode } from '../../shared/errors';
import { add, type Fen, fen, subtract, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, type EpochMs } from '../../shared/time';
import type { AccountState, Spent } from './account-state';
import { codeRefusal, isShown } from './campus-code';
import { CHARGE_EARLY_MS, CHARGE_LATE_MS } from './charge-window';
import type { Draft, Entry } from './entry';
import { lacksFirstSync } from './first-sync';
import { drawFor, holdEntryId, openHolds } from './hold';
import { brokenLimit, limitsOf, spend, spentAt } from './limits';
import { afterWrongPin, isPinLocked, type PinJudgement } from './pin-tries';
import { applyPostings, type Posting } from './posting';
import { priceOf } from './price';
import { cardLegs, walletLegs } from './sale-legs';
import { chipKey, chipMac, type SchoolKeys } from './school-keys';
import { enterRing, saleEntryId } from './terminal-ring';
import { isStepUsed, markStepUsed } from './used-steps';

/** What is paid with: the parsed code, or the card. */
export type Means =
  | { readonly by: 'code'; readonly code: CodeParts }
  | { readonly by: 'card'; readonly issue: number; readonly number: string; readonly chip: { counter: number; mac: string } | undefined };

/** A sale as its operation sees it: parsed, and its account named. */
export interface Sale {
  readonly body: SaleBody;
  readonly bodyHash: string;
  readonly means: Means;
  readonly merchant: number;
  /** The most that one sale at this terminal may be, where the card office has set it. */
  readonly maxSaleFen?: Fen;
}

export interface ChargeContext {
  readonly pack: RulePack;
  readonly keys: SchoolKeys;
  readonly recordedAt: EpochMs;
  /** What the password typed at the till was found to be; absent where none was typed. */
  readonly pin?: PinJudgement;
}

type Written =
  | { readonly verdict: 'charge'; readonly draft: Draft }
  /** The wallet is short and the bank is to be asked for the rest. */
  | { readonly verdict: 'hold'; readonly draft: Draft };
/** A refusal that no later attempt can change needs no fence. */
type Refused = { readonly verdict: 'refuse'; readonly code: ErrorCode; readonly settled: 'by-fence' | 'already' | 'never' };
type Decided = Written | Refused;
export type ChargeDecision =
  | Decided
  /** Refused, and the refusal counts: it is written whatever the attempt. */
  | { readonly verdict: 'fence'; readonly code: ErrorCode; readonly draft: Draft };

function refuse(code: ErrorCode, settled: 'by-fence' | 'already' | 'never' = 'by-fence'): Refused {
  return { verdict: 'refuse', code, settled };
}

/**
 * Judges a sale against the head. The caller has looked its id up first and not found it.
 *
 * `settled` of a refusal: 'by-fence', a stray older attempt might still charge until a fence is written; 'already',
 * no attempt with these bytes can ever charge; 'never', only time tells (the terminal's clock is ahead).
 */
export function decideCharge(head: Entry, sale: Sale, context: ChargeContext): ChargeDecision {
  const { state } = head;
  const { recordedAt } = context;
  const claimedTime = sale.body.occurredAt;
  // First what time cannot mend, so that its answer is the same in every attempt.
  const forged = forgery(head, sale, context.keys);
  if (forged !== undefined) return refuse(forged, 'already');
  if (recordedAt < claimedTime - CHARGE_EARLY_MS) return refuse('terminal.clock', 'never');
  if (recordedAt > claimedTime + CHARGE_LATE_MS) {
    // Once the head itself lies beyond the window, whatever follows it does too: no fence is needed.
    return refuse('payment.not-charged', head.recordedAt > claimedTime + CHARGE_LATE_MS ? 'already' : 'by-fence');
  }

  if (state.closed) return refuse('account.closed');
  const decided = decideMoney(head, sale, context);
  return decided.verdict === 'refuse' || context.pin === undefined ? decided : withPin(head, sale, context, decided, context.pin);
}

/** Price, means, limits and money: all that no password mends. */
function decideMoney(head: Entry, sale: Sale, context: ChargeContext): Decided {
  const { state } = head;
  const { pack, recordedAt } = context;
  const spent = spentAt(state.spent, recordedAt, pack);
  const price = priceOf(saleAmount(sale.body.amountFen) ?? ZERO, sale.body.prices, { state, pack, spent });
  const { paidFen } = price;
  if (sale.maxSaleFen !== undefined && add(price.listFen, price.surchargeFen) > sale.maxSaleFen)
    return refuse('payment.over-terminal-limit');
  const proven =
    sale.means.by === 'code' ? judgeCode(state, sale, sale.means.code, context) : judgeCard(state, sale.means, paidFen, context);
  if ('verdict' in proven) return proven;
  const broken = limitRefusal(paidFen, spent, state, context);
  if (broken !== undefined) return refuse(broken);
  const used = { spent: spend(spent, paidFen), ...proven };
  const fromWallet = sale.means.by === 'code' && sale.means.code.kind === 'wallet';
  const postings = fromWallet
    ? walletLegs(state, price, sale.merchant, recordedAt)
    : cardLegs(state, price, sale.merchant, { pack, recordedAt });
  if (postings !== undefined) {
    const next: AccountState = { ...applyPostings(state, postings), ...used };
    return { verdict: 'charge', draft: saleDraft(head, sale, context, { kind: 'charge', postings, state: next }) };
  }
  if (!fromWallet) return refuse('payment.insufficient-balance');
  // Its outcome knows one amount, and this sale has several: the bank is not asked for a part of them.
  if (paidFen !== price.listFen || price.surchargeFen > 0) return refuse('wallet.insufficient-balance');
  return decideHold({ ...head, state: { ...state, ...used } }, sale, paidFen, context);
}

/** Above the password-free limit of a meal the password is asked for where the pack says so; no password mends the other limits. */
function limitRefusal(paidFen: Fen, spent: Spent, state: AccountState, { pack, pin }: ChargeContext): ErrorCode | undefined {
  const { perMealPeriodFen, ...others } = limitsOf(state, pack);
  const withMeal = perMealPeriodFen === undefined ? others : { ...others, perMealPeriodFen };
  if (pack.limits.aboveMealPeriod !== 'transaction-password') return brokenLimit(paidFen, spent, withMeal);
  const broken = brokenLimit(paidFen, spent, others);
  if (broken !== undefined || pin !== undefined) return broken;
  return brokenLimit(paidFen, spent, withMeal) === undefined ? undefined : 'payment.pin-required';
}

/**
 * Said last, of a sale that nothing else stands in the way of: so no refusal tells whether a password was right, and a guess is never free. A
 * wrong one is this very sale's fence, which counts it in the write that ends the sale: of any number of guesses made at once five are heard.
 */
function withPin(head: Entry, sale: Sale, context: ChargeContext, decided: Written, pin: PinJudgement): ChargeDecision {
  if (isPinLocked(head.state.pin, context.recordedAt)) return refuse('payment.pin-locked');
  if (pin === 'unreadable') return refuse('claim.pin-unreadable');
  if (pin === 'right') {
    const { pin: _counted, ...state } = decided.draft.state;
    return { ...decided, draft: { ...decided.draft, state } };
  }
  const code = 'payment.pin-wrong';
  const counted = { ...head, state: { ...head.state, pin: afterWrongPin(head.state.pin, context.recordedAt) } };
  return { verdict: 'fence', code, draft: fenceDraft(counted, sale, context, code) };
}

/** Reserves what the wallet has; the rest is to come from the bank. */
function decideHold(head: Entry, sale: Sale, amountFen: Fen, context: ChargeContext): Decided {
  const { state } = head;
  const { pack, recordedAt } = context;
  const drawFen = drawFor(state, amountFen, { pack, at: recordedAt });
  if (typeof drawFen === 'string') return refuse(drawFen);
  const expiresAt = sale.body.occurredAt + CHARGE_LATE_MS;
  const hold = { entryId: holdEntryId(sale.body), amountFen: subtract(amountFen, drawFen), expiresAt };
  const holds = [...openHolds(state, recordedAt), hold];
  return {
    verdict: 'hold',
    draft: { ...saleDraft(head, sale, context, { kind: 'hold', postings: [], state: { ...state, holds } }), drawFen },
  };
}

/** An entry with the sale's id and no money: after it no attempt of the sale can ever charge. */
export function fenceDraft(head: Entry, sale: Sale, context: ChargeContext, reason: ErrorCode): Draft {
  return { ...saleDraft(head, sale, context, { kind: 'fence', postings: [], state: head.state }), reason };
}

function saleDraft(
  head: Entry,
  sale: Sale,
  context: ChargeContext,
  what: { readonly kind: 'charge' | 'fence' | 'hold'; readonly postings: readonly Posting[]; readonly state: AccountState },
): Draft {
  const { terminal, sequence, occurredAt } = sale.body;
  const entryId = what.kind === 'hold' ? holdEntryId({ terminal, sequence }) : saleEntryId({ terminal, sequence });
  const day = businessDay(occurredAt, context.pack.utcOffsetMinutes);
  const ring = enterRing(what.state.ring, { terminal, sequence, n: head.n + 1, at: context.recordedAt });
  return {
    kind: what.kind,
    entryId,
    requestHash: sale.bodyHash,
    postings: what.postings,
    // A hold moves nothing yet, so it stands in no book; its outcome does.
    ...(what.kind === 'hold' ? {} : { counterparty: { book: `terminal/${terminal}/${day}`, place: String(sequence).padStart(9, '0') } }),
    merchant: sale.merchant,
    occurredAt,
    state: { ...what.state, ring },
  };
}

function saleAmount(value: unknown): Fen | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? fen(value) : undefined;
}

/**
 * Why no attempt of a sale can ever charge, whatever the time: its amount is none, nobody can have shown its code, an
 * identity code cannot pay, no chip made its chip code. Undefined when the sale must be judged by the head and the clock.
 */
export function forgery({ state }: Entry, { body, means }: Sale, keys: SchoolKeys): ErrorCode | undefined {
  const amountFen = saleAmount(body.amountFen);
  if (amountFen === undefined) return 'payment.amount-invalid';
  if (means.by === 'code') return codeForgery(state, body, means.code, keys);
  if (means.chip === undefined) return undefined;
  const { schoolId, terminal, sequence } = body;
  const { counter, mac } = means.chip;
  return chipMac(chipKey(keys, means.number), { schoolId, terminal, sequence, amountFen, counter }) === mac
    ? undefined
    : 'card.bad-chip-code';
}

function codeForgery(state: AccountState, body: SaleBody, code: CodeParts, keys: SchoolKeys): ErrorCode | undefined {
  // Before its MAC is judged: that one is wrong once the app is removed, and this answer stays.
  if (code.kind === 'identity') return 'code.identity-only';
  return isShown(state, code, body, keys) ? undefined : 'code.invalid';
}

type Proven = Pick<AccountState, 'apps' | 'synced'>;

/** A code whose MAC is right: is it good now, and for the first time? */
function judgeCode(state: AccountState, sale: Sale, code: CodeParts, context: ChargeContext): Proven | Refused {
  // A phone holds keys for two weeks: what the school switches off stops here and not with the last key.
  if (!paysByCode(code.kind, context.pack)) return refuse('code.not-offered');
  const refusal = codeRefusal(state, code, sale.body, context.recordedAt);
  if (refusal !== undefined) return refuse(refusal);
  if (lacksFirstSync(state, context.pack)) return refuse('code.first-sync');
  const { step, slot } = resolveTime(code.tt, sale.body.occurredAt);
  const app = state.apps[slot];
  if (app === undefined || isStepUsed(app, step)) return refuse('code.used');
  if (code.kind === 'wallet' && !(state.walletOpen && context.pack.wallet.offered)) return refuse('wallet.not-open');
  return { apps: state.apps.map((one, index) => (index === slot ? markStepUsed(one, step) : one)) };
}

/** Whether codes of this kind pay under the pack. A wallet's code has an answer of its own while no wallet is open. */
function paysByCode(kind: CodeKind, { codes }: RulePack): boolean {
  return codes.enabled && (kind !== 'card' || codes.funding.some(({ source }) => source === 'card'));
}

/** A card whose chip code is right, or a bare number. */
function judgeCard(state: AccountState, card: Extract<Means, { by: 'card' }>, amountFen: Fen, context: ChargeContext): Proven | Refused {
  if (card.chip === undefined) {
    const ceiling = limitsOf(state, context.pack).perMealPeriodFen;
    if (!context.pack.codes.bareCardNumberPays || ceiling === undefined || amountFen > ceiling) return refuse('card.bare-number-refused');
  }
  if (card.issue !== state.cardIssue) return refuse('card.replaced');
  if (state.lostAt > 0) return refuse('card.lost');
  // Only a chip tells that the card was there (BI-03).
  return { apps: state.apps, ...(card.chip === undefined ? {} : { synced: true }) };
}
