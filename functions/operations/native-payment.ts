import { AppError, isAppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, type EpochMs } from '../../shared/time';
import type { LinkTarget } from '../domain/app-identity';
import { type Entry, firstEntry, nextEntry, recordingTime } from '../domain/entry';
import { guestAccountNo, unopenedHouse } from '../domain/house-account';
import { nativeChargeDraft } from '../domain/native-charge';
import {
  type AskedPayment,
  givenBackPayment,
  givenUpAt,
  isForgotten,
  mayReverse,
  type NativePayment,
  paidPayment,
  type ReturningPayment,
  type ReversingPayment,
  refusedPayment,
  returningPayment,
  reversedPayment,
  reversingPayment,
  saleEndsAt,
  withAsk,
} from '../domain/native-payment';
import type { OrderPayment, PlatformChannel } from '../domain/order';
import type { CodePayPlatform, OrderRef, PaidOrder, PlatformOrder } from '../platforms/contract';
import type { QueryQueue } from '../platforms/queue/query-queue';
import type { Links } from '../store/links';
import type { NativePayments } from '../store/native-payments';
import type { AppendDeps } from './append-loop';
import type { Orphan } from './refund-orphan';

export interface NativeDeps extends AppendDeps {
  readonly natives: NativePayments;
  readonly links: Pick<Links, 'accountOf'>;
  readonly platforms: Readonly<Record<PlatformChannel, CodePayPlatform>>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  /** See `refundOrphan`. */
  readonly giveBack: (orphan: Orphan) => Promise<unknown>;
  /** Absent: the sweep alone comes back to a payment. */
  readonly queue?: QueryQueue;
}

/** 40 changes of one passbook under another's hands within a second are no till. */
const MAX_TRIES = 60;

/**
 * Asks the platform what became of a payment that nobody knows the end of, and acts on it: paid in time is the sale; at the end of its time it
 * is given up; what was given up is taken back, and what was paid all the same goes back to its payer. Of several askers at one moment one asks.
 * Trouble of the platform's is not thrown: the payment is due again.
 *
 * Throws AppError `request.busy`, `school.unknown`.
 */
export async function advanceNative(deps: NativeDeps, payment: NativePayment): Promise<NativePayment> {
  switch (payment.state) {
    case 'asked':
      return poll(deps, payment);
    case 'reversing':
      return takeBack(deps, payment);
    case 'returning':
      return returnMoney(deps, payment);
    case 'paid':
    case 'refused':
    case 'reversed':
    case 'given-back':
      return payment;
  }
}

async function poll(deps: NativeDeps, payment: AskedPayment): Promise<NativePayment> {
  const asked = withAsk(payment, deps.clock());
  if (!(await deps.natives.replace(asked))) return reread(deps, payment);
  await askLater(deps, asked);
  const said = await ask(deps, asked);
  if (said?.status === 'paid') return sell(deps, asked, said);
  if (said?.status === 'closed') return replaced(deps, refusedPayment(asked, 'native.refused'));
  return deps.clock() >= givenUpAt(asked) ? giveUp(deps, asked) : asked;
}

/**
 * From now on it is no sale, whatever the platform says: so the till may be told. Taken back at the platform as soon as that may be.
 * Whoever is second finds what the first has decided.
 */
export async function giveUp(deps: NativeDeps, payment: AskedPayment): Promise<NativePayment> {
  let current: NativePayment = payment;
  for (let tries = 0; tries < MAX_TRIES && current.state === 'asked'; tries += 1) {
    const next = reversingPayment(current, deps.clock());
    if (await deps.natives.replace(next)) {
      await askLater(deps, next);
      return mayReverse(next, deps.clock()) ? reverse(deps, next) : next;
    }
    current = await reread(deps, current);
  }
  if (current.state === 'asked') throw new AppError('request.busy');
  return current;
}

async function takeBack(deps: NativeDeps, payment: ReversingPayment): Promise<NativePayment> {
  const asked = withAsk(payment, deps.clock());
  if (!(await deps.natives.replace(asked))) return reread(deps, payment);
  await askLater(deps, asked);
  const said = await ask(deps, asked);
  if (said?.status === 'paid') return sendBack(deps, asked, paymentOf(said));
  if (said?.status === 'closed') return replaced(deps, reversedPayment(asked));
  return mayReverse(asked, deps.clock()) ? reverse(deps, asked) : asked;
}

/** What the platform does not know was never sent, or is still on its way: only its age tells. */
async function reverse(deps: NativeDeps, payment: ReversingPayment): Promise<NativePayment> {
  const outcome = await deps.platforms[payment.channel].reverse(refOf(payment)).catch(nothingKnown);
  const isOver = outcome === 'reversed' || (outcome === 'not-found' && isForgotten(payment, deps.clock()));
  return isOver ? replaced(deps, reversedPayment(payment)) : payment;
}

/**
 * The sale: entry and row in one transaction, up to C + 60 s; money that is later, or whose sale was given up, goes back to its payer.
 * Throws AppError `request.busy`, `school.unknown`.
 */
