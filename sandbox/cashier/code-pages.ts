import { renderSVG } from 'uqr';
import { findByPageId, returnAddress } from '../alipay/page-pay';
import { currentStatus } from '../alipay/trades';
import { jsonResponse, type SandboxRequest, type SandboxResponse, type Service, textResponse } from '../lib/http';
import type { AlipayTrade } from '../state';
import type { Surroundings } from '../surroundings';
import { currentState } from '../wechat-pay/orders';
import { type PagePayView, pagePayPage } from './page-pay-page';
import { scanPage, type WaitingCode } from './scan-page';

/** GET /scan: the phones' scanner, with every code that waits. GET /page-pay/{id}: Alipay's cashier for computers (JSON by Accept). */
export function createCodePages(parts: Surroundings): Service {
  function pagePay(request: SandboxRequest): SandboxResponse {
    const trade = findByPageId(parts, request.path.slice('/page-pay/'.length));
    if (!trade) return textResponse(404, '页面不存在');
    const view = viewOf(parts, trade);
    if ((request.headers.accept ?? '').includes('application/json')) return jsonResponse(200, view);
    return textResponse(200, pagePayPage(view, renderSVG(trade.qrCode ?? '', { border: 2 })), 'text/html; charset=utf-8');
  }

  return (request) => {
    if (request.path !== '/scan') return pagePay(request);
    const codes = waitingCodes(parts);
    if ((request.headers.accept ?? '').includes('application/json')) return jsonResponse(200, { codes });
    const persons = Object.values(parts.state.persons).map(({ id, name }) => ({ id, name }));
    return textResponse(200, scanPage(codes, persons), 'text/html; charset=utf-8');
  };
}

function viewOf(parts: Surroundings, trade: AlipayTrade): PagePayView {
  const waiting = currentStatus(trade, parts.clock()) === 'WAIT_BUYER_PAY';
  const state = trade.paidAt !== null ? 'paid' : waiting ? 'waiting' : 'closed';
  return { subject: trade.subject, amountFen: trade.totalFen, code: trade.qrCode ?? '', state, returnUrl: returnAddress(parts, trade) };
}

/** Codes that can be paid now, newest first; of a WeChat order only the code issued last. */
function waitingCodes(parts: Surroundings): WaitingCode[] {
  const now = parts.clock();
  const wechat = Object.values(parts.state.wechatOrders)
    .filter((order) => order.tradeType === 'NATIVE' && currentState(order, now) === 'NOTPAY')
    .map((order) => ({
      platform: 'wechat-pay' as const,
      code: `weixin://wxpay/bizpayurl?pr=${order.prepayIds.at(-1)?.id ?? ''}`,
      title: order.description,
      amountFen: order.totalFen,
      at: order.createdAt,
    }));
  const alipay = Object.values(parts.state.alipayTrades)
    .filter((trade) => trade.qrCode !== null && currentStatus(trade, now) === 'WAIT_BUYER_PAY')
    .map((trade) => ({
      platform: 'alipay' as const,
      code: trade.qrCode ?? '',
      title: trade.subject,
      amountFen: trade.totalFen,
      at: trade.createdAt,
    }));
  return [...wechat, ...alipay].sort((a, b) => b.at - a.at);
}
