import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { ContractRef, DeductContract, DeductPlatform, OrderRef, PlatformOrder } from '../contract';
import {
  assertAgreementRef,
  assertContractRef,
  assertDeduction,
  assertDeductionRef,
  assertPayer,
  assertStudentNumber,
} from '../contract-checks';
import { assertNotifyUrl } from '../order-checks';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { cut, formatRfc3339, parseRfc3339 } from '../wire';
import { codeOf, createWechatChannel, isFinalRefusal, type WechatAnswer, type WechatChannel } from './channel';
import { readQueriedOrder } from './queried-order';
import { type SchoolPlan, type WechatDeductSettings, wechatDeductSettings } from './settings';

/** 校园轻松付's own mini-program, "小程序调起校园轻松付-签约服务": fixed for everybody. */
const CONSENT_APP = { appId: 'wxfb66fbe7068ae9cd', path: 'pages/index/index' } as const;

/**
 * 校园轻松付 of WeChat Pay APIv3, direct merchant: pay.weixin.qq.com/docs/partner/apis/campus-easy-pay.
 * @throws AppError config.invalid
 */
export function createWechatDeduct(input: unknown, deps: PlatformDeps): DeductPlatform {
  const settings = readSettings('wechat-pay', wechatDeductSettings, input);
  const parts: Parts = {
    settings,
    channel: createWechatChannel(settings, deps, 'deduct.platform-unavailable'),
    plans: new Map(settings.schoolPlans.map((plan) => [plan.schoolId, plan])),
    now: deps.now,
  };
  return {
    name: 'wechat-pay',
    startContract: (contract) => startContract(contract, parts),
    queryContract: (contract) => queryContract(contract, parts),
    endContract: (contract) => endContract(contract, parts),
    deduct: (order) => deduct(order, parts),
    queryDeduction: (order) => queryDeduction(order, parts),
  };
}

interface Parts {
  readonly settings: WechatDeductSettings;
  readonly channel: WechatChannel;
  readonly plans: ReadonlyMap<string, SchoolPlan>;
  readonly now: PlatformDeps['now'];
}

function planOf({ schoolId }: { readonly schoolId: string }, { plans }: Parts): SchoolPlan {
  const plan = plans.get(schoolId);
  if (plan === undefined) throw new AppError('auto-top-up.not-offered', { schoolId });
  return plan;
}

const presignSchema = v.object({ presign_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,512}$/)) });

/** POST /v3/eduschoolpay/contracts/presign, "预签约": a token for one consent, valid for two hours. */
async function startContract(contract: Parameters<DeductPlatform['startContract']>[0], parts: Parts) {
  const plan = planOf(contract, parts);
  assertContractRef(contract, parts.settings.appIds);
  assertPayer(contract);
  assertStudentNumber(contract);
  assertNotifyUrl(contract.notifyUrl);
  const answer = await parts.channel.call({
    method: 'POST',
    path: '/v3/eduschoolpay/contracts/presign',
    body: {
      appid: contract.appId,
      openid: contract.payerOpenId,
      plan_id: plan.planId,
      user_id: contract.number,
      school_id: plan.schoolCode,
      out_contract_code: contract.contractNo,
      contract_mode: 'DEFAULT',
    },
  });
  if (answer.status !== 200) throw refusal(answer);
  const presign = v.safeParse(presignSchema, answer.content);
  if (!presign.success) throw unavailable('answer-malformed');
  return { signParams: { ...CONSENT_APP, presign_token: presign.output.presign_token } };
}

const contractSchema = v.object({
  contract_id: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
  mchid: v.string(),
  appid: v.string(),
  openid: v.string(),
  out_contract_code: v.string(),
  contract_status: v.string(),
  create_time: v.optional(v.string()),
});

const listSchema = v.object({
  data: v.optional(v.array(contractSchema), []),
  total_count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
});

type Contract = v.InferOutput<typeof contractSchema>;

const PAGE = 40;
/** Contracts of one payer under one plan: those that ended stay in the list. */
const MAX_CONTRACTS = 400;

/**
 * GET /v3/eduschoolpay/users/{openid}/contracts, "查询用户签约列表": the only way to find a contract by our number. Those in force first; only
 * newer documents have a list of ALL. A contract that its payer has deleted is in no list, so not-found after signed means ended as well.
 */
async function queryContract(contract: WantedContract, parts: Parts): Promise<DeductContract> {
  const plan = planOf(contract, parts);
  assertContractRef(contract, parts.settings.appIds);
  assertPayer(contract);
  const inForce = await findContract(contract, plan, 'ADD', parts);
  return inForce.status === 'not-found' ? findContract(contract, plan, 'DELETE', parts) : inForce;
}

type WantedContract = ContractRef & { readonly payerOpenId: string };

async function findContract(contract: WantedContract, plan: SchoolPlan, state: 'ADD' | 'DELETE', parts: Parts): Promise<DeductContract> {
  const { contractNo } = contract;
  for (let offset = 0; offset < MAX_CONTRACTS; offset += PAGE) {
    const query = `plan_id=${plan.planId}&contract_status=${state}&offset=${offset}&limit=${PAGE}`;
    const answer = await parts.channel.call({ method: 'GET', path: `/v3/eduschoolpay/users/${contract.payerOpenId}/contracts?${query}` });
    if (isContractUnknown(answer)) return { status: answer.signed ? 'not-found' : 'pending', contractNo };
    if (answer.status !== 200) throw noConclusion(answer);
    const list = v.safeParse(listSchema, answer.content);
    if (!list.success) throw unavailable('answer-malformed');
    const found = list.output.data.find((one) => one.out_contract_code === contractNo);
    if (found !== undefined) return readContract(found, contract, parts);
    if (offset + PAGE >= list.output.total_count) return { status: 'not-found', contractNo };
  }
  throw unavailable('too-many-contracts');
}

