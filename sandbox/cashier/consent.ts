import * as v from 'valibot';
import { newId } from '../../shared/ids';
import { beginAgreement, signAgreement } from '../alipay/agreements';
import { AlipayRefusal } from '../alipay/refusal';
import { authenticate, readRequest } from '../alipay/request';
import type { Courier } from '../lib/courier';
import { lookup } from '../lib/lookup';
import { findPerson } from '../login/persons';
import type { Surroundings } from '../surroundings';
import { inForce, presignExpired, signContract } from '../wechat-pay/contracts';
import type { Consent } from './contract-state';

/** The platform's page on which a payer gives a standing permission, and what the app that opened it is told. */
export interface ConsentView {
  readonly id: string;
  readonly platform: Consent['platform'];
  /** Our number of the contract. */
  readonly contractNo: string;
  /** What is shown of the account it is for: a student number. */
  readonly account: string;
  readonly state: Consent['outcome'];
  /** Alipay: resultStatus of my.paySignCenter. WeChat: extraData with which its mini-program comes back; its form is not published. */
  readonly result: { readonly resultStatus: string } | { readonly return_code: string } | null;
}

export type ConsentOpening = { readonly consent: ConsentView } | { readonly refusal: string };

export interface ConsentDesk {
  /** wx.navigateToMiniProgram with extraData {presign_token}. */
  openWechat(parameters: unknown, payer: string | undefined): ConsentOpening;
  /** my.paySignCenter {signStr}: the signed parameters of alipay.user.agreement.page.sign. */
  openAlipay(parameters: unknown, payer: string | undefined): ConsentOpening;
  /** The same opened by a browser, whose parameters the gateway has checked. */
  openAgreement(externalAgreementNo: string, payer: string | undefined): ConsentOpening;
  answer(id: string, outcome: 'agreed' | 'refused'): ConsentView | undefined;
  view(id: string): ConsentView | undefined;
}

const PAGE_SIGN = 'alipay.user.agreement.page.sign';

export function createConsentDesk(parts: Surroundings, courier: Pick<Courier, 'send'>): ConsentDesk {
  const { state } = parts;

  function open(platform: Consent['platform'], subject: string, payer: string): ConsentOpening {
    const id = newId('cst', parts.clock(), parts.randomBytes);
    const consent: Consent = { id, platform, subject, payer, openedAt: parts.clock(), outcome: 'open' };
    state.consents[id] = consent;
    parts.changed();
    return { consent: viewOf(consent) };
  }

  function openAgreement(externalAgreementNo: string, payer: string | undefined): ConsentOpening {
    const agreement = lookup(state.alipayAgreements, externalAgreementNo);
    const person = findPerson(parts, payer ?? state.currentPerson.alipay);
    if (!agreement) return { refusal: '签约信息不存在' };
    if (!person) return { refusal: '请登录支付宝后再签约' };
    if (agreement.signedAt !== null) return { refusal: '您已签约，请勿重复操作' };
    return open('alipay', externalAgreementNo, person.id);
  }

  function viewOf({ id, platform, subject, outcome }: Consent): ConsentView {
    const contract = lookup(state.wechatContracts, subject);
    const agreement = lookup(state.alipayAgreements, subject);
    return {
      id,
      platform,
      contractNo: contract?.outContractCode ?? agreement?.externalAgreementNo ?? '',
      account: contract?.userId ?? agreement?.externalLogonId ?? '',
      state: outcome,
      result: outcome === 'open' ? null : resultOf(platform, outcome),
    };
  }

  /** False when it was signed elsewhere meanwhile. */
  function sign(consent: Consent): boolean {
    if (consent.platform === 'wechat-pay') {
      const contract = lookup(state.wechatContracts, consent.subject);
      if (!contract || contract.signedAt !== null) return false;
      signContract(parts, contract);
      return true;
    }
    const agreement = lookup(state.alipayAgreements, consent.subject);
    const payer = findPerson(parts, consent.payer);
    if (!agreement || !payer || agreement.signedAt !== null) return false;
    signAgreement(parts, courier, agreement, payer);
    return true;
  }

  return {
    openWechat(parameters, payer) {
      const parsed = v.safeParse(v.object({ presign_token: v.string() }), parameters);
      const contract = parsed.success ? lookup(state.wechatContracts, parsed.output.presign_token) : undefined;
      const person = findPerson(parts, payer ?? state.currentPerson.wechat);
      if (!contract) return { refusal: '预签约码无效' };
      if (presignExpired(contract, parts.clock())) return { refusal: '预签约码已过期，请重新发起签约' };
      if (!person || !Object.values(person.openids).includes(contract.openid)) return { refusal: '签约账号与当前微信账号不一致' };
      const signed = Object.values(state.wechatContracts).some(
        (one) => inForce(one) && one.openid === contract.openid && one.planId === contract.planId && one.userId === contract.userId,
      );
      if (signed || contract.signedAt !== null) return { refusal: '您已签约，请勿重复操作' };
      return open('wechat-pay', contract.presignToken, person.id);
    },
    openAlipay(parameters, payer) {
      const parsed = v.safeParse(v.object({ signStr: v.string() }), parameters);
      if (!parsed.success) return { refusal: '签约参数缺少signStr' };
      try {
        // The document's example has the whole of it encoded once more; what the SDK gives is not. The app takes both.
        const { signStr } = parsed.output;
        const fields = new Map(new URLSearchParams(signStr.includes('&') ? signStr : decodeURIComponent(signStr)));
        const known = authenticate(parts, fields);
        if (known.method !== PAGE_SIGN) return { refusal: '签约参数有误' };
        return openAgreement(beginAgreement(parts, readRequest(parts, known, fields)).externalAgreementNo, payer);
      } catch (error) {
        if (error instanceof AlipayRefusal) return { refusal: error.message };
        throw error;
      }
    },
    openAgreement,
    answer(id, outcome) {
      const consent = lookup(state.consents, id);
      if (!consent) return undefined;
      if (consent.outcome === 'open') {
        consent.outcome = outcome === 'agreed' && sign(consent) ? 'agreed' : 'refused';
        parts.changed();
      }
      return viewOf(consent);
    },
    view(id) {
      const consent = lookup(state.consents, id);
      return consent && viewOf(consent);
    },
  };
}

function resultOf(platform: Consent['platform'], outcome: 'agreed' | 'refused'): ConsentView['result'] {
  if (platform === 'alipay') return { resultStatus: outcome === 'agreed' ? '7000' : '6001' };
  return { return_code: outcome === 'agreed' ? 'SUCCESS' : 'FAIL' };
}
