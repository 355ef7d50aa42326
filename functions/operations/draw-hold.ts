import { type AppError, type ErrorCode, isAppError } from '../../shared/errors';
import { BANK_APP, holdOrderNo } from '../domain/bank-transfer';
import type { Entry } from '../domain/entry';
import { isInTime, openHold } from '../domain/hold';
import { type CreatedOrder, closed, newOrder, type Order } from '../domain/order';
import type { FieldCipher } from '../lib/field-cipher';
import type { BankPayment } from '../platforms/contract';
import type { BankCard, BankCards } from '../store/bank-cards';
import { loseBinding, openAgreement } from './bank-agreement';
import { type Banks, bankAt, paymentAsOrder } from './bank-order-source';
import { confirmOrder, reread } from './confirm-order';
import { askLater, type QueryDeps, queryOrder } from './query-order';
import { releaseHold } from './release-hold';

export interface DrawDeps extends QueryDeps {
  readonly banks: Banks<'debit' | 'queryDebit'>;
  readonly bankCards: Pick<BankCards, 'find' | 'save'>;
  readonly fieldCipher: FieldCipher;
  /** Between two questions about a debit that is under way. */
  readonly wait: (ms: number) => Promise<void>;
}

/** Names a hold as the passbook's stream does. */
export interface HoldName {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly n: number;
}

/** A till waits: a debit that is under way is asked about a few times before the minute's sweep goes on with it. */
const ASK_AFTER_MS = [1_000, 2_000, 4_000] as const;

/**
 * Asks the bank for what a held sale lacks (DL-40). The order row stands before the bank is asked, its number is the bank's idempotency key,
 * and `confirmOrder` is the only way from the bank's word to the passbook: so the stream may deliver the hold any number of times, and the
 * function may die anywhere. A hold that has its outcome, or has run out, asks for nothing.
 *
 * Throws AppError: `request.busy`, `account.unknown`, `school.unknown`, `bank.not-offered`; the stream then delivers it again.
 */
export async function drawHold(deps: DrawDeps, name: HoldName): Promise<Order | undefined> {
  const { schoolId, accountNo } = name;
  const hold = await deps.passbook.entry(schoolId, accountNo, name.n);
  const drawFen = hold?.drawFen;
  if (hold?.kind !== 'hold' || drawFen === undefined) return undefined;
  const orderNo = holdOrderNo({ schoolId, accountNo, holdN: hold.n });
  const known = await deps.orders.find(schoolId, orderNo);
  if (known === undefined && !(await isWanted(deps, hold))) {
    // Nobody else would ever end it: no order was made for it, and the till has stopped asking.
    if (!isInTime(hold, deps.clock())) await releaseHold(deps, { schoolId, accountNo, holdN: hold.n }, 'payment.not-charged');
    return undefined;
  }
  const wanted = newOrder(
    {
      schoolId,
      orderNo,
      accountNo,
      channel: 'bank-card',
      amountFen: drawFen,
      target: 'wallet',
      payBy: 'bank',
      appId: BANK_APP,
      payerOpenId: '',
      holdN: hold.n,
    },
    deps.clock(),
  );
  const order = known ?? (await deps.orders.insert(wanted)) ?? wanted;
  if (order === wanted) await askLater(deps, wanted);
  if (order.state !== 'created') return order;
  if (!(await isWanted(deps, hold))) return queryOrder(deps, order);
  const card = await deps.bankCards.find(schoolId, accountNo);
  if (card?.state === 'bound') return debit(deps, order, hold, card);
  // An earlier delivery may have asked the bank while the card was still bound: then only the bank's word ends the order.
  return known === undefined ? giveUp(deps, order, hold, 'bank.binding-ended') : queryOrder(deps, order);
}

async function isWanted(deps: DrawDeps, hold: Entry): Promise<boolean> {
  const head = await deps.passbook.head(hold.schoolId, hold.accountNo);
  return head !== undefined && openHold(head, hold) !== undefined && isInTime(hold, deps.clock());
}

async function debit(deps: DrawDeps, order: CreatedOrder, hold: Entry, card: BankCard): Promise<Order> {
  const { schoolId, orderNo: requestNo, amountFen } = order;
  const pack = await deps.packOf(schoolId);
  const bank = bankAt(deps.banks, schoolId);
  const agreementRef = openAgreement(deps.fieldCipher, card);
  const description = `${pack.shortName.zh}${pack.wallet.label.zh}消费`;
  const nothing: BankPayment = { status: 'pending', requestNo };
  let asked = await heard(() => bank.debit({ requestNo, agreementRef, amountFen, description }));
  for (const waitMs of ASK_AFTER_MS) {
    if (isAppError(asked, 'bank.binding-ended')) await loseBinding(deps, card);
    if (isAppError(asked)) return giveUp(deps, order, hold, asked.code);
    const payment = asked ?? nothing;
    if (payment.status === 'failed') return giveUp(deps, order, hold, 'bank.refused');
    const said = paymentAsOrder(requestNo, payment);
    if (said.status === 'paid') return confirmOrder(deps, 'bank-card', said);
    await deps.wait(waitMs);
    // What the bank has never heard of it will not hear any more under this question's time: it may be asked anew.
    const again = payment.status === 'not-found' && (await isWanted(deps, hold));
    asked = await heard(() => (again ? bank.debit({ requestNo, agreementRef, amountFen, description }) : bank.queryDebit({ requestNo })));
  }
  // From here the sweep goes on.
  return reread(deps.orders, order);
}

/** What the bank says: its refusal is as good as an answer; undefined where nothing is known. Throws what is not the bank's to say. */
async function heard(ask: () => Promise<BankPayment>): Promise<BankPayment | AppError | undefined> {
  try {
    return await ask();
  } catch (error) {
    // The number carries another sending of ours: only the question tells.
    if (isAppError(error, 'bank.unavailable') || isAppError(error, 'request.replayed-differently')) return undefined;
    if (isAppError(error) && REFUSALS.includes(error.code)) return error;
    throw error;
  }
}

/** Signed by the bank: nothing moved and nothing will under this number. */
const REFUSALS: readonly ErrorCode[] = ['bank.binding-ended', 'bank.over-limit', 'bank.refused'];

/** The till hears of it at once; the row follows. */
async function giveUp(deps: DrawDeps, order: CreatedOrder, hold: Entry, reason: ErrorCode): Promise<Order> {
  const { schoolId, accountNo } = order;
  await releaseHold(deps, { schoolId, accountNo, holdN: hold.n }, reason);
  const next = closed(order, deps.clock());
  return (await deps.orders.replace(next)) ? next : reread(deps.orders, order);
}
