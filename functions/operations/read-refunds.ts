import type { CloseOutReply, RefundableReply, RefundPartView, RefundReply, RefundsReply } from '../../shared/api/refunds';
import { AppError } from '../../shared/errors';
import { type Fen, fen, sum, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { maskNumber } from '../domain/masks';
import type { CreditedOrder, Order } from '../domain/order';
import type { PayOut, PayOutTo } from '../domain/pay-out';
import { type Refund, refundId } from '../domain/refund';
import { type Claim, planRefund } from '../domain/refund-plan';
import type { CloseOuts } from '../store/close-outs';
import type { Holders } from '../store/holders';
import type { Key } from '../store/table';
import type { HolderCaller } from './caller';
import type { ProofDeps, SecondProof } from './check-second-proof';
import type { GuessDeps } from './guess-guard';
import { redirectRefund as redirect } from './redirect-refund';
import { type RefundDeps, refund } from './refund';
import { refundedOrder, refundFacts } from './refund-facts';
import { proveNow, provenHolder } from './standing-proof';

export interface StudentRefundDeps extends RefundDeps, ProofDeps, GuessDeps {
  readonly holders: Pick<Holders, 'find'>;
  readonly closeOuts: Pick<CloseOuts, 'find'>;
}

/**
 * What of the balance could go back to whom, and what stays and why. What others paid is shown, and is not the holder's to ask for: their
 * payer gets it back through the card office or when the account is closed.
 *
 * Throws AppError: `account.unknown`, `school.unknown`.
 */
export async function readRefundable(deps: StudentRefundDeps, { bound }: HolderCaller): Promise<RefundableReply> {
  const { schoolId, accountNo } = bound;
  const pack = await deps.packOf(schoolId);
  const asOf = deps.clock();
  const facts = await refundFacts(deps, bound);
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  const plan = planRefund({ ...facts, state: head.state, wishFen: 'all', whose: 'own', now: asOf });
  const claims = new Map(plan.claims.map((claim) => [claim.lot.order.orderNo, claim]));
  return {
    refundableFen: plan.refundableFen,
    lots: facts.lots.map(({ order }) => lotView(order, claims.get(order.orderNo), pack)),
    remainder: [...plan.remainder],
    asOf: toIso(asOf, pack.utcOffsetMinutes),
  };
}

/**
 * Gives what the holder paid back to where it came from. It needs a changed password and a second proof given now, as withdrawing does; a repeat
 * is the same refund and needs no second code.
 *
 * Throws AppError: `payment.amount-invalid`, and what `proveNow` and `refund` throw.
 */
export async function askRefund(
  deps: StudentRefundDeps,
  caller: HolderCaller,
  wish: {
    readonly requestId: string;
    readonly amountFen: unknown;
    readonly orderNo?: string | undefined;
    readonly proof?: SecondProof | undefined;
  },
): Promise<RefundReply> {
  const { schoolId, accountNo } = caller.bound;
  const { requestId, orderNo } = wish;
  const amountFen = wish.amountFen === null ? 'all' : wantedFen(wish.amountFen);
  const known = await deps.refunds.find(schoolId, refundId({ schoolId, accountNo, requestId }));
  const pack = await deps.packOf(schoolId);
  const proof = known === undefined ? { proofRows: await proveNow(deps, caller, { pack, proof: wish.proof }) } : {};
  const what = { whose: 'own', askedBy: 'holder', reason: '校园卡退款' } as const;
  const answer = await refund(deps, { schoolId, accountNo, requestId, amountFen, orderNo, ...what, ...proof });
  return refundView(deps, answer.refund, answer.payOuts);
}

/**
 * What the platform could not deliver goes to the holder's own bank card instead. Throws AppError: `auth.password-change-required`,
 * `auth.second-proof-required`, and what the operation of that name throws.
 */
export async function redirectStuckRefund(deps: StudentRefundDeps, caller: HolderCaller, payOutNo: string): Promise<RefundsReply> {
  await provenHolder(deps, caller);
  const { schoolId, accountNo } = caller.bound;
  const answer = await redirect(deps, { schoolId, accountNo, payOutNo, askedBy: 'holder' });
  const pack = await deps.packOf(schoolId);
  const payOuts = 'payOuts' in answer ? answer.payOuts : [answer];
  return { refunds: await partViews(deps, payOuts, pack), nextCursor: null, asOf: toIso(deps.clock(), pack.utcOffsetMinutes) };
}

/** How one refund stands. Throws AppError: `refund.unknown` (also another account's), `school.unknown`. */
export async function readRefund(deps: StudentRefundDeps, { bound }: HolderCaller, id: string): Promise<RefundReply> {
  const found = await deps.refunds.find(bound.schoolId, id);
  if (found === undefined || found.accountNo !== bound.accountNo) throw new AppError('refund.unknown');
  const payOuts = await Promise.all(found.parts.map(({ payOutNo }) => deps.payOuts.find(bound.schoolId, payOutNo)));
  return refundView(
    deps,
    found,
    payOuts.flatMap((payOut) => (payOut === undefined ? [] : [payOut])),
  );
}

/** How the closing of the caller's account stands. Throws AppError: `school.unknown`. */
export async function readCloseOut(deps: StudentRefundDeps, caller: HolderCaller): Promise<CloseOutReply> {
  const { schoolId, accountNo } = caller.bound;
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const asOf = toIso(deps.clock(), utcOffsetMinutes);
  const found = await deps.closeOuts.find(schoolId, accountNo);
  if (found === undefined) {
    return { state: 'open', since: null, refunds: [], depositFen: ZERO, subsidyFen: ZERO, remainder: [], asOf };
  }
  const { state, depositFen, subsidyFen } = found;
  const refunds: RefundReply[] = [];
  for (const id of found.refundIds) refunds.push(await readRefund(deps, caller, id));
  return {
    ...{ state, depositFen, subsidyFen, refunds, asOf },
    since: toIso(found.since, utcOffsetMinutes),
    remainder: [...found.remainder],
  };
}

const PAGE = 20;

/** Refunds of the account, whoever asked for them, newest first; of one top-up where asked. Throws AppError: `school.unknown`. */
export async function listRefunds(
  deps: StudentRefundDeps,
  { bound }: HolderCaller,
  { orderNo, cursor }: { readonly orderNo?: string | undefined; readonly cursor?: string | undefined },
): Promise<RefundsReply> {
  const { schoolId, accountNo } = bound;
  const pack = await deps.packOf(schoolId);
  const asOf = toIso(deps.clock(), pack.utcOffsetMinutes);
  const after = cursor === undefined ? {} : { after: keyOf(bound, cursor) };
  const { payOuts, next } = await deps.payOuts.ofAccount(schoolId, accountNo, { limit: PAGE, ...after });
  const refunds = payOuts.filter((one) => one.kind === 'refund' && (orderNo === undefined || refundedOrder(one) === orderNo));
  return { refunds: await partViews(deps, refunds, pack), nextCursor: next === undefined ? null : cursorOf(next), asOf };
}

/** "000001795234097000.bistuXXXX": the place of the last line, without whose it is. */
function cursorOf(next: Key): string {
  return String(next.sk).slice('PAY-OUT#'.length).replace('#', '.');
}

function keyOf({ schoolId, accountNo }: HolderCaller['bound'], cursor: string): Key {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: `PAY-OUT#${cursor.replace('.', '#')}` };
}

