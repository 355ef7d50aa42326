import type { CodeKeyReply } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { DAY_MS, isoWeek, toIso } from '../../shared/time';
import { codeWeekKey, handleOf, type SchoolKeys } from '../domain/school-keys';
import { codesRefusal } from '../domain/standing';
import type { Clock } from '../lib/clock';
import type { Bindings } from '../store/bindings';
import type { Holders } from '../store/holders';
import type { Passbook } from '../store/passbook';
import type { HolderCaller } from './caller';
import { readHolder } from './check-password';

export interface CodeKeyDeps {
  readonly passbook: Pick<Passbook, 'head'>;
  readonly holders: Pick<Holders, 'find'>;
  readonly bindings: Pick<Bindings, 'find'>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly keysOf: (schoolId: string) => SchoolKeys;
  readonly clock: Clock;
}

/**
 * This ISO week's key of the caller's own app and next week's, with which the phone makes codes without network.
 *
 * Throws AppError: `auth.password-change-required`, `auth.second-proof-required`, `code.not-offered`, `code.frozen`,
 * `account.closed`, `account.unknown`, `auth.sign-in-required` (the app was removed this moment), `school.unknown`.
 */
export async function codeKey(deps: CodeKeyDeps, caller: HolderCaller): Promise<CodeKeyReply> {
  const { schoolId, accountNo, slot, bindingId } = caller.bound;
  const [pack, holder, head] = await Promise.all([
    deps.packOf(schoolId),
    readHolder(deps, caller),
    deps.passbook.head(schoolId, accountNo),
  ]);
  if (head === undefined) throw new AppError('account.unknown');
  const refusal = codesRefusal(holder, head.state, pack);
  if (refusal !== undefined) throw new AppError(refusal);
  const app = head.state.apps[slot];
  // Asked after the head: a binding that is in force now was in force then, so the place in the head is still this app's.
  const binding = await deps.bindings.find(schoolId, accountNo, bindingId);
  const isRemoved = binding === undefined || binding.removedAt !== undefined;
  if (app === undefined || !app.bound || isRemoved) throw new AppError('auth.sign-in-required');
  const keys = deps.keysOf(schoolId);
  const handle = handleOf(keys, accountNo);
  const now = deps.clock();
  const keyOf = (week: string) => ({
    week,
    key: Buffer.from(codeWeekKey(keys, { handle, slot, keyVersion: app.keyVersion, week })).toString('hex'),
  });
  const weeks = [isoWeek(now), isoWeek(now + 7 * DAY_MS)];
  return { schoolId, handle, slot, keyVersion: app.keyVersion, keys: weeks.map(keyOf), serverTime: toIso(now) };
}
