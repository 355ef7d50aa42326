import { createNumberToken } from '../domain/number-token';
import { derivePageKey } from '../domain/school-keys';
import type { ListOrdersDeps } from '../operations/list-orders';
import type { PayForOtherDeps } from '../operations/pay-for-other';
import type { VisitorDeps } from '../operations/visitor';
import { createCards } from '../store/cards';
import { createHolders } from '../store/holders';
import { createLockouts } from '../store/lockouts';
import { createSessions } from '../store/sessions';
import type { MoneyParts } from './money-parts';
import { createTopUpDeps } from './top-ups';

/** What paying for somebody else borrows from the world, by name and number or by a gift link. */
export type OthersDeps = PayForOtherDeps & ListOrdersDeps & VisitorDeps & Pick<MoneyParts, 'randomBytes'>;

export function createOthersDeps({ database, config, clock, randomBytes, counter }: MoneyParts): OthersDeps {
  return {
    ...createTopUpDeps(database, config),
    holders: createHolders(database, createNumberToken(config.ECODE_MASTER_KEY)),
    cards: createCards(database),
    lockouts: createLockouts(database),
    sessions: createSessions(database),
    pageKey: derivePageKey(config.ECODE_MASTER_KEY),
    counter,
    clock,
    randomBytes,
  };
}
