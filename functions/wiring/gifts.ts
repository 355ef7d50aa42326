import { deriveGiftKey } from '../domain/school-keys';
import type { PayGiftDeps } from '../operations/pay-gift';
import type { VisitorDeps } from '../operations/visitor';
import { createGifts } from '../store/gifts';
import type { MoneyParts } from './money-parts';
import { createOthersDeps } from './others';

export type GiftRoutesDeps = PayGiftDeps & VisitorDeps;

/** What gift links borrow from the world. */
export function createGiftDeps(parts: MoneyParts): GiftRoutesDeps {
  const { database, config } = parts;
  return {
    ...createOthersDeps(parts),
    gifts: createGifts(database),
    giftKeyOf: (schoolId) => deriveGiftKey(config.ECODE_MASTER_KEY, schoolId),
  };
}
