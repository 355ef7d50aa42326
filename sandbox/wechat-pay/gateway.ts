import * as v from 'valibot';
import { rfc3339 } from '../lib/beijing';
import type { Courier } from '../lib/courier';
import { jsonResponse, parseJson, type SandboxRequest, type SandboxResponse, type Service } from '../lib/http';
import { lookup } from '../lib/lookup';
import { AnswerLost, lostAnswer } from '../lib/lost-answer';
import { randomAlphanumeric } from '../lib/random-text';
import type { Surroundings } from '../surroundings';
import { createWechatBills } from './bills';
import { payByCode, questioned, reverseOrder } from './code-pay';
import { contractOf, findContract, listContracts, presign, terminateContract } from './contracts';
import { deduct, findDeduction } from './deductions';
import { encryptResource } from './encrypt-resource';
import { closeOrder, transactionOf } from './orders';
import { placeJsapiOrder, placeNativeOrder } from './place-order';
import { answerSigningKey, certificatesInForce, signMessage } from './platform-keys';
import { tellOfRefund } from './refund-notice';
import { refundOf } from './refund-view';
import { applyRefund, findRefund } from './refunds';
import { badParameter, WechatRefusal } from './refusal';
import { createRequestVerifier } from './request-signature';

type Route = (request: SandboxRequest, parameter: string) => SandboxResponse | Promise<SandboxResponse>;

const DOWNLOAD = /^\/v3\/billdownload\/file$/;

