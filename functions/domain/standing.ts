import type { ErrorCode } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import type { AccountState } from './account-state';

/** What is known of how a holder has proved who they are. */
export interface Proven {
  readonly passwordHash: string | null;
  readonly provenAt: number | null;
}

/**
 * Why a card bound with an initial password may only look and top up (architecture §5): payment codes and un-reporting
 * a loss need a changed password and a second proof. Undefined when both are there.
 */
export function missingProof(holder: Proven): ErrorCode | undefined {
  if (holder.passwordHash === null) return 'auth.password-change-required';
  return holder.provenAt === null ? 'auth.second-proof-required' : undefined;
}

/** Why this account may hold no code key now, or undefined when it may. */
export function codesRefusal(holder: Proven, state: AccountState, pack: Pick<RulePack, 'codes'>): ErrorCode | undefined {
  if (!pack.codes.enabled) return 'code.not-offered';
  if (state.closed) return 'account.closed';
  return missingProof(holder) ?? (state.codesFrozen ? frozenBy(state) : undefined);
}

/** What is owed stops the codes until it is settled; a lost card until its report is taken back. */
function frozenBy({ owedFen, lostAt }: AccountState): ErrorCode {
  return owedFen !== undefined && lostAt === 0 ? 'receivable.owed' : 'code.frozen';
}

/** Why this account may not take back a loss report online, or undefined when it may. */
export function cancelLossRefusal(holder: Proven, state: AccountState, pack: Pick<RulePack, 'loss'>): ErrorCode | undefined {
  if (!pack.loss.cancelOnline) return 'account.cancel-loss-at-desk';
  if (state.closed) return 'account.closed';
  return missingProof(holder);
}
