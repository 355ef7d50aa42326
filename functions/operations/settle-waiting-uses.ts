import type { PurseUseName } from '../store/purse-uses';
import type { Key } from '../store/table';
import { type StoredUsesDeps, settleOne } from './upload-purse-uses';

export interface NightOfPurses {
  readonly looked: number;
  readonly settled: number;
  readonly refused: number;
  /** Each use that could not be looked at, and why, for the log. */
  readonly failed: readonly { readonly use: PurseUseName; readonly error: unknown }[];
  /** False when the time ran out first; the next run goes on. */
  readonly complete: boolean;
}

/** 50 uses a page: more than a night leaves behind. */
const MAX_PAGES = 400;

/** Settles every stored use that the books do not know of yet, oldest first, until none is left or `until` has passed. One account's trouble never stops the others. */
export async function settleWaitingUses(deps: StoredUsesDeps, until: number): Promise<NightOfPurses> {
  const failed: { use: PurseUseName; error: unknown }[] = [];
  const ended = { settled: 0, refused: 0, stored: 0 };
  const run = (complete: boolean): NightOfPurses => {
    const { settled, refused, stored } = ended;
    return { looked: settled + refused + stored + failed.length, settled, refused, failed, complete };
  };
  let after: Key | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { uses, next } = await deps.purseUses.waiting(after);
    for (const name of uses) {
      if (deps.clock() >= until) return run(false);
      try {
        const use = await deps.purseUses.find(name);
        // The index lags: it may have been settled since.
        if (use?.state === 'stored') ended[(await settleOne(deps, use)).state] += 1;
      } catch (error) {
        failed.push({ use: name, error });
      }
    }
    if (next === undefined) return run(true);
    after = next;
  }
  return run(false);
}
