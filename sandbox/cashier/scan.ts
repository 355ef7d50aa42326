import { currentStatus } from '../alipay/trades';
import type { Cashier } from '../state';
import type { Surroundings } from '../surroundings';
import { currentState, findByPrepayId, prepayExpired } from '../wechat-pay/orders';

type Platform = Cashier['platform'];
export type Scanned = { readonly platform: Platform; readonly orderNo: string } | { readonly platform: Platform; readonly refusal: string };

const NATIVE = /^weixin:\/\/wxpay\/bizpayurl\?pr=([0-9A-Za-z]+)$/;

/** What the app that a code belongs to makes of it. Anything that is not Alipay's is for WeChat's scanner to refuse. */
export function scanCode(parts: Surroundings, code: string): Scanned {
  if (code.startsWith('https://qr.alipay.com/')) return scanAlipay(parts, code);
  const pr = NATIVE.exec(code)?.[1];
  const found = pr === undefined ? undefined : findByPrepayId(parts, 'NATIVE', pr);
  if (!found) return { platform: 'wechat-pay', refusal: '二维码无效' };
  const { order, issuedAt } = found;
  if (order.paidAt !== null) return { platform: 'wechat-pay', refusal: '该订单已支付' };
  if (currentState(order, parts.clock()) === 'CLOSED') return { platform: 'wechat-pay', refusal: '该订单已关闭或已过期' };
  if (prepayExpired(issuedAt, parts.clock())) return { platform: 'wechat-pay', refusal: '二维码已过期，请刷新后再试' };
  return { platform: 'wechat-pay', orderNo: order.outTradeNo };
}

/** The first scan makes the trade exist for the merchant. Whether it binds the buyer the vendor does not say; here it does not. */
function scanAlipay(parts: Surroundings, code: string): Scanned {
  const trade = Object.values(parts.state.alipayTrades).find((one) => one.qrCode === code);
  if (!trade) return { platform: 'alipay', refusal: '二维码已失效' };
  if (trade.paidAt !== null) return { platform: 'alipay', refusal: '订单已付款成功，请勿重复提交' };
  if (currentStatus(trade, parts.clock()) !== 'WAIT_BUYER_PAY') return { platform: 'alipay', refusal: '交易已经关闭' };
  if (trade.existsSince === null) {
    trade.existsSince = parts.clock();
    parts.changed();
  }
  return { platform: 'alipay', orderNo: trade.outTradeNo };
}
