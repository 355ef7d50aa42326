import { fen } from '../../../shared/money';
import { CheckedBill } from '../bills/bill';
import { type AccountMove, compareAccountLog } from './account-log';

const AT = Date.parse('2026-11-20T12:00:00+08:00');
const bill = CheckedBill.of({
  channel: 'alipay',
  expected: { merchantId: '2088123456789012', day: '2026-11-20' },
  summary: { lines: 3, paymentFen: fen(3_000), refundFen: fen(500), feeFen: fen(15) },
  sha256: '',
  totals: [],
});

const MOVES: readonly AccountMove[] = [
  { at: AT, amountFen: fen(1_000), type: '交易' },
  { at: AT, amountFen: fen(-6), type: '收费' },
  { at: AT, amountFen: fen(2_000), type: '交易付款' },
  { at: AT, amountFen: fen(-12), type: '收费' },
  { at: AT, amountFen: fen(-500), type: '交易退款' },
  { at: AT, amountFen: fen(3), type: '退费' },
];

async function* log(moves: readonly AccountMove[]) {
  yield* moves;
}

describe('the account log against the bill of the day', () => {
  it('agrees in payments, refunds, fees and what is left', async () => {
    expect(await compareAccountLog(bill, log(MOVES))).toEqual({
      day: '2026-11-20',
      netFen: 2_485,
      otherFen: 0,
      otherMoves: 0,
      strayMoves: 0,
      differences: [],
    });
  });

  it('tells which sums differ, and by how much the day is off', async () => {
    expect((await compareAccountLog(bill, log(MOVES.slice(2)))).differences).toEqual([
      { name: 'payments', billFen: 3_000, logFen: 2_000 },
      { name: 'fees', billFen: 15, logFen: 9 },
      { name: 'net', billFen: 2_485, logFen: 1_491 },
    ]);
  });

  it('counts withdrawals apart, and moves of another day as strays', async () => {
    const more: readonly AccountMove[] = [
      { at: AT, amountFen: fen(-2_485), type: '提现' },
      { at: AT + 86_400_000, amountFen: fen(7), type: '交易' },
    ];
    expect(await compareAccountLog(bill, log([...MOVES, ...more]))).toMatchObject({
      otherFen: -2_485,
      otherMoves: 1,
      strayMoves: 1,
      differences: [],
    });
  });
});
