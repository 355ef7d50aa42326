import type { Fault, Person } from '../../../sandbox/state';
import { isAppError } from '../../../shared/errors';
import { fen } from '../../../shared/money';
import type { Entry } from '../../domain/entry';
import type { PlatformChannel } from '../../domain/order';
import { orderNumber } from '../../domain/order-number';
import type { PayOut } from '../../domain/pay-out';
import { spendable } from '../../domain/posting';
import { refundNumber } from '../../domain/refund';
import { createTopUp, type Payer, type TopUpWish } from '../../operations/create-top-up';
import { redirectRefund } from '../../operations/redirect-refund';
import { type RefundWish, refund } from '../../operations/refund';
import { Crash } from '../faulty-database';
import { SCHOOL } from '../finance-world';
import { Broken } from '../simulation/broken';
import type { Chance } from '../simulation/chance';
import type { Agenda } from './agenda';
import type { Network } from './network';
import { codeOf, isTrouble, type Office } from './office';
import { KEEPERS, NOTIFY_URLS, type Platforms } from './platforms';

const MINUTE = 60_000;
const HOUR = 3_600_000;

export interface Student {
  readonly accountNo: number;
  readonly person: Person;
  /** Orders that were made, by their channel. */
  readonly orders: { readonly orderNo: string; readonly channel: PlatformChannel }[];
}

type Fate = Fault | 'fair';

/** What becomes of an order's callbacks at the platform's courier; beside that, any of them may have bad luck on the way. */
const CALLBACK_FATES: readonly Fate[] = [
  ...Array<Fault>(4).fill('lost'),
  ...Array<Fault>(4).fill('late'),
  ...Array<Fault>(3).fill('repeated'),
  ...Array<Fault>(3).fill('out-of-order'),
  'amount-changed',
  ...Array<Fate>(5).fill('fair'),
];

/** Most have the phone in their hand; some pay when the order has nearly expired. */
const PAYS_AFTER_MS = [3_000, 5_000, 5_000, 8_000, 12_000, 20_000, 40_000, 3 * MINUTE, 28 * MINUTE] as const;

/** Refusals that a student may meet: the money is spent, too little is left, or a refund was just made. */
const REFUND_REFUSALS = ['refund.nothing-left', 'refund.over-rest', 'refund.too-soon', 'refund.not-yours'];

export interface Counted {
  orders: number;
  paid: number;
  callbacksLost: number;
  callbacksLate: number;
  silent: number;
  paidAfterClose: number;
  orphans: number;
  sales: number;
  voids: number;
  refunds: number;
  refundsStuck: number;
  refundsRedirected: number;
  refundsHeld: number;
}

/** What students do in a week, and what befalls their payments. */
export class Students {
  readonly all: Student[] = [];
  readonly counted: Counted = {
    ...{ orders: 0, paid: 0, callbacksLost: 0, callbacksLate: 0, silent: 0, paidAfterClose: 0, orphans: 0, sales: 0, voids: 0 },
    ...{ refunds: 0, refundsStuck: 0, refundsRedirected: 0, refundsHeld: 0 },
  };
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  readonly #network: Network;
  readonly #office: Office;
  readonly #platforms: Platforms;
  #requests = 0;

  constructor(parts: {
    readonly agenda: Agenda;
    readonly chance: Chance;
    readonly network: Network;
    readonly office: Office;
    readonly platforms: Platforms;
  }) {
    this.#agenda = parts.agenda;
    this.#chance = parts.chance;
    this.#network = parts.network;
    this.#office = parts.office;
    this.#platforms = parts.platforms;
  }

  async enrol(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const accountNo = await this.#office.finance.account();
      this.all.push({ accountNo, person: this.#platforms.sandbox.addPerson(`student ${accountNo}`), orders: [] });
    }
  }

  #requestId(): string {
    this.#requests += 1;
    return `request-${String(this.#requests).padStart(12, '0')}`;
  }

