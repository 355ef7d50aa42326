import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import { formatYuan } from '../../../shared/money';
import type { ContractRef, DeductContract, DeductPlatform } from '../contract';
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
import { parseBeijing } from '../wire';
import { type AlipayGateway, type AlipayRefusal, gatewaysByApp, isTheirFault } from './gateway';
import { queryTrade } from './queried-trade';
import { type AlipayDeductSettings, alipayDeductSettings } from './settings';
import { subjectOf } from './subject';

/**
 * Deductions of Alipay by agreement (商家扣款), gateway v2 in key mode: opendocs.alipay.com/open/8bccfa0b (alipay.user.agreement.page.sign
 * and its siblings). An agreement is the merchant's, whatever the school.
 * @throws AppError config.invalid
 */
export function createAlipayDeduct(input: unknown, deps: PlatformDeps): DeductPlatform {
  const settings = readSettings('alipay', alipayDeductSettings, input);
  const gateways = gatewaysByApp(settings, deps, 'deduct.platform-unavailable');
  const appIds = [...gateways.keys()];

  function gatewayOf({ appId }: { readonly appId: string }): AlipayGateway {
    const gateway = gateways.get(appId);
    if (gateway === undefined) throw new AppError('auto-top-up.not-offered');
    return gateway;
  }

  return {
    name: 'alipay',
    async startContract(contract) {
      assertContractRef(contract, appIds);
      assertPayer(contract);
      assertStudentNumber(contract);
      assertNotifyUrl(contract.notifyUrl);
      return { signParams: { signStr: signStr(contract, settings, gatewayOf(contract)) } };
    },
    async queryContract(contract) {
      assertContractRef(contract, appIds);
      assertPayer(contract);
      return queryContract(contract, settings, gatewayOf(contract));
    },
    async endContract(contract) {
      assertContractRef(contract, appIds);
      assertAgreementRef(contract);
      return endContract(contract, gatewayOf(contract));
    },
    async deduct(order) {
      assertDeduction(order, appIds);
      return deduct(order, settings, gatewayOf(order));
    },
    async queryDeduction(order) {
      assertDeductionRef(order, appIds);
      return queryTrade(order, gatewayOf(order), { refusal: noConclusion, unavailable });
    },
  };
}

/**
 * Alipay takes letters and digits only. An underscore of ours stands for the hyphen of a school's id, and the digits behind it name the
 * school as well, so numbers stay distinct without it.
 */
function externalNo({ contractNo }: ContractRef): string {
  return contractNo.replaceAll('_', '');
}

/**
 * alipay.user.agreement.page.sign: nothing is sent from here. `my.paySignCenter` opens the consent with the signed parameters, encoded once
 * more as the platform's example has them.
 */
function signStr(
  contract: Parameters<DeductPlatform['startContract']>[0],
  { agreement }: AlipayDeductSettings,
  gateway: AlipayGateway,
): string {
  const text = gateway.signedText({
    method: 'alipay.user.agreement.page.sign',
    params: { notify_url: contract.notifyUrl },
    bizContent: {
      product_code: agreement.productCode,
      personal_product_code: agreement.personalProductCode,
      sign_scene: agreement.signScene,
      external_agreement_no: externalNo(contract),
      external_logon_id: contract.number,
      third_party_type: 'PARTNER',
      access_params: { channel: 'ALIPAYAPP' },
    },
  });
  return encodeURIComponent(text);
}

const agreementSchema = v.object({
  code: v.literal('10000'),
  agreement_no: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
  external_agreement_no: v.optional(v.string()),
  status: v.string(),
  sign_time: v.optional(v.string()),
});

