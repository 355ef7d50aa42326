import { fen, formatYuan } from '../../shared/money';
import { beijingText } from '../lib/beijing';
import { type SandboxResponse, textResponse } from '../lib/http';
import type { AlipayTrade } from '../state';
import type { Surroundings } from '../surroundings';
import { beginAgreement } from './agreements';
import { beginPagePay } from './begin-trade';
import type { AlipayRequest } from './request';
import { signRsa2, textToSign } from './signature';

const QR_PREFIX = 'https://qr.alipay.com/';

/** alipay.trade.page.pay is opened by a browser: it goes on to Alipay's cashier for computers, which shows the code. */
export function openPagePay(parts: Surroundings, request: AlipayRequest): SandboxResponse {
  const trade = beginPagePay(parts, request);
  // Relative, so that it holds behind a door that mounts the sandbox elsewhere.
  const location = `../cashier/page-pay/${pageIdOf(trade)}`;
  return { status: 302, headers: { location, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body: '' };
}

/** alipay.user.agreement.page.sign opened by a browser; a mini-program hands the same parameters to my.paySignCenter. */
export function openPageSign(parts: Surroundings, request: AlipayRequest): SandboxResponse {
  const { externalAgreementNo } = beginAgreement(parts, request);
  const location = `../cashier/consent/alipay/${encodeURIComponent(externalAgreementNo)}`;
  return { status: 302, headers: { location, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body: '' };
}

/** The page of a refused call: the words a payer would see instead of the cashier. */
export function refusedPage(node: Readonly<Record<string, string>>): SandboxResponse {
  const text = `${node.sub_msg ?? node.msg ?? ''} 错误代码 ${node.sub_code ?? node.code ?? ''}`;
  return textResponse(200, text);
}

function pageIdOf(trade: AlipayTrade): string {
  return (trade.qrCode ?? '').slice(QR_PREFIX.length);
}

export function findByPageId({ state }: Surroundings, pageId: string): AlipayTrade | undefined {
  return Object.values(state.alipayTrades).find((trade) => trade.product === 'FAST_INSTANT_TRADE_PAY' && pageIdOf(trade) === pageId);
}

/** Where the browser goes after payment: return_url with parameters signed like a notice's. They prove nothing that a query does not. */
export function returnAddress(parts: Surroundings, trade: AlipayTrade): string | null {
  if (trade.returnUrl === null || trade.paidAt === null || !URL.canParse(trade.returnUrl)) return null;
  const fields = new Map([
    ['charset', 'utf-8'],
    ['out_trade_no', trade.outTradeNo],
    ['method', 'alipay.trade.page.pay.return'],
    ['total_amount', formatYuan(fen(trade.totalFen))],
    ['trade_no', trade.tradeNo],
    ['auth_app_id', trade.appId],
    ['version', '1.0'],
    ['app_id', trade.appId],
    ['seller_id', parts.keys.alipay.sellerId],
    ['timestamp', beijingText(parts.clock())],
  ]);
  const sign = signRsa2(textToSign(fields, []), parts.keys.alipay.platform.privateKeyPem);
  const url = new URL(trade.returnUrl);
  for (const [name, value] of [...fields, ['sign_type', 'RSA2'], ['sign', sign]] as const) url.searchParams.set(name, value);
  return url.href;
}
