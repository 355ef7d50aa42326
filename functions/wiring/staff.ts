import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { errorTable } from '../../shared/errors';
import { createPasswords } from '../domain/password';
import { createBackOff } from '../lib/back-off';
import { type Clock, systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import type { FieldKeys } from '../lib/field-cipher';
import type { HandlerDeps } from '../lib/handler';
import { fieldKeysSetting, passwordPeppersSetting } from '../lib/key-ring-setting';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import type { ManageStaffDeps } from '../operations/manage-staff';
import type { StaffCallerDeps } from '../operations/staff-caller';
import type { StaffSignInDeps } from '../operations/staff-sign-in';
import { createAuditLog } from '../store/audit-log';
import { createLockouts } from '../store/lockouts';
import { createStaff } from '../store/staff';
import { createStaffSessions } from '../store/staff-sessions';
import type { Database } from '../store/table';
import { createConfirmDeps, createDatabase } from './money-in';
import { createRefundDeps, payOutSettings } from './pay-outs';
import { createFinanceDeps, type FinanceDeps } from './staff-finance';
import { createOfficeDeps, type OfficeRoutesDeps } from './staff-office';
import { createStaffTerminalDeps } from './staff-terminals';
import { scanAppsOf } from './top-ups';

export const staffHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object({ ...tableSettings, ...fieldKeysSetting, ...passwordPeppersSetting, ...payOutSettings });

export type StaffDeps = StaffSignInDeps & StaffCallerDeps & ManageStaffDeps;

export interface StaffWiring {
  readonly deps: StaffDeps;
  readonly finance: FinanceDeps;
  readonly office: OfficeRoutesDeps;
  readonly terminals: ReturnType<typeof createStaffTerminalDeps>;
}

/** @throws AppError config.invalid */
export async function wireStaff(): Promise<StaffWiring> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const database = createDatabase(config);
  const deps = createStaffDeps({ database, clock: systemClock, peppers: config.ECODE_PASSWORD_PEPPERS });
  const common = createConfirmDeps(database);
  const refunds = createRefundDeps(database, config, common);
  return {
    deps,
    finance: createFinanceDeps(database, common, deps),
    office: createOfficeDeps(database, { common, audit: deps, refunds, saleApps: scanAppsOf(config) }),
    terminals: createStaffTerminalDeps(database, deps),
  };
}

export function createStaffDeps(parts: { readonly database: Database; readonly clock: Clock; readonly peppers: FieldKeys }): StaffDeps {
  const { database, clock, peppers } = parts;
  return {
    staff: createStaff(database),
    staffSessions: createStaffSessions(database),
    auditLog: createAuditLog(database),
    lockouts: createLockouts(database),
    passwords: createPasswords({ peppers, randomBytes }),
    clock,
    randomBytes,
    counter: staffHandlerDeps.counter,
    backOff: createBackOff((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)), Math.random),
  };
}
