import type { LossReply } from '../../shared/api/student';
import { type HolderWords, type ProveHolderDeps, provenHolder } from './prove-holder';
import { type StopCardDeps, stopCard } from './report-loss';
import type { Visitor } from './visitor';

export type ReportLossElsewhereDeps = StopCardDeps & ProveHolderDeps;

/**
 * A phone is lost with the app on it: card and codes are stopped from any browser, by what binds the app too. Whoever knows that could bind
 * and report all the same, so that this gives nobody more; it tells the second and no balance. Only the holder's own app takes it back.
 *
 * Throws AppError: `school.unknown`, `auth.citizen-id-mistyped`, `auth.no-match` (number, name or password: one answer for all three), `auth.locked`,
 * `account.closed`, `account.unknown`, `request.busy`.
 */
export async function reportLossElsewhere(deps: ReportLossElsewhereDeps, visitor: Visitor, wish: HolderWords): Promise<LossReply> {
  const pack = await deps.packOf(wish.schoolId);
  const holder = await provenHolder(deps, visitor, { pack, wish, isUrgent: true });
  return stopCard(deps, holder, { pack, keepCodes: false });
}
