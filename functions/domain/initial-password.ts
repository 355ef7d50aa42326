import type { InitialPasswordRule } from '../../shared/rule-pack';

const LENGTH = 6;

/**
 * The passwords a holder may sign in with before the first change (ST-06, DL-07). `idTail` is the last 7 characters
 * of the ID; empty when the roster has none.
 */
export function initialPasswords(rules: readonly InitialPasswordRule[], idTail: string): readonly string[] {
  return rules.flatMap((rule) => (rule.kind === 'fixed' ? [rule.value] : lastDigits(idTail)));
}

/** The last six Arabic digits; a letter X at the end moves the window one place forward, which is why 7 are kept. */
function lastDigits(idTail: string): string[] {
  const digits = idTail.replace(/\D/g, '');
  return digits.length < LENGTH ? [] : [digits.slice(-LENGTH)];
}

export function isInitialPassword(rules: readonly InitialPasswordRule[], idTail: string, password: string): boolean {
  return initialPasswords(rules, idTail).includes(password);
}

/**
 * Whether a new query password is too simple (`auth.password-weak`). Six digits is what a kiosk's PIN pad can type, so
 * these are refused: one digit repeated, a run up or down, a pair or a triple repeated, an initial password, any six
 * digits in a row of the ID tail.
 */
export function isWeakPassword(rules: readonly InitialPasswordRule[], idTail: string, password: string): boolean {
  if (!/^\d{6}$/.test(password)) return true;
  if (/^(\d)\1{5}$|^(\d\d)\2\2$|^(\d{3})\3$/.test(password)) return true;
  if ('01234567890'.includes(password) || '09876543210'.includes(password)) return true;
  return isInitialPassword(rules, idTail, password) || idTail.includes(password);
}
