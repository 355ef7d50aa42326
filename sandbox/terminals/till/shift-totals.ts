import type { Bilingual } from '../../../shared/rule-pack';
import { isUnsettled } from './journal';
import { chargedFen, type Forward, type JournalSale, paidFen, type SOURCES, type TillMemory, type Totals } from './memory';

export const FUNDINGS = ['card', 'wallet', 'subsidy', 'wechat-pay', 'alipay', 'offline'] as const;
export type Funding = (typeof FUNDINGS)[number];

export const FUNDING_NAMES: Readonly<Record<Funding, Bilingual>> = {
  card: { zh: '校园卡', en: 'Campus card' },
  wallet: { zh: '电子钱包', en: 'Wallet' },
  subsidy: { zh: '补贴', en: 'Subsidy' },
  'wechat-pay': { zh: '微信支付', en: 'WeChat Pay' },
  alipay: { zh: '支付宝', en: 'Alipay' },
  offline: { zh: '离线码', en: 'Offline pass' },
};

export interface ShiftTotals {
  /** What payers paid, by where it came from; a sale that came from two places is counted at both. */
  readonly byFunding: Readonly<Record<Funding, Totals>>;
  /** What the merchant gets of the sales that were begun in the shift and not taken back in it. */
  readonly sold: Totals;
  /** Taken back in the shift, whenever sold. */
  readonly voids: Totals;
  readonly refunds: Totals;
  /** Sales of the shift whose end is not known, and offline sales that the server has not heard of. */
  readonly open: number;
}

const NONE: Totals = { count: 0, amountFen: 0 };

/** What a cashier hands over at the end of a shift (班次), by the journal alone. */
export function shiftTotals({ sales, forwards }: Pick<TillMemory, 'sales' | 'forwards'>, shift: number): ShiftTotals {
  const sold = sales.filter((sale) => sale.shift === shift && isSoldIn(sale, shift));
  const offline = forwards.filter((item) => item.purpose === 'pass' && item.shift === shift);
  const refunds = forwards.filter((item) => item.purpose === 'refund' && item.shift === shift && item.state === 'taken');
  const voids = sales.filter((sale) => sale.state === 'voided' && sale.voidShift === shift);
  const byFunding = Object.fromEntries(FUNDINGS.map((funding) => [funding, NONE])) as Record<Funding, Totals>;
  for (const sale of sold) {
    for (const { source, amountFen } of paidFrom(sale)) byFunding[source] = plus(byFunding[source], amountFen);
  }
  byFunding.offline = sumOf(offline.map(({ amountFen }) => amountFen));
  return {
    byFunding,
    sold: sumOf([...sold.map(chargedFen), ...offline.map(({ amountFen }) => amountFen)]),
    voids: sumOf(voids.map(chargedFen)),
    refunds: sumOf(refunds.map(({ amountFen }) => amountFen)),
    open: sales.filter((sale) => sale.shift === shift && isUnsettled(sale)).length + offline.filter(isWaiting).length,
  };
}

function isSoldIn({ state, voidShift }: JournalSale, shift: number): boolean {
  return state === 'charged' || (state === 'voided' && voidShift !== shift);
}

function isWaiting({ state }: Forward): boolean {
  return state === 'waiting';
}

/** The server's word; of a reply that does not say it, what the till can tell from the code. */
function paidFrom(sale: JournalSale): readonly { source: (typeof SOURCES)[number]; amountFen: number }[] {
  const { result, means } = sale;
  return result?.paidFrom ?? [{ source: means === 'wechat-pay' || means === 'alipay' ? means : 'card', amountFen: paidFen(sale) }];
}

function sumOf(amounts: readonly number[]): Totals {
  return amounts.reduce(plus, NONE);
}

function plus({ count, amountFen }: Totals, more: number): Totals {
  return { count: count + 1, amountFen: amountFen + more };
}
