import { cardTransferSteps, nextPollMs, orderHeadline, orderTimeline, paidHeadline } from './order-timeline';

const AT = '2026-11-21T12:00:00.000+08:00';
const created = { state: 'created', paidAt: null, creditedAt: null, arrivedIn: null, onCardAt: null, target: 'card' } as const;
const paid = { ...created, state: 'paid', paidAt: AT } as const;
const holding = { ...paid, state: 'credited', creditedAt: AT, arrivedIn: 'transit' } as const;
const claimed = { ...holding, onCardAt: AT } as const;
const atOnce = { ...paid, state: 'credited', creditedAt: AT, arrivedIn: 'card' } as const;

const drawn = (order: Parameters<typeof orderTimeline>[0], arrival: 'realtime' | 'claim') =>
  orderTimeline(order, arrival).map((step) => `${step.id}:${step.state}`);

describe('where the money of a top-up is', () => {
  it('DL-38 goes paid, holding, on card where the school claims', () => {
    expect(drawn(created, 'claim')).toEqual(['paid:current', 'holding:ahead', 'on-card:ahead']);
    expect(drawn(paid, 'claim')).toEqual(['paid:done', 'holding:current', 'on-card:ahead']);
    expect(drawn(holding, 'claim')).toEqual(['paid:done', 'holding:done', 'on-card:current']);
    expect(drawn(claimed, 'claim')).toEqual(['paid:done', 'holding:done', 'on-card:done']);
  });

  it('BI-10 has no holding step where money arrives at once', () => {
    expect(drawn(paid, 'realtime')).toEqual(['paid:done', 'on-card:current']);
    expect(drawn(atOnce, 'realtime')).toEqual(['paid:done', 'on-card:done']);
  });

  it('believes the order and not the pack once the money has arrived', () => {
    expect(drawn(atOnce, 'claim')).toEqual(['paid:done', 'on-card:done']);
    expect(drawn(holding, 'realtime')).toHaveLength(3);
  });

  it('waits for nothing once the order is closed', () => {
    expect(drawn({ ...created, state: 'closed' }, 'claim')).toEqual(['paid:ahead', 'holding:ahead', 'on-card:ahead']);
  });
});

describe('what the order page says', () => {
  it('never takes the word of the phone for a payment', () => {
    for (const hint of ['done', 'unknown', undefined] as const) expect(orderHeadline(created, hint)).toBe('confirming');
  });

  it('says unpaid only while the server knows of no payment', () => {
    expect(orderHeadline(created, 'cancelled')).toBe('unpaid');
    expect(orderHeadline(paid, 'cancelled')).toBe('crediting');
    expect(orderHeadline(holding, 'cancelled')).toBe('holding');
  });

  it('tells holding from on card', () => {
    expect([orderHeadline(holding, 'done'), orderHeadline(claimed, 'done'), orderHeadline(atOnce, 'done')]).toEqual([
      'holding',
      'on-card',
      'on-card',
    ]);
  });

  it('asks each second at first, then less often, and stops at an end', () => {
    expect([nextPollMs('confirming', 1), nextPollMs('unpaid', 1), nextPollMs('confirming', 60)]).toEqual([1_000, 1_000, 3_000]);
    expect([nextPollMs('on-card', 1), nextPollMs('closed', 1)]).toEqual([undefined, undefined]);
    expect(nextPollMs('holding', 60)).toBe(3_000);
  });
});

describe('where the money of a wallet is', () => {
  it('DL-20 is paid and in the wallet, and nothing more is awaited', () => {
    const inWallet = { ...paid, state: 'credited', creditedAt: AT, arrivedIn: 'wallet', target: 'wallet' } as const;
    expect(drawn({ ...paid, target: 'wallet' }, 'claim')).toEqual(['paid:done', 'in-wallet:current']);
    expect(drawn(inWallet, 'claim')).toEqual(['paid:done', 'in-wallet:done']);
    expect([orderHeadline(inWallet, undefined), nextPollMs('in-wallet', 1)]).toEqual(['in-wallet', undefined]);
  });

  it('DL-38 goes from the wallet into the transition balance, and is not paid while the bank has not said', () => {
    const steps = (transfer: Parameters<typeof cardTransferSteps>[0]) =>
      cardTransferSteps(transfer, 'claim').map(({ id, state }) => `${id}:${state}`);
    expect(steps({ state: 'pending', arrivedIn: null, transferredAt: null })).toEqual(['paid:current', 'holding:ahead', 'on-card:ahead']);
    expect(steps({ state: 'transferred', arrivedIn: 'transit', transferredAt: AT })).toEqual([
      'paid:done',
      'holding:done',
      'on-card:current',
    ]);
    expect(steps({ state: 'transferred', arrivedIn: 'card', transferredAt: AT })).toEqual(['paid:done', 'on-card:done']);
  });
});

it('tells who paid for another whether it is paid, and nothing of what became of it', () => {
  expect((['created', 'paid', 'credited', 'closed'] as const).map((state) => paidHeadline(state, 'done'))).toEqual([
    ...['confirming', 'paid', 'paid', 'closed'],
  ]);
  expect([paidHeadline('created', 'cancelled'), paidHeadline('paid', 'cancelled')]).toEqual(['unpaid', 'paid']);
});
