import type { ClaimInAppDeps } from '../operations/claim-in-app';
import type { TransfersDeps } from '../operations/list-transfers';
import type { ListNoticesDeps, ReadSubsidiesDeps } from '../operations/read-subsidies';
import { createClaims } from '../store/claims';
import { createNotices } from '../store/notices';
import type { MoneyParts } from './money-parts';

export type ClaimsDeps = ClaimInAppDeps & TransfersDeps & ReadSubsidiesDeps & ListNoticesDeps;

/** What claiming in the app, the transfer flow, subsidies and the inbox borrow from the world. */
export function createClaimsDeps({ database, common }: MoneyParts): ClaimsDeps {
  return { ...common, claims: createClaims(database), notices: createNotices(database) };
}
