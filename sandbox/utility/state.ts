import type { EpochMs } from '../../shared/time';
import type { SwitchedPartnerFault } from '../lib/partner-faults';

export type UtilityKind = 'network' | 'electricity';

/** What the suppliers remember. Accounts nobody touched have what `freshAccount` gives them. */
export interface UtilityState {
  /** By "<school>/<kind>/<account>". */
  readonly accounts: Record<string, UtilityAccount>;
  /** By request number. */
  readonly payments: Record<string, SupplierPayment>;
  readonly faults: SwitchedPartnerFault[];
}

export interface UtilityAccount {
  balanceFen: number;
  /** The supplier takes no money for it. */
  closed: boolean;
}

export interface SupplierPayment {
  readonly requestNo: string;
  /** What the number carries; "" where somebody asked about it before it came. */
  readonly content: string;
  readonly accountKey: string;
  readonly amountFen: number;
  state: 'pending' | 'succeeded' | 'failed' | 'closed';
  reason: string | null;
  due: { readonly at: EpochMs; readonly outcome: 'succeed' | 'fail' } | null;
  receiptNo: string | null;
  /** Of a closed one: when it was asked about. Sendings signed before that are void. */
  endedAt: EpochMs | null;
}

export function emptyUtilityState(): UtilityState {
  return { accounts: {}, payments: {}, faults: [] };
}
