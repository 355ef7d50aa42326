/** A charge is written only if C − EARLY ≤ recordedAt ≤ C + LATE, where C is the till's clock when the sale began (architecture §3). */
export const CHARGE_EARLY_MS = 30_000;
export const CHARGE_LATE_MS = 60_000;