  #payer({ accountNo, person }: Student, channel: PlatformChannel): Payer {
    const { sandbox, appIds } = this.#platforms;
    const appId = appIds[channel];
    const openid = sandbox.openid(channel === 'alipay' ? 'alipay' : 'wechat', appId, person.id) ?? '';
    return { schoolId: SCHOOL, accountNo, platform: channel === 'alipay' ? 'alipay-mini' : 'wechat-mini', appId, openid };
  }

  /** One top-up from the wish to wherever it leads. */
  async topUp(): Promise<void> {
    const student = this.#chance.pick(this.all);
    const channel: PlatformChannel = this.#chance.is(0.5) ? 'wechat-pay' : 'alipay';
    const wish = { requestId: this.#requestId(), amountFen: this.#chance.between(100, 12_000), channel };
    const orderNo = orderNumber({ schoolId: SCHOOL, accountNo: student.accountNo, requestId: wish.requestId });
    this.counted.orders += 1;
    student.orders.push({ orderNo, channel });
    const payer = this.#payer(student, channel);
    const ask = () => this.#ask(payer, wish);
    // An impatient thumb sends the same wish twice at once.
    const replies = this.#chance.is(0.1) ? await Promise.all([ask(), ask()]) : [await ask()];
    let payParams = replies.find((reply) => reply !== undefined);
    for (let tries = 0; tries < 3 && payParams === undefined; tries += 1) payParams = await ask();
    if (payParams === undefined || this.#chance.is(0.06)) return;
    this.#willPay(student, { orderNo, channel, payParams });
  }

  /** What the phone needs to pay; undefined where it was told to try again. */
  async #ask(payer: Payer, wish: TopUpWish): Promise<Readonly<Record<string, string>> | undefined> {
    try {
      const { payParams } = await this.#office.run((deps) => createTopUp(deps, payer, wish));
      return Object.keys(payParams).length === 0 ? undefined : payParams;
    } catch (error) {
      if (!isTrouble(error) && codeOf(error) !== 'top-up.platform-refused') throw error;
      return undefined;
    }
  }

  #willPay(student: Student, order: { orderNo: string; channel: PlatformChannel; payParams: Readonly<Record<string, string>> }): void {
    const { orderNo } = order;
    const luck = this.#chance.fraction();
    if (luck < 0.05) {
      // The platform closes it at our word, and takes the money of a payment that was under way all the same.
      this.#agenda.after(this.#chance.between(2 * HOUR, 5 * HOUR), () => this.#payAfterClose(student, orderNo, order.channel));
      return;
    }
    const fate = luck < 0.13 ? 'lost' : this.#chance.pick(CALLBACK_FATES);
    this.#agenda.after(this.#chance.pick(PAYS_AFTER_MS) + this.#chance.below(10_000), () => {
      if (luck < 0.13) {
        this.counted.silent += 1;
        this.#network.silence(orderNo, this.#agenda.now + 40 * HOUR);
      }
      this.#pay(student, order, fate);
    });
  }

  #pay(
    { person }: Student,
    { orderNo, channel, payParams }: { orderNo: string; channel: PlatformChannel; payParams: Readonly<Record<string, string>> },
    fate: Fate,
  ): void {
    const { sandbox } = this.#platforms;
    if (fate !== 'fair') sandbox.switchFault({ fault: fate, attempts: fate === 'amount-changed' ? 2 : null }, orderNo);
    const opening =
      channel === 'alipay'
        ? sandbox.cashier.openAlipay({ tradeNO: payParams.tradeNO ?? '' }, person.id)
        : sandbox.cashier.openWechat(payParams, person.id);
    if ('refusal' in opening || sandbox.cashier.pay(opening.cashier.id)?.state !== 'paid') return;
    this.counted.paid += 1;
    if (fate === 'lost') this.counted.callbacksLost += 1;
    if (fate === 'late') this.counted.callbacksLate += 1;
  }

  #payAfterClose(student: Student, orderNo: string, channel: PlatformChannel): void {
    const { state, cashier } = this.#platforms.sandbox;
    const expiresAt = this.#agenda.now + 10 * MINUTE;
    const fate = this.#chance.is(0.5) ? 'lost' : this.#chance.pick(CALLBACK_FATES);
    if (channel === 'alipay') {
      const trade = state.alipayTrades[orderNo];
      if (trade === undefined || trade.paidAt !== null) return;
      state.alipayTrades[orderNo] = { ...trade, status: 'WAIT_BUYER_PAY', expiresAt };
      this.counted.paidAfterClose += 1;
      this.#pay(student, { orderNo, channel, payParams: { tradeNO: trade.tradeNo } }, fate);
      return;
    }
    const order = state.wechatOrders[orderNo];
    if (order === undefined || order.paidAt !== null) return;
    state.wechatOrders[orderNo] = { ...order, state: 'NOTPAY', expiresAt };
    if (fate !== 'fair') this.#platforms.sandbox.switchFault({ fault: fate, attempts: null }, orderNo);
    // What the phone was told to open with is past its two hours; the payment was begun long before.
    const id = `after-close-${orderNo}`;
    state.cashiers[id] = { id, platform: 'wechat-pay', orderNo, payer: null, openedAt: this.#agenda.now, outcome: 'open' };
    if (cashier.pay(id)?.state !== 'paid') throw new Error('a reopened order could not be paid');
    this.counted.paid += 1;
    this.counted.paidAfterClose += 1;
    if (fate === 'lost') this.counted.callbacksLost += 1;
    if (fate === 'late') this.counted.callbacksLate += 1;
  }

  /** A payment under a number of ours that no order of ours knows: what the platform has and we have not. */
  async orphan(): Promise<void> {
    const student = this.#chance.pick(this.all);
    const channel: PlatformChannel = this.#chance.is(0.5) ? 'wechat-pay' : 'alipay';
    const orderNo = orderNumber({ schoolId: SCHOOL, accountNo: student.accountNo, requestId: `nowhere-${this.#requestId()}` });
    const { appId, openid } = this.#payer(student, channel);
    const wanted = { merchantOrderNo: orderNo, payBy: 'in-app', amountFen: fen(this.#chance.between(100, 5_000)), appId } as const;
    const more = {
      description: '校园卡充值',
      payerOpenId: openid,
      notifyUrl: NOTIFY_URLS[channel],
      expiresAt: this.#agenda.now + 30 * MINUTE,
    };
    for (let tries = 0; tries < 5; tries += 1) {
      try {
        const { payParams } = await this.#platforms.pay[channel].createOrder({ ...wanted, ...more, schoolId: SCHOOL });
        this.counted.orphans += 1;
        this.#pay(student, { orderNo, channel, payParams }, this.#chance.pick(CALLBACK_FATES));
        return;
      } catch (error) {
        if (!isTrouble(error)) throw error;
      }
    }
  }

  /** At a till; the first sale after a top-up claims what waits. */
  async buy(): Promise<void> {
    const { finance } = this.#office;
    const student = this.#chance.pick(this.all);
    const head = await finance.till.head(student.accountNo);
    const most = Math.min(spendable(head.state), 3_000);
    if (most < 1) return;
    const sale = await finance.charge(student.accountNo, this.#chance.between(1, most), this.#chance.pick([7, 8, 9]));
    this.counted.sales += 1;
    if (this.#chance.is(0.1)) this.#agenda.after(this.#chance.between(MINUTE, 20 * HOUR), () => this.#takeBack(sale), true);
  }

  async #takeBack(sale: Entry): Promise<void> {
    this.counted.voids += 1;
    await this.#office.finance.takeBack(sale);
  }

  /** A part or all of what a student paid goes back. The platform may close it, not deliver it, or take its time. */
  async giveBack(): Promise<void> {
    const student = this.#chance.pick(this.all);
    const requestId = this.#requestId();
    const { accountNo } = student;
    const amountFen = this.#chance.is(0.2) ? ('all' as const) : fen(this.#chance.between(1, 4_000));
    const wish: RefundWish = { schoolId: SCHOOL, accountNo, requestId, amountFen, whose: 'own', askedBy: 'holder', reason: '退款' };
    for (const order of student.orders) this.#plan(wish, order);
    const ask = () => this.#askBack(wish);
    if (this.#chance.is(0.2)) await Promise.all([ask(), ask()]);
    else if (await ask()) return;
    // Nobody knows whether it was heard: the same wish again.
    await ask();
  }

  async #askBack(wish: RefundWish): Promise<boolean> {
    try {
      const { payOuts } = await this.#office.run((deps) => refund(deps, wish));
      this.counted.refunds += payOuts.length;
      return true;
    } catch (error) {
      if (error instanceof Crash || isTrouble(error)) return false;
      if (!isAppError(error) || !REFUND_REFUSALS.includes(error.code)) throw error;
      return true;
    }
  }

  #plan(wish: RefundWish, { orderNo, channel }: Student['orders'][number]): void {
    const { sandbox } = this.#platforms;
    const refundNo = refundNumber(wish, orderNo);
    const luck = this.#chance.fraction();
    const slow = this.#chance.pick([3_000, 10 * MINUTE, 2 * HOUR]);
    // Alipay never says that a refund failed: it is slow there instead.
    if (luck < 0.15 && channel === 'wechat-pay') {
      sandbox.books.planRefunds({ outcome: 'CLOSED', afterMs: slow }, refundNo);
    } else if (luck < 0.27 && channel === 'wechat-pay') {
      sandbox.books.planRefunds({ outcome: 'ABNORMAL', afterMs: slow }, refundNo);
      this.#agenda.after(this.#chance.between(6 * HOUR, 24 * HOUR), () => this.#mend(refundNo, 6));
    } else if (luck < 0.4) {
      sandbox.books.planRefunds({ outcome: 'PROCESSING', afterMs: 0 }, refundNo);
      this.#agenda.after(this.#chance.between(HOUR, 40 * HOUR), () => this.#deliver(channel, refundNo, 6));
    }
  }

  /** The platform's bank took its time, and delivers. */
  #deliver(channel: PlatformChannel, refundNo: string, tries: number): void {
    if (this.#platforms.sandbox.books.settleRefund(KEEPERS[channel], refundNo, 'SUCCESS')) this.counted.refundsHeld += 1;
    else if (tries > 0) this.#agenda.after(2 * HOUR, () => this.#deliver(channel, refundNo, tries - 1));
  }

  /** A refund that could not be delivered: the platform's staff mend it, or ours send it to the holder's bank card. */
  async #mend(refundNo: string, tries: number): Promise<void> {
    const payOut = await this.#office.deps.payOuts.find(SCHOOL, refundNo);
    if (payOut === undefined || payOut.state === 'succeeded' || payOut.state === 'returned') return;
    if (payOut.state === 'requested') {
      if (tries > 0) this.#agenda.after(2 * HOUR, () => this.#mend(refundNo, tries - 1));
      return;
    }
    this.counted.refundsStuck += 1;
    if (this.#chance.is(0.5)) {
      this.#platforms.sandbox.books.settleRefund('wechatPay', refundNo, 'SUCCESS');
      // Whoever still finds it stuck later on wants to send it another way, and is told that it has arrived.
      this.#agenda.after(10 * HOUR, () => this.#redirect(payOut, 8));
      return;
    }
    await this.#redirect(payOut, 8);
  }

  async #redirect(payOut: PayOut, tries: number): Promise<void> {
    const { accountNo, payOutNo } = payOut;
    if ((await this.#office.deps.payOuts.find(SCHOOL, payOutNo))?.state === 'succeeded') return;
    try {
      const wish = { schoolId: SCHOOL, accountNo, payOutNo, askedBy: 'staff:1' };
      const answer = await this.#office.run((deps) => redirectRefund(deps, wish));
      if ('payOuts' in answer) this.counted.refundsRedirected += 1;
    } catch (error) {
      // It was on the account for a moment, and is spent: then it needs no other way.
      if (isAppError(error) && REFUND_REFUSALS.includes(error.code)) return;
      if (!isTrouble(error)) throw error;
      if (tries === 0) throw new Broken('a stuck refund could not be sent another way');
      this.#agenda.after(10 * MINUTE, () => this.#redirect(payOut, tries - 1));
    }
  }
}
