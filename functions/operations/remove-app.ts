import { AppError } from '../../shared/errors';
import { newId, type RandomBytes } from '../../shared/ids';
import type { RulePack } from '../../shared/rule-pack';
import { revokeAppDraft } from '../domain/account-changes';
import { boundApps, type PassHolder } from '../domain/identity-pass';
import { envelopeOf, openEnvelopes } from '../domain/pass-envelope';
import type { Bindings } from '../store/bindings';
import type { Identities } from '../store/identities';
import type { PassControls, Passes } from '../store/passes';
import type { Sessions } from '../store/sessions';
import { type AccountName, type AppendDeps, changeAccount } from './append-loop';
import { type IdentityRevocationDeps, revokeIdentityPasses } from './identity-revocations';
import { revokedPasses } from './report-loss';

export interface RemoveAppDeps extends AppendDeps, IdentityRevocationDeps {
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly identities: Identities;
  readonly sessions: Sessions;
  readonly bindings: Bindings;
  readonly passes: Pick<Passes, 'find'>;
  readonly passControls: Pick<PassControls, 'revokedRow'>;
  readonly randomBytes: RandomBytes;
}

/**
 * Removes one bound app of the caller's account, its own (unbind) or another. Entry, binding, identity and sessions
 * change in one transaction: from that entry on its codes are dead, its sessions gone and its offline passes given up, and no other app notices. A
 * repeat is the same answer.
 *
 * Throws AppError: `auth.app-unknown` (also another account's app), `account.unknown`, `request.busy`.
 */
export async function removeApp(
  deps: RemoveAppDeps,
  caller: { readonly bound: AccountName },
  bindingId: string,
): Promise<Record<string, never>> {
  const { schoolId, accountNo } = caller.bound;
  const pack = await deps.packOf(schoolId);
  const entryId = newId('rev', deps.clock(), deps.randomBytes);
  return changeAccount(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => {
      const binding = await deps.bindings.find(schoolId, accountNo, bindingId);
      if (binding === undefined) throw new AppError('auth.app-unknown');
      const [identity, kept] = await Promise.all([deps.identities.find(binding), passesOfOthers(deps, caller.bound, binding.slot)]);
      return { binding, identity, kept };
    },
    decide: (head, recordedAt, { binding, identity, kept }) => {
      if (binding.removedAt !== undefined) return { answer: {} };
      // An identity is bound to one account at a time; if it names another binding, a removal was read halfway.
      const isBound = identity.bound?.bindingId === bindingId;
      const isRemoved = ({ slot }: PassHolder): boolean => slot === binding.slot;
      return {
        write: revokeAppDraft(head, { slot: binding.slot, entryId, occurredAt: recordedAt }),
        rows: [
          deps.bindings.removedRow(binding, recordedAt),
          ...revokedPasses(deps, head, recordedAt, (n) => !kept.includes(n)),
          ...revokeIdentityPasses(deps, head, { pack, at: recordedAt, apps: boundApps(accountNo, head.state).filter(isRemoved) }),
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

/** Entry numbers of the envelopes of the holder's other apps. One that was opened since is taken for the removed app's: it is given up in vain. */
async function passesOfOthers(deps: RemoveAppDeps, { schoolId, accountNo }: AccountName, slot: number): Promise<readonly number[]> {
  const head = await deps.passbook.head(schoolId, accountNo);
  const open = head === undefined ? [] : openEnvelopes(head.state, deps.clock());
  const rows = await Promise.all(open.map((n) => deps.passes.find(schoolId, envelopeOf(deps.keysOf(schoolId), accountNo, n))));
  return rows.flatMap((row) => (row === undefined || row.slot === slot ? [] : [row.n]));
}
