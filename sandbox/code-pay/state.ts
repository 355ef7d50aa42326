import type { EpochMs } from '../../shared/time';

/** A code on a payer's phone: it pays once, within a minute, for whoever presents it. */
export interface PayerCode {
  readonly app: 'wechat' | 'alipay';
  readonly person: string;
  readonly shownAt: EpochMs;
  used: boolean;
}

/**
 * What becomes of the next call about a payment by code: the payer types a password, the platform fails before it did anything, the call is
 * carried out and its answer lost, the payer pays and the answer is lost, the payer pays and it is told, the payment is refused.
 */
export const CODE_STEPS = ['userpaying', 'systemerror', 'timeout', 'late', 'success', 'refused'] as const;
export type CodeStep = (typeof CODE_STEPS)[number];

export interface CodeScripts {
  wechatPay: CodeStep[];
  alipay: CodeStep[];
}
