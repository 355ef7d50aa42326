import { orderNumber, schoolOfOrder } from './order-number';

const order = { schoolId: 'shanghaitech', accountNo: 42, requestId: 'request-000000000001' };

describe('an order number', () => {
  it('is the same for the same request and another for anything else', () => {
    expect(orderNumber(order)).toBe(orderNumber({ ...order }));
    const others = [
      { ...order, accountNo: 43 },
      { ...order, requestId: 'request-000000000002' },
      { ...order, schoolId: 'bistu' },
    ];
    expect(new Set([order, ...others].map(orderNumber)).size).toBe(4);
  });

  it.each(['sjtu', 'ab', 'a-b-c', 'x-', 'abcdefghijklmnop', 'a---------------'])(
    'of school %s fits both platforms and names the school',
    (schoolId) => {
      const orderNo = orderNumber({ ...order, schoolId });
      expect(orderNo).toMatch(/^[0-9A-Za-z_]{6,32}$/);
      expect(schoolOfOrder(orderNo)).toBe(schoolId);
    },
  );

  it.each([
    '',
    'sjtu',
    'SJTU0123456789ABCDE',
    'sjtu0123456789ABCDE#',
    'sjtu#ORDER#0123456789ABCDE',
    'sj tu0123456789ABCDE',
    'sjtu0123456789ABCDEI',
  ])('of a stranger (%p) names no school', (orderNo) => {
    expect(schoolOfOrder(orderNo)).toBeUndefined();
  });
});
