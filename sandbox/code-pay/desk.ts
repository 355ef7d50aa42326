import * as alipay from '../alipay/code-pay';
import { currentStatus } from '../alipay/trades';
import { lookup } from '../lib/lookup';
import { currentPerson } from '../login/persons';
import type { Surroundings } from '../surroundings';
import * as wechat from '../wechat-pay/code-pay';
import { currentState } from '../wechat-pay/orders';
import { showCode } from './codes';
import type { CodeStep } from './state';

export interface WaitingPayment {
  readonly platform: 'wechatPay' | 'alipay';
  readonly orderNo: string;
  readonly person: string;
  readonly amountFen: number;
  readonly title: string;
}

/** 收付款 on a payer's phone, and what it asks for while a till waits. */
export interface CodePayDesk {
  /** A new code of the person named, or of whoever holds the phone; undefined when there is no such person. */
  show(app: 'wechat' | 'alipay', person?: string): string | undefined;
  /** Payments whose payer has yet to type the password. */
  waiting(): readonly WaitingPayment[];
  /** False when nothing waits under the number, or the payer has too little. */
  press(orderNo: string, key: 'pay' | 'cancel'): boolean;
  /** What becomes of the next calls about payments by code: each takes one step; after the last the platform does as it does by itself. */
  script(platform: 'wechatPay' | 'alipay', steps: readonly CodeStep[]): void;
}

export function createCodePayDesk(parts: Surroundings): CodePayDesk {
  const { state } = parts;
  return {
    show(app, named) {
      const person = currentPerson(parts, app, named);
      return person && showCode(parts, app, person);
    },
    waiting() {
      const now = parts.clock();
      const orders = Object.values(state.wechatOrders).filter((order) => currentState(order, now) === 'USERPAYING');
      const trades = Object.values(state.alipayTrades).filter(
        (trade) => trade.payer !== null && currentStatus(trade, now) === 'WAIT_BUYER_PAY',
      );
      return [
        ...orders.map(({ outTradeNo: orderNo, payer, totalFen: amountFen, description: title }) => ({
          ...{ platform: 'wechatPay' as const, orderNo, person: payer ?? '', amountFen, title },
        })),
        ...trades.map(({ outTradeNo: orderNo, payer, totalFen: amountFen, subject: title }) => ({
          ...{ platform: 'alipay' as const, orderNo, person: payer ?? '', amountFen, title },
        })),
      ];
    },
    press(orderNo, key) {
      const order = lookup(state.wechatOrders, orderNo);
      if (order !== undefined) return key === 'pay' ? wechat.pressPay(parts, order) : wechat.pressCancel(parts, order);
      const trade = lookup(state.alipayTrades, orderNo);
      if (trade === undefined) return false;
      return key === 'pay' ? alipay.pressPay(parts, trade) : alipay.pressCancel(parts, trade);
    },
    script(platform, steps) {
      state.codeScripts[platform] = [...steps];
      parts.changed();
    },
  };
}
