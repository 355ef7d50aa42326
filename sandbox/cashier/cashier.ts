import * as v from 'valibot';
import { newId } from '../../shared/ids';
import { newNotifyId } from '../alipay/notice';
import { currentStatus, payTrade } from '../alipay/trades';
import type { Courier } from '../lib/courier';
import { lookup } from '../lib/lookup';
import { findPerson } from '../login/persons';
import type { Cashier, Fault, Person, SwitchedFault } from '../state';
import type { Surroundings } from '../surroundings';
import { newNoticeId } from '../wechat-pay/callback';
import { currentState, payOrder } from '../wechat-pay/orders';
import { openWechatCashier } from '../wechat-pay/pay-sign';
import { faultFor, switchFault } from './faults';
import { scanCode } from './scan';

/** What the payer sees, and what the page that opened the cashier is told in the platform's own words. */
export interface CashierView {
  readonly id: string;
  readonly platform: Cashier['platform'];
  readonly orderNo: string;
  readonly title: string;
  readonly amountFen: number;
  readonly state: 'open' | 'paid' | 'cancelled' | 'not-payable';
  readonly result: PlatformResult | null;
  /** The fault its callback will have. */
  readonly fault: Fault | null;
}

/** Answer of the bridge: WeChat's errMsg of wx.requestPayment and err_msg of WeixinJSBridge, Alipay's resultCode. */
export type PlatformResult = { readonly errMsg: string; readonly err_msg: string } | { readonly resultCode: string; readonly memo: string };

export type Opening = { readonly cashier: CashierView } | { readonly refusal: string; readonly result: PlatformResult };

export interface CashierDesk {
  /** wx.requestPayment / WeixinJSBridge: the payment parameters, and who holds the phone. */
  openWechat(parameters: unknown, payer: string | undefined): Opening;
  /** my.tradePay / AlipayJSBridge: the trade number, and who holds the phone. */
  openAlipay(parameters: unknown, payer: string | undefined): Opening;
  /** The app's scanner: what a QR code says, and who holds the phone. The order learns its payer when it is paid. */
  scan(code: string, payer: string | undefined): Opening;
  /** Pressing 支付. A second press, or a press after the order closed, pays nothing. */
  pay(id: string): CashierView | undefined;
  cancel(id: string): CashierView | undefined;
  view(id: string): CashierView | undefined;
  /** Cashiers in which nothing has been pressed yet, newest first. */
  list(): readonly CashierView[];
  /** Spoils the callback of this order, or no longer. */
  spoil(id: string, fault: SwitchedFault | null): CashierView | undefined;
}

