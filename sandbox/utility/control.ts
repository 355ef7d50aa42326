import * as v from 'valibot';
import { readPartnerFault } from '../control/partner-fault';
import { type ControlGets, type ControlPosts, fail, read } from '../control/read';
import { PARTNER_FAULTS } from '../lib/partner-faults';
import type { UtilityDesk } from './desk';

const name = { school: v.string(), kind: v.picklist(['network', 'electricity']), account: v.string() };
const change = v.object({ ...name, balanceFen: v.optional(v.pipe(v.number(), v.safeInteger())), closed: v.optional(v.boolean()) });

/** POST below /control/utility. */
export function utilityPosts(desk: UtilityDesk): ControlPosts {
  return {
    '/utility/account': (body) => {
      const wanted = read(change, body);
      return desk.changeAccount(wanted, wanted) ?? fail('no such account');
    },
    '/utility/faults': (body) => {
      desk.switchFault(readPartnerFault(body));
      return { switched: desk.faults() };
    },
  };
}

/** GET below /control/utility. */
export function utilityGets(desk: UtilityDesk): ControlGets {
  return {
    '/utility/account': (query) => desk.account(read(v.object(name), Object.fromEntries(query))) ?? fail('no such account'),
    '/utility/payments': () => ({ payments: desk.payments() }),
    '/utility/faults': () => ({ faults: PARTNER_FAULTS, switched: desk.faults() }),
  };
}
