import fc from 'fast-check';
import { isAppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import { monthOf } from '../../shared/time';
import { giftSums } from '../domain/gift';
import { movementDraft } from '../domain/movement';
import type { Order } from '../domain/order';
import { move } from '../domain/posting';
import { deriveGiftKey } from '../domain/school-keys';
import { confirmOrder } from '../operations/confirm-order';
import { createDeductions } from '../operations/deductions';
import { createGift, endGift, findGift, type GiftDeps } from '../operations/gift-links';
import { payGift } from '../operations/pay-gift';
import { type QueryDeps, queryOrder } from '../operations/query-order';
import { type LowDeps, topUpIfLow } from '../operations/top-up-if-low';
import { createAutoTopUps } from '../store/auto-top-ups';
import { createGifts } from '../store/gifts';
import { FakeDeduct } from './fake-deduct';
import { createModelDatabase } from './model-database';
import { MASTER_KEY, MoneyWorld } from './money-world';
import { StudentWorld } from './student-world';

const MINUTE = 60_000;
const RUNS = 25;

/** A refusal is an answer; anything else is a fault. */
async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (isAppError(error)) return undefined;
    throw error;
  });
}

type GiftAct =
  | { readonly act: 'give'; readonly amountFen: number; readonly guest: number; readonly twice: boolean }
  | { readonly act: 'pay' | 'close' | 'pay-late'; readonly which: number }
  | { readonly act: 'end' }
  | { readonly act: 'wait'; readonly minutes: number };

const giftAct: fc.Arbitrary<GiftAct> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('give' as const),
      amountFen: fc.integer({ min: 1, max: 700 }),
      guest: fc.nat(3),
      twice: fc.boolean(),
    }),
  },
  { weight: 6, arbitrary: fc.record({ act: fc.constantFrom('pay' as const, 'close' as const, 'pay-late' as const), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.constant({ act: 'end' as const }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 40 }) }) },
);

test('whatever guests do: every order paid is credited once, and none is made above the cap', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(giftAct, { minLength: 10, maxLength: 30, size: 'max' }), async (acts) => {
      const student = await StudentWorld.create(createModelDatabase());
      const world = new MoneyWorld(student, () => []);
      const holder = await student.holder();
      const keys = { gifts: createGifts(student.database), giftKeyOf: (schoolId: string) => deriveGiftKey(MASTER_KEY, schoolId) };
      const deps = { ...world.deps, ...keys } satisfies GiftDeps;
      const owner = {
        bound: { ...holder, bindingId: 'b', slot: 0 },
        identity: { platform: 'wechat-mini', appId: 'wxmini', openid: 'o' },
        tokenHash: '',
        sourceIp: '',
      } as const;
      const expiresAt = new Date(student.now + 86_400_000).toISOString();
      const { token } = await createGift(deps, owner, { requestId: 'r'.repeat(16), maxTotalFen: 1_000, expiresAt, note: '' });
      const made: string[] = [];
      const paid = new Set<string>();
      const find = async (which: number): Promise<Order | undefined> => {
        const orderNo = made[which % Math.max(1, made.length)];
        return orderNo === undefined ? undefined : deps.orders.find(holder.schoolId, orderNo);
      };
      for (const [step, act] of acts.entries()) {
        if (act.act === 'wait') student.now += act.minutes * MINUTE;
        else if (act.act === 'end') await endGift(deps, owner, token);
        else if (act.act === 'give') {
          const before = giftSums(
            await findGift(deps, token),
            (await deps.orders.ofGift(holder.schoolId, (await findGift(deps, token)).giftId)).orders,
          );
          const guest = {
            identity: { platform: 'wechat-mini', appId: 'wxmini', openid: `g${act.guest}` },
            sourceIp: '',
            bound: undefined,
          } as const;
          const wish = {
            requestId: `request-${step}-0123456`,
            amountFen: act.amountFen,
            channel: 'wechat-pay',
            payBy: 'in-app',
            screen: 'phone',
          } as const;
          const give = () => unlessRefused(payGift(deps, guest, token, wish));
          const replies = await Promise.all(act.twice ? [give(), give()] : [give()]);
          const numbers = new Set(replies.flatMap((reply) => (reply === undefined ? [] : [reply.orderNo])));
          expect(numbers.size).toBeLessThanOrEqual(1);
          if (numbers.size > 0) expect(act.amountFen).toBeLessThanOrEqual(before.leftFen);
          made.push(...numbers);
        } else {
          const order = await find(act.which);
          const held = order && world.wechat.orders.get(order.orderNo);
          if (order === undefined || held === undefined) continue;
          if (act.act === 'pay' && held.state === 'not-paid') world.wechat.pay(order.orderNo, student.now);
          // A platform that closed late took the money all the same.
          if (act.act === 'pay-late' && held.state === 'closed') Object.assign(held, { state: 'paid', paidAt: student.now });
          if (held.state === 'paid') {
            paid.add(order.orderNo);
            await confirmOrder(deps, 'wechat-pay', world.wechat.paidOrder(order.orderNo));
          } else if (act.act === 'close' && order.state === 'created') {
            await queryOrder(deps, order);
          }
        }
      }
      const credits = (await student.entries(holder)).filter(({ kind }) => kind === 'top-up').map(({ orderNo }) => orderNo);
      expect([...credits].sort()).toEqual([...paid].sort());
      const orders = await Promise.all([...paid].map((orderNo) => deps.orders.find(holder.schoolId, orderNo)));
      const came = orders.reduce((sum, order) => sum + (order?.amountFen ?? 0), 0);
      expect((await student.head(holder)).state).toMatchObject({ balances: { transit: came }, ownBankFen: 0 });
    }),
    { numRuns: RUNS },
  );
});

