import type { GateFacts, PassFacts, TerminalSettings } from '../../shared/api/terminal-life';
import type { RulePack } from '../../shared/rule-pack';
import type { Clock } from '../lib/clock';
import type { RevokedNames } from '../store/revoked-names';
import type { Terminal } from '../store/terminals';
import { gateOf, isGate } from './gate-of';
import type { MerchantDeps } from './merchant-names';

export interface SettingsDeps extends MerchantDeps {
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly pinKeys: readonly TerminalSettings['pinKeys'][number][];
  /**
   * What a machine needs to take passes offline. Whoever issues passes gives this in the wiring; a deployment that issues none gives
   * `noPasses`. Asked with every heartbeat, so it is cached there.
   */
  readonly passFacts: (schoolId: string) => Promise<PassFacts>;
  /** Aliases whose identity passes gates must not take; asked for gates alone, and cached as well. */
  readonly revokedAliases: (schoolId: string) => Promise<RevokedAliases>;
}

export interface RevokedAliases {
  readonly names: readonly string[];
  /** There are more than a heartbeat holds. */
  readonly more: boolean;
}

/** What a heartbeat of a gate may hold: about 9 kB. */
const MOST_REVOKED = 500;

export function revokedAliases(
  deps: { readonly identityRevocations: Pick<RevokedNames, 'list'>; readonly clock: Clock },
  schoolId: string,
): Promise<RevokedAliases> {
  return deps.identityRevocations.list(schoolId, deps.clock(), MOST_REVOKED);
}

export const noPasses: SettingsDeps['passFacts'] = async () => ({
  passKeys: [],
  revocationEpoch: 0,
  revokedPasses: [],
  takesPasses: false,
});

/** What a terminal is told of itself, its merchant and its school. Throws AppError `school.unknown`. */
export async function terminalSettings(deps: SettingsDeps, terminal: Terminal): Promise<TerminalSettings> {
  const { schoolId, merchant: number, name, place, kind = 'pos', takesCash = false, maxSaleFen } = terminal;
  const [pack, merchant, passes] = await Promise.all([deps.packOf(schoolId), deps.merchantOf(schoolId, number), deps.passFacts(schoolId)]);
  const { perTransactionFen, perMealPeriodFen, perDayFen, mealPeriods } = pack.limits;
  return {
    terminal: { schoolId, number: terminal.terminal, kind, name, place: place ?? null, takesCash, maxSaleFen: maxSaleFen ?? null },
    merchant: { number, name: merchant?.name ?? null, legalName: merchant?.legalName ?? null },
    school: { name: pack.name, utcOffsetMinutes: pack.utcOffsetMinutes, packVersion: pack.version },
    limits: {
      perTransactionFen: perTransactionFen ?? null,
      perMealPeriodFen: perMealPeriodFen ?? null,
      perDayFen: perDayFen ?? null,
    },
    mealPeriods: [...mealPeriods],
    codesPay: pack.codes.enabled,
    pinKeys: deps.pinKeys.map((key) => ({ ...key })),
    ...passes,
    gate: await gateFacts(deps, terminal, pack, passes),
  };
}

async function gateFacts(deps: SettingsDeps, terminal: Terminal, pack: RulePack, { passKeys }: PassFacts): Promise<GateFacts | null> {
  if (!isGate(terminal)) return null;
  // Before the first key none was ever given out.
  const offered = pack.gates?.offline !== undefined && passKeys.length > 0;
  const { names, more } = offered ? await deps.revokedAliases(terminal.schoolId) : { names: [], more: false };
  return { ...gateOf(terminal), revokedAliases: [...names], takesIdentityPasses: offered && !more };
}
