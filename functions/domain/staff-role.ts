/** Who works with the product, beside its cardholders. One person may have several roles at one school. */
export const STAFF_ROLES = ['finance', 'card-office', 'merchant', 'auditor', 'manager'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

const everybody: readonly StaffRole[] = ['finance', 'card-office', 'auditor'];

/**
 * Each act and the roles that may do it. Nobody who approves money may appoint staff, and nobody who appoints staff may touch money.
 * A merchant sees its own statements and takes its own sales back, and nothing else.
 */
export const STAFF_ACTS = {
  'account.read': ['card-office', 'finance', 'auditor'],
  'order.read': everybody,
  'refund.read': everybody,
  'refund.start': ['finance'],
  'sale.refund': ['finance', 'card-office'],
  'case.read': everybody,
  'case.resolve': ['card-office'],
  'account.close': ['card-office'],
  'card.charge': ['card-office'],
  'subsidy.grant': ['finance'],
  'subsidy.read': everybody,
  'reconciliation.run': ['finance'],
  'reconciliation.read': ['finance', 'auditor'],
  'settlement.read': ['finance', 'auditor', 'merchant'],
  'settlement.pay': ['finance'],
  'adjustment.propose': ['finance'],
  'adjustment.approve': ['finance'],
  'adjustment.read': ['finance', 'auditor'],
  'receivable.clear': ['finance', 'card-office'],
  'passes.give-up': ['card-office'],
  'arrival.import': ['finance'],
  'day.lock': ['finance'],
  'sheet.read': ['finance', 'auditor'],
  'chart.set': ['finance'],
  'cash.collect': ['finance'],
  'voucher.export': ['finance', 'auditor'],
  'terminal.read': everybody,
  'terminal.enrol': ['card-office'],
  'terminal.change': ['card-office'],
  'terminal.revoke': ['card-office'],
  'gate.reset': ['card-office'],
  'terminal-pin.set': ['merchant'],
  'terminal.refund': ['merchant'],
  'audit.read': ['auditor', 'manager'],
  'staff.manage': ['manager'],
} as const satisfies Record<string, readonly StaffRole[]>;
export type StaffAct = keyof typeof STAFF_ACTS;

export function mayDo(roles: readonly StaffRole[], act: StaffAct): boolean {
  const allowed: readonly StaffRole[] = STAFF_ACTS[act];
  return roles.some((role) => allowed.includes(role));
}