/** WeChat Pay API v3 for one merchant, after the vendor's reference of JSAPI, Native and code payment (2024–2026). */
export function createWechatPayGateway(parts: Surroundings, courier: Pick<Courier, 'send' | 'speed'>, baseUrl: () => string): Service {
  const verifier = createRequestVerifier({ clock: parts.wireClock, keys: parts.keys });
  const bills = createWechatBills(parts, baseUrl);

  function queryByOutTradeNo(request: SandboxRequest, outTradeNo: string): SandboxResponse {
    refuseOtherMchid(request);
    const order = lookup(parts.state.wechatOrders, outTradeNo);
    questioned(parts, order);
    if (!order) throw new WechatRefusal(404, 'ORDER_NOT_EXIST', '订单不存在');
    return jsonResponse(200, transactionOf(parts, order));
  }

  function queryById(request: SandboxRequest, transactionId: string): SandboxResponse {
    refuseOtherMchid(request);
    const order = Object.values(parts.state.wechatOrders).find((one) => one.transactionId === transactionId);
    if (!order) throw new WechatRefusal(404, 'ORDER_NOT_EXIST', '订单不存在');
    return jsonResponse(200, transactionOf(parts, order));
  }

  function refuseOtherMchid(request: SandboxRequest): void {
    const mchid = new URLSearchParams(request.query).get('mchid');
    if (mchid === null) throw badParameter('参数错误：缺少mchid', '/query/mchid', 'missing');
    if (mchid !== parts.keys.wechatPay.mchid) throw new WechatRefusal(400, 'MCH_NOT_EXISTS', '商户号不存在');
  }

  function refund(request: SandboxRequest): SandboxResponse {
    const applied = applyRefund(parts, readJson(request));
    if (applied.fresh) tellOfRefund(parts, courier, applied.refund);
    return jsonResponse(200, refundOf(parts, applied.refund));
  }

  function certificates(): SandboxResponse {
    if (parts.state.wechatPay.mode === 'public-key') {
      throw new WechatRefusal(404, 'RESOURCE_NOT_EXISTS', '无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥');
    }
    const data = certificatesInForce(parts).map((one) => {
      const { algorithm, nonce, associated_data, ciphertext } = encryptResource(
        one.certificatePem,
        'certificate',
        parts.keys.wechatPay.apiV3Key,
        parts.randomBytes,
      );
      return {
        serial_no: one.serial,
        effective_time: rfc3339(one.notBefore),
        expire_time: rfc3339(one.notAfter),
        encrypt_certificate: { algorithm, nonce, associated_data, ciphertext },
      };
    });
    return jsonResponse(200, { data });
  }

  const routes: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
    ['POST', /^\/v3\/pay\/transactions\/jsapi$/, (request) => jsonResponse(200, placeJsapiOrder(parts, readJson(request)))],
    ['POST', /^\/v3\/pay\/transactions\/native$/, (request) => jsonResponse(200, placeNativeOrder(parts, readJson(request)))],
    ['POST', /^\/v3\/pay\/transactions\/codepay$/, (request) => jsonResponse(200, payByCode(parts, readJson(request)))],
    [
      'POST',
      /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)\/reverse$/,
      (request, outTradeNo) => jsonResponse(200, reverseOrder(parts, outTradeNo, readJson(request))),
    ],
    ['GET', /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)$/, queryByOutTradeNo],
    ['GET', /^\/v3\/pay\/transactions\/id\/([^/]+)$/, queryById],
    [
      'POST',
      /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)\/close$/,
      (request, outTradeNo) => {
        closeOrder(parts, outTradeNo, readJson(request));
        return { status: 204, headers: {}, body: '' };
      },
    ],
    ['POST', /^\/v3\/eduschoolpay\/contracts\/presign$/, (request) => jsonResponse(200, presign(parts, readJson(request)))],
    [
      'GET',
      /^\/v3\/eduschoolpay\/contracts\/([^/]+)$/,
      (_, contractId) => jsonResponse(200, contractOf(parts, findContract(parts, contractId))),
    ],
    [
      'GET',
      /^\/v3\/eduschoolpay\/users\/([^/]+)\/contracts$/,
      (request, openid) => jsonResponse(200, listContracts(parts, openid, new URLSearchParams(request.query))),
    ],
    [
      'POST',
      /^\/v3\/eduschoolpay\/contracts\/([^/]+)\/terminate$/,
      (_, contractId) => {
        terminateContract(parts, contractId);
        return { status: 204, headers: {}, body: '' };
      },
    ],
    [
      'POST',
      /^\/v3\/eduschoolpay\/transactions$/,
      (request) => jsonResponse(200, transactionOf(parts, deduct(parts, courier, readJson(request)))),
    ],
    [
      'GET',
      /^\/v3\/eduschoolpay\/transactions\/out-trade-no\/([^/]+)$/,
      (_, outTradeNo) => jsonResponse(200, transactionOf(parts, findDeduction(parts, outTradeNo))),
    ],
    ['POST', /^\/v3\/refund\/domestic\/refunds$/, refund],
    [
      'GET',
      /^\/v3\/refund\/domestic\/refunds\/([^/]+)$/,
      (_, outRefundNo) => jsonResponse(200, refundOf(parts, findRefund(parts, outRefundNo))),
    ],
    ['GET', /^\/v3\/certificates$/, certificates],
    ['GET', /^\/v3\/bill\/tradebill$/, bills.apply],
    ['GET', DOWNLOAD, bills.download],
  ];

  async function answer(request: SandboxRequest): Promise<SandboxResponse> {
    refuseHeaders(request);
    if (parts.state.outage.wechatPay === 'error') throw new WechatRefusal(500, 'SYSTEM_ERROR', '系统异常，请稍后重试');
    for (const [method, path, route] of routes) {
      const match = path.exec(request.path);
      if (match && method === request.method) return route(request, decodeURIComponent(match[1] ?? ''));
    }
    throw new WechatRefusal(404, 'RESOURCE_NOT_EXISTS', '请求的资源不存在');
  }

  function signed(request: SandboxRequest, response: SandboxResponse): SandboxResponse {
    const key = answerSigningKey(parts, request.headers['wechatpay-serial']);
    const timestamp = String(Math.floor(parts.wireClock() / 1000));
    const nonce = randomAlphanumeric(parts.randomBytes, 32);
    const signature = signMessage(key, { timestamp, nonce, body: Buffer.from(response.body) });
    const proof = {
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': nonce,
      'wechatpay-serial': key.serial,
      'wechatpay-signature': signature,
      'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    };
    return { ...response, headers: { ...response.headers, ...proof, 'request-id': randomAlphanumeric(parts.randomBytes, 32) } };
  }

  return async (request) => {
    try {
      verifier.verify(request);
    } catch (error) {
      // The vendor signs answers only to requests whose signature it could verify.
      return refused(parts, request, error);
    }
    try {
      const answered = await answer(request);
      // A download is the one answer without a signature: its digest came in a signed one.
      return answered.stream ? answered : signed(request, answered);
    } catch (error) {
      if (error instanceof AnswerLost) return lostAnswer;
      return signed(request, refused(parts, request, error));
    }
  };
}

function refused(parts: Surroundings, request: SandboxRequest, error: unknown): SandboxResponse {
  if (!(error instanceof WechatRefusal)) throw error;
  parts.events.publish('wechat-pay', 'request.refused', `${request.method} ${request.path}`, { code: error.code, message: error.message });
  return error.toResponse();
}

function refuseHeaders(request: SandboxRequest): void {
  const { accept, 'user-agent': userAgent, 'content-type': contentType } = request.headers;
  if (!accept || !userAgent) throw new WechatRefusal(400, 'PARAM_ERROR', 'Http头缺少Accept或User-Agent');
  if (request.method === 'POST' && !/^application\/json\b/i.test(contentType ?? '')) {
    throw new WechatRefusal(400, 'PARAM_ERROR', 'Http头Content-Type必须为application/json');
  }
}

function readJson(request: SandboxRequest): unknown {
  const value = parseJson(request.body);
  if (!v.is(v.looseObject({}), value)) throw new WechatRefusal(400, 'PARAM_ERROR', '请求体不是有效的JSON对象');
  return value;
}
