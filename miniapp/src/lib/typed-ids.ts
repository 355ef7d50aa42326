import { halfWidth, plainEntry } from './half-width';

/** Spaces and hyphens that people put between groups go. */
function plain(text: string): string {
  return plainEntry(text)
    .replace(/[\u2010-\u2015-]/g, '')
    .toUpperCase();
}

/** 证件号 as the bank takes it; undefined while it is none. What it must be is the bank's to say. */
export function typedIdNumber(text: string): string | undefined {
  const id = plain(text);
  return /^[0-9A-Z]{5,20}$/.test(id) ? id : undefined;
}

/** 银行卡号: 12 to 19 digits. */
export function typedCardNumber(text: string): string | undefined {
  const digits = plain(text);
  return /^\d{12,19}$/.test(digits) ? digits : undefined;
}

/** A mobile number of the mainland, with or without its country code. */
export function typedMobile(text: string): string | undefined {
  const digits = plain(text).replace(/^(?:[+＋]|00)?86(?=1\d{10}$)/, '');
  return /^1\d{10}$/.test(digits) ? digits : undefined;
}

/** A day that the calendar has, typed as 20300131, 2030-1-31 or 2030.1.31. */
export function typedDay(text: string): string | undefined {
  const ascii = halfWidth(text).trim();
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(ascii) ?? /^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?$/.exec(ascii) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal = at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day);
  return isReal ? at.toISOString().slice(0, 10) : undefined;
}

/** Number of a network or electricity account: "3-412" or a student's number. Undefined while it is none. */
export function typedAccount(text: string): string | undefined {
  const account = plainEntry(text).replace(/[\u2010-\u2015]/g, '-');
  return /^[^<>"']{1,32}$/.test(account) ? account : undefined;
}
