import type { SandboxRequest } from '../lib/http';
import type { LoginCode, Person } from '../state';
import type { Surroundings } from '../surroundings';
import { currentPerson } from './persons';

/**
 * Who is using the app that shows this page. In the world the app knows; here a query parameter, a header or a cookie
 * may say it, so that several phones can be played at once, else it is whoever is signed in on this machine.
 */
export function personOf(parts: Surroundings, app: LoginCode['app'], request: SandboxRequest): Person | undefined {
  const query = new URLSearchParams(request.query).get('sandbox_person') ?? undefined;
  const named = query ?? request.headers['x-sandbox-person'] ?? cookieOf(request, `sandbox_person_${app}`);
  return currentPerson(parts, app, named);
}

function cookieOf(request: SandboxRequest, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=');
    if (key === name && value !== undefined) return decodeURIComponent(value);
  }
  return undefined;
}

/** The redirect target with parameters added; undefined when it is not a page of this machine, the only domain registered here. */
export function redirectTarget(redirectUri: string | null, added: Readonly<Record<string, string>>): string | undefined {
  if (redirectUri === null || !URL.canParse(redirectUri)) return undefined;
  const url = new URL(redirectUri);
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname) || url.hostname.endsWith('.localhost');
  if (!local || !/^https?:$/.test(url.protocol)) return undefined;
  for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value);
  return url.href;
}
