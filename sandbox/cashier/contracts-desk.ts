import { endAgreement } from '../alipay/agreements';
import { settleWithholding } from '../alipay/withholding';
import type { Courier } from '../lib/courier';
import { lookup } from '../lib/lookup';
import { findPerson } from '../login/persons';
import type { Surroundings } from '../surroundings';
import { terminateContract } from '../wechat-pay/contracts';
import { settleDeduction } from '../wechat-pay/deductions';
import type { DeductionPlan } from './contract-state';

/** What payers and platforms do about standing permissions, beside consenting. */
export interface ContractsDesk {
  /** How deductions go from now on. */
  planDeductions(plan: DeductionPlan): void;
  /** Ends one that was held back. False when there is none. */
  settleDeduction(platform: 'wechatPay' | 'alipay', orderNo: string): boolean;
  /** What a person has in an app; null is enough for anything. False when there is no such person. */
  setPayerFunds(person: string, app: 'wechat' | 'alipay', amountFen: number | null): boolean;
  /** The payer ends it in the app: by contract_id or agreement_no. False when there is none in force. */
  endByPayer(platform: 'wechatPay' | 'alipay', contract: string): boolean;
}

export function createContractsDesk(parts: Surroundings, courier: Pick<Courier, 'send' | 'speed'>): ContractsDesk {
  const { state } = parts;
  return {
    planDeductions(plan) {
      state.deductions = plan;
      parts.changed();
    },
    settleDeduction: (platform, orderNo) =>
      platform === 'alipay' ? settleWithholding(parts, courier, orderNo) : settleDeduction(parts, courier, orderNo),
    setPayerFunds(who, app, amountFen) {
      const person = findPerson(parts, who);
      if (!person) return false;
      const funds = lookup(state.payerFunds, person.id) ?? { wechat: null, alipay: null };
      state.payerFunds[person.id] = { ...funds, [app]: amountFen };
      parts.changed();
      return true;
    },
    endByPayer(platform, number) {
      if (platform === 'alipay') {
        const agreement = Object.values(state.alipayAgreements).find((one) => one.agreementNo === number && one.endedAt === null);
        if (agreement) endAgreement(parts, courier, agreement);
        return agreement !== undefined;
      }
      const contract = Object.values(state.wechatContracts).find((one) => one.contractId === number && one.endedAt === null);
      if (contract) terminateContract(parts, number);
      return contract !== undefined;
    },
  };
}
