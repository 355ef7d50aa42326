import type { IdentityPassesReply } from '../../shared/api/identity-passes';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { lacksFirstSync } from '../domain/first-sync';
import { identityPassFacts, sliceStart } from '../domain/identity-pass';
import type { PassSigner } from '../domain/pass-signer';
import type { SchoolKeys } from '../domain/school-keys';
import { codesRefusal } from '../domain/standing';
import type { Bindings } from '../store/bindings';
import type { Holders } from '../store/holders';
import type { Passbook } from '../store/passbook';
import type { HolderCaller } from './caller';
import { readHolder } from './check-password';
import { type PassControlDeps, passControlOf } from './pass-keys';

export interface IdentityPassesDeps extends PassControlDeps {
  readonly passbook: Pick<Passbook, 'head'>;
  readonly holders: Pick<Holders, 'find'>;
  readonly bindings: Pick<Bindings, 'find'>;
  readonly passSigner: PassSigner;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly keysOf: (schoolId: string) => SchoolKeys;
  readonly clock: () => number;
}

/**
 * The identity passes of the caller's own app for the next days, one for each stretch of time, which the phone shows at a gate without network.
 * They stand over no money and nothing is written: asked again in the same stretch they are the same.
 *
 * Throws AppError: `pass.not-offered`, `auth.password-change-required`, `auth.second-proof-required`, `code.not-offered`, `code.frozen`,
 * `code.first-sync`, `receivable.owed`, `account.closed`, `account.unknown`, `auth.sign-in-required` (the app was removed this moment),
 * `request.busy`, `school.unknown`.
 */
export async function giveIdentityPasses(deps: IdentityPassesDeps, caller: HolderCaller): Promise<IdentityPassesReply> {
  const { schoolId, accountNo, slot, bindingId } = caller.bound;
  const [pack, holder] = await Promise.all([deps.packOf(schoolId), readHolder(deps, caller)]);
  const rules = pack.gates?.offline;
  if (rules === undefined) throw new AppError('pass.not-offered');
  const control = await passControlOf(deps, schoolId);
  // After the keys: whoever gives every pass up meanwhile gives up these too.
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  const { state } = head;
  const refusal = codesRefusal(holder, state, pack) ?? (lacksFirstSync(state, pack) ? 'code.first-sync' : undefined);
  if (refusal !== undefined) throw new AppError(refusal);
  const app = state.apps[slot];
  // Asked after the head: a binding that is in force now was in force then, so the place in the head is still this app's.
  const binding = await deps.bindings.find(schoolId, accountNo, bindingId);
  if (app === undefined || !app.bound || binding === undefined || binding.removedAt !== undefined) {
    throw new AppError('auth.sign-in-required');
  }
  const now = deps.clock();
  const facts = identityPassFacts(
    deps.keysOf(schoolId),
    { accountNo, slot, keyVersion: app.keyVersion },
    { schoolId, rules, role: state.group ?? 'student', keyId: control.keyId, epoch: control.epoch, at: now },
  );
  return {
    passes: facts.map((one) => deps.passSigner.writeIdentity(schoolId, one)),
    from: toIso(sliceStart(rules, now), pack.utcOffsetMinutes),
    sliceMinutes: rules.sliceMinutes,
    serverTime: toIso(now, pack.utcOffsetMinutes),
  };
}
