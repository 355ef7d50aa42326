/**
 * 公民身份号码 (GB 11643-1999): area (6 digits), day of birth (8), sequence (3), and a check character by ISO 7064
 * MOD 11-2 that is X for ten.
 */
const FORM = /^\d{17}[\dX]$/;
const CHECKS = '10X98765432';

/** What stands against a text, normalised, as such a number; undefined when nothing does. `not-one`: it does not look like one at all. */
export function citizenIdProblem(text: string): 'not-one' | 'birthday' | 'check' | undefined {
  if (!FORM.test(text)) return 'not-one';
  if (citizenIdCheck(text.slice(0, 17)) !== text.charAt(17)) return 'check';
  const [year, month, day] = [Number(text.slice(6, 10)), Number(text.slice(10, 12)), Number(text.slice(12, 14))];
  const born = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && born.getUTCMonth() === month - 1 && born.getUTCDate() === day ? undefined : 'birthday';
}

export function isCitizenId(text: string): boolean {
  return citizenIdProblem(text) === undefined;
}

/** The 18th character for the first 17 digits. */
export function citizenIdCheck(digits: string): string {
  let sum = 0;
  for (let at = 0; at < 17; at += 1) sum += Number(digits.charAt(at)) * (2 ** (17 - at) % 11);
  return CHECKS.charAt(sum % 11);
}

/** "310***********1234": enough for its owner to know it. */
export function maskCitizenId(id: string): string {
  return `${id.slice(0, 3)}${'*'.repeat(11)}${id.slice(-4)}`;
}
