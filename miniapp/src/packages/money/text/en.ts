import type { MoneyKey } from './zh';

/** Every sentence of the money screens in English. */
export const en: Readonly<Record<MoneyKey, string>> = {
  'debt.title': 'Settle what you owe',
  'debt.owed': 'You owe',
  'debt.why': 'In an offline payment the money was too little or the pass had been used. The shop was paid; the rest is kept here.',
  'debt.stopped': 'Until it is settled, codes and offline passes are paused. The plastic card works.',
  'debt.free': 'Free on the card',
  'debt.reserved': 'Kept for offline passes',
  'debt.reserved-hint': 'Released when they end unused; it then settles this too',
  'debt.settle-now': 'Settled now',
  'debt.missing': 'Still missing',
  'debt.missing-text': '{amount} is missing. Top up, then settle it.',
  'debt.waiting': '{label} {amount} will settle it too once it is on the card: {next}',
  'debt.settle': 'Settle {amount}',
  'debt.settle-part': 'Settle {amount} first',
  'debt.top-up': 'Top up {amount} or more',
  'debt.none': 'You owe nothing',
  'debt.none-hint': 'Your codes work',
  'debt.done': 'Settled',
  'debt.done-hint': 'Your codes work again',
  'debt.done-lost': 'The card is reported lost; codes work again once that is taken back',
  'debt.part-done': '{amount} was settled from the card',
  'debt.to-code': 'To the payment code',
  'money.home': 'Back to the first screen',
};
