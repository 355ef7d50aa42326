import type { AlipayAgreement } from '../cashier/contract-state';
import { beijingText } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import type { Delivery } from '../state';
import type { Surroundings } from '../surroundings';

const FOR_EVER = '2115-02-01 00:00:00';

/** What query and notice say of an agreement alike. */
export function agreementOf(agreement: AlipayAgreement): Record<string, string> {
  const signed = beijingText(agreement.signedAt ?? agreement.createdAt);
  return {
    agreement_no: agreement.agreementNo ?? '',
    external_agreement_no: agreement.externalAgreementNo,
    personal_product_code: agreement.personalProductCode,
    sign_scene: agreement.signScene,
    status: agreement.endedAt === null ? 'NORMAL' : 'UNSIGN',
    sign_time: signed,
    valid_time: signed,
    invalid_time: FOR_EVER,
    alipay_logon_id: '138******00',
    ...(agreement.externalLogonId === null ? {} : { external_logon_id: agreement.externalLogonId }),
  };
}

/** Fields of a dut_user_sign or dut_user_unsign notice, without its signature. */
export function agreementFields(parts: Surroundings, delivery: Delivery): Record<string, string> {
  const agreement = lookup(parts.state.alipayAgreements, delivery.orderNo);
  if (!agreement) throw new Error(`no agreement ${delivery.orderNo} to tell of`);
  const ended = delivery.subject === 'agreement-end';
  return {
    charset: 'utf-8',
    version: '1.0',
    notify_time: beijingText(parts.wireClock()),
    notify_type: ended ? 'dut_user_unsign' : 'dut_user_sign',
    notify_id: delivery.noticeId,
    app_id: agreement.appId,
    auth_app_id: agreement.appId,
    alipay_open_id: agreement.openId ?? '',
    ...agreementOf(agreement),
    status: ended ? 'UNSIGN' : 'NORMAL',
    ...(ended ? { unsign_time: beijingText(agreement.endedAt ?? agreement.createdAt) } : {}),
  };
}
