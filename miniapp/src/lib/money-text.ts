import { type Fen, formatYuan } from '../../../shared/money';

/** "¥1,234.50". */
export function yuan(amount: Fen): string {
  return `¥${grouped(amount)}`;
}

/** "1,234.50" without its sign. */
export function grouped(amount: Fen): string {
  const [whole = '0', cents = '00'] = formatYuan(amount).replace('-', '').split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`;
}

/** "−12.50" (a true minus, not a hyphen) or "+50.00". */
export function signed(amount: Fen): string {
  return `${amount < 0 ? '−' : '+'}${grouped(amount)}`;
}

/** A preset as a button shows it: "50", or "12.50" where it is not whole yuan. */
export function presetText(amount: Fen): string {
  return amount % 100 === 0 ? String(amount / 100) : formatYuan(amount);
}
