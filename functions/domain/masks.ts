/** "2021****37": enough for its owner to know it, not enough to use it. */
export function maskNumber(number: string): string {
  if (number.length >= 10) return `${number.slice(0, 4)}****${number.slice(-2)}`;
  if (number.length >= 7) return `${number.slice(0, 2)}****${number.slice(-2)}`;
  return `****${number.slice(number.length > 4 ? -2 : -1)}`;
}

/** "138****0000". */
export function maskMobile(mobile: string): string {
  return `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;
}

/** "王*": enough to see that it is the right person. */
export function maskName(name: string): string {
  const [first = '', ...rest] = name;
  return `${first}${'*'.repeat(Math.min(Math.max(rest.length, 1), 2))}`;
}

/** "*****7X" of the ID tail that the roster has: its last two characters. */
export function maskIdTail(idTail: string): string {
  return `${'*'.repeat(Math.max(idTail.length - 2, 1))}${idTail.slice(-2)}`;
}
