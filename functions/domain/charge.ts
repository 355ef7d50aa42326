import type { SaleBody } from '../../shared/api/terminal';
import { type CodeKind, type CodeParts, resolveTime } from '../../shared/code-format';
import type { ErrorCode } from '../../shared/errors';
import { type Fen, fen, negate, subtract, sum, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, type EpochMs } from '../../shared/time';
import type { AccountState } from './account-state';
import { codeRefusal, isShown } from './campus-code';
import { CHARGE_EARLY_MS, CHARGE_LATE_MS } from './charge-window';
import type { Draft, Entry } from './entry';
import { cardHeld, drawFor, holdEntryId, openHolds, walletAvailable } from './hold';
import { brokenLimit, limitsOf, spend, spentAt } from './limits';
import { applyPostings, move, type Posting, spendable, subsidyLeg } from './posting';
import { chipKey, chipMac, type SchoolKeys } from './school-keys';
import { spendSubsidy } from './subsidy';
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
}

/** A refusal that no later attempt can change needs no fence. */
export type ChargeDecision =
  | { readonly verdict: 'charge'; readonly draft: Draft }
  /** The wallet is short and the bank is to be asked for the rest. */
  | { readonly verdict: 'hold'; readonly draft: Draft }
  | { readonly verdict: 'refuse'; readonly code: ErrorCode; readonly settled: 'by-fence' | 'already' | 'never' };

function refuse(code: ErrorCode, settled: 'by-fence' | 'already' | 'never' = 'by-fence'): ChargeDecision {
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

  const amountFen = saleAmount(sale.body.amountFen) ?? ZERO;
  if (state.closed) return refuse('account.closed');
  if (sale.maxSaleFen !== undefined && amountFen > sale.maxSaleFen) return refuse('payment.over-terminal-limit');

  const proven =
    sale.means.by === 'code' ? judgeCode(state, sale, sale.means.code, context) : judgeCard(state, sale.means, amountFen, context);
  if ('verdict' in proven) return proven;

  const spent = spentAt(state.spent, recordedAt, context.pack);
  const broken = brokenLimit(amountFen, spent, limitsOf(state, context.pack));
  if (broken !== undefined) return refuse(broken);
  const used = { spent: spend(spent, amountFen), apps: proven.apps };
  const fromWallet = sale.means.by === 'code' && sale.means.code.kind === 'wallet';
  const postings = fromWallet
    ? walletLegs(state, amountFen, sale.merchant, recordedAt)
    : cardLegs(state, amountFen, sale.merchant, context);
  if (postings !== undefined) {
    const next: AccountState = { ...applyPostings(state, postings), ...used };
    return { verdict: 'charge', draft: saleDraft(head, sale, context, { kind: 'charge', postings, state: next }) };
  }
  return fromWallet
    ? decideHold({ ...head, state: { ...state, ...used } }, sale, amountFen, context)
    : refuse('payment.insufficient-balance');
}

/** Reserves what the wallet has; the rest is to come from the bank. */
function decideHold(head: Entry, sale: Sale, amountFen: Fen, context: ChargeContext): ChargeDecision {
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

/**
 * Subsidy first, the lot that expires first before the others, then the card, with what waits claimed in the same entry where the
 * school claims at the terminal. Undefined when it is not enough.
 */
function cardLegs(
  state: AccountState,
  amountFen: Fen,
  merchant: number,
  { pack, recordedAt }: ChargeContext,
): readonly Posting[] | undefined {
  const claim: Fen = pack.arrival.claimAt.includes('pos') ? state.balances.transit : ZERO;
  const mine = claim === ZERO ? state.balances.card : spendable(state);
  const subsidy = spendSubsidy(state.subsidy, amountFen, recordedAt);
  const granted = sum(subsidy.map((part) => part.amountFen));
  const own = subtract(amountFen, granted);
  const available = subtract(mine, cardHeld(state, recordedAt));
  if (available < own) return undefined;
  return [
    ...(claim > 0 ? move('transit', 'card', claim) : []),
    ...subsidy.map((part) => ({ leg: subsidyLeg(part.expiresAt), amountFen: negate(part.amountFen) })),
    ...(own > 0 ? [{ leg: 'card', amountFen: negate(own) }] : []),
    { leg: `merchant:${merchant}`, amountFen },
  ];
}

function walletLegs(state: AccountState, amountFen: Fen, merchant: number, at: EpochMs): readonly Posting[] | undefined {
  return walletAvailable(state, at) < amountFen ? undefined : move('wallet', `merchant:${merchant}`, amountFen);
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

type Proven = { readonly apps: AccountState['apps'] };

/** A code whose MAC is right: is it good now, and for the first time? */
function judgeCode(state: AccountState, sale: Sale, code: CodeParts, context: ChargeContext): Proven | ChargeDecision {
  // A phone holds keys for two weeks: what the school switches off stops here and not with the last key.
  if (!paysByCode(code.kind, context.pack)) return refuse('code.not-offered');
  const refusal = codeRefusal(state, code, sale.body, context.recordedAt);
  if (refusal !== undefined) return refuse(refusal);
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
function judgeCard(
  state: AccountState,
  card: Extract<Means, { by: 'card' }>,
  amountFen: Fen,
  context: ChargeContext,
): Proven | ChargeDecision {
  if (card.chip === undefined) {
    const ceiling = limitsOf(state, context.pack).perMealPeriodFen;
    if (!context.pack.codes.bareCardNumberPays || ceiling === undefined || amountFen > ceiling) return refuse('card.bare-number-refused');
  }
  if (card.issue !== state.cardIssue) return refuse('card.replaced');
  if (state.lostAt > 0) return refuse('card.lost');
  return { apps: state.apps };
}
