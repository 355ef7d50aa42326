import fc from 'fast-check';
import { fen, sum } from '../../shared/money';
import { DAY_MS } from '../../shared/time';
import { emptyState } from './account-state';
import { credited, newOrder, type OrderWish } from './order';
import { type Lot, MAX_REFUND_PARTS, planRefund, type RefundQuestion } from './refund-plan';

const NOW = Date.UTC(2026, 10, 21);
const CARD = { agreementRef: 'agr-1', cardTail: '1234' };

let made = 0;
function lot(
  amountFen: number,
  daysAgo = 1,
  more: Partial<OrderWish> & { readonly isUnreachable?: boolean; readonly leftFen?: number } = {},
): Lot {
  made += 1;
  const { isUnreachable = false, leftFen = amountFen, ...wish } = more;
  const paidAt = NOW - daysAgo * DAY_MS;
  const base = { schoolId: 'bistu', orderNo: `o${made}`, accountNo: 1, channel: 'wechat-pay', appId: 'wx', payerOpenId: 'p' } as const;
  const order = credited(
    newOrder({ ...base, amountFen: fen(amountFen), ...wish }, paidAt),
    { platformTradeNo: 't', paidAt },
    { creditedAt: paidAt, n: 2, arrivedIn: 'card' },
  );
  return { order: { ...order, credit: { ...order.credit, remainingFen: fen(leftFen) } }, isUnreachable };
}

function ask(
  balances: Partial<Record<'card' | 'transit' | 'wallet' | 'chipPending' | 'purse', number>>,
  lots: readonly Lot[],
  more: Partial<RefundQuestion> & { ownBank?: number } = {},
) {
  const { ownBank = 0, ...question } = more;
  const empty = emptyState();
  const state = {
    ...empty,
    balances: { ...empty.balances, ...Object.fromEntries(Object.entries(balances).map(([name, value]) => [name, fen(value)])) },
    ownBankFen: fen(ownBank),
  };
  return planRefund({ state, lots, bankCard: undefined, wishFen: 'all', whose: 'own', now: NOW, ...question });
}

const brief = (plan: ReturnType<typeof planRefund>) => plan.parts.map(({ order, amountFen, to }) => [order.orderNo, amountFen, to.via]);

test('gives back newest first, and of each lot no more than is left of it', () => {
  const [old, young] = [lot(3_000, 30), lot(2_000, 2, { leftFen: 1_500 })];
  expect(brief(ask({ card: 4_000 }, [old, young]))).toEqual([
    [young.order.orderNo, 1_500, 'platform'],
    [old.order.orderNo, 2_500, 'platform'],
  ]);
});

test('what was spent is gone: never more than there is', () => {
  const plan = ask({ card: 700 }, [lot(3_000, 30), lot(2_000, 2)]);
  expect(sum(plan.parts.map((part) => part.amountFen))).toBe(700);
  expect(plan.remainder).toEqual([]);
});

test('takes what waits before the card, and the wallet for what was paid into the wallet', () => {
  const [card, wallet] = [lot(2_000, 1), lot(1_000, 2, { target: 'wallet' })];
  const plan = ask({ card: 1_500, transit: 500, wallet: 1_000 }, [card, wallet]);
  expect(plan.parts.map((part) => part.from)).toEqual([
    [
      { place: 'transit', amountFen: 500 },
      { place: 'card', amountFen: 1_500 },
    ],
    [{ place: 'wallet', amountFen: 1_000 }],
  ]);
});

test('after 365 days it goes to the holder’s own bank card, or stays with the reason', () => {
  const [fresh, old] = [lot(1_000, 365), lot(1_000, 366)];
  expect(ask({ card: 2_000 }, [fresh, old])).toMatchObject({
    parts: [{ order: { orderNo: fresh.order.orderNo } }],
    remainder: [{ reason: 'too-old', amountFen: 1_000 }],
  });
  expect(brief(ask({ card: 2_000 }, [fresh, old], { bankCard: CARD }))).toEqual([
    [fresh.order.orderNo, 1_000, 'platform'],
    [old.order.orderNo, 1_000, 'bank'],
  ]);
});

test('a payer whom the platform could not reach gets it on the bound bank card', () => {
  const gone = lot(1_000, 3, { isUnreachable: true });
  expect(ask({ card: 1_000 }, [gone]).remainder).toEqual([{ reason: 'unreachable', amountFen: 1_000 }]);
  expect(brief(ask({ card: 1_000 }, [gone], { bankCard: CARD }))).toEqual([[gone.order.orderNo, 1_000, 'bank']]);
});

test('what others paid is spent first, is not the holder’s to ask for, and goes to nobody but its payer', () => {
  const [own, gift] = [lot(1_000, 9), lot(1_000, 1, { origin: 'gift' })];
  expect(ask({ card: 1_500 }, [own, gift])).toMatchObject({
    parts: [{ order: { orderNo: own.order.orderNo }, amountFen: 1_000 }],
    remainder: [{ reason: 'others', amountFen: 500 }],
  });
  expect(brief(ask({ card: 1_500 }, [own, gift], { whose: 'everyone' }))).toEqual([
    [gift.order.orderNo, 500, 'platform'],
    [own.order.orderNo, 1_000, 'platform'],
  ]);
  const old = lot(1_000, 400, { origin: 'other' });
  expect(ask({ card: 1_000 }, [old], { whose: 'everyone', bankCard: CARD })).toMatchObject({
    parts: [],
    remainder: [{ reason: 'too-old', amountFen: 1_000 }],
  });
});