/** "查询返回的OpenID与请求传入的OpenID不一致" is documented for an openid of another app: then it is nobody's contract that we know. */
function readContract(found: Contract, wanted: WantedContract, parts: Parts): DeductContract {
  const isOurs = found.mchid === parts.settings.merchantId && found.appid === wanted.appId && found.openid === wanted.payerOpenId;
  if (!isOurs) throw unavailable('answer-other-contract');
  const { contractNo } = wanted;
  if (found.contract_status === 'DELETE') return { status: 'ended', contractNo };
  if (found.contract_status !== 'ADD') return { status: 'pending', contractNo };
  const signedAt = parseRfc3339(found.create_time ?? '');
  if (signedAt === undefined) throw unavailable('answer-incomplete');
  return { status: 'signed', contractNo, agreementRef: found.contract_id, signedAt };
}

/** POST /v3/eduschoolpay/contracts/{contract_id}/terminate, "商户主动解约": 204. What has ended already is refused, so it is looked up. */
async function endContract(contract: ContractRef & { readonly agreementRef: string }, parts: Parts): Promise<void> {
  assertContractRef(contract, parts.settings.appIds);
  assertAgreementRef(contract);
  const path = `/v3/eduschoolpay/contracts/${contract.agreementRef}`;
  const answer = await parts.channel.call({ method: 'POST', path: `${path}/terminate`, body: {} });
  if (answer.status === 204 || answer.status === 200) return;
  if (!isFinalRefusal(answer) || !answer.signed) throw noConclusion(answer);
  const known = await parts.channel.call({ method: 'GET', path });
  if (isContractUnknown(known) && known.signed) return;
  const parsed = v.safeParse(contractSchema, known.content);
  if (known.status === 200 && parsed.success && parsed.output.contract_status === 'DELETE') return;
  throw refusal(answer);
}

const MAX_DESCRIPTION = 127;
/** No till is at work: the account tops itself up. */
const DEVICE_ID = 'auto-top-up';

/** POST /v3/eduschoolpay/transactions, "扣款". The same `out_trade_no` is the same order; whatever it says, the query decides. */
async function deduct(order: Parameters<DeductPlatform['deduct']>[0], parts: Parts): Promise<void> {
  const plan = planOf(order, parts);
  assertDeduction(order, parts.settings.appIds);
  const answer = await parts.channel.call({
    method: 'POST',
    path: '/v3/eduschoolpay/transactions',
    body: {
      appid: order.appId,
      description: cut(order.description, MAX_DESCRIPTION),
      out_trade_no: order.merchantOrderNo,
      notify_url: order.notifyUrl,
      contract_id: order.agreementRef,
      user_id: order.number,
      amount: { total: order.amountFen, currency: 'CNY' },
      scene_info: { start_time: formatRfc3339(parts.now()), school_id: plan.schoolCode, scene_type: plan.sceneType },
      ...(plan.deviceIp === undefined ? {} : { device_info: { device_id: DEVICE_ID, device_ip: plan.deviceIp } }),
    },
  });
  if (answer.status < 300) return;
  // A repeat of an order that has been paid meanwhile.
  if (answer.signed && ['ORDER_PAID', 'ORDERPAID'].includes(codeOf(answer))) return;
  throw refusal(answer);
}

/** GET /v3/eduschoolpay/transactions/out-trade-no/{out_trade_no}, "商户订单号查单". */
async function queryDeduction(order: OrderRef, parts: Parts): Promise<PlatformOrder> {
  assertDeductionRef(order, parts.settings.appIds);
  const answer = await parts.channel.call({ method: 'GET', path: `/v3/eduschoolpay/transactions/out-trade-no/${order.merchantOrderNo}` });
  const read = readQueriedOrder(answer, order, parts.settings, { refusal: noConclusion, unavailable });
  return read.status === 'pending' && hasFailed(answer) ? { ...read, status: 'closed' } : read;
}

const stateSchema = v.object({ trade_state: v.string() });

/** Nobody stands at a till who could try again: a deduction that the bank would not pay is over. */
function hasFailed(answer: WechatAnswer): boolean {
  const parsed = v.safeParse(stateSchema, answer.content);
  return answer.status === 200 && parsed.success && ['PAYERROR', 'PAY_FAIL'].includes(parsed.output.trade_state);
}

function isContractUnknown(answer: WechatAnswer): boolean {
  return answer.status === 404 && ['NOT_FOUND', 'RESOURCE_NOT_EXISTS', 'CONTRACT_NOT_EXIST'].includes(codeOf(answer));
}

/** An unsigned refusal of the outer gate is no word about contract or money. */
function refusal(answer: WechatAnswer): AppError {
  const isRefused = isFinalRefusal(answer) && answer.signed;
  return new AppError(isRefused ? 'deduct.platform-refused' : 'deduct.platform-unavailable', detailOf(answer));
}

/** A refused question is no refused contract. */
function noConclusion(answer: WechatAnswer): AppError {
  return new AppError('deduct.platform-unavailable', detailOf(answer));
}

function detailOf(answer: WechatAnswer) {
  return { platform: 'wechat-pay', status: answer.status, platformCode: codeOf(answer) };
}

function unavailable(reason: string): AppError {
  return new AppError('deduct.platform-unavailable', { platform: 'wechat-pay', reason });
}
