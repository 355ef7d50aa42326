import * as v from 'valibot';
import type { WechatContract } from '../cashier/contract-state';
import { rfc3339 } from '../lib/beijing';
import { randomAlphanumeric, randomDigits } from '../lib/random-text';
import type { Surroundings } from '../surroundings';
import { parseBody, refuseOpenid } from './place-order';
import { badParameter, WechatRefusal } from './refusal';

const text = (max: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(max));

const presignRequest = v.object({
  appid: text(32),
  openid: text(128),
  plan_id: text(28),
  user_id: text(32),
  school_id: text(28),
  out_contract_code: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_\-|*]{1,32}$/)),
});

const TOKEN_LIFE_MS = 2 * 3_600_000;

/** POST /v3/eduschoolpay/contracts/presign: a token with which the payer opens the page of consent, once, within two hours. */
export function presign(parts: Surroundings, body: unknown): { presign_token: string } {
  const request = parseBody(presignRequest, body);
  const { miniProgram, officialAccount } = parts.keys.wechatApps;
  if (request.appid !== miniProgram.appid && request.appid !== officialAccount.appid) {
    throw new WechatRefusal(400, 'APPID_MCHID_NOT_MATCH', 'appid和mch_id不匹配，请检查后再试');
  }
  refuseOpenid(parts, request.appid, request.openid);
  const contracts = Object.values(parts.state.wechatContracts);
  const signed = contracts.find((one) => inForce(one) && one.openid === request.openid && one.planId === request.plan_id);
  if (signed && signed.userId === request.user_id) throw new WechatRefusal(400, 'INVALID_REQUEST', '用户已签约，请勿重复签约');
  const others = contracts.find((one) => one.outContractCode === request.out_contract_code && one.openid !== request.openid);
  if (others) throw new WechatRefusal(400, 'INVALID_REQUEST', '外部签约号已被使用');
  const presignToken = randomAlphanumeric(parts.randomBytes, 32);
  parts.state.wechatContracts[presignToken] = {
    presignToken,
    appid: request.appid,
    openid: request.openid,
    planId: request.plan_id,
    userId: request.user_id,
    schoolId: request.school_id,
    outContractCode: request.out_contract_code,
    presignedAt: parts.clock(),
    contractId: null,
    signedAt: null,
    endedAt: null,
  };
  parts.changed();
  return { presign_token: presignToken };
}

export function presignExpired(contract: WechatContract, now: number): boolean {
  return now - contract.presignedAt > TOKEN_LIFE_MS;
}

export function inForce(contract: WechatContract): boolean {
  return contract.signedAt !== null && contract.endedAt === null;
}

/** The payer pressed 同意. */
export function signContract(parts: Surroundings, contract: WechatContract): void {
  contract.signedAt = parts.clock();
  contract.contractId = randomDigits(parts.randomBytes, 28);
  parts.changed();
  parts.events.publish('wechat-pay', 'contract.signed', contract.outContractCode);
}

export function findContract({ state }: Surroundings, contractId: string): WechatContract {
  const found = Object.values(state.wechatContracts).find((one) => one.contractId !== null && one.contractId === contractId);
  if (!found) throw new WechatRefusal(404, 'NOT_FOUND', '签约协议不存在');
  return found;
}

/** GET /v3/eduschoolpay/contracts/{contract_id}. */
export function contractOf(parts: Surroundings, contract: WechatContract): Record<string, unknown> {
  return {
    contract_id: contract.contractId,
    mchid: parts.keys.wechatPay.mchid,
    appid: contract.appid,
    openid: contract.openid,
    plan_id: contract.planId,
    contract_status: inForce(contract) ? 'ADD' : 'DELETE',
    create_time: rfc3339(contract.signedAt ?? contract.presignedAt),
    out_contract_code: contract.outContractCode,
  };
}

/** GET /v3/eduschoolpay/users/{openid}/contracts: those in force first; what nobody agreed to is not among them. */
export function listContracts(parts: Surroundings, openid: string, query: URLSearchParams): Record<string, unknown> {
  const planId = query.get('plan_id');
  const status = query.get('contract_status');
  if (planId === null) throw badParameter('参数错误：缺少plan_id', '/query/plan_id', 'missing');
  if (status !== 'ADD' && status !== 'DELETE') throw badParameter('参数错误：contract_status', '/query/contract_status', 'invalid');
  const [offset, limit] = [numberOf(query, 'offset', 0), numberOf(query, 'limit', 20)];
  const found = Object.values(parts.state.wechatContracts)
    .filter((one) => one.openid === openid && one.planId === planId && one.signedAt !== null && inForce(one) === (status === 'ADD'))
    .map((one) => contractOf(parts, one));
  const self = `/v3/eduschoolpay/users/${openid}/contracts?${query.toString()}`;
  return { data: found.slice(offset, offset + limit), offset, limit, total_count: found.length, links: { self } };
}

function numberOf(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name) ?? String(otherwise);
  if (!/^\d{1,6}$/.test(text)) throw badParameter(`参数错误：${name}`, `/query/${name}`, 'invalid');
  return Number(text);
}

/** POST /v3/eduschoolpay/contracts/{contract_id}/terminate. What the vendor says of one that has ended is not published: here it is no error. */
export function terminateContract(parts: Surroundings, contractId: string): void {
  const contract = findContract(parts, contractId);
  if (contract.endedAt !== null) return;
  contract.endedAt = parts.clock();
  parts.changed();
  parts.events.publish('wechat-pay', 'contract.ended', contract.outContractCode);
}
