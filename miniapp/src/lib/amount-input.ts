import { type Fen, parseYuan } from '../../../shared/money';

/** Keys of the amount keyboard. */
export type AmountKey = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '.' | 'back' | 'clear';

/** Longest whole part typed: 999,999 yuan is above every cap. */
const WHOLE_DIGITS = 6;

/** The text after a key is pressed. A key that would make something other than an amount changes nothing. */
export function pressKey(text: string, key: AmountKey): string {
  if (key === 'clear') return '';
  if (key === 'back') return text.slice(0, -1);
  if (key === '.') return text.includes('.') ? text : `${text === '' ? '0' : text}.`;
  const [whole = '', decimals] = text.split('.');
  if (decimals !== undefined) return decimals.length >= 2 ? text : text + key;
  if (whole === '0') return key;
  return whole.length >= WHOLE_DIGITS ? text : text + key;
}

export interface AmountRules {
  readonly minFen: number;
  /** The lower of the school's cap and the channel's; undefined where neither states one. */
  readonly maxFen: number | undefined;
}

export type AmountVerdict =
  | { readonly kind: 'empty' }
  | { readonly kind: 'ok'; readonly amountFen: Fen }
  | { readonly kind: 'below'; readonly amountFen: Fen }
  | { readonly kind: 'above'; readonly amountFen: Fen };

export function judgeAmount(text: string, rules: AmountRules): AmountVerdict {
  const whole = text.replace(/\.$/, '');
  if (whole === '') return { kind: 'empty' };
  const amountFen = parseYuan(whole);
  if (amountFen === 0) return { kind: 'empty' };
  if (rules.maxFen !== undefined && amountFen > rules.maxFen) return { kind: 'above', amountFen };
  if (amountFen < rules.minFen) return { kind: 'below', amountFen };
  return { kind: 'ok', amountFen };
}

/** An amount that another screen asks for, as if it had been typed; nothing where it is not one. */
export function typedAmount(text: string): string {
  return /^(0|[1-9]\d{0,5})(\.\d{1,2})?$/.test(text) ? text.replace(/\.00$/, '') : '';
}
