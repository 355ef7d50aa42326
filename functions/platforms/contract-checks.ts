import { AppError } from '../../shared/errors';
import type { ContractRef, OrderRef } from './contract';
import { assertNotifyUrl, assertOrderRef, isAmount } from './order-checks';

const CONTRACT_NO = /^[0-9A-Za-z_]{6,31}$/;
/** WeChat Pay's `contract_id`, Alipay's `agreement_no`: it becomes part of a path. */
const AGREEMENT_REF = /^[0-9A-Za-z_-]{1,64}$/;
/** "只能由数字和大小写字母构成，最大32个字符". */
const STUDENT_NUMBER = /^[0-9A-Za-z]{1,32}$/;
const OPEN_ID = /^[0-9A-Za-z_-]{1,128}$/;

function assertForm(value: string, form: RegExp, field: string): void {
  if (!form.test(value)) throw new AppError('request.malformed', { field });
}

export function assertContractRef({ contractNo, appId }: ContractRef, appIds: readonly string[]): void {
  assertForm(contractNo, CONTRACT_NO, 'contractNo');
  if (!appIds.includes(appId)) throw new AppError('auto-top-up.not-offered');
}

export function assertPayer({ payerOpenId }: { readonly payerOpenId: string }): void {
  assertForm(payerOpenId, OPEN_ID, 'payerOpenId');
}

export function assertStudentNumber({ number }: { readonly number: string }): void {
  assertForm(number, STUDENT_NUMBER, 'number');
}

export function assertAgreementRef({ agreementRef }: { readonly agreementRef: string }): void {
  assertForm(agreementRef, AGREEMENT_REF, 'agreementRef');
}

export function assertDeductionRef(order: OrderRef, appIds: readonly string[]): void {
  if (!appIds.includes(order.appId)) throw new AppError('auto-top-up.not-offered');
  assertOrderRef(order, appIds);
}

/** What both platforms demand of a deduction, checked before a request is signed. */
export function assertDeduction(
  order: OrderRef & {
    readonly agreementRef: string;
    readonly number: string;
    readonly amountFen: number;
    readonly description: string;
    readonly notifyUrl: string;
  },
  appIds: readonly string[],
): void {
  assertDeductionRef(order, appIds);
  assertAgreementRef(order);
  assertStudentNumber(order);
  if (!isAmount(order.amountFen)) throw new AppError('top-up.amount-invalid');
  if (order.description.trim() === '') throw new AppError('request.malformed', { field: 'description' });
  assertNotifyUrl(order.notifyUrl);
}
