/**
 * Our card number = account number (9 digits) + issue number (2) + check digit (Luhn, ISO/IEC 7812-1): it names its
 * account without a read, and is never given to another account.
 */
const PATTERN = /^(\d{9})(\d{2})(\d)$/;

export interface CardNumberParts {
  readonly accountNo: number;
  readonly issue: number;
}

export function writeCardNumber(parts: CardNumberParts): string {
  const body = `${String(parts.accountNo).padStart(9, '0')}${String(parts.issue).padStart(2, '0')}`;
  return `${body}${checkDigit(body)}`;
}

/** Undefined when it is not a card number of ours: then it may be the school's own. */
export function readCardNumber(text: string): CardNumberParts | undefined {
  const match = PATTERN.exec(text);
  if (!match || match[3] !== checkDigit(text.slice(0, 11))) return undefined;
  return { accountNo: Number(match[1]), issue: Number(match[2]) };
}

function checkDigit(body: string): string {
  let total = 0;
  for (let i = 0; i < body.length; i += 1) {
    const digit = Number(body.charAt(body.length - 1 - i));
    const doubled = i % 2 === 0 ? digit * 2 : digit;
    total += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (total % 10)) % 10);
}
