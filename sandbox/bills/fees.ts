/** What both platforms keep of a payment: 0.60 %, rounded to the fen on every line, half up. Of a refund the same share is given back. */
export const FEE_RATE_TEXT = '0.60%';

export function feeFen(amountFen: number): number {
  return Math.floor((amountFen * 60 + 5_000) / 10_000);
}

/** "12.34", also below zero. */
export function yuan(amountFen: number): string {
  const digits = String(Math.abs(amountFen)).padStart(3, '0');
  return `${amountFen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
