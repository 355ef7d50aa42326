import type { AuditDeps } from '../operations/audit';
import type { ManageTerminalsDeps } from '../operations/manage-terminals';
import type { SetTerminalPinDeps } from '../operations/set-terminal-pin';
import { createEnrolments } from '../store/enrolments';
import { createGateRecords } from '../store/gate-records';
import { createHeartbeats } from '../store/heartbeats';
import { createMerchants } from '../store/merchants';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';

/** What the staff's routes for terminals borrow from the world. */
export function createStaffTerminalDeps(
  database: Database,
  deps: Omit<
    ManageTerminalsDeps & SetTerminalPinDeps & AuditDeps,
    'terminals' | 'enrolments' | 'heartbeats' | 'gateRecords' | 'merchants' | 'transact'
  >,
): ManageTerminalsDeps & SetTerminalPinDeps & AuditDeps {
  return {
    ...deps,
    terminals: createTerminals(database),
    enrolments: createEnrolments(database),
    heartbeats: createHeartbeats(database),
    gateRecords: createGateRecords(database),
    merchants: createMerchants(database),
    transact: (writes, token) => database.transact(writes, token),
  };
}
