import type { AutoTopUpDeps } from '../operations/auto-top-up';
import { createAutoTopUps } from '../store/auto-top-ups';
import { createHolders } from '../store/holders';
import { createDeducts } from './deducts';
import type { MoneyParts } from './money-parts';
import { notifyUrlsOf } from './top-ups';

/** What the holder's own side of automatic top-ups borrows from the world. */
export function createAutoTopUpDeps({ database, config, common }: MoneyParts): AutoTopUpDeps {
  return {
    ...common,
    autoTopUps: createAutoTopUps(database),
    holders: createHolders(database),
    deducts: createDeducts(config),
    notifyUrls: notifyUrlsOf(config),
  };
}
