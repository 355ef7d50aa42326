import type { RandomBytes } from '../../shared/ids';
import { DAY_MS, toIso } from '../../shared/time';
import type { BoundAccount, VisitorIdentity } from '../domain/app-identity';
import type { Clock } from '../lib/clock';
import { newPageToken, readPageToken } from '../lib/page-token';
import type { Sessions } from '../store/sessions';
import { readCaller } from './caller';

/** Who pays for somebody else: signed in to an app, or looking at a page on a computer. */
export interface Visitor {
  readonly identity: VisitorIdentity;
  readonly sourceIp: string;
  readonly bound: BoundAccount | undefined;
}

export interface VisitorDeps {
  readonly sessions: Pick<Sessions, 'find'>;
  readonly clock: Clock;
  /** Signs the tokens of pages. */
  readonly pageKey: Uint8Array;
}

/** As long as a session, so that a visitor finds their orders again. */
const PAGE_LIVES_MS = 30 * DAY_MS;

/** Throws AppError `auth.sign-in-required`: neither a session's token nor a page's. */
export async function readVisitor(
  deps: VisitorDeps,
  request: { readonly authorization: string | undefined; readonly sourceIp: string },
): Promise<Visitor> {
  const page = readPageToken(deps.pageKey, request.authorization, deps.clock());
  if (page === undefined) return readCaller(deps, request);
  return { identity: { platform: 'pc-web', appId: 'page', openid: page.pageId }, sourceIp: request.sourceIp, bound: undefined };
}

/** A page on a computer begins a visit, in which it may pay for others and see what it paid; it can never be bound to a card. */
export function startPage(deps: Pick<VisitorDeps, 'clock' | 'pageKey'> & { readonly randomBytes: RandomBytes }): {
  readonly sessionToken: string;
  readonly expiresAt: string;
  readonly serverTime: string;
} {
  const now = deps.clock();
  const expiresAt = now + PAGE_LIVES_MS;
  return { sessionToken: newPageToken(deps.pageKey, expiresAt, deps.randomBytes), expiresAt: toIso(expiresAt), serverTime: toIso(now) };
}

/** Whether nobody has signed in here. */
export function isPage(visitor: Pick<Visitor, 'identity'>): boolean {
  return visitor.identity.platform === 'pc-web';
}
