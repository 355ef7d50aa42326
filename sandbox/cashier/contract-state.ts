import type { EpochMs } from '../../shared/time';

export interface Deduction {
  readonly contractId: string;
  /** Accepted until then; null: until somebody settles it. */
  settlesAt: EpochMs | null;
  outcome: 'SUCCESS' | 'PAY_FAIL';
  /** In the platform's words, why it failed. */
  reason: string | null;
}

export interface DeductionPlan {
  /** From the request to the result, not sped up; Alipay answers at once where it is 0. */
  readonly afterMs: number;
  /** The result does not come by itself. */
  readonly held: boolean;
}

/** 校园轻松付: a payer's standing permission, for one student number. */
export interface WechatContract {
  readonly presignToken: string;
  readonly appid: string;
  readonly openid: string;
  readonly planId: string;
  /** Student number. */
  readonly userId: string;
  readonly schoolId: string;
  readonly outContractCode: string;
  readonly presignedAt: EpochMs;
  /** Given by the platform when the payer agrees. */
  contractId: string | null;
  signedAt: EpochMs | null;
  endedAt: EpochMs | null;
}

export interface AlipayAgreement {
  readonly externalAgreementNo: string;
  readonly appId: string;
  readonly personalProductCode: string;
  readonly signScene: string;
  readonly externalLogonId: string | null;
  readonly notifyUrl: string | null;
  readonly createdAt: EpochMs;
  agreementNo: string | null;
  openId: string | null;
  signedAt: EpochMs | null;
  endedAt: EpochMs | null;
}

/** A page of consent that somebody has open. */
export interface Consent {
  readonly id: string;
  readonly platform: 'wechat-pay' | 'alipay';
  /** presign_token or external_agreement_no. */
  readonly subject: string;
  readonly payer: string;
  readonly openedAt: EpochMs;
  outcome: 'open' | 'agreed' | 'refused';
}
