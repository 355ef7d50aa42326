import type { MachineBankBodyOf, MachineTransferReply } from '../../shared/api/terminal-bank';
import { AppError, isAppError } from '../../shared/errors';
import { ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { arrivalOf, topUpDraft } from '../domain/account-changes';
import { bankChannel, bankRequestNo, bankTopUpAmount, refuseAboveMaxBalance } from '../domain/bank-transfer';
import { CHARGE_LATE_MS } from '../domain/charge-window';
import { cardRefusal } from '../domain/chip-write';
import { type CreditedOrder, closed, credited, creditedFen, type Order, type OrderPayment, paymentFault } from '../domain/order';
import { saleEntryId } from '../domain/terminal-ring';
import type { BankPayment } from '../platforms/contract';
import type { BankCards } from '../store/bank-cards';
import type { ChipWrites } from '../store/chip-writes';
import type { Claims } from '../store/claims';
import type { Orders } from '../store/orders';
import { type AppendDeps, changeAccount } from './append-loop';
import { boundCard, loseBinding, openAgreement } from './bank-agreement';
import { type Banks, paymentAsOrder } from './bank-order-source';
import { bankOrder, onCard } from './bank-top-up';
import { bankOf } from './bind-bank-card';
import { type CardPasswordDeps, proveCardPassword } from './card-password';
import { reread } from './confirm-order';
import { accountOfCard, type MachineDeps, type MachineRequest, mustBeInTime, mustBeServed, placesOf, provesChip } from './machine';

export interface TransferAtMachineDeps extends MachineDeps, AppendDeps, CardPasswordDeps {
  readonly claims: Claims;
  readonly chipWrites: ChipWrites;
  readonly orders: Orders;
  readonly bankCards: BankCards;
  readonly banks: Banks<'bindVouched' | 'debit' | 'queryDebit' | 'cancelDebit'>;
}

type Request = MachineRequest<MachineBankBodyOf<'transfer'>>;
type CreatedOrder = Extract<Order, { state: 'created' }>;

/**
 * 银校转账 (ST-31…ST-38, SJ-08): order and the machine's act are one write before the bank is asked; what the bank paid comes into `chipPending`, to be
 * written as a claim is. The bank's word alone ends it: until it is heard the answer is `pending`, and the machine sends the same bytes again.
 * 60 s after the machine began nothing is asked for any more, only whether it was. What the sweep finds paid waits in `transit`.
 *
 * Throws AppError: `bank.not-offered`, `top-up.channel-not-offered`, `top-up.amount-invalid`, `top-up.over-cap`, `bank.over-limit`,
 * `top-up.over-max-balance`, `bank.not-bound`, `bank.binding-ended`, `bank.refused` (detail.bankCode; nothing was debited and nothing will be),
 * `chip.rewrite-first`, `claim.password-required`, `claim.pin-unreadable`, `claim.too-late`, `auth.wrong-password`, `auth.locked`,
 * `terminal.clock`, `payment.other-body`, `request.busy`, and as `readCard`.
 */
export async function transferAtMachine(deps: TransferAtMachineDeps, request: Request): Promise<MachineTransferReply> {
  const { body, bodyHash, pack } = request;
  const { schoolId } = body;
  const claimId = saleEntryId(body);
  const { accountNo, issue } = await accountOfCard(deps, body);
  const orderNo = bankRequestNo('top-up', { schoolId, accountNo, requestId: `machine|${claimId}` });
  const done = await deps.claims.find(schoolId, claimId);
  if (done === undefined) await begin(deps, request, { accountNo, issue, orderNo });
  else if (done.bodyHash !== bodyHash) throw new AppError('payment.other-body');
  const order = await deps.orders.find(schoolId, orderNo);
  if (order === undefined) throw new AppError('payment.other-body');
  return reply(deps, pack, await settle(deps, request, order, issue));
}

/** The order, as long as nothing speaks against it. */
async function begin(
  deps: TransferAtMachineDeps,
  { body, bodyHash, pack, keys }: Request,
  { accountNo, issue, orderNo }: { readonly accountNo: number; readonly issue: number; readonly orderNo: string },
): Promise<void> {
  const { schoolId } = body;
  bankOf(deps, pack);
  if (!provesChip(keys, body, body.chip, body.amountFen)) throw new AppError('card.bad-chip-code');
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  mustBeServed(head, issue);
  mustBeInTime(body, deps.clock());
  const { chipPending } = head.state.balances;
  if (chipPending > 0) throw new AppError('chip.rewrite-first', { amountFen: chipPending });
  const amountFen = bankTopUpAmount(body.amountFen, pack, bankChannel(pack, 'card'));
  refuseAboveMaxBalance(pack, onCard(head.state), amountFen);
  // Without a bound card there is nothing to ask the bank for.
  await boundCard(deps, { schoolId, accountNo });
  await proveCardPassword(deps, { place: body, pin: body.pin, accountNo, pack, which: 'transaction' });
  const order = bankOrder(deps, pack, { schoolId, accountNo, orderNo, target: 'card', amountFen });
  const act = { schoolId, claimId: saleEntryId(body), amountFen, bodyHash };
  const result = await deps.orders.insertWith(order, [deps.claims.row(act)]);
  if (result.written) return;
  // A repeat of this very request was faster, or the number was used for something else.
  if ((await deps.claims.find(schoolId, act.claimId))?.bodyHash !== bodyHash) throw new AppError('payment.other-body');
}

/** As far as the bank's word goes now. Throws AppError `bank.refused` where it is definite that nothing was debited. */
async function settle(deps: TransferAtMachineDeps, request: Request, order: Order, issue: number): Promise<Order> {
  switch (order.state) {
    case 'credited':
      return order;
    case 'paid':
      return credit(deps, request, order, order.payment, issue);
    case 'closed':
      throw new AppError('bank.refused');
    case 'created': {
      const payment = await askBank(deps, request, order);
      const said = paymentAsOrder(order.orderNo, payment);
      if (said.status === 'paid') {
        const fault = paymentFault(order, 'bank-card', said);
        if (fault !== undefined) throw new AppError(fault, { orderNo: order.orderNo });
        const { platformTradeNo, paidAt } = said;
        return credit(deps, request, order, { platformTradeNo, paidAt }, issue);
      }
      if (payment.status === 'pending') return order;
      await close(deps, order);
      throw new AppError('bank.refused', payment.status === 'failed' ? { bankCode: payment.reason } : {});
    }
  }
}

/** Within the time of the act it is asked for, under one number however often; afterwards it is called off for good, unless it was paid. */
async function askBank(deps: TransferAtMachineDeps, { body, pack }: Request, order: CreatedOrder): Promise<BankPayment> {
  const bank = bankOf(deps, pack);
  const { orderNo: requestNo, amountFen } = order;
  const unknown = { status: 'pending', requestNo } as const;
  try {
    if (deps.clock() > body.occurredAt + CHARGE_LATE_MS) {
      const outcome = await bank.cancelDebit({ requestNo });
      if (outcome === 'already-paid') return await bank.queryDebit({ requestNo });
      return outcome === 'pending' ? unknown : { status: 'not-found', requestNo };
    }
    const card = await boundCard(deps, order);
    const agreementRef = openAgreement(deps.fieldCipher, card);
    return await bank.debit({ requestNo, agreementRef, amountFen, description: `${pack.shortName.zh}银校转账` });
  } catch (error) {
    // Nothing is known of this sending: the next one, or the sweep, asks what became of the number.
    if (isAppError(error, 'bank.unavailable') || isAppError(error, 'request.replayed-differently')) return unknown;
    if (isAppError(error, 'bank.binding-ended')) await loseCard(deps, order);
    if (isAppError(error) && REFUSED.includes(error.code)) await close(deps, order);
    throw error;
  }
}

const REFUSED: readonly string[] = ['bank.binding-ended', 'bank.not-bound', 'bank.over-limit', 'bank.refused'];

async function loseCard(deps: TransferAtMachineDeps, { schoolId, accountNo }: Order): Promise<void> {
  const card = await deps.bankCards.find(schoolId, accountNo);
  if (card?.state === 'bound') await loseBinding(deps, card);
}

/** A lost race is no harm: whoever changed the order heard the bank as well. */
async function close(deps: TransferAtMachineDeps, order: CreatedOrder): Promise<void> {
  await deps.orders.replace(closed(order, deps.clock()));
}

/** Entry, order and chip write in one transaction. Where the chip cannot be written now, the money waits as any top-up does. */
function credit(
  deps: TransferAtMachineDeps,
  { pack }: Request,
  order: Order,
  payment: OrderPayment,
  issue: number,
): Promise<CreditedOrder> {
  const { schoolId, accountNo, orderNo } = order;
  const { platformTradeNo, paidAt } = payment;
  return changeAccount<Order, CreditedOrder>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: () => reread(deps.orders, order),
    decide(head, recordedAt, current) {
      // By the sweep, or by an earlier sending of this.
      if (current.state === 'credited') return { answer: current };
      const { state } = head;
      const target = cardRefusal(state, issue) === undefined && state.balances.chipPending === ZERO ? 'chip' : 'card';
      const { channel, amountFen, feeFen } = current;
      const draft = topUpDraft(head, { orderNo, channel, target, amountFen, feeFen, paidAt, recordedAt }, pack);
      const n = head.n + 1;
      const arrivedIn = target === 'chip' ? 'chipPending' : arrivalOf(pack);
      const next = credited(current, { platformTradeNo, paidAt }, { creditedAt: recordedAt, n, arrivedIn });
      const write = { schoolId, accountNo, n, entryId: orderNo, amountFen: creditedFen(current), state: 'open', version: 1 } as const;
      return {
        write: draft,
        rows: [deps.orders.replacement(next), ...(target === 'chip' ? [deps.chipWrites.row(write)] : [])],
        answer: () => next,
      };
    },
  });
}

async function reply(deps: TransferAtMachineDeps, { utcOffsetMinutes }: RulePack, order: Order): Promise<MachineTransferReply> {
  const { orderNo, schoolId, accountNo, feeFen = ZERO } = order;
  const common = {
    kind: 'transfer',
    orderNo,
    amountFen: creditedFen(order),
    feeFen,
    serverTime: toIso(deps.clock(), utcOffsetMinutes),
  } as const;
  if (order.state !== 'credited') return { ...common, state: 'pending', arrivedIn: null, write: null, balances: null };
  const { n, arrivedIn } = order.credit;
  const entry = await deps.passbook.entry(schoolId, accountNo, n);
  if (entry === undefined) throw new Error('an order names an entry that does not exist');
  return {
    ...common,
    state: 'credited',
    // A machine's order is for the card: it is in no wallet.
    arrivedIn: arrivedIn === 'wallet' ? null : arrivedIn,
    write: arrivedIn === 'chipPending' ? n : null,
    balances: placesOf(entry),
  };
}
