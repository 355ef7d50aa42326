import { parseBeijingText } from '../lib/beijing';
import { parseJson, type SandboxRequest } from '../lib/http';
import type { Surroundings } from '../surroundings';
import { invalidArgument, missingArgument } from './refusal';
import { type Parameters, textToSign, verifyRsa2 } from './signature';

/** A request whose signature, app and time have been checked. */
export interface AlipayRequest {
  readonly method: string;
  readonly appId: string;
  readonly parameters: Parameters;
  /** Parsed biz_content; an empty object where there is none. */
  readonly bizContent: unknown;
}

/** The vendor does not publish its tolerance. A clock in UTC is 8 hours off, and must be refused. */
const TIME_TOLERANCE_MS = 15 * 60_000;

/** Common parameters of the query and of the form body; a name given twice is not Alipay's form. */
export function readParameters(request: SandboxRequest): Parameters {
  const parameters = new Map<string, string>();
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
  const texts = [request.query, isForm ? request.body.toString('utf8') : ''];
  for (const text of texts) {
    for (const [name, value] of new URLSearchParams(text)) {
      if (parameters.has(name)) throw invalidArgument('isv.invalid-parameter', `参数${name}重复`);
      parameters.set(name, value);
    }
  }
  return parameters;
}

/** Who asks: refusals here come before anything can be trusted, and are answered as an unsigned error_response. */
export function authenticate({ keys }: Surroundings, parameters: Parameters): { method: string; appId: string } {
  const appId = required(parameters, 'app_id', 'isv.missing-app-id', '缺少AppID参数');
  const method = required(parameters, 'method', 'isv.missing-method', '缺少方法名参数');
  const signature = required(parameters, 'sign', 'isv.missing-signature', '缺少签名参数');
  const signType = required(parameters, 'sign_type', 'isv.missing-signature-type', '缺少签名类型参数');
  const { miniProgramAppId, webAppId } = keys.alipay;
  if (appId !== miniProgramAppId && appId !== webAppId) throw invalidArgument('isv.invalid-app-id', '无效的AppID参数');
  // Apps made since 2018 may use RSA2 only.
  if (signType !== 'RSA2') throw invalidArgument('isv.invalid-signature-type', '无效的签名类型');
  if (!verifyRsa2(textToSign(parameters, ['sign']), signature, keys.alipay.app.publicKeyPem)) {
    throw invalidArgument('isv.invalid-signature', '验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配');
  }
  return { method, appId };
}

/** What is left to check once the app is known: these refusals are signed. */
export function readRequest({ wireClock }: Surroundings, known: { method: string; appId: string }, parameters: Parameters): AlipayRequest {
  const timestamp = required(parameters, 'timestamp', 'isv.missing-timestamp', '缺少时间戳参数');
  const at = parseBeijingText(timestamp);
  if (at === undefined || Math.abs(wireClock() - at) > TIME_TOLERANCE_MS)
    throw invalidArgument('isv.invalid-timestamp', '非法的时间戳参数');
  const version = required(parameters, 'version', 'isv.missing-version', '缺少版本参数');
  if (version !== '1.0') throw invalidArgument('isv.invalid-parameter', '参数无效：version');
  const charset = required(parameters, 'charset', 'isv.invalid-charset', '字符集错误');
  if (charset.toLowerCase() !== 'utf-8') throw invalidArgument('isv.invalid-charset', '字符集错误');
  if ((parameters.get('format') ?? 'JSON').toUpperCase() !== 'JSON') throw invalidArgument('isv.invalid-format', '无效的数据格式');
  const text = parameters.get('biz_content');
  const bizContent = text === undefined ? {} : parseJson(Buffer.from(text, 'utf8'));
  if (bizContent === undefined) throw invalidArgument('isv.invalid-parameter', 'biz_content不是有效的JSON');
  return { ...known, parameters, bizContent };
}

function required(parameters: Parameters, name: string, subCode: string, subMessage: string): string {
  const value = parameters.get(name);
  if (value === undefined || value === '') throw missingArgument(subCode, subMessage);
  return value;
}
