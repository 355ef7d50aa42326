import type { CardQuoteReply, CardTopUpReply, CodeSentReply } from '../../shared/api/wallet';
import { AppError, isAppError } from '../../shared/errors';
import { fen, sum, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { arrivalOf } from '../domain/account-changes';
import { bankDebit, bankRequestNo, refuseAboveMaxBalance, walletChannel } from '../domain/bank-transfer';
import { walletAvailable } from '../domain/hold';
import { ORDER_LIFE_MS, type Order } from '../domain/order';
import { SMS_RESEND_AFTER_MS } from '../domain/sms-code';
import { topUpAmount } from '../domain/top-up-amount';
import { onwardId, shortfallFen, toCardDraft } from '../domain/wallet';
import type { BankCodeSent } from '../platforms/contract';
import type { CardTransfer } from '../store/card-transfers';
import { changeAccount } from './append-loop';
import { boundCard } from './bank-agreement';
import { codeView } from './bank-code';
import { bankOrder, confirmDebit, onCard, placeDebit } from './bank-top-up';
import { bankOf } from './bind-bank-card';
import type { HolderCaller } from './caller';
import { readHolder } from './check-password';
import { checkSecondProof, guessSecondProof } from './check-second-proof';
import { reread } from './confirm-order';
import { sendSmsCode } from './send-sms-code';
import type { WalletDeps } from './wallet-deps';

/**
 * 卡片充值 from the wallet (DL-33…DL-38): the wallet pays, and where it is short the bound bank card pays the rest. The rest is an order whose
 * credit and whose way on to the card are one transaction, so nothing can lie between them: the money is on its way to the card, or in
 * the wallet where its holder sees it, however late the bank answers and wherever a function dies.
 */

/** What the page shows. Throws AppError as `startCardTopUp`, as far as it can be told before. */
export async function quoteCardTopUp(
  deps: WalletDeps,
  { bound }: HolderCaller,
  { amountFen }: { readonly amountFen?: number | undefined },
): Promise<CardQuoteReply> {
  const { schoolId, accountNo } = bound;
  const [pack, head, card] = await Promise.all([
    deps.packOf(schoolId),
    deps.passbook.head(schoolId, accountNo),
    deps.bankCards.find(schoolId, accountNo),
  ]);
  if (head === undefined) throw new AppError('account.unknown');
  const channel = walletChannel(pack);
  const { balances } = head.state;
  const amount = amountFen === undefined ? undefined : topUpAmount(amountFen, pack, channel);
  if (amount !== undefined) refuseAboveMaxBalance(pack, onCard(head.state), amount);
  const missing = amount === undefined ? ZERO : shortfallFen(head.state, amount, deps.clock());
  const { debitFen, feeFen } = missing > 0 ? bankDebit(pack, missing) : { debitFen: ZERO, feeFen: ZERO };
  const caps = [pack.topUp.maxFen, channel.maxFen].filter((cap) => cap !== undefined);
  return {
    cardFen: balances.card,
    chipPendingFen: balances.chipPending,
    transitFen: balances.transit,
    walletFen: walletAvailable(head.state, deps.clock()),
    presetsFen: pack.topUp.presetsFen.map(fen),
    minFen: fen(pack.topUp.minFen),
    maxFen: caps.length === 0 ? null : fen(Math.min(...caps)),
    feeBasisPoints: pack.bank?.feeBasisPoints ?? 0,
    bankName: pack.bank?.name.zh ?? null,
    cardTail: card?.state === 'bound' ? card.cardTail : null,
    amount: amount === undefined ? null : { amountFen: amount, feeFen, debitFen, newBalanceFen: sum([onCard(head.state), amount]) },
    shortfallFen: missing,
  };
}

/**
 * Records the wish and sends the code that confirms it: the bank's where its card pays a part, ours otherwise (DL-37). A repeat is the same
 * wish with the shortfall of the first time.
 *
 * Throws AppError: `top-up.channel-not-offered`, `top-up.amount-invalid`, `top-up.over-cap`, `top-up.over-max-balance`, `wallet.not-open`,
 * `wallet.insufficient-balance` (where the school draws no rest), `bank.not-bound`, `bank.binding-ended`, `bank.over-limit`, `bank.not-offered`,
 * `bank.refused`, `bank.unavailable`, `auth.second-proof-not-offered`, `auth.sms-too-soon`, `auth.sms-refused`, `auth.sms-unavailable`,
 * `account.closed`, `account.unknown`, `request.replayed-differently`, `request.busy`.
 */
export async function startCardTopUp(
  deps: WalletDeps,
  caller: HolderCaller,
  wish: { readonly requestId: string; readonly amountFen: unknown },
): Promise<CardTopUpReply> {
  const { schoolId, accountNo } = caller.bound;
  const pack = await deps.packOf(schoolId);
  const amountFen = topUpAmount(wish.amountFen, pack, walletChannel(pack));
  const transferNo = bankRequestNo('from-wallet', { schoolId, accountNo, requestId: wish.requestId });
  const transfer =
    (await deps.cardTransfers.find(schoolId, transferNo)) ?? (await record(deps, caller, { ...wish, amountFen, transferNo, pack }));
  if (transfer.amountFen !== amountFen) throw new AppError('request.replayed-differently');
  if (transfer.transferredAt !== undefined || deps.clock() >= transfer.expiresAt) return view(deps, transfer, pack);
  if (transfer.orderNo !== undefined) {
    const { shortfallFen: missing, orderNo } = transfer;
    const wanted = bankOrder(deps, pack, { schoolId, accountNo, orderNo, target: 'wallet', amountFen: missing, toCardFen: amountFen });
    const { code } = await placeDebit(deps, wanted, pack);
    return view(deps, transfer, pack, code);
  }
  return view(deps, transfer, pack, transfer.codeBy === 'school' ? await ownCode(deps, caller) : undefined);
}

async function record(
  deps: WalletDeps,
  { bound: { schoolId, accountNo } }: HolderCaller,
  wish: { readonly requestId: string; readonly amountFen: CardTransfer['amountFen']; readonly transferNo: string; readonly pack: RulePack },
): Promise<CardTransfer> {
  const { amountFen, transferNo, pack } = wish;
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  if (head.state.closed) throw new AppError('account.closed');
  if (!head.state.walletOpen) throw new AppError('wallet.not-open');
  refuseAboveMaxBalance(pack, onCard(head.state), amountFen);
  const { smsCheck, fallback } = walletChannel(pack);
  const now = deps.clock();
  const missing = shortfallFen(head.state, amountFen, now);
  if (missing > 0) {
    if (fallback !== 'bank-card') throw new AppError('wallet.insufficient-balance');
    bankDebit(pack, missing);
    await boundCard(deps, { schoolId, accountNo });
  }
  const codeBy = missing > 0 ? 'bank' : smsCheck === true ? 'school' : 'none';
  const orderNo = missing > 0 ? bankRequestNo('shortfall', { schoolId, accountNo, requestId: wish.requestId }) : undefined;
  const row: CardTransfer = {
    ...{ schoolId, transferNo, accountNo, amountFen, shortfallFen: missing, orderNo, codeBy },
    createdAt: now,
    expiresAt: now + ORDER_LIFE_MS,
    version: 0,
  };
  await deps.cardTransfers.insert(row);
  // Also where a repeat of this was first.
  return ownTransfer(deps, { schoolId, accountNo }, transferNo);
}

/** Our own code; one that was just sent is still good. */
async function ownCode(deps: WalletDeps, caller: HolderCaller): Promise<BankCodeSent> {
  const { schoolId, accountNo } = caller.bound;
  let maskedMobile = '';
  try {
    maskedMobile = (await sendSmsCode(deps, caller)).mobileMasked;
  } catch (error) {
    const sent = await deps.smsCodes.find(schoolId, accountNo);
    const isFresh = sent !== undefined && sent.codeHash !== '' && deps.clock() < sent.sentAt + SMS_RESEND_AFTER_MS;
    if (!isAppError(error, 'auth.sms-too-soon') || !isFresh) throw error;
  }
  const sent = await deps.smsCodes.find(schoolId, accountNo);
  const now = deps.clock();
  return { maskedMobile, resendAt: (sent?.sentAt ?? now) + SMS_RESEND_AFTER_MS, expiresAt: sent?.expiresAt ?? now };
}

/** Throws AppError `order.unknown`, `bank.code-too-soon`, `bank.code-locked`, `auth.sms-too-soon`, and what sending throws. */
export async function resendCardTopUpCode(deps: WalletDeps, caller: HolderCaller, transferNo: string): Promise<CodeSentReply> {
  const pack = await deps.packOf(caller.bound.schoolId);
  const { orderNo, codeBy } = await ownTransfer(deps, caller.bound, transferNo);
  if (orderNo !== undefined) return { code: codeView(await bankOf(deps, pack).resendCode({ requestNo: orderNo }), pack) };
  if (codeBy === 'none') throw new AppError('order.unknown');
  const { mobileMasked } = await sendSmsCode(deps, caller);
  const sent = await ownCode(deps, caller);
  return { code: codeView({ ...sent, maskedMobile: mobileMasked }, pack) };
}

/**
 * Confirms with the code. A repeat hears what became of it. Throws AppError: `order.unknown`, `bank.code-wrong`, `bank.code-expired`,
 * `bank.code-locked`, `bank.refused`, `bank.binding-ended`, `bank.over-limit`, `auth.second-proof-wrong`, `auth.second-proof-required`,
 * `auth.locked`, `wallet.insufficient-balance` (spent meanwhile), `account.closed`, `account.unknown`, `request.busy`.
 */
export async function confirmCardTopUp(
  deps: WalletDeps,
  caller: HolderCaller,
  { transferNo, code }: { readonly transferNo: string; readonly code: string },
): Promise<CardTopUpReply> {
  const { bound } = caller;
  const pack = await deps.packOf(bound.schoolId);
  const transfer = await ownTransfer(deps, bound, transferNo);
  if (transfer.orderNo !== undefined) {
    const order = await deps.orders.find(bound.schoolId, transfer.orderNo);
    if (order === undefined) throw new AppError('order.unknown');
    const after = await confirmDebit(deps, order, code, pack);
    return view(deps, transfer, pack, undefined, after.state === 'created');
  }
  if (transfer.transferredAt !== undefined) return view(deps, transfer, pack);
  if (deps.clock() >= transfer.expiresAt) throw new AppError('bank.code-expired');
  return view(deps, await moveToCard(deps, caller, { transfer, code, pack }), pack);
}

/** From the wallet alone: the code, the entry and the row in one transaction. */
async function moveToCard(
  deps: WalletDeps,
  caller: HolderCaller,
  { transfer, code, pack }: { readonly transfer: CardTransfer; readonly code: string; readonly pack: RulePack },
): Promise<CardTransfer> {
  const { schoolId, accountNo, transferNo, amountFen } = transfer;
  const holder = await readHolder(deps, caller);
  const question = () => ({ holder, pack, proof: { kind: 'sms', value: code } as const, now: deps.clock() });
  const isCoded = transfer.codeBy !== 'none';
  if (isCoded) await guessSecondProof(deps, caller, question());
  return changeAccount(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    async gather() {
      const row = await ownTransfer(deps, caller.bound, transferNo);
      // A repeat must not be refused because its own first time has used the code up.
      return { row, rows: isCoded && row.transferredAt === undefined ? await checkSecondProof(deps, question()) : [] };
    },
    decide(head, recordedAt, { row, rows }) {
      if (row.transferredAt !== undefined) return { answer: row };
      if (head.state.closed) throw new AppError('account.closed');
      const write = toCardDraft(head, { entryId: transferNo, amountFen, occurredAt: recordedAt, recordedAt }, pack);
      if (write === undefined) throw new AppError('wallet.insufficient-balance');
      const next: CardTransfer = { ...row, n: head.n + 1, transferredAt: recordedAt };
      return { write, rows: [deps.cardTransfers.changedRow(next), ...rows], answer: () => next };
    },
  });
}

