import { businessDay, DAY_MS, type EpochMs } from '../../shared/time';
import type { WorldState } from '../state';
import type { Surroundings } from '../surroundings';
import type { JournalLine } from './state';
import { trafficLines } from './traffic';

/** Whose books: the keys under which the state keeps what belongs to a platform. */
export type BookKeeper = 'wechatPay' | 'alipay';
export const BOOK_KEEPERS = ['wechatPay', 'alipay'] as const;

export function record(parts: Surroundings, keeper: BookKeeper, line: JournalLine): void {
  parts.state.journal[keeper].push(line);
}

export function dayBounds(day: string): { readonly from: EpochMs; readonly to: EpochMs } {
  const from = Date.parse(`${day}T00:00:00+08:00`);
  return { from, to: from + DAY_MS };
}

/** Lines of a Beijing day: those of the journal as they were written, then the traffic that was made up for it. */
export function* linesOfDay(state: WorldState, keeper: BookKeeper, day: string): Generator<JournalLine> {
  for (const line of state.journal[keeper]) if (businessDay(line.at) === day) yield line;
  for (const recipe of state.traffic) if (recipe.platform === keeper && recipe.day === day) yield* trafficLines(recipe);
}