function wantedFen(value: unknown): Fen {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) throw new AppError('payment.amount-invalid');
  return fen(value);
}

function lotView(order: CreditedOrder, claim: Claim | undefined, { utcOffsetMinutes }: RulePack): RefundableReply['lots'][number] {
  const { orderNo, channel, origin, amountFen, payment, credit } = order;
  const way = claim?.way;
  return {
    ...{ orderNo, channel, origin },
    paidAt: toIso(payment.paidAt, utcOffsetMinutes),
    paidFen: amountFen,
    remainingFen: credit.remainingFen,
    refundableFen: claim?.amountFen ?? fen(0),
    to: way === undefined || typeof way === 'string' ? null : toView(way, order),
    reason: typeof way === 'string' ? way : null,
  };
}

async function refundView(deps: StudentRefundDeps, found: Refund, payOuts: readonly PayOut[]): Promise<RefundReply> {
  const pack = await deps.packOf(found.schoolId);
  const iso = (at: number) => toIso(at, pack.utcOffsetMinutes);
  return {
    refundId: found.refundId,
    createdAt: iso(found.createdAt),
    amountFen: sum(found.parts.map((part) => part.amountFen)),
    parts: await partViews(deps, payOuts, pack),
    remainder: [...found.remainder],
    asOf: iso(deps.clock()),
  };
}

async function partViews(deps: StudentRefundDeps, payOuts: readonly PayOut[], pack: RulePack): Promise<RefundPartView[]> {
  return Promise.all(
    payOuts.map(async (payOut) => {
      const orderNo = refundedOrder(payOut);
      const order = orderNo === undefined ? undefined : await deps.orders.find(payOut.schoolId, orderNo, { consistent: false });
      return partView(payOut, order, pack);
    }),
  );
}

function partView(payOut: PayOut, order: Order | undefined, { utcOffsetMinutes }: RulePack): RefundPartView {
  const { payOutNo, amountFen, to, state, createdAt, n } = payOut;
  const iso = (at: number) => toIso(at, utcOffsetMinutes);
  const isOwn = order?.origin === 'own' || order?.origin === 'auto';
  return {
    refundNo: payOutNo,
    orderNo: refundedOrder(payOut) ?? null,
    amountFen,
    to: toView(to, order),
    state,
    since: iso(payOut.state === 'requested' ? createdAt : payOut.doneAt),
    createdAt: iso(createdAt),
    n,
    returnedBy: payOut.state === 'returned' ? payOut.returnedBy : null,
    redirectable: state === 'stuck' && isOwn,
  };
}

function toView(to: PayOutTo, order: Order | undefined): RefundPartView['to'] {
  if (to.via === 'bank') return { via: 'bank', channel: 'bank-card', masked: `****${to.cardTail}` };
  if (to.via === 'utility') throw new Error('a refund never goes to a supplier');
  const payer = order !== undefined && 'payment' in order ? (order.payment.payerOpenId ?? order.payerOpenId) : '';
  return { via: 'platform', channel: to.channel, masked: payer === '' ? '****' : maskNumber(payer) };
}
