import { fen } from '../../shared/money';
import { nativeChargeDraft } from '../domain/native-charge';
import type { AskedPayment } from '../domain/native-payment';
import { newOrder, type Order } from '../domain/order';
import { createAutoTopUps } from '../store/auto-top-ups';
import { createBankCards } from '../store/bank-cards';
import { createCustomerInfos } from '../store/customer-infos';
import { createDisputes } from '../store/disputes';
import { createGateRecords } from '../store/gate-records';
import { createGifts } from '../store/gifts';
import { createNativePayments } from '../store/native-payments';
import { createNoticeWishes } from '../store/notice-wishes';
import { createNotices } from '../store/notices';
import { createOrders } from '../store/orders';
import { createPayOuts } from '../store/pay-outs';
import { createUnionpayChecks } from '../store/unionpay-checks';
import type { StudentWorld, TestHolder } from './student-world';

/** What the rows of `liveIn` name beside the holder's own words: none of it may be left. */
export const TRACES = {
  openid: 'wxmini-lived-in',
  wechat: 'wechat-linked-7f3a',
  mobile: '19912345678',
  email: 'lin@student.example',
  bankAgreement: 'agreement-51c9',
  bankTail: 'tail-6688',
  meter: 'room-4-217',
  owner: '林*',
  words: 'They charged me for a meal I never had',
  giftNote: 'For my birthday',
} as const;

/** An account on which everything has happened that leaves a trace of a person, and that owes and holds nothing any more. */
export async function liveIn(world: StudentWorld, holder: TestHolder): Promise<{ readonly friendsOrder: string }> {
  const { database, now } = world;
  const { schoolId, accountNo } = holder;
  const name = { schoolId, accountNo };
  const app = { appId: 'wxmini', payerOpenId: TRACES.openid };
  const pack = await world.deps.packOf(schoolId);

  const orders = createOrders(database);
  const credited = async (order: Order, paidBy: string): Promise<void> => {
    await orders.insert(order);
    const payment = { platformTradeNo: `trade-${order.orderNo}`, paidAt: now, payerOpenId: paidBy };
    const credit = { creditedAt: now, n: 1, arrivedIn: 'card', remainingFen: fen(0), searchedTo: 1 } as const;
    const { dueAt: _, ...facts } = order as Extract<Order, { state: 'created' }>;
    await orders.replace({ ...facts, state: 'credited', payment, credit, version: 2 });
  };
  const amountFen = fen(5_000);
  await credited(newOrder({ ...name, orderNo: `own_${accountNo}`, channel: 'wechat-pay', amountFen, ...app }, now), TRACES.openid);
  const gift = { origin: 'gift', giftId: `gift${accountNo}`, appId: 'wxmini', payerOpenId: 'wxmini-a-friend' } as const;
  await credited(newOrder({ ...name, orderNo: `gift_${accountNo}`, channel: 'wechat-pay', amountFen, ...gift }, now), 'wxmini-a-friend');
  const friend = await world.holder(schoolId, { name: '朋友' });
  const friendsOrder = `other_${accountNo}`;
  const toFriend = { schoolId, accountNo: friend.accountNo, origin: 'other' } as const;
  await credited(newOrder({ ...toFriend, orderNo: friendsOrder, channel: 'wechat-pay', amountFen, ...app }, now), TRACES.openid);

  const payOuts = createPayOuts(database);
  const paid = { ...name, amountFen, n: 1, reason: 'r', askedBy: 'holder', createdAt: now, version: 1, asked: 1 } as const;
  const ended = { state: 'succeeded', doneAt: now, externalRef: 'ref' } as const;
  const bank = { via: 'bank', agreementRef: TRACES.bankAgreement, cardTail: TRACES.bankTail } as const;
  const meter = { via: 'utility', utility: 'electricity', account: TRACES.meter, maskedOwner: TRACES.owner } as const;
  await database.transact(payOuts.insertion({ ...paid, ...ended, payOutNo: `w${accountNo}`, kind: 'withdrawal', to: bank }));
  await database.transact(payOuts.insertion({ ...paid, ...ended, payOutNo: `u${accountNo}`, kind: 'utility', to: meter }));

  await createDisputes(database).insert({
    ...{ ...name, n: 1, reason: 'other', text: TRACES.words, openedAt: now, state: 'rejected', since: now, note: TRACES.words, version: 1 },
    evidence: { entryId: '7-1', terminal: 7, sequence: 1, day: '2026-11-21', amountFen, occurredAt: now, recordedAt: now, neighbours: [] },
  });
  await createGifts(database).insert({
    ...{
      ...name,
      giftId: `gift${accountNo}`,
      maxTotalFen: amountFen,
      note: TRACES.giftNote,
      createdAt: now,
      expiresAt: now + 1,
      version: 1,
    },
  });
  await createAutoTopUps(database).save({
    ...{ ...name, contractNo: 'c1', channel: 'wechat-pay', ...app, number: holder.number, state: 'ended', isOn: false, askedAt: now },
    ...{ thresholdFen: amountFen, amountFen, monthlyCapFen: amountFen, month: '2026-11', monthFen: fen(0), contracts: 1, orders: 0 },
    ...{ failures: 0, pausedUntil: 0, version: 0 },
  });
  await createBankCards(database).save({
    ...{ ...name, state: 'ended', bindingNo: 'b1', agreement: TRACES.bankAgreement, cardTail: TRACES.bankTail, bankName: 'CCB' },
    ...{ boundAt: now, version: 0 },
  });
  await createCustomerInfos(database).save({ ...name, sealed: 'sealed-customer-info', idExpiresOn: 'long-term', completedAt: now });
  await createUnionpayChecks(database).save({ ...name, requestNo: 'u1', state: 'match', checkedAt: now, version: 0 });
  await createGateRecords(database).save({ ...name, codes: [], last: { library: { at: now, direction: 'in' } as never }, version: 1 });
  await createNotices(database).addNotice({ ...name, key: 'large/1', kind: 'subsidy-expiring', at: now, amountFen });
  await createNoticeWishes(database).save(schoolId, accountNo, { off: ['refund'], lowBalanceFen: fen(500) });

  const link = { schoolId, target: 'wechat', appId: 'wxmini', openid: TRACES.wechat, accountNo } as const;
  const found = await world.deps.holders.find(schoolId, accountNo);
  if (found === undefined) throw new Error('no such holder');
  const linked = { ...found, links: { wechat: { appId: 'wxmini', openid: TRACES.wechat } } };
  await database.transact([world.deps.links.newRow(link), world.deps.holders.changedRow(linked)]);

  const natives = createNativePayments(database);
  const asked: AskedPayment = {
    ...{ schoolId, orderNo: `native_${accountNo}`, terminal: 7, sequence: 900, bodyHash: 'ab'.repeat(32), channel: 'wechat-pay' },
    ...{ appId: 'wxmini', amountFen, merchant: 1, occurredAt: now, askedAt: now, asks: 1, version: 1, state: 'asked', dueAt: now },
  };
  await natives.insert(asked);
  const entry = await world.append(holder, (head) => nativeChargeDraft(head, asked, now, pack));
  const { dueAt: _, ...facts } = asked;
  const payment = { platformTradeNo: 'native-trade', paidAt: now, payerOpenId: TRACES.wechat };
  await natives.replace({ ...facts, state: 'paid', payment, accountNo, n: entry.n, version: 2 });
  return { friendsOrder };
}