test('what the own bank card brought goes back to it, within what may be withdrawn', () => {
  const bank = lot(3_000, 5, { channel: 'bank-card', appId: 'bank' });
  expect(ask({ card: 2_000 }, [bank], { ownBank: 1_200, bankCard: CARD })).toMatchObject({
    parts: [{ amountFen: 1_200, to: { via: 'bank', agreementRef: 'agr-1', orderNo: bank.order.orderNo } }],
    remainder: [{ reason: 'no-order', amountFen: 800 }],
  });
  expect(ask({ card: 2_000 }, [bank], { ownBank: 1_200 }).remainder).toContainEqual({ reason: 'no-bank-card', amountFen: 1_200 });
});

test('cash, holds, chip money, purse and subsidies stay, each with its reason', () => {
  const empty = emptyState();
  const state = {
    ...empty,
    balances: { ...empty.balances, card: fen(1_000), chipPending: fen(50), purse: fen(70) },
    holds: [{ entryId: '7-1', amountFen: fen(300), expiresAt: NOW }],
    subsidy: [{ amountFen: fen(90), expiresAt: NOW + 1 }],
  };
  const plan = planRefund({ state, lots: [], bankCard: CARD, wishFen: 'all', whose: 'everyone', now: NOW });
  expect(plan).toEqual({
    parts: [],
    claims: [],
    refundableFen: 0,
    remainder: [
      { reason: 'no-order', amountFen: 700 },
      { reason: 'held', amountFen: 300 },
      { reason: 'chip-pending', amountFen: 50 },
      { reason: 'purse', amountFen: 70 },
      { reason: 'subsidy', amountFen: 90 },
    ],
  });
});

test('a sale by wallet code under way keeps its part of the wallet, and once it has run out nothing of it', () => {
  const empty = emptyState();
  const balances = { ...empty.balances, card: fen(1_000), wallet: fen(300) };
  const holds = [{ entryId: '7-1-hold', amountFen: fen(200), expiresAt: NOW }];
  const lots = [lot(1_300, 1, { target: 'wallet' })];
  const question = { state: { ...empty, balances, holds }, lots, bankCard: undefined, wishFen: 'all', whose: 'own' } as const;
  expect(planRefund({ ...question, now: NOW }).parts.map(({ from }) => from)).toEqual([
    [
      { place: 'wallet', amountFen: 100 },
      { place: 'card', amountFen: 1_000 },
    ],
  ]);
  expect(planRefund({ ...question, now: NOW + 1 })).toMatchObject({ refundableFen: 1_300, remainder: [] });
});

test('more lots than one refund may have in parts: the rest is for the next one', () => {
  const plan = ask(
    { card: 100_000 },
    Array.from({ length: MAX_REFUND_PARTS + 3 }, () => lot(100, 1)),
  );
  expect(plan.parts).toHaveLength(MAX_REFUND_PARTS);
  expect(plan.remainder).toContainEqual({ reason: 'later', amountFen: 300 });
});

const amounts = fc.integer({ min: 0, max: 5_000 });
const lots = fc.array(
  fc.record({
    amountFen: fc.integer({ min: 1, max: 5_000 }),
    leftPart: fc.integer({ min: 0, max: 100 }),
    daysAgo: fc.integer({ min: 0, max: 500 }),
    origin: fc.constantFrom('own', 'other', 'gift', 'auto'),
    target: fc.constantFrom('card', 'wallet'),
    channel: fc.constantFrom('wechat-pay', 'alipay', 'bank-card'),
    isUnreachable: fc.boolean(),
  }),
  { maxLength: 30 },
);

test('whatever is asked: within the wish, the lots and the places; all money is accounted for; the same question has the same answer', () => {
  fc.assert(
    fc.property(
      fc.record({ card: amounts, transit: amounts, wallet: amounts, chipPending: amounts, purse: amounts }),
      lots,
      amounts,
      fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: 'all' as const }),
      fc.constantFrom('own', 'everyone'),
      fc.boolean(),
      (balances, given, ownBank, wish, whose, hasCard) => {
        const all = given.map(({ amountFen, leftPart, daysAgo, origin, ...more }) =>
          lot(amountFen, daysAgo, {
            ...more,
            origin: more.channel === 'bank-card' ? 'own' : origin,
            leftFen: Math.floor((amountFen * leftPart) / 100),
          }),
        );
        const bank = Math.min(ownBank, balances.card + balances.transit + balances.wallet);
        const more = { ownBank: bank, wishFen: wish === 'all' ? wish : fen(wish), whose, bankCard: hasCard ? CARD : undefined };
        const plan = ask(balances, all, more);
        const out = sum(plan.parts.map((part) => part.amountFen));
        expect(out).toBe(wish === 'all' ? plan.refundableFen : Math.min(wish, plan.refundableFen));
        expect(new Set(plan.parts.map(({ order }) => order.orderNo)).size).toBe(plan.parts.length);
        const taken = { card: 0, transit: 0, wallet: 0 };
        for (const { order, amountFen, from, to } of plan.parts) {
          expect(amountFen).toBeGreaterThan(0);
          expect(amountFen).toBeLessThanOrEqual(order.credit.remainingFen);
          expect(sum(from.map((one) => one.amountFen))).toBe(amountFen);
          for (const { place, amountFen: part } of from) taken[place] += part;
          const isOthers = order.origin === 'other' || order.origin === 'gift';
          if (isOthers) expect([whose, to.via]).toEqual(['everyone', 'platform']);
        }
        for (const place of ['card', 'transit', 'wallet'] as const) expect(taken[place]).toBeLessThanOrEqual(balances[place]);
        const stays = sum(plan.remainder.map((one) => one.amountFen));
        expect(plan.refundableFen + stays).toBe(Object.values(balances).reduce((a, b) => a + b, 0));
        expect(ask(balances, [...all].reverse(), more)).toEqual(plan);
      },
    ),
    { numRuns: 500 },
  );
});
