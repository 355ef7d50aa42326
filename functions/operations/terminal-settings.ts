import type { PassFacts, TerminalSettings } from '../../shared/api/terminal-life';
import type { RulePack } from '../../shared/rule-pack';
import type { Terminal } from '../store/terminals';
import type { MerchantDeps } from './merchant-names';

export interface SettingsDeps extends MerchantDeps {
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly pinKeys: readonly TerminalSettings['pinKeys'][number][];
  /**
   * What a machine needs to take passes offline. Whoever issues passes gives this in the wiring; a deployment that issues none gives
   * `noPasses`. Asked with every heartbeat, so it is cached there.
   */
  readonly passFacts: (schoolId: string) => Promise<PassFacts>;
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
  };
}
