import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { type RefundReply, refundBody } from '../../shared/api/terminal-refunds';
import { AppError, errorTable } from '../../shared/errors';
import { createPasswords } from '../domain/password';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import { type HttpRequest, hasExponent } from '../lib/http';
import { passwordPeppersSetting, pinKeysSetting } from '../lib/key-ring-setting';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { createPinOpener } from '../lib/pin-seal';
import { refundAtTerminal, type TerminalRefundDeps } from '../operations/refund-at-terminal';
import { verifySigned } from '../operations/verify-terminal';
import { createAuditLog } from '../store/audit-log';
import { createBooks } from '../store/books';
import { createLockouts } from '../store/lockouts';
import { createStaff } from '../store/staff';
import type { Database } from '../store/table';
import { createTerminalRefunds } from '../store/terminal-refunds';
import { createVerifyDeps } from './look-ups';
import { createDatabase } from './money-in';
import { createNativeDeps, nativeSettings } from './native-payments';

export const refundsHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object({ ...tableSettings, ...nativeSettings, ...passwordPeppersSetting, ...pinKeysSetting });

/** Apart from the voids, because it gives back through the payment platforms and knows the staff. @throws AppError config.invalid */
export async function wireTerminalRefunds(): Promise<(request: HttpRequest) => Promise<RefundReply>> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const database = createDatabase(config);
  return createTerminalRefundsOn(database, {
    ...createNativeDeps(database, config),
    terminalRefunds: createTerminalRefunds(database),
    staff: createStaff(database),
    auditLog: createAuditLog(database),
    lockouts: createLockouts(database),
    books: createBooks(database),
    passwords: createPasswords({ peppers: config.ECODE_PASSWORD_PEPPERS, randomBytes }),
    pinOpener: createPinOpener(config.ECODE_PIN_KEYS),
    counter: refundsHandlerDeps.counter,
  });
}

function createTerminalRefundsOn(database: Database, deps: TerminalRefundDeps): (request: HttpRequest) => Promise<RefundReply> {
  const verifyDeps = createVerifyDeps(database, deps.clock);
  return async ({ headers, rawBody, sourceIp }) => {
    const { body, bodyHash, terminal } = await verifySigned(verifyDeps, { purpose: 'refund', headers, rawBody }, refundBody);
    // An amount is written out.
    if (hasExponent(rawBody)) throw new AppError('payment.amount-invalid');
    return refundAtTerminal(deps, { body, bodyHash, terminal, sourceIp });
  };
}