type AutoAct =
  | { readonly act: 'spend'; readonly amountFen: number }
  | { readonly act: 'trigger'; readonly times: number }
  | { readonly act: 'outcome'; readonly is: 'pending' | 'paid' | 'closed' }
  | { readonly act: 'query' }
  | { readonly act: 'wait'; readonly hours: number };

const autoAct: fc.Arbitrary<AutoAct> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constant('spend' as const), amountFen: fc.integer({ min: 1, max: 6_000 }) }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('trigger' as const), times: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('outcome' as const),
      is: fc.constantFrom('pending' as const, 'paid' as const, 'closed' as const),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ act: 'query' as const }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 60 }) }) },
);

test('whatever triggers, spending and a platform do: one order open at most, the month’s cap holds, every deduction is credited once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(autoAct, { minLength: 20, maxLength: 60, size: 'max' }), async (acts) => {
      const student = await StudentWorld.create(createModelDatabase());
      const world = new MoneyWorld(student, () => []);
      const holder = await student.holder();
      const { schoolId, accountNo } = holder;
      const pack = await student.deps.packOf(schoolId);
      const platform = new FakeDeduct('wechat-pay', () => student.now);
      const autoTopUps = createAutoTopUps(student.database);
      const deps: QueryDeps & LowDeps = {
        ...world.deps,
        autoTopUps,
        deductions: createDeductions({ ...world.deps, deducts: { 'wechat-pay': platform }, autoTopUps }),
      };
      const contract = { schoolId, contractNo: 'contract_1', appId: 'wxmini', payerOpenId: 'o', number: 'N1' };
      await platform.startContract({ ...contract, perDeductionMaxFen: fen(5_000), notifyUrl: '' });
      Object.assign(platform.contracts.get('contract_1') ?? {}, { status: 'signed' });
      const settings = { thresholdFen: fen(2_000), amountFen: fen(5_000), monthlyCapFen: fen(6_000) };
      const state = { state: 'signed', isOn: true, agreementRef: 'agreement-1', askedAt: student.now, signedAt: student.now } as const;
      const counts = { month: '', monthFen: fen(0), contracts: 1, orders: 0, failures: 0, pausedUntil: 0, version: 0 };
      await autoTopUps.save({ ...contract, accountNo, channel: 'wechat-pay', ...settings, ...state, ...counts });
      const made: string[] = [];
      const askedIn = new Map<string, number>();
      for (const [step, act] of acts.entries()) {
        if (act.act === 'wait') student.now += act.hours * 60 * MINUTE;
        if (act.act === 'outcome') {
          platform.outcome = act.is;
          for (const order of platform.orders.values())
            if (order.state === 'pending') Object.assign(order, { state: act.is, paidAt: student.now });
        }
        if (act.act === 'spend') {
          const { transit } = (await student.head(holder)).state.balances;
          const amountFen = fen(Math.min(transit, act.amountFen));
          const at = { occurredAt: student.now, recordedAt: student.now };
          if (amountFen > 0) {
            await student.append(holder, (head) =>
              movementDraft(
                head,
                { kind: 'fee', entryId: `fee-${step}`, postings: move('transit', 'income:card-fee', amountFen), family: 'income', ...at },
                pack,
              ),
            );
          }
        }
        if (act.act === 'trigger') {
          const orders = (await Promise.all(Array.from({ length: act.times }, () => topUpIfLow(deps, holder)))).filter(
            (order) => order !== undefined,
          );
          expect(orders.length).toBeLessThanOrEqual(1);
          for (const { orderNo } of orders) {
            made.push(orderNo);
            askedIn.set(orderNo, student.now);
          }
        }
        const rows = await Promise.all(made.map((orderNo) => deps.orders.find(schoolId, orderNo)));
        const open = rows.filter((row) => row?.state === 'created');
        expect(open.length).toBeLessThanOrEqual(1);
        for (const row of open) if (act.act === 'query' && row?.state === 'created') await queryOrder(deps, row);
      }
      const takenIn = new Map<string, number>();
      for (const [orderNo, { state: outcome, wanted }] of platform.orders) {
        const month = monthOf(askedIn.get(orderNo) ?? 0, pack.utcOffsetMinutes);
        if (outcome === 'paid') takenIn.set(month, (takenIn.get(month) ?? 0) + wanted.amountFen);
      }
      for (const taken of takenIn.values()) expect(taken).toBeLessThanOrEqual(6_000);
      const credits = (await student.entries(holder)).filter(({ kind }) => kind === 'top-up').map(({ orderNo }) => orderNo);
      expect(new Set(credits).size).toBe(credits.length);
      for (const orderNo of credits) expect(platform.orders.get(orderNo ?? '')?.state).toBe('paid');
    }),
    { numRuns: RUNS },
  );
});
