import * as v from 'valibot';
import { businessDay } from '../../shared/time';
import { readPartnerFault } from '../control/partner-fault';
import { type ControlGets, type ControlPosts, fail, read } from '../control/read';
import { PARTNER_FAULTS } from '../lib/partner-faults';
import type { BankDesk } from './desk';

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const card = v.object({
  cardNumber: v.string(),
  balanceFen: v.optional(whole),
  closed: v.optional(v.boolean()),
  mobile: v.optional(v.pipe(v.string(), v.regex(/^1\d{10}$/))),
  singleMaxFen: v.optional(whole),
  dayMaxFen: v.optional(whole),
  noCodeMaxFen: v.optional(whole),
});
const arrival = v.object({
  school: v.string(),
  amountFen: amount,
  payer: v.pipe(v.string(), v.nonEmpty(), v.maxLength(60)),
  reference: v.pipe(v.string(), v.maxLength(60)),
  kind: v.optional(v.picklist(['settlement', 'other']), 'settlement'),
  at: v.optional(v.pipe(v.string(), v.isoTimestamp(), v.transform(Date.parse))),
});

/** POST below /control/bank. */
export function bankPosts(desk: BankDesk): ControlPosts {
  return {
    '/bank/card': (body) => {
      const { cardNumber, ...change } = read(card, body);
      return desk.changeCard(cardNumber, change) ?? fail('no such card');
    },
    '/bank/arrival': (body) => desk.arrive(read(arrival, body)) ?? fail('no such school'),
    '/bank/end-agreement': (body) => {
      const { agreementRef } = read(v.object({ agreementRef: v.string() }), body);
      return desk.endAgreement(agreementRef) ? { agreementRef } : fail('no such agreement');
    },
    '/bank/faults': (body) => {
      desk.switchFault(readPartnerFault(body));
      return { switched: desk.faults() };
    },
  };
}

/** GET below /control/bank. */
export function bankGets(desk: BankDesk, clock: () => number): ControlGets {
  return {
    '/bank/customer': (query) => desk.customer(query.get('school') ?? '', query.get('number') ?? '') ?? fail('no such customer'),
    '/bank/journal': (query) => {
      const school = query.get('school') ?? '';
      const day = query.get('day') ?? businessDay(clock());
      return { day, lines: desk.journal(school, day), balanceFen: desk.balance(school) };
    },
    '/bank/agreements': () => ({ agreements: desk.agreements() }),
    '/bank/faults': () => ({ faults: PARTNER_FAULTS, switched: desk.faults() }),
  };
}
