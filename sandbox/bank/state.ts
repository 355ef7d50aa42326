import type { EpochMs } from '../../shared/time';
import type { SwitchedPartnerFault } from '../lib/partner-faults';
import type { BankId } from './banks';

/** What the banks remember. Cards nobody touched have what `freshCard` gives them. */
export interface BankState {
  readonly cards: Record<string, CardRecord>;
  readonly agreements: Record<string, Agreement>;
  /** By "<bank>/<client>/<requestNo>": a number is one act for ever. */
  readonly acts: Record<string, BankAct>;
  /** The school's own account, by school. */
  readonly accounts: Record<string, number>;
  readonly journal: JournalLine[];
  readonly faults: SwitchedPartnerFault[];
}

export interface CardRecord {
  balanceFen: number;
  closed: boolean;
  mobile: string;
  singleMaxFen: number;
  dayMaxFen: number;
  /** Of a debit without a code. */
  noCodeMaxFen: number;
}

export interface Agreement {
  readonly ref: string;
  readonly bank: BankId;
  readonly school: string;
  readonly cardNumber: string;
  readonly madeAt: EpochMs;
  /** Made at a machine of the school: debits there need no code up to the card's single limit. */
  readonly isVouched?: boolean;
  endedAt: EpochMs | null;
}

export interface CodeState {
  code: string;
  sentAt: EpochMs;
  /** Codes sent for this number. */
  sent: number;
  /** Wrong codes given for this number, whichever of its codes they were meant for. */
  wrong: number;
}

interface ActBase {
  readonly bank: BankId;
  readonly school: string;
  readonly requestNo: string;
  /** Digest of what the number carries: the same number with other content is refused. */
  readonly content: string;
  readonly createdAt: EpochMs;
}

export interface BindingAct extends ActBase {
  readonly kind: 'binding';
  readonly cardNumber: string;
  readonly code: CodeState;
  state: 'waiting-code' | 'bound' | 'locked';
  agreementRef: string | null;
}

export interface TransferAct extends ActBase {
  readonly kind: 'debit' | 'pay-out';
  readonly agreementRef: string;
  readonly amountFen: number;
  readonly description: string;
  /** Of a debit that waits for one; null otherwise. */
  readonly code: CodeState | null;
  state: 'waiting-code' | 'pending' | 'succeeded' | 'failed';
  reason: string | null;
  /** When a pending one ends, and how. */
  due: { readonly at: EpochMs; readonly outcome: 'succeed' | 'fail' } | null;
  tradeNo: string | null;
  endedAt: EpochMs | null;
}

/** A number that somebody asked about before it came: sendings signed until then are void. null: cancelled, so all are. */
export interface ClosedAct extends ActBase {
  readonly kind: 'closed';
  readonly voidUntil: EpochMs | null;
}

export interface EndingAct extends ActBase {
  readonly kind: 'ending';
}

export type BankAct = BindingAct | TransferAct | ClosedAct | EndingAct;

/** One movement on a school's account, as its statement shows it. */
export interface JournalLine {
  readonly serial: string;
  readonly at: EpochMs;
  readonly bank: BankId;
  readonly school: string;
  readonly direction: 'in' | 'out';
  readonly amountFen: number;
  readonly kind: 'debit' | 'pay-out' | 'settlement' | 'other';
  /** The request number, or what the payer wrote. */
  readonly reference: string;
  readonly counterparty: string;
  readonly note: string;
}

export function emptyBankState(): BankState {
  return { cards: {}, agreements: {}, acts: {}, accounts: {}, journal: [], faults: [] };
}
