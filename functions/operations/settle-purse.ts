import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { type ChipSums, contradicts, type Purse, type PurseAct, settleDraft } from '../domain/purse';
import type { Counter } from '../lib/metrics';
import type { PurseUse } from '../store/purse-uses';
import { type AccountName, changeAccount } from './append-loop';
import { type ReturnPurseDeps, returnPurse } from './return-purse';

export interface SettlePurseDeps extends ReturnPurseDeps {
  readonly counter: Pick<Counter, 'count'>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/**
 * Brings the books up to what a chip had spent after a use, whenever that is told and whatever became of the card since (it may be lost, replaced, its account
 * closed): the water ran. Nothing is refilled, for no chip is there to be written. A repeat, or an older use, changes nothing.
 *
 * Throws AppError: `purse.other-state`, `account.unknown`, `request.busy`, `school.unknown`.
 */
export async function settleUse(deps: SettlePurseDeps, use: PurseUse): Promise<void> {
  const { schoolId, accountNo, issue, terminal, serial, merchant, usedAt } = use;
  const pack = await deps.packOf(schoolId);
  const account = { schoolId, accountNo };
  await returnPurse(deps, account, pack);
  const verdict = await changeAccount<Purse | undefined, 'settled' | 'contradicts'>(deps, {
    account,
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: () => deps.purses.find(schoolId, accountNo, issue),
    decide(head, recordedAt, purse) {
      if (purse === undefined || isDoubted(purse, use)) return { answer: 'contradicts' };
      const name = `${terminal}-use-${serial}`;
      const act: PurseAct = {
        entryId: name,
        terminal,
        place: `use-${String(serial).padStart(9, '0')}`,
        merchant,
        occurredAt: usedAt,
        recordedAt,
      };
      const change = settleDraft(head, purse, use, act, pack);
      return change === undefined
        ? { answer: 'settled' }
        : { write: change.draft, rows: [deps.purses.row(change.purse)], answer: () => 'settled' };
    },
  });
  if (verdict === 'contradicts') await refuseChip(deps, account, issue, use);
}

export function isDoubted(purse: Purse, chip: ChipSums): boolean {
  return purse.stopped === true || contradicts(purse, chip);
}

/**
 * No one honest chip tells this: there are two, or its sums were turned back. From now on nothing of that card's purse is believed, and the office gives out a
 * new card; what it had proved stands. Throws AppError `purse.other-state`.
 */
export async function refuseChip(
  deps: SettlePurseDeps,
  { schoolId, accountNo }: AccountName,
  issue: number,
  chip: ChipSums,
): Promise<never> {
  deps.counter.count('PurseOtherState');
  for (let tries = 0; tries < STOP_TRIES; tries += 1) {
    const purse = await deps.purses.find(schoolId, accountNo, issue);
    if (purse === undefined || purse.stopped === true || !contradicts(purse, chip)) break;
    if (await deps.purses.save({ ...purse, stopped: true, version: purse.version + 1 })) break;
    await deps.backOff(tries);
  }
  throw new AppError('purse.other-state');
}

const STOP_TRIES = 20;
