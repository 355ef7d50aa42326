import { cached } from '../lib/cache';
import { createFieldCipher } from '../lib/field-cipher';
import type { WalletDeps } from '../operations/wallet-deps';
import { createBankPayOutRoute } from '../operations/withdrawal-route';
import { createSmsGateway } from '../platforms/sms/sms-gateway';
import { createBankBindings } from '../store/bank-bindings';
import { createBankCards } from '../store/bank-cards';
import { createCardTransfers } from '../store/card-transfers';
import { createCustomerInfos } from '../store/customer-infos';
import { createHolders } from '../store/holders';
import { createLockouts } from '../store/lockouts';
import { createMerchants } from '../store/merchants';
import { createPayOuts } from '../store/pay-outs';
import { createSmsCodes } from '../store/sms-codes';
import { createUnionpayChecks } from '../store/unionpay-checks';
import { createBanks } from './banks';
import type { MoneyParts } from './money-parts';
import { smsCodeKeyOf } from './sms-code-key';
import { createTopUpDeps } from './top-ups';

/** Names of merchants may be this old. */
const CACHE_MS = 10_000;

/** What bank card and wallet borrow from the world. */
export function createWalletDeps({ database, config, clock, randomBytes, counter, common }: MoneyParts): WalletDeps {
  const banks = createBanks(config);
  const fieldCipher = createFieldCipher(config.ECODE_FIELD_KEYS, randomBytes);
  const merchants = createMerchants(database);
  const merchantOf = cached((key: string) => merchants.find(key.slice(0, key.indexOf('/')), Number(key.slice(key.indexOf('/') + 1))), {
    clock,
    maxAgeMs: CACHE_MS,
    maxEntries: 2_000,
  });
  return {
    ...createTopUpDeps(database, config),
    ...common,
    banks,
    fieldCipher,
    counter,
    randomBytes,
    holders: createHolders(database),
    bankCards: createBankCards(database),
    bankBindings: createBankBindings(database),
    cardTransfers: createCardTransfers(database),
    customerInfos: createCustomerInfos(database),
    unionpayChecks: createUnionpayChecks(database),
    lockouts: createLockouts(database),
    smsCodes: createSmsCodes(database),
    smsCodeKey: smsCodeKeyOf(config.ECODE_PASSWORD_PEPPERS),
    smsGateway: createSmsGateway(config.ECODE_SMS, { fetch, now: clock, randomBytes }),
    payOuts: createPayOuts(database),
    routes: { withdrawal: createBankPayOutRoute({ banks, fieldCipher }) },
    transact: (writes, token) => database.transact(writes, token),
    merchantOf: (schoolId, merchant) => merchantOf(`${schoolId}/${merchant}`),
  };
}