/** alipay.user.agreement.query. What has ended is unknown to it. */
async function queryContract(
  contract: ContractRef & { readonly payerOpenId: string },
  { agreement }: AlipayDeductSettings,
  gateway: AlipayGateway,
): Promise<DeductContract> {
  const { contractNo } = contract;
  const answer = await gateway.call({
    method: 'alipay.user.agreement.query',
    bizContent: {
      personal_product_code: agreement.personalProductCode,
      sign_scene: agreement.signScene,
      external_agreement_no: externalNo(contract),
      third_party_type: 'PARTNER',
      alipay_open_id: contract.payerOpenId,
    },
  });
  if (answer.isError) {
    if (isAgreementUnknown(answer)) return { status: answer.signed ? 'not-found' : 'pending', contractNo };
    throw noConclusion(answer);
  }
  const parsed = v.safeParse(agreementSchema, answer.content);
  if (!parsed.success) throw unavailable('answer-malformed');
  if (parsed.output.external_agreement_no !== externalNo(contract)) throw unavailable('answer-other-contract');
  return readAgreement(parsed.output, contractNo);
}

/** TEMP has not come into force; STOP is paused, and its payer has to consent anew (ACQ.AGREEMENT_STATUS_NOT_NORMAL). */
function readAgreement(agreement: v.InferOutput<typeof agreementSchema>, contractNo: string): DeductContract {
  switch (agreement.status) {
    case 'NORMAL': {
      const signedAt = parseBeijing(agreement.sign_time ?? '');
      if (signedAt === undefined) throw unavailable('answer-incomplete');
      return { status: 'signed', contractNo, agreementRef: agreement.agreement_no, signedAt };
    }
    case 'STOP':
      return { status: 'ended', contractNo };
    default:
      return { status: 'pending', contractNo };
  }
}

/** alipay.user.agreement.unsign */
async function endContract(contract: ContractRef & { readonly agreementRef: string }, gateway: AlipayGateway): Promise<void> {
  const answer = await gateway.call({ method: 'alipay.user.agreement.unsign', bizContent: { agreement_no: contract.agreementRef } });
  if (answer.isError && !(answer.signed && isAgreementUnknown(answer))) throw refusal(answer);
}

/** "等待用户付款": the deduction is under way. */
const WAITING = '10003';

/** alipay.trade.pay with an agreement. The same `out_trade_no` is the same trade; whatever it says, the query decides. */
async function deduct(
  order: Parameters<DeductPlatform['deduct']>[0],
  { agreement }: AlipayDeductSettings,
  gateway: AlipayGateway,
): Promise<void> {
  const answer = await gateway.call({
    method: 'alipay.trade.pay',
    params: { notify_url: order.notifyUrl },
    bizContent: {
      out_trade_no: order.merchantOrderNo,
      total_amount: formatYuan(order.amountFen),
      subject: subjectOf(order.description),
      product_code: agreement.productCode,
      agreement_params: { agreement_no: order.agreementRef },
    },
  });
  if (!answer.isError || answer.code === WAITING) return;
  // A repeat of an order that has been paid meanwhile.
  if (answer.signed && answer.subCode === 'ACQ.TRADE_HAS_SUCCESS') return;
  throw refusal(answer);
}

/** `USER_AGREEMENT_NOT_EXIST`, with or without the prefix of the product. */
function isAgreementUnknown({ subCode }: AlipayRefusal): boolean {
  return /(?:^|\.)(?:USER_)?AGREEMENT_NOT_EXIST$/.test(subCode);
}

/** An unsigned refusal of the outer gate is no word about contract or money. */
function refusal(answer: AlipayRefusal): AppError {
  const isRefused = answer.signed && !isTheirFault(answer);
  return new AppError(isRefused ? 'deduct.platform-refused' : 'deduct.platform-unavailable', detailOf(answer));
}

/** A refused question is no refused contract. */
function noConclusion(answer: AlipayRefusal): AppError {
  return new AppError('deduct.platform-unavailable', detailOf(answer));
}

function detailOf(answer: AlipayRefusal) {
  return { platform: 'alipay', code: answer.code, platformCode: answer.subCode };
}

function unavailable(reason: string): AppError {
  return new AppError('deduct.platform-unavailable', { platform: 'alipay', reason });
}
