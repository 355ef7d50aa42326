import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { Entry } from '../domain/entry';
import { boundApps, liveAliases, type PassHolder } from '../domain/identity-pass';
import type { SchoolKeys } from '../domain/school-keys';
import type { RevokedName, RevokedNames } from '../store/revoked-names';

export interface IdentityRevocationDeps {
  readonly keysOf: (schoolId: string) => SchoolKeys;
  readonly identityRevocations: Pick<RevokedNames, 'row' | 'gone'>;
}

/** Gates refuse the identity passes of these apps of an account from their next heartbeat on. All that are bound, where none are given. */
export function revokeIdentityPasses(deps: IdentityRevocationDeps, head: Entry, { pack, at, apps }: Which) {
  return named(deps, head, { pack, at, apps }).map((name) => deps.identityRevocations.row(name));
}

/** And take them again: their holder has the phone after all. */
export function allowIdentityPasses(deps: IdentityRevocationDeps, head: Entry, { pack, at }: Omit<Which, 'apps'>) {
  return named(deps, head, { pack, at }).map((name) => deps.identityRevocations.gone(name));
}

interface Which {
  readonly pack: RulePack;
  readonly at: EpochMs;
  readonly apps?: readonly PassHolder[] | undefined;
}

function named({ keysOf }: IdentityRevocationDeps, { schoolId, accountNo, state }: Entry, { pack, at, apps }: Which): RevokedName[] {
  const rules = pack.gates?.offline;
  if (rules === undefined) return [];
  const live = liveAliases(keysOf(schoolId), apps ?? boundApps(accountNo, state), rules, at);
  return live.map(({ alias, until }) => ({ schoolId, name: alias, until }));
}
