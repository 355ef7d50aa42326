import type { IdentityPassFacts, IdentityRole } from '../../shared/identity-pass-format';
import { schoolTag } from '../../shared/pass-format';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { AccountState } from './account-state';
import { pairedName } from './paired-name';
import type { SchoolKeys } from './school-keys';

export type OfflineGates = NonNullable<NonNullable<RulePack['gates']>['offline']>;

/** One app of one holder, as its codes know it: a removed app's version never comes back. */
export interface PassHolder {
  readonly accountNo: number;
  readonly slot: number;
  readonly keyVersion: number;
}

const MINUTE_MS = 60_000;
/** Clocks of gates are within 30 s; people stand in a queue longer than that. */
const OVERLAP_MS = 5 * MINUTE_MS;

const KEY_VERSIONS = 1_000;
const PERIODS = 100_000;

/**
 * What stands for the app at gates for one period of `windowHours`, counted from 1970: within it a gate knows that it is the same person again,
 * beyond it nobody can tell. No row is read or written for it.
 */
function aliasOf({ handle }: Pick<SchoolKeys, 'handle'>, { accountNo, slot, keyVersion }: PassHolder, period: number): string {
  return pairedName(handle, 'gate', accountNo, (slot * KEY_VERSIONS + (keyVersion % KEY_VERSIONS)) * PERIODS + (period % PERIODS));
}

function lengths({ windowHours, sliceMinutes }: OfflineGates) {
  const sliceMs = sliceMinutes * MINUTE_MS;
  const windowMs = windowHours * 60 * MINUTE_MS;
  return { sliceMs, windowMs, count: windowMs / sliceMs };
}

/** Start of the pass that is shown at this moment. */
export function sliceStart(rules: OfflineGates, at: EpochMs): EpochMs {
  return at - (at % lengths(rules).sliceMs);
}

/** The passes that the app shows from now on, one after the other, `windowHours` of them. */
export function identityPassFacts(
  keys: Pick<SchoolKeys, 'handle'>,
  holder: PassHolder,
  given: {
    readonly schoolId: string;
    readonly rules: OfflineGates;
    readonly role: IdentityRole;
    readonly keyId: number;
    readonly epoch: number;
    readonly at: EpochMs;
  },
): readonly IdentityPassFacts[] {
  const { schoolId, rules, role, keyId, epoch, at } = given;
  const { sliceMs, windowMs, count } = lengths(rules);
  const first = sliceStart(rules, at);
  return Array.from({ length: count }, (_, later) => {
    const start = first + later * sliceMs;
    const period = Math.floor(start / windowMs);
    return {
      school: schoolTag(schoolId),
      alias: aliasOf(keys, holder, period),
      index: (start - period * windowMs) / sliceMs,
      validFrom: start - OVERLAP_MS,
      validUntil: start + sliceMs + OVERLAP_MS,
      ...{ role, keyId, epoch },
    };
  });
}

export interface LiveAlias {
  readonly alias: string;
  /** After this none of its passes is good. */
  readonly until: EpochMs;
}

/** Under which names passes of these apps may be out. */
export function liveAliases(
  keys: Pick<SchoolKeys, 'handle'>,
  holders: readonly PassHolder[],
  rules: OfflineGates,
  at: EpochMs,
): readonly LiveAlias[] {
  const { windowMs } = lengths(rules);
  const present = Math.floor(at / windowMs);
  const earliest = Math.floor((at - OVERLAP_MS) / windowMs);
  const periods = [...new Set([earliest, present, present + 1])];
  return holders.flatMap((holder) =>
    periods.map((period) => ({ alias: aliasOf(keys, holder, period), until: (period + 1) * windowMs + OVERLAP_MS })),
  );
}

/** Every bound app of an account. */
export function boundApps(accountNo: number, { apps }: AccountState): readonly PassHolder[] {
  return apps.flatMap(({ bound, keyVersion }, slot) => (bound ? [{ accountNo, slot, keyVersion }] : []));
}
