import { fen, ZERO } from '../../shared/money';
import { shiftDay } from '../../shared/time';
import { booksOf, terminalBook } from '../domain/books';
import { isHouseAccount } from '../domain/house-account';
import { legs } from '../domain/legs';
import type { NativePayment } from '../domain/native-payment';
import type { Order, PlatformChannel } from '../domain/order';
import { schoolOfOrder } from '../domain/order-number';
import type { PayOut } from '../domain/pay-out';
import type { BookLine, BookPages, OrderRow, ReconcileInput, RefundRow, Rows } from '../domain/reconcile';
import type { Books, BookLine as StoredLine } from '../store/books';
import type { NativePayments } from '../store/native-payments';
import type { Orders } from '../store/orders';
import type { PayOuts } from '../store/pay-outs';
import type { Key } from '../store/table';
import type { Terminals } from '../store/terminals';

export interface FactsDeps {
  readonly books: Pick<Books, 'page'>;
  readonly orders: Pick<Orders, 'find'>;
  readonly payOuts: Pick<PayOuts, 'find'>;
  /** Tills also sell through the channel: by the payer's own code. */
  readonly terminals: Pick<Terminals, 'list'>;
  readonly natives: Pick<NativePayments, 'find'>;
}

/** Our side of a channel's day, as the matcher reads it: three days of books, and rows by number. */
export function factsOf(
  deps: FactsDeps,
  channel: PlatformChannel,
  day: string,
  schools: readonly string[],
): Pick<ReconcileInput, 'books' | 'rows'> {
  const pages = (of: string) => bookPages(deps, channel, of, schools);
  return {
    books: { before: pages(shiftDay(day, -1)), of: pages(day), after: pages(shiftDay(day, 1)) },
    rows: rowsOf(deps),
  };
}

async function* bookPages(deps: FactsDeps, channel: PlatformChannel, day: string, schools: readonly string[]): BookPages {
  for (const schoolId of schools) {
    const tills = await deps.terminals.list(schoolId);
    const books = [...booksOf(`channel/${channel}`, day), ...tills.map(({ terminal }) => terminalBook(terminal, day))];
    for (const book of books) {
      let after: Key | undefined;
      do {
        const { lines, next } = await deps.books.page(schoolId, book, after);
        const seen = await Promise.all(lines.map((line) => lineOf(deps, { schoolId, channel, day }, line)));
        yield seen.flatMap((line) => (line === undefined ? [] : [line]));
        after = next;
      } while (after !== undefined);
    }
  }
}

const KINDS = { 'refund-returned': 'refund-returned', refund: 'refund' } as const;

/** Undefined for what moved nothing at the platform. */
async function lineOf(
  deps: FactsDeps,
  where: { readonly schoolId: string; readonly channel: PlatformChannel; readonly day: string },
  line: StoredLine,
): Promise<BookLine | undefined> {
  const { schoolId, channel, day } = where;
  const leg = line.postings.find((posting) => posting.leg === legs.channel(channel));
  if (leg === undefined) return undefined;
  const { accountNo, n, late, recordedAt } = line;
  const common = { schoolId, accountNo, n, day, late, recordedAt, amountFen: fen(Math.abs(leg.amountFen)) };
  // The channel owes us what came in (below zero), and less of it once it gave something back.
  if (leg.amountFen < ZERO && line.kind !== 'refund-returned') return { ...common, kind: 'payment', orderNo: line.orderNo ?? line.entryId };
  const kind = line.kind === 'refund-returned' ? KINDS['refund-returned'] : KINDS.refund;
  const refundNo = line.kind === 'refund-returned' ? (line.reverses ?? '') : line.entryId;
  const orderNo = line.orderNo ?? orderOf(await deps.payOuts.find(schoolId, refundNo));
  return { ...common, kind, orderNo, refundNo };
}

function orderOf(payOut: PayOut | undefined): string {
  return payOut?.to.via === 'platform' ? payOut.to.orderNo : '';
}

function rowsOf(deps: FactsDeps): Rows {
  return {
    async orders(orderNos) {
      const found = await Promise.all(
        orderNos.map(async (orderNo) => {
          const schoolId = schoolOfOrder(orderNo);
          const row = schoolId === undefined ? undefined : await rowOf(deps, schoolId, orderNo);
          return row === undefined ? [] : [[orderNo, row] as const];
        }),
      );
      return new Map(found.flat());
    },
    async refunds(refundNos) {
      const found = await Promise.all(
        refundNos.map(async (refundNo) => {
          const schoolId = schoolOfOrder(refundNo);
          const payOut = schoolId === undefined ? undefined : await deps.payOuts.find(schoolId, refundNo);
          return payOut === undefined || payOut.to.via !== 'platform' ? [] : [[refundNo, refundRow(payOut, payOut.to)] as const];
        }),
      );
      return new Map(found.flat());
    },
  };
}

async function rowOf(deps: FactsDeps, schoolId: string, orderNo: string): Promise<OrderRow | undefined> {
  const order = await deps.orders.find(schoolId, orderNo);
  if (order !== undefined) return orderRow(order);
  const native = await deps.natives.find(schoolId, orderNo);
  return native && nativeRow(native);
}

/**
 * A sale by the payer's own code. One that nobody has heard of being paid explains no payment: what the bill has of it goes back to its payer,
 * by the refund that its own row would have begun.
 */
function nativeRow(payment: NativePayment): OrderRow | undefined {
  const { orderNo, channel, amountFen } = payment;
  switch (payment.state) {
    case 'paid': {
      const { accountNo, n, askedAt, payment: paid } = payment;
      const { platformTradeNo, paidAt } = paid;
      return { orderNo, channel, amountFen, state: 'credited', platformTradeNo, paidAt, entry: { accountNo, n, recordedAt: askedAt } };
    }
    case 'returning':
    case 'given-back':
    case 'reversed':
      return { orderNo, channel, amountFen, state: 'given-back' };
    case 'asked':
    case 'refused':
    case 'reversing':
      return undefined;
  }
}

function orderRow(order: Order): OrderRow {
  const { orderNo, channel, amountFen, state } = order;
  const payment = state === 'paid' || state === 'credited' ? order.payment : undefined;
  return {
    ...{ orderNo, channel, amountFen, state },
    ...(payment === undefined ? {} : { platformTradeNo: payment.platformTradeNo, paidAt: payment.paidAt }),
    ...(state === 'credited' ? { entry: { accountNo: order.accountNo, n: order.credit.n, recordedAt: order.credit.creditedAt } } : {}),
  };
}

const REFUND_STATES = { requested: 'pending', succeeded: 'succeeded', returned: 'failed', stuck: 'stuck' } as const;

function refundRow(payOut: PayOut, to: Extract<PayOut['to'], { via: 'platform' }>): RefundRow {
  const { payOutNo, amountFen, accountNo, n, createdAt } = payOut;
  return {
    refundNo: payOutNo,
    orderNo: to.orderNo,
    channel: to.channel,
    amountFen,
    state: REFUND_STATES[payOut.state],
    ...(payOut.state === 'succeeded' ? { refundedAt: payOut.doneAt } : {}),
    // A guest's sale taken back stands in the till's book; other house money never was in a passbook.
    entry: isHouseAccount(accountNo) && to.saleN === undefined ? 'none' : { accountNo, n, recordedAt: createdAt },
  };
}
