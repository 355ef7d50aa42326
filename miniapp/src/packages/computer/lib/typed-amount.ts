import { type AmountRules, type AmountVerdict, judgeAmount } from '../../../lib/amount-input';
import { halfWidth } from '../../../lib/half-width';

/**
 * An amount as a keyboard types or pastes it: full-width digits, a ¥ or 元, spaces and commas between thousands count. 'bad' is text that is
 * no amount of at most two decimals.
 */
export function judgeTypedAmount(text: string, rules: AmountRules): AmountVerdict | { readonly kind: 'bad' } {
  const plain = halfWidth(text)
    .replace(/。/g, '.')
    .replace(/[\s¥￥元]/g, '')
    .replace(/,(?=\d{3}(?:\D|$))/g, '');
  if (plain === '') return { kind: 'empty' };
  if (!/^(0|[1-9]\d{0,7})(\.\d{0,2})?$/.test(plain)) return { kind: 'bad' };
  return judgeAmount(plain, rules);
}
