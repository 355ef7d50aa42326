import * as v from 'valibot';
import type { AlipayAgreement } from '../cashier/contract-state';
import type { Courier } from '../lib/courier';
import { lookup } from '../lib/lookup';
import { randomDigits } from '../lib/random-text';
import { openidOf } from '../login/persons';
import type { Person } from '../state';
import type { Surroundings } from '../surroundings';
import { agreementOf } from './agreement-view';
import { newNotifyId } from './notice';
import { businessFailed } from './refusal';
import type { AlipayRequest } from './request';
import { parseContent } from './trades';

const text = (max: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(max));
const signContent = v.object({
  personal_product_code: text(64),
  sign_scene: v.optional(text(64), 'DEFAULT|DEFAULT'),
  external_agreement_no: v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{1,32}$/)),
  external_logon_id: v.optional(text(100)),
  access_params: v.object({ channel: text(32) }),
});

/** alipay.user.agreement.page.sign: what the page of consent will ask. Nothing is agreed yet, and nothing can be queried. */
export function beginAgreement(parts: Surroundings, request: AlipayRequest): AlipayAgreement {
  const content = parseContent(signContent, request.bizContent);
  const known = lookup(parts.state.alipayAgreements, content.external_agreement_no);
  if (known?.signedAt) throw businessFailed('USER_AGREEMENT_EXIST', '商户签约号已存在');
  const agreement: AlipayAgreement = {
    externalAgreementNo: content.external_agreement_no,
    appId: request.appId,
    personalProductCode: content.personal_product_code,
    signScene: content.sign_scene,
    externalLogonId: content.external_logon_id ?? null,
    notifyUrl: request.parameters.get('notify_url') ?? null,
    createdAt: parts.clock(),
    agreementNo: null,
    openId: null,
    signedAt: null,
    endedAt: null,
  };
  parts.state.alipayAgreements[agreement.externalAgreementNo] = agreement;
  parts.changed();
  return agreement;
}

/** The payer pressed 同意. */
export function signAgreement(parts: Surroundings, courier: Pick<Courier, 'send'>, agreement: AlipayAgreement, payer: Person): void {
  agreement.signedAt = parts.clock();
  agreement.agreementNo = `20${randomDigits(parts.randomBytes, 18)}`;
  agreement.openId = openidOf(parts, payer, 'alipay', agreement.appId);
  parts.changed();
  parts.events.publish('alipay', 'contract.signed', agreement.externalAgreementNo);
  tell(parts, courier, agreement, 'agreement');
}

const names = v.object({
  agreement_no: v.optional(v.string()),
  external_agreement_no: v.optional(v.string()),
  personal_product_code: v.optional(v.string()),
  sign_scene: v.optional(v.string()),
  alipay_open_id: v.optional(v.string()),
});

/** An agreement in force, by Alipay's number or by ours with product and scene, of the payer where one is named. One that ended is nobody's, like one never signed. */
export function findAgreement({ state }: Surroundings, bizContent: unknown): AlipayAgreement {
  const named = parseContent(names, bizContent);
  const found = Object.values(state.alipayAgreements).find((one) =>
    named.agreement_no
      ? one.agreementNo === named.agreement_no
      : one.externalAgreementNo === named.external_agreement_no &&
        one.personalProductCode === named.personal_product_code &&
        one.signScene === named.sign_scene,
  );
  const another = named.alipay_open_id !== undefined && named.alipay_open_id !== found?.openId;
  if (!found?.signedAt || found.endedAt !== null || another) throw businessFailed('USER_AGREEMENT_NOT_EXIST', '用户协议不存在');
  return found;
}

/** alipay.user.agreement.query. */
export function queryAgreement(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const agreement = findAgreement(parts, request.bizContent);
  return { ...agreementOf(agreement), principal_type: 'CARD', principal_open_id: agreement.openId };
}

/** alipay.user.agreement.unsign. */
export function unsignAgreement(parts: Surroundings, courier: Pick<Courier, 'send'>, request: AlipayRequest): Record<string, unknown> {
  endAgreement(parts, courier, findAgreement(parts, request.bizContent));
  return {};
}

/** By the merchant, or by the payer in the app. */
export function endAgreement(parts: Surroundings, courier: Pick<Courier, 'send'>, agreement: AlipayAgreement): void {
  agreement.endedAt = parts.clock();
  parts.changed();
  parts.events.publish('alipay', 'contract.ended', agreement.externalAgreementNo);
  tell(parts, courier, agreement, 'agreement-end');
}

function tell(
  parts: Surroundings,
  courier: Pick<Courier, 'send'>,
  agreement: AlipayAgreement,
  subject: 'agreement' | 'agreement-end',
): void {
  const { notifyUrl: url, externalAgreementNo: orderNo } = agreement;
  if (url !== null) courier.send({ platform: 'alipay', subject, orderNo, refundNo: null, url, noticeId: newNotifyId(parts) });
}
