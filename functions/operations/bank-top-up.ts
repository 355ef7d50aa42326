import type { BankTopUpReply, CodeSentReply, TransferQuoteReply } from '../../shared/api/wallet';
import { AppError, isAppError } from '../../shared/errors';
import { type Fen, fen, sum, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { AccountState } from '../domain/account-state';
import { BANK_APP, bankChannel, bankDebit, bankRequestNo, bankTopUpAmount, refuseAboveMaxBalance } from '../domain/bank-transfer';
import { type CreatedOrder, closed, isSameWish, newOrder, type Order } from '../domain/order';
import type { BankCodeSent } from '../platforms/contract';
import { boundCard, loseBinding, openAgreement } from './bank-agreement';
import { codeView } from './bank-code';
import { paymentAsOrder } from './bank-order-source';
import { bankOf } from './bind-bank-card';
import type { HolderCaller } from './caller';
import { confirmOrder, reread } from './confirm-order';
import { orderView } from './order-view';
import { askLater } from './query-order';
import type { WalletDeps } from './wallet-deps';

export type BankTarget = 'card' | 'wallet';

/**
 * What the page shows before the code is asked for: balances, presets, single limit, handling fee and the balance afterwards (ST-32…ST-35).
 *
 * Throws AppError: `top-up.channel-not-offered`, `top-up.amount-invalid`, `top-up.over-cap`, `bank.over-limit`, `top-up.over-max-balance`,
 * `account.unknown`.
 */
export async function quoteBankTopUp(
  deps: WalletDeps,
  { bound }: HolderCaller,
  { target, amountFen }: { readonly target: BankTarget; readonly amountFen?: number | undefined },
): Promise<TransferQuoteReply> {
  const { schoolId, accountNo } = bound;
  const [pack, head, card] = await Promise.all([
    deps.packOf(schoolId),
    deps.passbook.head(schoolId, accountNo),
    deps.bankCards.find(schoolId, accountNo),
  ]);
  if (head === undefined) throw new AppError('account.unknown');
  const channel = bankChannel(pack, target);
  const { balances } = head.state;
  const caps = [pack.topUp.maxFen, channel.maxFen, pack.bank?.perTransferMaxFen].filter((cap) => cap !== undefined);
  const amount = amountFen === undefined ? undefined : bankTopUpAmount(amountFen, pack, channel);
  if (amount !== undefined && target === 'card') refuseAboveMaxBalance(pack, onCard(head.state), amount);
  const before = target === 'wallet' ? balances.wallet : onCard(head.state);
  return {
    cardFen: balances.card,
    chipPendingFen: balances.chipPending,
    transitFen: balances.transit,
    walletFen: balances.wallet,
    presetsFen: pack.topUp.presetsFen.map(fen),
    minFen: fen(pack.topUp.minFen),
    maxFen: caps.length === 0 ? null : fen(Math.min(...caps)),
    feeBasisPoints: pack.bank?.feeBasisPoints ?? 0,
    bankName: pack.bank?.name.zh ?? null,
    cardTail: card?.state === 'bound' ? card.cardTail : null,
    amount: amount === undefined ? null : { amountFen: amount, ...bankDebit(pack, amount), newBalanceFen: sum([before, amount]) },
  };
}

/** What lies on the card or waits to come onto it. */
export function onCard({ balances }: AccountState): Fen {
  return sum([balances.card, balances.transit, balances.chipPending]);
}

/**
 * Records the order, then asks the bank for the debit: it sends a code and moves nothing. A repeat is the same order, and the code is the one
 * that is on its way. What the bank refuses by name closes the order.
 *
 * Throws AppError: `top-up.channel-not-offered`, `top-up.amount-invalid`, `top-up.over-cap`, `top-up.over-max-balance`, `bank.over-limit`,
 * `bank.not-bound`, `bank.binding-ended`, `bank.not-offered`, `bank.refused`, `bank.unavailable` (the order stays; repeat), `account.closed`,
 * `account.unknown`, `request.replayed-differently`, `request.busy`.
 */
export async function startBankTopUp(
  deps: WalletDeps,
  { bound }: HolderCaller,
  wish: { readonly requestId: string; readonly target: BankTarget; readonly amountFen: unknown },
): Promise<BankTopUpReply> {
  const { schoolId, accountNo } = bound;
  const pack = await deps.packOf(schoolId);
  const amountFen = bankTopUpAmount(wish.amountFen, pack, bankChannel(pack, wish.target));
  const orderNo = bankRequestNo('top-up', { schoolId, accountNo, requestId: wish.requestId });
  const wanted = bankOrder(deps, pack, { schoolId, accountNo, orderNo, target: wish.target, amountFen });
  const known = await deps.orders.find(schoolId, orderNo);
  if (known === undefined) {
    const head = await deps.passbook.head(schoolId, accountNo);
    if (head === undefined) throw new AppError('account.unknown');
    if (head.state.closed) throw new AppError('account.closed');
    if (wish.target === 'card') refuseAboveMaxBalance(pack, onCard(head.state), amountFen);
    // Before the order: without a card there is nothing to ask the bank for.
    await boundCard(deps, bound);
  }
  const { order, code } = await placeDebit(deps, wanted, pack);
  return reply(deps, order, pack, code);
}

/** An order that the bound bank card pays. The handling fee comes on top. @throws AppError bank.over-limit */
export function bankOrder(
  { clock }: Pick<WalletDeps, 'clock'>,
  pack: RulePack,
  wish: Pick<Order, 'schoolId' | 'accountNo' | 'orderNo' | 'target' | 'amountFen'> & { readonly toCardFen?: Fen },
): CreatedOrder {
  const { debitFen, feeFen } = bankDebit(pack, wish.amountFen);
  const how = { channel: 'bank-card', payBy: 'bank', appId: BANK_APP, payerOpenId: '' } as const;
  return newOrder({ ...wish, ...how, amountFen: debitFen, ...(feeFen > 0 ? { feeFen } : {}) }, clock());
}

/** The order and its debit at the bank, which waits for its code. Throws as `startBankTopUp`. */
export async function placeDebit(
  deps: WalletDeps,
  wanted: CreatedOrder,
  pack: RulePack,
): Promise<{ readonly order: Order; readonly code: BankCodeSent | undefined }> {
  const found = await deps.orders.insert(wanted);
  if (found !== undefined && !isSameWish(found, wanted)) throw new AppError('request.replayed-differently');
  const order = found ?? wanted;
  if (order.state !== 'created' || deps.clock() >= order.expiresAt) return { order, code: undefined };
  if (found === undefined) await askLater(deps, order);
  const card = await boundCard(deps, order);
  const agreementRef = openAgreement(deps.fieldCipher, card);
  const { orderNo: requestNo, amountFen } = order;
  try {
    const code = await bankOf(deps, pack).startDebit({ requestNo, agreementRef, amountFen, description: `${pack.shortName.zh}校园卡充值` });
    return { order, code };
  } catch (error) {
    if (isAppError(error, 'bank.binding-ended')) await loseBinding(deps, card);
    // Refused under its own name, and nothing is under way by an earlier sending of this request.
    if (found === undefined && isAppError(error) && REFUSED.includes(error.code)) await deps.orders.replace(closed(order, deps.clock()));
    throw error;
  }
}

const REFUSED: readonly string[] = ['bank.binding-ended', 'bank.over-limit', 'bank.refused'];

/** Throws AppError `order.unknown`, `bank.code-too-soon`, `bank.code-locked`, `bank.not-offered`, `bank.refused`, `bank.unavailable`. */
export async function resendDebitCode(deps: WalletDeps, { bound }: HolderCaller, orderNo: string): Promise<CodeSentReply> {
  const pack = await deps.packOf(bound.schoolId);
  await ownDebit(deps, bound, orderNo);
  return { code: codeView(await bankOf(deps, pack).resendCode({ requestNo: orderNo }), pack) };
}

/**
 * Confirms with the bank's code. Paid is credited at once; what the bank does not say now the queries and the sweep learn, and the answer is
 * the order as it stands.
 *
 * Throws AppError: `order.unknown`, `bank.code-wrong` (detail.triesLeft), `bank.code-expired`, `bank.code-locked`, `bank.binding-ended`,
 * `bank.over-limit`, `bank.not-offered`, `bank.refused` (definitely not debited; the order is closed), `request.busy`, `account.unknown`.
 */
export async function confirmBankTopUp(
  deps: WalletDeps,
  { bound }: HolderCaller,
  { orderNo, code }: { readonly orderNo: string; readonly code: string },
): Promise<BankTopUpReply> {
  const pack = await deps.packOf(bound.schoolId);
  return reply(deps, await confirmDebit(deps, await ownDebit(deps, bound, orderNo), code, pack), pack, undefined);
}

/** The order after the bank heard the code. Throws as `confirmBankTopUp`. */
export async function confirmDebit(deps: WalletDeps, order: Order, code: string, pack: RulePack): Promise<Order> {
  if (order.state !== 'created') return order;
  const end = async (error: AppError): Promise<never> => {
    await deps.orders.replace(closed(order, deps.clock()));
    throw error;
  };
  try {
    const payment = await bankOf(deps, pack).confirmDebit({ requestNo: order.orderNo, code });
    const said = paymentAsOrder(order.orderNo, payment);
    if (said.status === 'paid') return await confirmOrder(deps, 'bank-card', said);
    if (payment.status === 'failed') return await end(new AppError('bank.refused', { bankCode: payment.reason }));
    return order;
  } catch (error) {
    // Nothing is known, or the number was confirmed before with another code: the order is asked about.
    if (isAppError(error, 'bank.unavailable') || isAppError(error, 'request.replayed-differently')) return reread(deps.orders, order);
    if (isAppError(error, 'bank.code-locked')) return end(error);
    throw error;
  }
}

async function ownDebit(
  deps: WalletDeps,
  { schoolId, accountNo }: { readonly schoolId: string; readonly accountNo: number },
  orderNo: string,
): Promise<Order> {
  const order = await deps.orders.find(schoolId, orderNo);
  if (order?.accountNo !== accountNo || order.payBy !== 'bank' || order.holdN !== undefined) throw new AppError('order.unknown');
  return order;
}

function reply(deps: WalletDeps, order: Order, pack: RulePack, code: BankCodeSent | undefined): BankTopUpReply {
  return {
    order: orderView(order, deps.clock(), pack.utcOffsetMinutes),
    feeFen: order.feeFen ?? ZERO,
    code: code === undefined ? null : codeView(code, pack),
  };
}