/** Throws AppError `order.unknown`. */
export async function readCardTopUp(deps: WalletDeps, { bound }: HolderCaller, transferNo: string): Promise<CardTopUpReply> {
  const pack = await deps.packOf(bound.schoolId);
  return view(deps, await ownTransfer(deps, bound, transferNo), pack);
}

async function ownTransfer(
  deps: WalletDeps,
  { schoolId, accountNo }: { readonly schoolId: string; readonly accountNo: number },
  transferNo: string,
): Promise<CardTransfer> {
  const transfer = await deps.cardTransfers.find(schoolId, transferNo);
  if (transfer?.accountNo !== accountNo) throw new AppError('order.unknown');
  return transfer;
}

async function view(
  deps: WalletDeps,
  transfer: CardTransfer,
  pack: RulePack,
  code?: BankCodeSent,
  isConfirmed = false,
): Promise<CardTopUpReply> {
  const { schoolId, accountNo, orderNo } = transfer;
  const found = orderNo === undefined ? undefined : await deps.orders.find(schoolId, orderNo);
  const order = found?.state === 'created' && isConfirmed ? await reread(deps.orders, found) : found;
  const card = orderNo === undefined ? undefined : await deps.bankCards.find(schoolId, accountNo);
  const stands = await standing(deps, transfer, order, isConfirmed);
  const iso = (at: number) => toIso(at, pack.utcOffsetMinutes);
  const arrived = stands.state === 'transferred' ? arrivalOf(pack) : order?.state === 'credited' ? 'wallet' : null;
  return {
    transferNo: transfer.transferNo,
    amountFen: transfer.amountFen,
    shortfallFen: transfer.shortfallFen,
    feeFen: order?.feeFen ?? ZERO,
    cardTail: card?.cardTail ?? null,
    codeBy: transfer.codeBy,
    state: stands.state,
    arrivedIn: arrived,
    code: code === undefined || stands.state !== 'asked' ? null : codeView(code, pack),
    createdAt: iso(transfer.createdAt),
    transferredAt: stands.at === undefined ? null : iso(stands.at),
  };
}

interface Standing {
  readonly state: CardTopUpReply['state'];
  readonly at?: number;
}

/** What became of it, from the row or from what stands right behind the credit of its order. */
async function standing(deps: WalletDeps, transfer: CardTransfer, order: Order | undefined, isConfirmed: boolean): Promise<Standing> {
  const { schoolId, accountNo, orderNo } = transfer;
  if (transfer.transferredAt !== undefined) return { state: 'transferred', at: transfer.transferredAt };
  const isOver = deps.clock() >= transfer.expiresAt;
  if (orderNo === undefined) return { state: isOver ? 'failed' : 'asked' };
  switch (order?.state) {
    case undefined:
      return { state: isOver ? 'failed' : 'asked' };
    case 'created':
      return { state: isConfirmed || isOver ? 'pending' : 'asked' };
    case 'paid':
      return { state: 'pending' };
    case 'closed':
      return { state: 'failed' };
    case 'credited': {
      const next = await deps.passbook.entry(schoolId, accountNo, order.credit.n + 1);
      return next?.entryId === onwardId(orderNo) ? { state: 'transferred', at: next.recordedAt } : { state: 'failed' };
    }
  }
}
