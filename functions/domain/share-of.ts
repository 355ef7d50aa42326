import { type Fen, fen } from '../../shared/money';

/** `amount` × `part` ÷ `whole`, rounded down to the fen: of nothing below zero. The quotient is of whole numbers; no float is on the way. */
export function shareOf(amount: Fen, part: number, whole: number): Fen {
  // A product of two sums of money may pass the safe integers.
  return fen(Number((BigInt(amount) * BigInt(part)) / BigInt(whole)));
}
