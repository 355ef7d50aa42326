/** "2021****37": enough for its owner to know it, not enough to use it. */
export function maskNumber(number: string): string {
  if (number.length <= 4) return `****${number.slice(-1)}`;
  if (number.length <= 6) return `****${number.slice(-2)}`;
  return `${number.slice(0, 4)}****${number.slice(-2)}`;
}

/** "138****0000". */
export function maskMobile(mobile: string): string {
  return `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;
}
