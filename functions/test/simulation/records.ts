import type { ErrorCode } from '../../../shared/errors';
import type { Fen } from '../../../shared/money';
import type { EpochMs } from '../../../shared/time';

/** A sale as its terminal knows it, and what has been said about it. */
export interface SaleRecord {
  readonly entryId: string;
  readonly accountNo: number;
  readonly amountFen: Fen;
  readonly bodyHash: string;
  readonly occurredAt: EpochMs;
  readonly means:
    | { readonly by: 'card' }
    | { readonly by: 'code'; readonly slot: number; readonly step: number; readonly keyVersion: number };
  /** Copies of charge requests that a function began on. */
  begun: number;
  /** A first attempt was refused without a fence: final if it stays the only one. */
  refusedSoftly: boolean;
  said: 'nothing' | 'charged' | 'not-charged';
  /** Why it was definitely not charged. */
  reason: ErrorCode | undefined;
  voided: boolean;
}

/** A top-up order that was really paid, by the platform's word. */
export interface PaidRecord {
  readonly orderNo: string;
  readonly accountNo: number;
  readonly amountFen: Fen;
}
