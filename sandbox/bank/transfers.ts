import { type EpochMs, toIso } from '../../shared/time';
import { lookup } from '../lib/lookup';
import type { PartnerReply } from '../lib/partner-door';
import type { SwitchedPartnerFault } from '../lib/partner-faults';
import type { Surroundings } from '../surroundings';
import { cardRecord, debitRoom, moveMoney } from './accounts';
import type { Agreement, TransferAct } from './state';

/** A debit that nobody confirmed dies by itself. */
const UNCONFIRMED_MS = 30 * 60_000;

/** Why this transfer cannot be, before any money is looked at. Of a payout the card's limits do not count. */
export function transferObstacle(parts: Surroundings, act: TransferAct, agreement: Agreement): string | undefined {
  const { bank: state } = parts.state;
  if (agreement.endedAt !== null) return 'binding-ended';
  if (act.kind === 'pay-out') return undefined;
  const record = cardRecord(state, agreement.cardNumber);
  const agreedFen = (agreement.isVouched ? record?.singleMaxFen : record?.noCodeMaxFen) ?? 0;
  if (act.code === null && act.amountFen > agreedFen) return 'over-agreed-limit';
  return act.amountFen > debitRoom(state, agreement.cardNumber, parts.clock()) ? 'over-limit' : undefined;
}

/** Lets a transfer happen: at once, or later where a fault says so. */
export function execute(parts: Surroundings, act: TransferAct, fault: SwitchedPartnerFault | undefined): void {
  const agreement = lookup(parts.state.bank.agreements, act.agreementRef);
  const obstacle = agreement === undefined ? 'agreement-unknown' : transferObstacle(parts, act, agreement);
  if (obstacle !== undefined) fail(parts, act, obstacle, parts.clock());
  else if (fault?.fault === 'refused') fail(parts, act, 'refused-by-bank', parts.clock());
  else if (fault?.fault === 'late-success' || fault?.fault === 'late-failure') {
    act.state = 'pending';
    act.due = { at: parts.clock() + fault.afterMs, outcome: fault.fault === 'late-success' ? 'succeed' : 'fail' };
  } else finish(parts, act, parts.clock());
}

function finish(parts: Surroundings, act: TransferAct, at: EpochMs): void {
  const agreement = lookup(parts.state.bank.agreements, act.agreementRef);
  const obstacle = agreement === undefined ? 'agreement-unknown' : moveMoney(parts, act, agreement, at);
  if (obstacle !== undefined) fail(parts, act, obstacle, at);
  else Object.assign(act, { state: 'succeeded', endedAt: at, due: null });
}

export function fail(parts: Surroundings, act: TransferAct, reason: string, at: EpochMs): void {
  Object.assign(act, { state: 'failed', reason, endedAt: at, due: null });
  parts.events.publish('bank', 'bank.failed', act.requestNo, { reason });
}

/** Time passes only when somebody asks: everything that fell due since is done first, in the order in which it fell due. */
export function settleDue(parts: Surroundings): void {
  const now = parts.clock();
  const transfers = Object.values(parts.state.bank.acts).filter(
    (act): act is TransferAct => act.kind === 'debit' || act.kind === 'pay-out',
  );
  const due = transfers.filter((act) => act.due !== null && act.due.at <= now).sort((a, b) => (a.due?.at ?? 0) - (b.due?.at ?? 0));
  for (const act of due) {
    const { at, outcome } = act.due ?? { at: now, outcome: 'fail' };
    if (outcome === 'succeed') finish(parts, act, at);
    else fail(parts, act, 'refused-by-bank', at);
  }
  const forgotten = transfers.filter((act) => act.state === 'waiting-code' && act.createdAt + UNCONFIRMED_MS <= now);
  for (const act of forgotten) fail(parts, act, 'not-confirmed', act.createdAt + UNCONFIRMED_MS);
  if (due.length + forgotten.length > 0) parts.changed();
}

export function paymentReply(act: TransferAct): PartnerReply {
  const { amountFen, tradeNo, reason, endedAt } = act;
  if (act.state === 'succeeded') {
    return { status: 200, content: { status: 'succeeded', amountFen, bankTradeNo: tradeNo, at: toIso(endedAt ?? 0) } };
  }
  if (act.state === 'failed') return { status: 200, content: { status: 'failed', reason } };
  return { status: 200, content: { status: act.state === 'waiting-code' ? 'not-confirmed' : 'processing' } };
}
