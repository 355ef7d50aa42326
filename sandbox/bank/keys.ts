import type { RandomBytes } from '../../shared/ids';
import { generatePartnerKeys, type PartnerKeys } from '../lib/partner-keys';
import { type BankId, clientsOf } from './banks';

export type BankKeys = Readonly<Record<BankId, PartnerKeys>>;

export function generateBankKeys(randomBytes: RandomBytes): BankKeys {
  const keys = (bank: BankId) => generatePartnerKeys(clientsOf(bank), randomBytes);
  return { ccb: keys('ccb'), bosc: keys('bosc'), boc: keys('boc') };
}
