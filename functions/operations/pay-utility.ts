import type { UtilityName } from '../../shared/api/common';
import type { UtilityAccountReply, UtilityPaymentReply } from '../../shared/api/utilities';
import { AppError } from '../../shared/errors';
import { type Fen, fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { type EpochMs, toIso } from '../../shared/time';
import type { Entry } from '../domain/entry';
import { cardAvailable, walletAvailable } from '../domain/hold';
import { legs } from '../domain/legs';
import { movementDraft } from '../domain/movement';
import type { PayOut } from '../domain/pay-out';
import { payOutNumber } from '../domain/pay-out-number';
import { move } from '../domain/posting';
import { missingProof } from '../domain/standing';
import type { UtilityGateway } from '../platforms/contract';
import type { Holders } from '../store/holders';
import type { Key } from '../store/table';
import type { HolderCaller } from './caller';
import { readHolder } from './check-password';
import { advance, type PayOutDeps, startPayOut } from './pay-out';

export interface UtilityDeps extends PayOutDeps {
  readonly holders: Pick<Holders, 'find'>;
  readonly utilityGateway: UtilityGateway;
}

/** One payment at most: a year of electricity, far below what a typing error makes. */
const MAX_FEN = fen(200_000);
/** A look at a payment nobody has answered asks the supplier, but not more often. */
const ASK_AGAIN_MS = 3_000;
const LIST = 20;
/** Refunds and withdrawals stand between them; nobody has hundreds. */
const MAX_PAGES = 10;

/**
 * Whose account it is, masked, before anything is paid.
 *
 * Throws AppError: `utility.not-offered`, `utility.account-unknown`, `utility.unavailable`, `school.unknown`.
 */
export async function findUtility(
  deps: UtilityDeps,
  caller: HolderCaller,
  utility: UtilityName,
  account: string,
): Promise<UtilityAccountReply> {
  const { schoolId } = caller.bound;
  mustBeOffered(await deps.packOf(schoolId), utility);
  const found = await deps.utilityGateway.findAccount({ schoolId, kind: utility, account });
  const { maskedOwner, maskedPlace, balanceFen } = found;
  return { utility, account: found.account, maskedOwner, maskedPlace: maskedPlace ?? null, balanceFen: balanceFen ?? null };
}

/**
 * Pays network or electricity from card or wallet: the debit first, then the supplier, under one number however often it is asked. A definite
 * refusal of the supplier's gives the money back; no answer leaves it pending until a query has one.
 *
 * Throws AppError: `utility.not-offered`, `utility.account-unknown`, `utility.unavailable` (nothing was debited), `payment.amount-invalid`,
 * `payment.insufficient-balance`, `wallet.not-open`, `wallet.insufficient-balance`, `auth.password-change-required`,
 * `auth.second-proof-required`, `card.lost`, `account.closed`, `account.unknown`, `request.replayed-differently`, `request.busy`, `school.unknown`.
 */
export async function payUtility(
  deps: UtilityDeps,
  caller: HolderCaller,
  wish: {
    readonly utility: UtilityName;
    readonly requestId: string;
    readonly account: string;
    readonly amountFen: unknown;
    readonly source: 'card' | 'wallet';
  },
): Promise<UtilityPaymentReply> {
  const { schoolId, accountNo } = caller.bound;
  const { utility, source } = wish;
  const pack = await deps.packOf(schoolId);
  mustBeOffered(pack, utility);
  const amountFen = utilityAmount(wish.amountFen);
  const missing = missingProof(await readHolder(deps, caller));
  if (missing !== undefined) throw new AppError(missing);
  const payOutNo = payOutNumber({ schoolId, accountNo, kind: 'utility', key: wish.requestId });
  const { account, maskedOwner } = await deps.utilityGateway.findAccount({ schoolId, kind: utility, account: wish.account });
  const to = { via: 'utility', utility, account, maskedOwner } as const;
  const begun = await startPayOut(
    deps,
    { schoolId, payOutNo, accountNo, kind: 'utility', amountFen, to, reason: utility, askedBy: 'holder' },
    {
      gather: async () => undefined,
      decide(head, recordedAt) {
        mustAfford(head, { source, amountFen, at: recordedAt });
        const postings = move(source, legs.utility(utility), amountFen);
        const family = `utility/${utility}` as const;
        return {
          draft: movementDraft(
            head,
            { kind: 'utility-payment', entryId: payOutNo, postings, family, occurredAt: recordedAt, recordedAt },
            pack,
          ),
        };
      },
    },
  );
  if (begun.to.via !== 'utility' || begun.to.account !== account || begun.to.utility !== utility)
    throw new AppError('request.replayed-differently');
  return paymentView(begun, deps.clock(), pack);
}

/**
 * How a payment stands; one that is pending is asked about. Throws AppError: `pay-out.unknown` (also another account's), `school.unknown`.
 */
export async function readUtilityPayment(deps: UtilityDeps, caller: HolderCaller, payOutNo: string): Promise<UtilityPaymentReply> {
  const { schoolId, accountNo } = caller.bound;
  const found = await deps.payOuts.find(schoolId, payOutNo);
  if (found === undefined || found.accountNo !== accountNo || found.kind !== 'utility') throw new AppError('pay-out.unknown');
  const pack = await deps.packOf(schoolId);
  const latest = found.state === 'requested' && mayAskAgain(found, deps.clock()) ? await advance(deps, found) : found;
  return paymentView(latest, deps.clock(), pack);
}

/** The holder's newest payments, newest first. Throws AppError: `school.unknown`. */
export async function listUtilityPayments(
  deps: UtilityDeps,
  caller: HolderCaller,
): Promise<{ readonly payments: readonly UtilityPaymentReply[] }> {
  const { schoolId, accountNo } = caller.bound;
  const pack = await deps.packOf(schoolId);
  const now = deps.clock();
  const payments: UtilityPaymentReply[] = [];
  let after: Key | undefined;
  for (let page = 0; page < MAX_PAGES && payments.length < LIST; page += 1) {
    const { payOuts, next } = await deps.payOuts.ofAccount(schoolId, accountNo, { limit: LIST, ...(after === undefined ? {} : { after }) });
    payments.push(...payOuts.filter(({ kind }) => kind === 'utility').map((payOut) => paymentView(payOut, now, pack)));
    if (next === undefined) break;
    after = next;
  }
  return { payments: payments.slice(0, LIST) };
}

function mustBeOffered(pack: RulePack, utility: UtilityName): void {
  if (!pack.utilities.includes(utility)) throw new AppError('utility.not-offered', { utility });
}

function utilityAmount(value: unknown): Fen {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0 || value > MAX_FEN) {
    throw new AppError('payment.amount-invalid', { maxFen: MAX_FEN });
  }
  return fen(value);
}

