import type { DisputeDeps } from '../operations/dispute-sale';
import { disputeDepsOver } from './dispute-deps';
import type { MoneyParts } from './money-parts';
import { createPayOutDeps } from './pay-outs';
import { scanAppsOf } from './top-ups';

/** What a student's disputes borrow from the world. */
export function createStudentDisputeDeps({ database, config, common }: MoneyParts): DisputeDeps {
  return { ...disputeDepsOver(database, createPayOutDeps(database, config, common)), saleApps: scanAppsOf(config) };
}
