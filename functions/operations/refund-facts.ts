import { type Fen, subtract, sum } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { CreditedOrder } from '../domain/order';
import type { PayOut } from '../domain/pay-out';
import { type BankCard, type Lot, ownAtMost } from '../domain/refund-plan';
import type { Orders } from '../store/orders';
import type { Passbook } from '../store/passbook';
import type { PayOuts } from '../store/pay-outs';
import type { Key } from '../store/table';
import type { AccountName } from './append-loop';

export interface RefundFactsDeps {
  readonly orders: Pick<Orders, 'ofAccount'>;
  readonly payOuts: Pick<PayOuts, 'ofAccount'>;
  readonly passbook: Pick<Passbook, 'entry'>;
  /** The holder's own bank card, where one is bound. */
  readonly bankCardOf: (schoolId: string, accountNo: number) => Promise<BankCard | undefined>;
}

export interface RefundFacts {
  readonly lots: readonly Lot[];
  readonly bankCard: BankCard | undefined;
  readonly ownAtMostFen: Fen | undefined;
  /** When a refund of a payment was last begun, by its number. */
  readonly lastRefundAt: ReadonlyMap<string, EpochMs>;
}

/** Why a refund was taken back into the account although the platform neither refused nor closed it. */
export const STUCK = 'stuck';

const PAGE = 100;
/** 20,000 top-ups of one account: nobody has them. */
const MAX_PAGES = 200;

/** What a refund of an account is decided on, beside its head. */
export async function refundFacts(deps: RefundFactsDeps, { schoolId, accountNo }: AccountName): Promise<RefundFacts> {
  const [orders, refunds, bankCard] = await Promise.all([
    creditedOrders(deps, schoolId, accountNo),
    refundsOf(deps, schoolId, accountNo),
    deps.bankCardOf(schoolId, accountNo),
  ]);
  const lastRefundAt = new Map<string, EpochMs>();
  const unreachable = new Set<string>();
  for (const refund of refunds) {
    const orderNo = refundedOrder(refund);
    if (orderNo === undefined) continue;
    lastRefundAt.set(orderNo, Math.max(refund.createdAt, lastRefundAt.get(orderNo) ?? 0));
    if (refund.to.via === 'platform' && (refund.state === 'stuck' || (refund.state === 'returned' && refund.failure === STUCK))) {
      unreachable.add(orderNo);
    }
  }
  const left = orders.filter(({ credit }) => credit.remainingFen > 0);
  const lots = left.map((order) => ({ order, isUnreachable: unreachable.has(order.orderNo) }));
  return { lots, bankCard, ownAtMostFen: await ownFen(deps, orders, refunds), lastRefundAt };
}

/** See `ownAtMost`. Reads one entry for each payment of somebody else that came after one of the holder's own. */
async function ownFen(deps: RefundFactsDeps, orders: readonly CreditedOrder[], refunds: readonly PayOut[]): Promise<Fen | undefined> {
  const isOthers = ({ origin }: CreditedOrder) => origin === 'other' || origin === 'gift';
  const own = orders.filter((order) => !isOthers(order) && order.channel !== 'bank-card');
  const firstOwn = Math.min(...own.filter(({ credit }) => credit.remainingFen > 0).map(({ credit }) => credit.n));
  const theirs = orders.filter((order) => isOthers(order) && order.credit.remainingFen > 0 && order.credit.n > firstOwn);
  const before = await Promise.all(
    theirs.map(async ({ schoolId, accountNo, credit: { n } }) => {
      const entry = await deps.passbook.entry(schoolId, accountNo, n - 1);
      if (entry === undefined) throw new Error('a credit without an entry before it');
      const { balances, ownBankFen } = entry.state;
      return {
        n,
        thereFen: subtract(sum([balances.card, balances.transit, balances.chipPending, balances.wallet, balances.purse]), ownBankFen),
      };
    }),
  );
  const creditOf = new Map(own.map((order) => [order.orderNo, order.credit.n]));
  const gone = refunds.flatMap((refund) => {
    const creditN = creditOf.get(refundedOrder(refund) ?? '');
    return creditN === undefined || refund.state === 'returned' ? [] : [{ n: refund.n, creditN, amountFen: refund.amountFen }];
  });
  return ownAtMost(
    before,
    own.map(({ credit: { n, remainingFen } }) => ({ n, remainingFen })),
    gone,
  );
}

/** The top-up that a refund is of. A sale taken back by the way it was paid is of none. */
export function refundedOrder({ kind, to }: PayOut): string | undefined {
  if (kind !== 'refund' || to.via === 'utility' || (to.via === 'platform' && to.saleN !== undefined)) return undefined;
  return to.orderNo;
}

async function creditedOrders(deps: RefundFactsDeps, schoolId: string, accountNo: number): Promise<readonly CreditedOrder[]> {
  const credited: CreditedOrder[] = [];
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { orders, next } = await deps.orders.ofAccount(schoolId, accountNo, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const order of orders) if (order.state === 'credited') credited.push(order);
    if (next === undefined) break;
    after = next;
  }
  return credited;
}

async function refundsOf(deps: RefundFactsDeps, schoolId: string, accountNo: number): Promise<readonly PayOut[]> {
  const refunds: PayOut[] = [];
  let after: Key | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { payOuts, next } = await deps.payOuts.ofAccount(schoolId, accountNo, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    refunds.push(...payOuts.filter(({ kind }) => kind === 'refund'));
    if (next === undefined) break;
    after = next;
  }
  return refunds;
}
