/** What can go wrong between us and a bank or supplier. */
export const PARTNER_FAULTS = {
  'system-error': { zh: '系统错误', en: 'Nothing is done; the answer is a system error (HTTP 500).' },
  'no-answer': { zh: '请求丢失', en: 'Nothing is done and nothing is answered.' },
  'answer-lost': { zh: '应答丢失', en: 'It is done, and the answer is lost.' },
  'late-success': { zh: '延迟成功', en: 'The payment is pending, and succeeds later.' },
  'late-failure': { zh: '延迟失败', en: 'The payment is pending, and fails later.' },
  refused: { zh: '拒绝', en: 'The payment fails at once.' },
  unsigned: { zh: '应答无签名', en: 'It is done; the answer is not signed.' },
  'wrong-key': { zh: '他人签名', en: 'It is done; the answer is signed by a stranger.' },
  tampered: { zh: '应答被改', en: 'It is done; the answer is changed after it was signed.' },
  'other-request': { zh: '张冠李戴', en: 'It is done; the answer is an earlier one, played back.' },
  'stale-answer': { zh: '应答过期', en: 'It is done; the answer is dated ten minutes ago.' },
} as const;

export type PartnerFault = keyof typeof PARTNER_FAULTS;

export interface SwitchedPartnerFault {
  readonly fault: PartnerFault;
  /** "/debits/now"; null: every act. */
  readonly act: string | null;
  /** null: every number. */
  readonly requestNo: string | null;
  /** How often it still strikes; null: until it is switched off. */
  times: number | null;
  /** For the late ones: milliseconds until the outcome. */
  readonly afterMs: number;
}

export function isPartnerFault(text: string): text is PartnerFault {
  return Object.hasOwn(PARTNER_FAULTS, text);
}

/** The fault that strikes this request; one with a count is used up by it. */
export function strike(faults: SwitchedPartnerFault[], call: { act: string; requestNo: string }): SwitchedPartnerFault | undefined {
  const found = faults.find(
    (one) =>
      (one.act === null || one.act === call.act) && (one.requestNo === null || one.requestNo === call.requestNo) && (one.times ?? 1) > 0,
  );
  if (found !== undefined && found.times !== null) {
    found.times -= 1;
    if (found.times === 0) faults.splice(faults.indexOf(found), 1);
  }
  return found;
}
