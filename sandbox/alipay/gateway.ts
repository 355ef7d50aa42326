import type { Courier } from '../lib/courier';
import { type SandboxRequest, type SandboxResponse, type Service, textResponse } from '../lib/http';
import { AnswerLost, lostAnswer } from '../lib/lost-answer';
import { exchangeAlipayCode } from '../login/alipay';
import { sendAlipayMessage } from '../messages/alipay';
import type { Surroundings } from '../surroundings';
import { createAccountLog } from './account-log';
import { queryAgreement, unsignAgreement } from './agreements';
import { createTrade, precreateTrade } from './begin-trade';
import type { AlipayBills } from './bills';
import { cancelTrade, hasCode, payByCode, questioned } from './code-pay';
import { openPagePay, openPageSign, refusedPage } from './page-pay';
import { tellOfAlipayRefund } from './refund-notice';
import { queryRefund, refundTrade } from './refunds';
import { AlipayRefusal, invalidArgument } from './refusal';
import { type AlipayRequest, authenticate, readParameters, readRequest } from './request';
import { signRsa2 } from './signature';
import { closeTrade, queryTrade } from './trades';
import { withhold } from './withholding';

type Operation = (request: AlipayRequest) => Record<string, unknown>;

/** Methods that a browser opens; they are answered with a page. */
const PAGES: Readonly<Record<string, (parts: Surroundings, request: AlipayRequest) => SandboxResponse>> = {
  'alipay.trade.page.pay': openPagePay,
  'alipay.user.agreement.page.sign': openPageSign,
};
const OAUTH_TOKEN = 'alipay.system.oauth.token';

/** The open platform's gateway (v2, key mode) for one merchant with a mini-program and a web app. */
export function createAlipayGateway(parts: Surroundings, courier: Pick<Courier, 'send' | 'speed'>, bills: AlipayBills): Service {
  const accountLog = createAccountLog(parts);
  const operations = new Map<string, Operation>([
    ['alipay.trade.create', (request) => succeeded(createTrade(parts, request))],
    ['alipay.trade.precreate', (request) => succeeded(precreateTrade(parts, request))],
    ['alipay.trade.query', (request) => succeeded(query(request))],
    ['alipay.trade.cancel', (request) => succeeded(cancelTrade(parts, request))],
    ['alipay.trade.close', (request) => succeeded(closeTrade(parts, request))],
    ['alipay.trade.refund', (request) => succeeded(refund(request))],
    ['alipay.trade.fastpay.refund.query', (request) => succeeded(queryRefund(parts, request))],
    [
      'alipay.trade.pay',
      (request) => succeeded(hasCode(request.bizContent) ? payByCode(parts, request) : withhold(parts, courier, request)),
    ],
    ['alipay.user.agreement.query', (request) => succeeded(queryAgreement(parts, request))],
    ['alipay.user.agreement.unsign', (request) => succeeded(unsignAgreement(parts, courier, request))],
    ['alipay.data.dataservice.bill.downloadurl.query', (request) => succeeded(bills.downloadUrl(request))],
    ['alipay.data.bill.accountlog.query', (request) => succeeded(accountLog(request))],
    ['alipay.open.app.mini.templatemessage.send', (request) => succeeded(sendAlipayMessage({ ...parts, clock: parts.wireClock }, request))],
    // This one answers without code and msg when it succeeds.
    [OAUTH_TOKEN, (request) => exchangeAlipayCode({ ...parts, clock: parts.wireClock }, request)],
  ]);

  function query(request: AlipayRequest): Record<string, unknown> {
    questioned(parts, request);
    return queryTrade(parts, request);
  }

  function refund(request: AlipayRequest): Record<string, unknown> {
    const { answer, trade, fresh } = refundTrade(parts, request);
    if (fresh) tellOfAlipayRefund(parts, courier, trade, fresh);
    return answer;
  }

  function answerKnown(known: { method: string; appId: string }, parameters: ReadonlyMap<string, string>): SandboxResponse {
    const name = `${known.method.replaceAll('.', '_')}_response`;
    try {
      if (parts.state.outage.alipay === 'error') throw new AlipayRefusal('20000', 'aop.unknow-error', '系统繁忙');
      const page = Object.hasOwn(PAGES, known.method) ? PAGES[known.method] : undefined;
      if (page) return page(parts, readRequest(parts, known, parameters));
      const operation = operations.get(known.method);
      if (!operation) throw invalidArgument('isv.invalid-method', '不存在的方法名');
      return signed(name, operation(readRequest(parts, known, parameters)));
    } catch (error) {
      if (error instanceof AnswerLost) return lostAnswer;
      if (Object.hasOwn(PAGES, known.method)) return refusedPage(refusedNode(known.method, error));
      // The login method alone names its failures error_response.
      return signed(known.method === OAUTH_TOKEN ? 'error_response' : name, refusedNode(known.method, error));
    }
  }

  /** The signature covers the node's own text, byte for byte as it stands in the answer. */
  function signed(name: string, node: Record<string, unknown>): SandboxResponse {
    const text = JSON.stringify(node);
    const signature = signRsa2(text, parts.keys.alipay.platform.privateKeyPem);
    return textResponse(200, `{"${name}":${text},"sign":"${signature}"}`, 'text/html;charset=utf-8');
  }

  function refusedNode(subject: string, error: unknown): Record<string, string> {
    if (!(error instanceof AlipayRefusal)) throw error;
    parts.events.publish('alipay', 'request.refused', subject, { code: error.subCode, message: error.message });
    return error.toNode();
  }

  return (request: SandboxRequest) => {
    if (request.path !== '/gateway.do') return textResponse(404, '');
    try {
      const parameters = readParameters(request);
      return answerKnown(authenticate(parts, parameters), parameters);
    } catch (error) {
      const node = refusedNode('gateway', error);
      return textResponse(200, JSON.stringify({ error_response: node }), 'text/html;charset=utf-8');
    }
  };
}

function succeeded(fields: Record<string, unknown>): Record<string, unknown> {
  return { code: '10000', msg: 'Success', ...fields };
}
