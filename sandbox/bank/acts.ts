import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { lookup } from '../lib/lookup';
import { OVERTAKEN, type PartnerCall, type PartnerReply, refusal } from '../lib/partner-door';
import { randomAlphanumeric } from '../lib/random-text';
import type { Surroundings } from '../surroundings';
import { cardRecord, debitRoom } from './accounts';
import type { BankId } from './banks';
import { type BankCard, cardsByIdentity, findCard } from './cardholders';
import { codeSent, isCoded, newCode, refuseCode, resendCode, sendCode } from './codes';
import type { BankAct, BindingAct, TransferAct } from './state';
import { execute, fail, paymentReply, settleDue, transferObstacle } from './transfers';
import { unseal } from './unseal';

/** What a bank does for its client, act by act; docs/bank-gateway.md is the contract. */
type Act = (call: PartnerCall) => PartnerReply;

const identity = { name: v.string(), idNumber: v.string() };
const holder = v.object({ ...identity, cardNumber: v.optional(v.string()) });
const vouched = v.object({ name: v.string(), idTail: v.pipe(v.string(), v.minLength(4)), cardNumber: v.string() });
const cardholder = v.object({ ...identity, cardNumber: v.string(), mobile: v.string() });
const binding = v.object({ schoolId: v.string(), sealed: v.unknown() });
const transfer = v.object({
  agreementRef: v.string(),
  amountFen: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  description: v.pipe(v.string(), v.maxLength(200)),
});

const MALFORMED: PartnerReply = { status: 400, content: { code: 'malformed' } };
const DONE: PartnerReply = { status: 200, content: { status: 'done' } };