function mustAfford(
  { state }: Entry,
  { source, amountFen, at }: { readonly source: 'card' | 'wallet'; readonly amountFen: Fen; readonly at: EpochMs },
): void {
  if (state.closed) throw new AppError('account.closed');
  if (source === 'wallet' && !state.walletOpen) throw new AppError('wallet.not-open');
  // Whoever reported a loss wants nothing to leave the card.
  if (source === 'card' && state.lostAt > 0) throw new AppError('card.lost');
  const available = source === 'wallet' ? walletAvailable(state, at) : cardAvailable(state, at);
  if (available >= amountFen) return;
  throw new AppError(source === 'wallet' ? 'wallet.insufficient-balance' : 'payment.insufficient-balance');
}

function mayAskAgain(payOut: Extract<PayOut, { state: 'requested' }>, now: EpochMs): boolean {
  return now >= Math.min(payOut.dueAt, payOut.createdAt + ASK_AGAIN_MS * (payOut.asked + 1));
}

function paymentView(payOut: PayOut, now: EpochMs, { utcOffsetMinutes }: RulePack): UtilityPaymentReply {
  if (payOut.to.via !== 'utility') throw new Error('a utility payment that goes elsewhere');
  const { utility, account, maskedOwner } = payOut.to;
  const iso = (at: EpochMs): string => toIso(at, utcOffsetMinutes);
  const { payOutNo, amountFen, state, n, createdAt } = payOut;
  return {
    ...{ payOutNo, utility, account, maskedOwner, amountFen, state, n },
    since: iso(state === 'requested' ? createdAt : payOut.doneAt),
    createdAt: iso(createdAt),
    receiptNo: state === 'succeeded' ? payOut.externalRef : null,
    returnedBy: state === 'returned' ? payOut.returnedBy : null,
    asOf: iso(now),
  };
}
