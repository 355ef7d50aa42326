import type { ColumnMap } from './column-map';

/** Free texts of the merchant and the platform, which may hold the divider. */
const FREE_TEXT = ['商品名称', '商户数据包', '费率备注'];

/** The summary's names and what of the rows each one sums. */
export const TOTALS = [
  { name: '应结订单总金额', column: '应结订单金额' },
  { name: '订单总金额', column: '订单金额' },
  { name: '退款总金额', column: '退款金额' },
  { name: '申请退款总金额', column: '申请退款金额' },
  { name: '充值券退款总金额', column: '充值券退款金额' },
  { name: '手续费总金额', column: '手续费' },
] as const;
export const COUNT_NAME = '总交易单数';
/** Places in TOTALS. */
const [SETTLED, WHOLE, GIVEN_BACK, ASKED_BACK] = [0, 1, 2, 3];
export const FEE = 5;

/** Where the columns we read stand; -1 where this merchant's bill does not have one. */
export interface Places {
  readonly map: ColumnMap;
  readonly at: number;
  /** Where a bill tells when a refund was asked for; else a refund row carries that time in 交易时间. */
  readonly refundAt: number;
  readonly app: number;
  readonly merchant: number;
  readonly trade: number;
  readonly order: number;
  readonly state: number;
  readonly currency: number;
  readonly refundTrade: number;
  readonly refundNo: number;
  readonly refundState: number;
  readonly attach: number;
  /** Which of TOTALS is the amount of a payment and of a refund: of the whole order where the bill tells it, else what is settled. */
  readonly paid: number;
  readonly refunded: number;
  readonly free: readonly number[];
  /** The columns that the summary adds up, in the order of TOTALS. */
  readonly sums: readonly number[];
}

/** @throws AppError bill.malformed: a column is missing without which a line says nothing */
export function findPlaces(map: ColumnMap): Places {
  const sums = TOTALS.map(({ column }) => map.find(column));
  for (const needed of [SETTLED, GIVEN_BACK, FEE]) map.need(TOTALS[needed]?.column ?? '');
  return {
    map,
    at: map.need('交易时间'),
    refundAt: map.find('退款申请时间'),
    app: map.need('公众账号ID'),
    merchant: map.need('商户号'),
    trade: map.need('微信订单号'),
    order: map.need('商户订单号'),
    state: map.need('交易状态'),
    currency: map.find('货币种类'),
    refundTrade: map.need('微信退款单号'),
    refundNo: map.need('商户退款单号'),
    refundState: map.find('退款状态'),
    attach: map.find('商户数据包'),
    paid: (sums[WHOLE] ?? -1) < 0 ? SETTLED : WHOLE,
    refunded: (sums[ASKED_BACK] ?? -1) < 0 ? GIVEN_BACK : ASKED_BACK,
    free: map.those(FREE_TEXT),
    sums,
  };
}