export async function sell(deps: NativeDeps, asked: AskedPayment, said: PaidOrder): Promise<NativePayment> {
  const pack = await deps.packOf(asked.schoolId);
  const paid = paymentOf(said);
  const buyer = await buyerOf(deps, asked, paid, pack);
  let payment: NativePayment = asked;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    if (payment.state !== 'asked') return 'askedAt' in payment ? sendBack(deps, payment, paid) : payment;
    const head = await deps.passbook.head(payment.schoolId, buyer);
    const now = deps.clock();
    const recordedAt = head === undefined ? now : recordingTime(head, now);
    if (recordedAt > saleEndsAt(payment)) return sendBack(deps, payment, paid);
    const entry = saleEntry(head, payment, { buyer, recordedAt, pack });
    const next = paidPayment(payment, paid, { accountNo: buyer, n: entry.n });
    if ((await deps.passbook.appendWith(entry, [deps.natives.replacement(next)])).written) return next;
    payment = await reread(deps, payment);
  }
  throw new AppError('request.busy');
}

function saleEntry(
  head: Entry | undefined,
  payment: AskedPayment,
  { buyer, recordedAt, pack }: { readonly buyer: number; readonly recordedAt: EpochMs; readonly pack: RulePack },
): Entry {
  const { schoolId } = payment;
  const { utcOffsetMinutes } = pack;
  if (head !== undefined) return nextEntry(head, nativeChargeDraft(head, payment, recordedAt, pack), { recordedAt, utcOffsetMinutes });
  const draft = nativeChargeDraft({ ...unopenedHouse(buyer), n: 0 }, payment, recordedAt, pack);
  return firstEntry({ schoolId, accountNo: buyer, draft, recordedAt, utcOffsetMinutes });
}

const TARGETS: Readonly<Record<PlatformChannel, LinkTarget>> = { 'wechat-pay': 'wechat', alipay: 'alipay' };

/** The student whose identity it is (核身状态), who is only named by it; otherwise the guests of the till and day. */
async function buyerOf(deps: NativeDeps, payment: AskedPayment, paid: OrderPayment, pack: RulePack): Promise<number> {
  const { schoolId, terminal, channel, appId, occurredAt } = payment;
  const guest = guestAccountNo(terminal, businessDay(occurredAt, pack.utcOffsetMinutes));
  if (paid.payerOpenId === undefined) return guest;
  const linked = await deps.links.accountOf({ schoolId, target: TARGETS[channel], appId, openid: paid.payerOpenId });
  if (linked === undefined) return guest;
  const head = await deps.passbook.head(schoolId, linked);
  return head === undefined || head.state.closed ? guest : linked;
}

/** Money that came and is no sale's. */
async function sendBack(deps: NativeDeps, payment: NativePayment, paid: OrderPayment): Promise<NativePayment> {
  let current = payment;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (current.state === 'returning') return returnMoney(deps, current);
    // Sold meanwhile by whoever heard of the same payment, or on its way back already; what was never asked for cannot have come.
    if (current.state === 'paid' || current.state === 'given-back' || current.askedAt === undefined) return current;
    const next = returningPayment({ ...current, askedAt: current.askedAt }, paid, deps.clock());
    if (await deps.natives.replace(next)) return returnMoney(deps, next);
    current = await reread(deps, current);
  }
  throw new AppError('request.busy');
}

/** By the way it came, in the books like every payment that no order explains. A reversal may have been faster: then nothing is left to return. */
async function returnMoney(deps: NativeDeps, payment: ReturningPayment): Promise<NativePayment> {
  const said = await ask(deps, payment);
  if (said === undefined) return payment;
  if (said.status === 'closed') return replaced(deps, reversedPayment(payment));
  const { schoolId, channel, orderNo, appId, amountFen } = payment;
  const { platformTradeNo, paidAt } = payment.payment;
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const day = businessDay(paidAt, utcOffsetMinutes);
  await deps.giveBack({ schoolId, channel, merchantOrderNo: orderNo, appId, platformTradeNo, amountFen, day });
  return replaced(deps, givenBackPayment(payment));
}

/** Undefined where nothing is known. A success of another amount or app is not believed to be this sale's. */
async function ask(deps: NativeDeps, payment: NativePayment): Promise<PlatformOrder | undefined> {
  const said = await deps.platforms[payment.channel].queryPayment(refOf(payment)).catch(nothingKnown);
  return said?.status === 'paid' && !isOf(payment, said) ? { status: 'pending', merchantOrderNo: payment.orderNo } : said;
}

export function isOf(payment: NativePayment, said: PaidOrder): boolean {
  return said.merchantOrderNo === payment.orderNo && said.amountFen === payment.amountFen && said.appId === payment.appId;
}

function nothingKnown(error: unknown): undefined {
  if (!isAppError(error)) throw error;
  return undefined;
}

function paymentOf({ platformTradeNo, paidAt, payerOpenId }: PaidOrder): OrderPayment {
  return { platformTradeNo, paidAt, ...(payerOpenId === undefined ? {} : { payerOpenId }) };
}

function refOf({ orderNo, appId }: NativePayment): OrderRef {
  return { merchantOrderNo: orderNo, appId };
}

/** Sends word to look at the payment when it is due. */
export async function askLater(
  { queue, clock }: Pick<NativeDeps, 'queue' | 'clock'>,
  payment: AskedPayment | ReversingPayment,
): Promise<void> {
  const { schoolId, orderNo, dueAt } = payment;
  await queue?.later({ schoolId, orderNo, dueAt, of: 'native' }, Math.max(0, dueAt - clock()));
}

export async function replaced(deps: NativeDeps, next: NativePayment): Promise<NativePayment> {
  return (await deps.natives.replace(next)) ? next : reread(deps, next);
}

export async function reread(deps: NativeDeps, { schoolId, orderNo }: NativePayment): Promise<NativePayment> {
  const found = await deps.natives.find(schoolId, orderNo);
  if (found === undefined) throw new Error('the row of a payment by code is permanent and was not found');
  return found;
}
