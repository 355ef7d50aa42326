import type { SwitchedPartnerFault } from '../lib/partner-faults';
import type { Surroundings } from '../surroundings';
import { type AccountFacts, accountFacts, accountKey, accountRecord } from './accounts';
import type { SupplierPayment, UtilityAccount, UtilityKind } from './state';

interface AccountName {
  readonly school: string;
  readonly kind: UtilityKind;
  readonly account: string;
}

/** The suppliers' counters, for the bench top and for tests. */
export interface UtilityDesk {
  account(name: AccountName): (AccountFacts & UtilityAccount) | undefined;
  changeAccount(name: AccountName, change: { balanceFen?: number | undefined; closed?: boolean | undefined }): UtilityAccount | undefined;
  payments(): readonly SupplierPayment[];
  switchFault(fault: SwitchedPartnerFault | null): void;
  faults(): readonly SwitchedPartnerFault[];
}

export function createUtilityDesk(parts: Surroundings): UtilityDesk {
  const { utility: state } = parts.state;
  const recordOf = ({ school, kind, account }: AccountName) => accountRecord(state, accountKey(school, kind, account));
  return {
    account(name) {
      const facts = accountFacts(name.school, name.kind, name.account);
      return facts && { ...facts, ...recordOf(name) };
    },
    changeAccount(name, { balanceFen, closed }) {
      if (accountFacts(name.school, name.kind, name.account) === undefined) return undefined;
      const record = recordOf(name);
      record.balanceFen = balanceFen ?? record.balanceFen;
      record.closed = closed ?? record.closed;
      parts.changed();
      return record;
    },
    payments: () => Object.values(state.payments),
    switchFault(fault) {
      if (fault === null) state.faults.length = 0;
      else state.faults.push(fault);
      parts.changed();
      parts.events.publish('control', 'control.changed', 'utility', { fault: fault?.fault ?? 'none' });
    },
    faults: () => state.faults,
  };
}