export function bankActs(parts: Surroundings, bank: BankId): Readonly<Record<string, Act>> {
  const { bank: state } = parts.state;
  const keyOf = ({ clientId, requestNo }: PartnerCall) => `${bank}/${clientId}/${requestNo}`;
  const found = (call: PartnerCall): BankAct | undefined => lookup(state.acts, keyOf(call));

  function keep<A extends BankAct>(call: PartnerCall, act: A): A {
    state.acts[keyOf(call)] = act;
    return act;
  }

  function base(call: PartnerCall, content: readonly unknown[]) {
    const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    return { bank, school: call.clientId, requestNo: call.requestNo, content: digest, createdAt: parts.clock() };
  }

  /** The number's act if it is the same one, a refusal if the number carries another, undefined if this is the first sending that counts. */
  function repeated(call: PartnerCall, content: string): BankAct | PartnerReply | undefined {
    const known = found(call);
    if (known?.kind === 'closed' && known.voidUntil !== null) return call.signedAt > known.voidUntil ? undefined : OVERTAKEN;
    return known === undefined || known.content === content || known.kind === 'closed' ? known : refusal('number-reused');
  }

  function startBinding(call: PartnerCall): PartnerReply {
    const parsed = v.safeParse(binding, call.content);
    const opened = parsed.success && unseal(parts.keys.banks[bank].seal, parsed.output.sealed, call);
    const who = v.safeParse(holder, opened);
    if (!parsed.success || !who.success || parsed.output.schoolId !== call.clientId) return MALFORMED;
    const card = cardToBind(parts, bank, call.clientId, who.output);
    if (typeof card === 'string') return refusal(card);
    const common = base(call, ['binding', card.cardNumber, who.output.name, who.output.idNumber]);
    const known = repeated(call, common.content);
    if (known !== undefined) {
      if ('status' in known) return known;
      return known.kind === 'binding' ? codeSent(parts, known) : refusal('number-closed');
    }
    const code = newCode(parts);
    const act = { ...common, kind: 'binding', cardNumber: card.cardNumber, code, state: 'waiting-code', agreementRef: null } as const;
    const kept = keep<BindingAct>(call, { ...act });
    sendCode(parts, kept);
    return codeSent(parts, kept);
  }

  /** The school vouches for its holder: no code, and an agreement that covers transfers at its machines. */
  function bindVouched(call: PartnerCall): PartnerReply {
    const parsed = v.safeParse(binding, call.content);
    const opened = parsed.success && unseal(parts.keys.banks[bank].seal, parsed.output.sealed, call);
    const who = v.safeParse(vouched, opened);
    if (!parsed.success || !who.success || parsed.output.schoolId !== call.clientId) return MALFORMED;
    const { name, idTail, cardNumber } = who.output;
    const customer = findCard(cardNumber)?.customer;
    // A tail that does not fit names nobody.
    const idNumber = customer?.idNumber.endsWith(idTail) === true ? customer.idNumber : '';
    const card = cardToBind(parts, bank, call.clientId, { name, idNumber, cardNumber });
    if (typeof card === 'string') return refusal(card);
    const common = base(call, ['vouched', card.cardNumber, name, idTail]);
    const known = repeated(call, common.content);
    if (known !== undefined && 'status' in known) return known;
    if (known !== undefined && known.kind !== 'binding') return refusal('number-closed');
    const act =
      known ??
      keep<BindingAct>(call, {
        ...common,
        kind: 'binding',
        cardNumber: card.cardNumber,
        code: newCode(parts),
        state: 'bound',
        agreementRef: null,
      });
    return agreed(act, true);
  }

  /** One agreement a binding, whoever asks again. */
  function agreed(act: BindingAct, isVouched: boolean): PartnerReply {
    if (act.agreementRef === null) {
      const ref = `agr_${randomAlphanumeric(parts.randomBytes, 20)}`;
      act.state = 'bound';
      act.agreementRef = ref;
      const { cardNumber, school } = act;
      const made = { ref, bank, school, cardNumber, madeAt: parts.clock(), endedAt: null };
      state.agreements[ref] = isVouched ? { ...made, isVouched } : made;
      parts.events.publish('bank', 'bank.bound', act.requestNo, { school });
    }
    return { status: 200, content: { agreementRef: act.agreementRef, cardTail: act.cardNumber.slice(-4) } };
  }

  function confirmBinding(call: PartnerCall): PartnerReply {
    const act = found(call);
    if (act?.kind !== 'binding') return refusal('number-unknown');
    if (act.state === 'bound' && call.content.code !== act.code.code) return refusal('number-reused');
    if (act.state !== 'bound') {
      const refused = refuseCode(parts, act, call.content.code);
      if (refused !== undefined) return refused;
    }
    return agreed(act, false);
  }

  function endBinding(call: PartnerCall): PartnerReply {
    const agreement = agreementOf(call, call.content.agreementRef);
    if (agreement === undefined) return refusal('agreement-unknown');
    const common = base(call, ['ending', agreement.ref]);
    const known = repeated(call, common.content);
    if (known !== undefined && 'status' in known) return known;
    keep(call, { ...common, kind: 'ending' });
    agreement.endedAt ??= parts.clock();
    return DONE;
  }

  function agreementOf(call: PartnerCall, ref: unknown) {
    const agreement = typeof ref === 'string' ? lookup(state.agreements, ref) : undefined;
    return agreement?.bank === bank && agreement.school === call.clientId ? agreement : undefined;
  }

  /** `with-code`: a debit that waits for its code. */
  function begin(call: PartnerCall, kind: TransferAct['kind'], how: 'with-code' | 'at-once'): PartnerReply {
    const parsed = v.safeParse(transfer, call.content);
    if (!parsed.success) return MALFORMED;
    const { agreementRef, amountFen, description } = parsed.output;
    // The description is no part of the act: a text that changed between two sendings does not make it another one.
    const common = base(call, [kind, how, agreementRef, amountFen]);
    const known = repeated(call, common.content);
    if (known !== undefined) return answerRepeat(known, how);
    const agreement = agreementOf(call, agreementRef);
    if (agreement === undefined) return refusal('agreement-unknown');
    const code = how === 'with-code' ? newCode(parts) : null;
    const act: TransferAct = {
      ...common,
      kind,
      agreementRef,
      amountFen,
      description,
      code,
      state: how === 'with-code' ? 'waiting-code' : 'pending',
      reason: null,
      due: null,
      tradeNo: null,
      endedAt: null,
    };
    if (!isCoded(act)) {
      execute(parts, act, call.fault);
      return paymentReply(keep(call, act));
    }
    const obstacle = transferObstacle(parts, act, agreement);
    if (obstacle === 'over-limit') {
      return refusal('over-limit', { maxFen: debitRoom(state, agreement.cardNumber, parts.clock()) });
    }
    if (obstacle !== undefined) return refusal(obstacle);
    keep(call, act);
    sendCode(parts, act);
    return codeSent(parts, act);
  }

  function answerRepeat(known: BankAct | PartnerReply, how: 'with-code' | 'at-once'): PartnerReply {
    if (!('kind' in known)) return known;
    if (known.kind === 'closed' && how === 'at-once') return { status: 200, content: { status: 'failed', reason: 'cancelled' } };
    if (known.kind !== 'debit' && known.kind !== 'pay-out') return refusal('number-closed');
    return isCoded(known) ? codeSent(parts, known) : paymentReply(known);
  }

  function confirmDebit(call: PartnerCall): PartnerReply {
    const act = found(call);
    if (act?.kind !== 'debit' || !isCoded(act)) return refusal('number-unknown');
    if (act.state === 'waiting-code') {
      const refused = refuseCode(parts, act, call.content.code);
      if (refused !== undefined) return refused;
      execute(parts, act, call.fault);
    } else if (act.reason === 'code-locked') {
      return refusal('code-locked');
    } else if (call.content.code !== act.code.code) {
      return refusal('number-reused');
    }
    return paymentReply(act);
  }

  /** What is still on its way under a number nobody knows must move nothing, so that "not found" stays true. */
  function closeUnknown(call: PartnerCall, voidUntil: number | null): PartnerReply {
    keep(call, { ...base(call, ['closed']), kind: 'closed', voidUntil });
    return { status: 200, content: { status: 'not-found' } };
  }

  function query(call: PartnerCall, kind: TransferAct['kind']): PartnerReply {
    const act = found(call);
    if (act?.kind === 'closed' && act.voidUntil === null) return { status: 200, content: { status: 'not-found' } };
    if (act === undefined || act.kind === 'closed') return closeUnknown(call, Math.max(call.signedAt, act?.voidUntil ?? 0));
    return act.kind === kind ? paymentReply(act) : refusal('number-reused');
  }

  function cancelDebit(call: PartnerCall): PartnerReply {
    const act = found(call);
    if (act === undefined || act.kind === 'closed') return closeUnknown(call, null);
    if (act.kind !== 'debit') return refusal('number-reused');
    if (act.state === 'waiting-code') fail(parts, act, 'cancelled', parts.clock());
    const status = { succeeded: 'already-paid', failed: 'cancelled', pending: 'processing', 'waiting-code': 'processing' }[act.state];
    return { status: 200, content: { status } };
  }

  function verifyCardholder(call: PartnerCall): PartnerReply {
    const who = v.safeParse(cardholder, unseal(parts.keys.banks[bank].seal, call.content.sealed, call));
    if (!who.success) return MALFORMED;
    const card = findCard(who.output.cardNumber);
    const record = card && cardRecord(state, card.cardNumber);
    const match = card !== undefined && isHolder(card, who.output) && record?.mobile === who.output.mobile && !record.closed;
    return { status: 200, content: { match } };
  }

  const acts: Readonly<Record<string, Act>> = {
    '/bindings/start': startBinding,
    '/bindings/confirm': confirmBinding,
    '/bindings/vouched': bindVouched,
    '/bindings/end': endBinding,
    '/codes/resend': (call) => {
      const act = found(call);
      if (act?.kind !== 'binding' && act?.kind !== 'debit') return refusal('number-unknown');
      return isCoded(act) ? resendCode(parts, act) : refusal('code-not-awaited');
    },
    '/debits/start': (call) => begin(call, 'debit', 'with-code'),
    '/debits/confirm': confirmDebit,
    '/debits/now': (call) => begin(call, 'debit', 'at-once'),
    '/debits/query': (call) => query(call, 'debit'),
    '/debits/cancel': cancelDebit,
    '/pay-outs/pay': (call) => begin(call, 'pay-out', 'at-once'),
    '/pay-outs/query': (call) => query(call, 'pay-out'),
    '/cardholders/verify': verifyCardholder,
  };
  return Object.fromEntries(
    Object.entries(acts).map(([path, act]) => [
      path,
      (call: PartnerCall) => {
        settleDue(parts);
        return act(call);
      },
    ]),
  );
}

function isHolder({ customer }: BankCard, who: { name: string; idNumber: string }): boolean {
  return customer.name === who.name && customer.idNumber === who.idNumber;
}

/** The card, or why it cannot be bound. Whose it is comes before what it is: nobody learns of a stranger's card that it is a credit card. */
function cardToBind(parts: Surroundings, bank: BankId, school: string, who: v.InferOutput<typeof holder>): BankCard | string {
  if (who.cardNumber === undefined) {
    const own = cardsByIdentity(school, who).find((card) => card.bank === bank && card.kind === 'debit');
    return own ?? 'card-not-own';
  }
  const card = findCard(who.cardNumber);
  if (card === undefined) return 'card-unknown';
  if (!isHolder(card, who)) return 'card-not-own';
  if (card.bank !== bank) return 'card-other-bank';
  if (card.kind !== 'debit') return 'card-not-debit';
  return cardRecord(parts.state.bank, card.cardNumber)?.closed ? 'card-closed' : card;
}
