import type { ClaimInAppDeps } from '../operations/claim-in-app';
import type { TransfersDeps } from '../operations/list-transfers';
import type { ReadSubsidiesDeps } from '../operations/read-subsidies';
import { createClaims } from '../store/claims';
import type { MoneyParts } from './money-parts';

export type ClaimsDeps = ClaimInAppDeps & TransfersDeps & ReadSubsidiesDeps;

/** What claiming in the app, the transfer flow and subsidies borrow from the world. */
export function createClaimsDeps({ database, common }: MoneyParts): ClaimsDeps {
  return { ...common, claims: createClaims(database) };
}
