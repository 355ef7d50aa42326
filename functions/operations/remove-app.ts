import { AppError } from '../../shared/errors';
import { newId, type RandomBytes } from '../../shared/ids';
import type { RulePack } from '../../shared/rule-pack';
import { revokeAppDraft } from '../domain/account-changes';
import type { Bindings } from '../store/bindings';
import type { Identities } from '../store/identities';
import type { Sessions } from '../store/sessions';
import { type AppendDeps, changeAccount } from './append-loop';
import type { HolderCaller } from './caller';

export interface RemoveAppDeps extends AppendDeps {
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly identities: Identities;
  readonly sessions: Sessions;
  readonly bindings: Bindings;
  readonly randomBytes: RandomBytes;
}

/**
 * Removes one bound app of the caller's account, its own (unbind) or another. Entry, binding, identity and sessions
 * change in one transaction: from that entry on its codes are dead and its sessions gone, and no other app notices. A
 * repeat is the same answer.
 *
 * Throws AppError: `auth.app-unknown` (also another account's app), `account.unknown`, `request.busy`.
 */
export async function removeApp(deps: RemoveAppDeps, caller: HolderCaller, bindingId: string): Promise<Record<string, never>> {
  const { schoolId, accountNo } = caller.bound;
  const pack = await deps.packOf(schoolId);
  const entryId = newId('rev', deps.clock(), deps.randomBytes);
  return changeAccount(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => {
      const binding = await deps.bindings.find(schoolId, accountNo, bindingId);
      if (binding === undefined) throw new AppError('auth.app-unknown');
      return { binding, identity: await deps.identities.find(binding) };
    },
    decide: (head, recordedAt, { binding, identity }) => {
      if (binding.removedAt !== undefined) return { answer: {} };
      // An identity is bound to one account at a time; if it names another binding, a removal was read halfway.
      const isBound = identity.bound?.bindingId === bindingId;
      return {
        write: revokeAppDraft(head, { slot: binding.slot, entryId, occurredAt: recordedAt }),
        rows: [
          deps.bindings.removedRow(binding, recordedAt),
          ...(isBound
            ? [
                deps.identities.changedRow({ ...identity, sessions: [], bound: undefined }),
                ...identity.sessions.map((hash) => deps.sessions.removedRow(hash)),
              ]
            : []),
        ],
        answer: () => ({}),
      };
    },
  });
}
