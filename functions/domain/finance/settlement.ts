import { add, type Fen, fen, negate, smaller, subtract, sum, ZERO } from '../../../shared/money';
import type { EpochMs } from '../../../shared/time';
import type { MerchantDay } from './day-totals';

/** Money found in the book of an earlier day after that day was settled. */
export interface SettlementCorrection {
  readonly day: string;
  readonly amountFen: Fen;
}

/** What one merchant is due for one business day. Written once, never changed. */
export interface Settlement extends MerchantDay {
  readonly schoolId: string;
  readonly merchant: number;
  readonly day: string;
  readonly corrections: readonly SettlementCorrection[];
  readonly feeBasisPoints: number;
  /** Of sales less refunds, and corrections. */
  readonly feeFen: Fen;
  /** control + corrections − fee. */
  readonly netFen: Fen;
  /** Of earlier days, on which more was taken back than sold; zero or below. */
  readonly carriedFen: Fen;
  /** Fees of the days that were carried. */
  readonly carriedFeeFen: Fen;
  /** net + carried, where that is above zero; otherwise the next day's settlement carries it on. */
  readonly payableFen: Fen;
  readonly settledAt: EpochMs;
}

/** A merchant's day on which nothing happened. The hash is of no bytes. */
export const QUIET_DAY: MerchantDay = {
  salesCount: 0,
  grossFen: ZERO,
  refundsCount: 0,
  refundsFen: ZERO,
  adjustmentsFen: ZERO,
  controlFen: ZERO,
  linesHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
};

/**
 * The fee on an amount: hundredths of a percent of the day's sum, rounded half away from zero to the fen, so that taking back a whole day
 * gives back exactly its fee.
 */
export function merchantFee(amountFen: Fen, feeBasisPoints: number): Fen {
  const size = (BigInt(Math.abs(amountFen)) * BigInt(feeBasisPoints) + 5_000n) / 10_000n;
  return amountFen < 0 ? negate(fen(Number(size))) : fen(Number(size));
}

export interface SettlementInput {
  readonly schoolId: string;
  readonly merchant: number;
  readonly day: string;
  readonly totals: MerchantDay;
  readonly corrections: readonly SettlementCorrection[];
  readonly feeBasisPoints: number;
  /** The merchant's settlement before this one. */
  readonly previous: Pick<Settlement, 'netFen' | 'carriedFen' | 'payableFen' | 'feeFen' | 'carriedFeeFen'> | undefined;
  readonly settledAt: EpochMs;
}

export function settlementOf(input: SettlementInput): Settlement {
  const { schoolId, merchant, day, totals, corrections, feeBasisPoints, previous, settledAt } = input;
  const moved = sum([totals.controlFen, ...corrections.map(({ amountFen }) => amountFen)]);
  // What finance adjusts is the merchant's to the fen: a payout that the bank sent back has borne its fee already.
  const feeFen = merchantFee(subtract(moved, totals.adjustmentsFen), feeBasisPoints);
  const netFen = subtract(moved, feeFen);
  const paid = previous === undefined || previous.payableFen > 0;
  const carriedFen = paid ? ZERO : smaller(ZERO, add(previous.netFen, previous.carriedFen));
  const carriedFeeFen = paid ? ZERO : add(previous.feeFen, previous.carriedFeeFen);
  const due = add(netFen, carriedFen);
  return {
    ...totals,
    ...{ schoolId, merchant, day, corrections, feeBasisPoints, feeFen, netFen, carriedFen, carriedFeeFen, settledAt },
    payableFen: due > 0 ? due : ZERO,
  };
}

/** What of a day has been settled: its own statement, and what later statements have corrected. */
export function settledFen(day: string, own: Settlement | undefined, later: readonly (Settlement | undefined)[]): Fen {
  const corrections = later.flatMap((settlement) => settlement?.corrections ?? []).filter((correction) => correction.day === day);
  return sum([own?.controlFen ?? ZERO, ...corrections.map(({ amountFen }) => amountFen)]);
}
