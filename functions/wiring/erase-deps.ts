import { AppError } from '../../shared/errors';
import type { RandomBytes } from '../../shared/ids';
import { createBackOff } from '../lib/back-off';
import type { Clock } from '../lib/clock';
import type { EraseDueDeps } from '../operations/erase-due-holders';
import { createAccountRows } from '../store/account-rows';
import { createAuditLog } from '../store/audit-log';
import { createAutoTopUps } from '../store/auto-top-ups';
import { createBankCards } from '../store/bank-cards';
import { createBindings } from '../store/bindings';
import { createCards } from '../store/cards';
import { createDisputes } from '../store/disputes';
import { createGifts } from '../store/gifts';
import { createHolders } from '../store/holders';
import { createIdentities } from '../store/identities';
import { createIdentityCodes } from '../store/identity-codes';
import { createLinks } from '../store/links';
import { createLockouts } from '../store/lockouts';
import { createNativePayments } from '../store/native-payments';
import { createOrders } from '../store/orders';
import { createPassbook } from '../store/passbook';
import { createPassControls, createPasses } from '../store/passes';
import { createPayOuts } from '../store/pay-outs';
import { createIdentityRevocations } from '../store/revoked-names';
import { createSessions } from '../store/sessions';
import type { Database } from '../store/table';
import { createKeyring, createPackCache } from './sale-parts';

export interface EraseParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly masterKey: Uint8Array;
}

/** Everything that may name a holder. */
export function createEraseDeps({ database, clock, randomBytes, masterKey }: EraseParts): EraseDueDeps {
  const packAt = createPackCache(database);
  return {
    passbook: createPassbook(database),
    holders: createHolders(database),
    cards: createCards(database),
    identities: createIdentities(database),
    sessions: createSessions(database),
    bindings: createBindings(database),
    links: createLinks(database),
    lockouts: createLockouts(database),
    identityCodes: createIdentityCodes(database),
    orders: createOrders(database),
    payOuts: createPayOuts(database),
    natives: createNativePayments(database),
    gifts: createGifts(database),
    disputes: createDisputes(database),
    bankCards: createBankCards(database),
    autoTopUps: createAutoTopUps(database),
    passes: createPasses(database),
    passControls: createPassControls(database),
    identityRevocations: createIdentityRevocations(database),
    accountRows: createAccountRows(database),
    auditLog: createAuditLog(database),
    transact: (writes, token) => database.transact(writes, token),
    keysOf: createKeyring(masterKey),
    clock,
    randomBytes,
    backOff: createBackOff((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)), Math.random),
    async packOf(schoolId) {
      const pack = await packAt(schoolId);
      if (pack === undefined) throw new AppError('school.unknown');
      return pack;
    },
  };
}
