import fc from 'fast-check';
import { fen } from '../../shared/money';
import { isOver, mayAsk, newOrder, nextQueryAt, paymentFault, withQuery } from './order';

const AT = Date.UTC(2026, 10, 21, 4, 0, 0);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const order = newOrder(
  { schoolId: 'sjtu', orderNo: 'sjtu0123456789ABCDE', accountNo: 1, channel: 'alipay', amountFen: fen(100), appId: 'a', payerOpenId: 'o' },
  AT,
);

describe('when the platform is asked', () => {
  it('is always later than now, and never more than a day later', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * 24 * HOUR }), (age) => {
        const next = nextQueryAt(AT, AT + age);
        expect(next).toBeGreaterThan(AT + age);
        expect(next - AT - age).toBeLessThanOrEqual(24 * HOUR);
      }),
    );
  });

  it('is hourly for the first day after the time to pay, then daily', () => {
    expect(nextQueryAt(AT, AT + 2 * HOUR)).toBe(AT + 3 * HOUR);
    expect(nextQueryAt(AT, AT + 25 * HOUR)).toBe(AT + 49 * HOUR);
  });

  it('stays as it was after a look of the student, unless it was due', () => {
    expect(withQuery(order, AT + 3_000)).toMatchObject({ queriedAt: AT + 3_000, dueAt: AT + 10_000, version: 2 });
    expect(withQuery(order, AT + 12_000)).toMatchObject({ queriedAt: AT + 12_000, dueAt: AT + 30_000 });
  });

  it('by a look waits three seconds at first and longer as the order grows old', () => {
    expect([mayAsk(order, AT + 2_999), mayAsk(order, AT + 3_000)]).toEqual([false, true]);
    const asked = withQuery(order, AT + 10 * MINUTE);
    expect([mayAsk(asked, AT + 10 * MINUTE + 59_000), mayAsk(asked, AT + 10 * MINUTE + 67_000)]).toEqual([false, true]);
  });
});

it('an order is over a minute after its time to pay, when no create of ours can be on its way', () => {
  expect([isOver(order, order.expiresAt + 59_999), isOver(order, order.expiresAt + 60_000)]).toEqual([false, true]);
  expect(order.expiresAt - order.createdAt).toBe(30 * MINUTE);
});

it.each([
  ['nothing', {}, undefined],
  ['another order number', { merchantOrderNo: 'sjtu0123456789ABCDF' }, 'order.unknown'],
  ['another app', { appId: 'b' }, 'callback.other-app'],
  ['another amount', { amountFen: fen(99) }, 'callback.amount-mismatch'],
  ['another currency', { currency: 'HKD' }, 'callback.amount-mismatch'],
])('a reported payment that differs in %s is told by name', (_, changes, fault) => {
  const reported = { merchantOrderNo: order.orderNo, amountFen: fen(100), currency: 'CNY', appId: 'a', ...changes };
  expect(paymentFault(order, 'alipay', reported)).toBe(fault);
});
