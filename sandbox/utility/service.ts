import * as v from 'valibot';
import { type EpochMs, toIso } from '../../shared/time';
import { beijingDigits } from '../lib/beijing';
import type { Service } from '../lib/http';
import { lookup } from '../lib/lookup';
import { createPartnerDoor, OVERTAKEN, type PartnerCall, type PartnerReply, refusal } from '../lib/partner-door';
import { randomDigits } from '../lib/random-text';
import type { Surroundings } from '../surroundings';
import { accountFacts, accountKey, accountRecord } from './accounts';
import type { SupplierPayment } from './state';

const account = { schoolId: v.string(), kind: v.picklist(['network', 'electricity']), account: v.string() };
const find = v.object(account);
const pay = v.object({ ...account, amountFen: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });
const MALFORMED: PartnerReply = { status: 400, content: { code: 'malformed' } };

/** The suppliers of network and electricity behind one address; docs/bank-gateway.md is the contract. */
export function createUtilityService(parts: Surroundings): Service {
  const { utility: state } = parts.state;

  function findAccount(call: PartnerCall): PartnerReply {
    const parsed = v.safeParse(find, call.content);
    if (!parsed.success) return MALFORMED;
    const { schoolId, kind, account: name } = parsed.output;
    const facts = accountFacts(schoolId, kind, name);
    if (facts === undefined) return refusal('account-unknown');
    const { balanceFen } = accountRecord(state, accountKey(schoolId, kind, name));
    return { status: 200, content: { account: name, ...facts, balanceFen } };
  }

  function payInto(call: PartnerCall): PartnerReply {
    const parsed = v.safeParse(pay, call.content);
    if (!parsed.success) return MALFORMED;
    const { schoolId, kind, account: name, amountFen } = parsed.output;
    const key = accountKey(schoolId, kind, name);
    const content = `${key} ${amountFen}`;
    const known = lookup(state.payments, call.requestNo);
    if (known?.state === 'closed' && call.signedAt <= (known.endedAt ?? 0)) return OVERTAKEN;
    if (known !== undefined && known.state !== 'closed') return known.content === content ? reply(known) : refusal('number-reused');
    const payment = keep({ requestNo: call.requestNo, content, accountKey: key, amountFen });
    if (accountFacts(schoolId, kind, name) === undefined) end(payment, 'account-unknown', parts.clock());
    else if (call.fault?.fault === 'refused' || accountRecord(state, key).closed) end(payment, 'refused-by-supplier', parts.clock());
    else if (call.fault?.fault === 'late-success' || call.fault?.fault === 'late-failure') {
      payment.due = { at: parts.clock() + call.fault.afterMs, outcome: call.fault.fault === 'late-success' ? 'succeed' : 'fail' };
    } else succeed(payment, parts.clock());
    return reply(payment);
  }

  function keep(what: Pick<SupplierPayment, 'requestNo' | 'content' | 'accountKey' | 'amountFen'>): SupplierPayment {
    const payment: SupplierPayment = { ...what, state: 'pending', reason: null, due: null, receiptNo: null, endedAt: null };
    state.payments[what.requestNo] = payment;
    return payment;
  }

  function succeed(payment: SupplierPayment, at: EpochMs): void {
    accountRecord(state, payment.accountKey).balanceFen += payment.amountFen;
    const receiptNo = `R${beijingDigits(at)}${randomDigits(parts.randomBytes, 6)}`;
    Object.assign(payment, { state: 'succeeded', receiptNo, endedAt: at, due: null });
    parts.events.publish('utility', 'utility.paid', payment.requestNo, { amountFen: payment.amountFen });
  }

  function end(payment: SupplierPayment, reason: string, at: EpochMs): void {
    Object.assign(payment, { state: 'failed', reason, endedAt: at, due: null });
    parts.events.publish('utility', 'utility.failed', payment.requestNo, { reason });
  }

  /** As at the banks: what fell due since somebody last asked is done first. */
  function settleDue(): void {
    for (const payment of Object.values(state.payments)) {
      if (payment.due === null || payment.due.at > parts.clock()) continue;
      if (payment.due.outcome === 'succeed') succeed(payment, payment.due.at);
      else end(payment, 'refused-by-supplier', payment.due.at);
    }
  }

  function query(call: PartnerCall): PartnerReply {
    const known = lookup(state.payments, call.requestNo);
    if (known !== undefined && known.state !== 'closed') return reply(known);
    // What is still on its way under the number must pay nothing, so that "not found" stays true.
    const closed = known ?? keep({ requestNo: call.requestNo, content: '', accountKey: '', amountFen: 0 });
    Object.assign(closed, { state: 'closed', endedAt: Math.max(call.signedAt, closed.endedAt ?? 0) });
    return reply(closed);
  }

  const acts: Readonly<Record<string, (call: PartnerCall) => PartnerReply>> = {
    '/accounts/find': findAccount,
    '/payments/pay': payInto,
    '/payments/query': query,
  };
  return createPartnerDoor(parts, {
    source: 'utility',
    keys: parts.keys.utility,
    faults: state.faults,
    carryOut(call) {
      settleDue();
      return lookup(acts, call.act)?.(call) ?? { ...refusal('no-such-act'), status: 404 };
    },
  });
}

function reply(payment: SupplierPayment): PartnerReply {
  const { amountFen, receiptNo, reason, endedAt } = payment;
  switch (payment.state) {
    case 'succeeded':
      return { status: 200, content: { status: 'succeeded', amountFen, receiptNo, at: toIso(endedAt ?? 0) } };
    case 'failed':
      return { status: 200, content: { status: 'failed', reason } };
    case 'pending':
      return { status: 200, content: { status: 'processing' } };
    case 'closed':
      return { status: 200, content: { status: 'not-found' } };
  }
}
