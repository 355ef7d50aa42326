import { add, type Fen, fen, negate, subtract, ZERO } from '../../../shared/money';
import type { EpochMs } from '../../../shared/time';
import { businessDay } from '../../../shared/time';
import type { CheckedBill } from '../bills/bill';

/** A movement on the merchant's account at the platform, by the platform's own log. */
export interface AccountMove {
  readonly at: EpochMs;
  /** Positive: into the account. */
  readonly amountFen: Fen;
  /** 交易, 收费, 退费, 提现, 转账 … */
  readonly type: string;
}

export interface AccountLogDifference {
  /** `net`: what the day's trades changed on the account, all three together. */
  readonly name: 'payments' | 'refunds' | 'fees' | 'net';
  readonly billFen: Fen;
  readonly logFen: Fen;
}

export interface AccountLogComparison {
  readonly day: string;
  /** What the log says that trades changed on the account: payments less refunds less fees. */
  readonly netFen: Fen;
  /** Moves of other kinds: withdrawals to our bank, transfers. They are no trades and are compared with the bank, not with the bill. */
  readonly otherFen: Fen;
  readonly otherMoves: number;
  /** Moves of another day that the log held. */
  readonly strayMoves: number;
  readonly differences: readonly AccountLogDifference[];
}

const FEE_TYPES = ['收费', '退费', '服务费'];
const TRADE_TYPES = ['交易', '在线支付'];

/**
 * The account log of a day against the bill of the same day: two statements of one platform that must agree in payments, refunds, fees and
 * what is left. Streaming; the log may have millions of lines. Amounts that a merchant's own coupon took off are the log's and not the bill's.
 */
export async function compareAccountLog(bill: CheckedBill, moves: AsyncIterable<AccountMove>): Promise<AccountLogComparison> {
  const sums = { payments: ZERO, refunds: ZERO, fees: ZERO, other: ZERO };
  let otherMoves = 0;
  let strayMoves = 0;
  for await (const { at, amountFen, type } of moves) {
    if (businessDay(at) !== bill.day) strayMoves += 1;
    else if (names(FEE_TYPES, type)) sums.fees = subtract(sums.fees, amountFen);
    else if (!names(TRADE_TYPES, type)) {
      sums.other = add(sums.other, amountFen);
      otherMoves += 1;
    } else if (amountFen > 0) sums.payments = add(sums.payments, amountFen);
    else sums.refunds = add(sums.refunds, negate(amountFen));
  }
  const { paymentFen, refundFen, feeFen } = bill.summary;
  const netFen = fen(sums.payments - sums.refunds - sums.fees);
  const compared: readonly AccountLogDifference[] = [
    { name: 'payments', billFen: paymentFen, logFen: sums.payments },
    { name: 'refunds', billFen: refundFen, logFen: sums.refunds },
    { name: 'fees', billFen: feeFen, logFen: sums.fees },
    { name: 'net', billFen: fen(paymentFen - refundFen - feeFen), logFen: netFen },
  ];
  return {
    day: bill.day,
    netFen,
    otherFen: sums.other,
    otherMoves,
    strayMoves,
    differences: compared.filter(({ billFen, logFen }) => billFen !== logFen),
  };
}

function names(words: readonly string[], type: string): boolean {
  return words.some((word) => type.includes(word));
}
