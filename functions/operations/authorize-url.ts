import type { WebContainer } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import { loginAppOf, type SignInDeps } from './sign-in';

export interface AuthorizeUrlDeps extends Pick<SignInDeps, 'logins' | 'wecomOf'> {
  /** Our own page, without a slash at its end. */
  readonly publicBaseUrl: string;
}

export interface AuthorizeVisit {
  readonly container: WebContainer;
  /** Whose WeChat Work. */
  readonly schoolId?: string | undefined;
  /** Path and query inside our own page. */
  readonly returnTo: string;
  readonly state: string;
}

/**
 * Where a page in a web view sends its visitor to sign in. It comes back to a place of ours and nowhere else: whoever
 * could choose the place would be handed the code.
 *
 * Throws AppError: `request.malformed` (a place that is not ours), `auth.platform-refused` (not run here).
 */
export function authorizeUrl(deps: AuthorizeUrlDeps, { container, schoolId, returnTo, state }: AuthorizeVisit): { readonly url: string } {
  const app = loginAppOf(deps, container, schoolId);
  return { url: app.login.webAuthorizeUrl({ appId: app.appId, redirectUri: ourPlace(deps.publicBaseUrl, returnTo), state }) };
}

/** A place inside our own page as a browser would read it. Throws AppError `request.malformed`. */
export function ourPlace(publicBaseUrl: string, returnTo: string): string {
  const base = new URL(publicBaseUrl);
  const folder = base.pathname.replace(/\/+$/, '');
  // Resolved as a browser would, so that "/..", "//" and back slashes are judged by what they become.
  const place = URL.canParse(returnTo, base.origin) ? new URL(returnTo, base.origin) : undefined;
  const isOurs = place?.origin === base.origin && (place.pathname === folder || place.pathname.startsWith(`${folder}/`));
  if (place === undefined || !isOurs || place.username !== '' || place.password !== '') {
    throw new AppError('request.malformed', { field: 'returnTo' });
  }
  // The platform appends its code to the query; a fragment would hide it.
  place.hash = '';
  return place.href;
}