export function createCashierDesk(parts: Surroundings, courier: Pick<Courier, 'send'>): CashierDesk {
  const { state, events } = parts;

  function open(platform: Cashier['platform'], orderNo: string, payer: string | null = null): Opening {
    const id = newId('csh', parts.clock(), parts.randomBytes);
    const cashier: Cashier = { id, platform, orderNo, payer, openedAt: parts.clock(), outcome: 'open' };
    state.cashiers[id] = cashier;
    parts.changed();
    events.publish('cashier', 'cashier.opened', orderNo, { platform });
    return { cashier: viewOf(cashier) };
  }

  function refuse(platform: Cashier['platform'], refusal: string): Opening {
    events.publish('cashier', 'cashier.refused', platform, { refusal });
    return { refusal, result: failedResult(platform, refusal) };
  }

  function payerOf(app: 'wechat' | 'alipay', named: string | undefined): Person | undefined {
    return findPerson(parts, named ?? state.currentPerson[app]);
  }

  function scannerOf({ payer }: Cashier): Person | undefined {
    return payer === null ? undefined : findPerson(parts, payer);
  }

  function payWechat(cashier: Cashier): boolean {
    const order = lookup(state.wechatOrders, cashier.orderNo);
    if (!order || !payOrder(parts, order, scannerOf(cashier))) return false;
    courier.send({
      platform: 'wechat-pay',
      subject: 'payment',
      orderNo: order.outTradeNo,
      refundNo: null,
      url: order.notifyUrl,
      noticeId: newNoticeId(),
    });
    return true;
  }

  function payAlipay(cashier: Cashier): boolean {
    const trade = lookup(state.alipayTrades, cashier.orderNo);
    if (!trade || !payTrade(parts, trade, scannerOf(cashier))) return false;
    if (trade.notifyUrl !== null) {
      const noticeId = newNotifyId(parts);
      courier.send({ platform: 'alipay', subject: 'payment', orderNo: trade.outTradeNo, refundNo: null, url: trade.notifyUrl, noticeId });
    }
    return true;
  }

  function viewOf(cashier: Cashier): CashierView {
    const { id, platform, orderNo, outcome } = cashier;
    const wechat = platform === 'wechat-pay' ? lookup(state.wechatOrders, orderNo) : undefined;
    const alipay = platform === 'alipay' ? lookup(state.alipayTrades, orderNo) : undefined;
    const payable = wechat
      ? currentState(wechat, parts.clock()) === 'NOTPAY'
      : alipay !== undefined && currentStatus(alipay, parts.clock()) === 'WAIT_BUYER_PAY';
    const shown = outcome === 'open' && !payable ? 'not-payable' : outcome;
    return {
      id,
      platform,
      orderNo,
      title: wechat?.description ?? alipay?.subject ?? '',
      amountFen: wechat?.totalFen ?? alipay?.totalFen ?? 0,
      state: shown,
      result: shown === 'open' ? null : resultOf(platform, shown),
      fault: faultFor(state, platform, orderNo)?.fault ?? null,
    };
  }

  return {
    openWechat(parameters, payer) {
      const person = payerOf('wechat', payer);
      const opened = openWechatCashier(parts, parameters, person ? Object.values(person.openids) : []);
      if ('refusal' in opened) return refuse('wechat-pay', opened.refusal);
      if (opened.order.paidAt !== null) return refuse('wechat-pay', '该订单已支付');
      if (currentState(opened.order, parts.clock()) === 'CLOSED') return refuse('wechat-pay', '该订单已关闭或已过期');
      return open('wechat-pay', opened.order.outTradeNo);
    },
    openAlipay(parameters, payer) {
      const parsed = v.safeParse(v.object({ tradeNO: v.string() }), parameters);
      const trade = parsed.success ? Object.values(state.alipayTrades).find((one) => one.tradeNo === parsed.output.tradeNO) : undefined;
      if (!trade) return refuse('alipay', '交易订单不存在（tradeNO区分大小写）');
      const person = payerOf('alipay', payer);
      if (!person || trade.buyerOpenId === null || !Object.values(person.openids).includes(trade.buyerOpenId))
        return refuse('alipay', '交易买家不匹配');
      if (trade.paidAt !== null) return refuse('alipay', '订单已付款成功，请勿重复提交');
      if (currentStatus(trade, parts.clock()) !== 'WAIT_BUYER_PAY') return refuse('alipay', '交易已经关闭');
      return open('alipay', trade.outTradeNo);
    },
    scan(code, payer) {
      const scanned = scanCode(parts, code);
      const person = payerOf(scanned.platform === 'alipay' ? 'alipay' : 'wechat', payer);
      if (!person) return refuse(scanned.platform, '请登录后再扫码');
      if ('refusal' in scanned) return refuse(scanned.platform, scanned.refusal);
      return open(scanned.platform, scanned.orderNo, person.id);
    },
    pay(id) {
      const cashier = lookup(state.cashiers, id);
      if (!cashier) return undefined;
      if (cashier.outcome === 'open' && (cashier.platform === 'alipay' ? payAlipay(cashier) : payWechat(cashier))) {
        cashier.outcome = 'paid';
        parts.changed();
      }
      return viewOf(cashier);
    },
    cancel(id) {
      const cashier = lookup(state.cashiers, id);
      if (!cashier) return undefined;
      if (cashier.outcome === 'open') {
        // Nothing happens at the platform: the order waits, and may be opened and paid again.
        cashier.outcome = 'cancelled';
        parts.changed();
        events.publish('cashier', 'cashier.cancelled', cashier.orderNo, { platform: cashier.platform });
      }
      return viewOf(cashier);
    },
    view(id) {
      const cashier = lookup(state.cashiers, id);
      return cashier && viewOf(cashier);
    },
    list: () =>
      Object.values(state.cashiers)
        .map(viewOf)
        .filter((view) => view.state === 'open')
        .reverse(),
    spoil(id, fault) {
      const cashier = lookup(state.cashiers, id);
      if (!cashier) return undefined;
      switchFault(parts, fault, cashier.orderNo);
      return viewOf(cashier);
    },
  };
}

function failedResult(platform: Cashier['platform'], reason: string): PlatformResult {
  if (platform === 'alipay') return { resultCode: '4000', memo: reason };
  return { errMsg: `requestPayment:fail ${reason}`, err_msg: 'get_brand_wcpay_request:fail' };
}

function resultOf(platform: Cashier['platform'], state: 'paid' | 'cancelled' | 'not-payable'): PlatformResult {
  switch (state) {
    case 'paid':
      return platform === 'alipay'
        ? { resultCode: '9000', memo: '' }
        : { errMsg: 'requestPayment:ok', err_msg: 'get_brand_wcpay_request:ok' };
    case 'cancelled':
      return platform === 'alipay'
        ? { resultCode: '6001', memo: '用户取消' }
        : { errMsg: 'requestPayment:fail cancel', err_msg: 'get_brand_wcpay_request:cancel' };
    case 'not-payable':
      return failedResult(platform, '订单已支付或已关闭');
  }
}
