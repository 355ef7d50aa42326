import { lookup } from '../lib/lookup';
import { randomAlphanumeric } from '../lib/random-text';
import type { LoginCode, Person } from '../state';
import type { Surroundings } from '../surroundings';

const LIFE_MS = 5 * 60_000;

export type CodeRequest = Pick<LoginCode, 'app' | 'flow' | 'appid' | 'scope'>;

/** A login code as wx.login, my.getAuthCode or an OAuth redirect would give: single use, five minutes. */
export function issueCode(parts: Surroundings, request: CodeRequest, person: Person): string {
  const now = parts.clock();
  for (const [code, old] of Object.entries(parts.state.loginCodes)) {
    // Used and expired codes are remembered a while, so that a second use is told from an invention.
    if (now - old.expiresAt > 60 * 60_000) delete parts.state.loginCodes[code];
  }
  const code = randomAlphanumeric(parts.randomBytes, 32);
  parts.state.loginCodes[code] = { ...request, person: person.id, expiresAt: now + LIFE_MS, used: false };
  parts.changed();
  parts.events.publish('login', 'login.code-issued', person.name, { app: request.app, flow: request.flow });
  return code;
}

export type Taken = { readonly person: Person; readonly code: LoginCode } | 'unknown' | 'used';

/** Uses a code up. A code of another app or flow is unknown, and stays usable where it belongs. */
export function takeCode(parts: Surroundings, text: string, wanted: Pick<LoginCode, 'app' | 'flow' | 'appid'>): Taken {
  const code = lookup(parts.state.loginCodes, text);
  if (!code || code.app !== wanted.app || code.appid !== wanted.appid || code.flow !== wanted.flow) return 'unknown';
  if (code.used) return 'used';
  const person = lookup(parts.state.persons, code.person);
  if (!person || parts.clock() >= code.expiresAt) return 'unknown';
  code.used = true;
  parts.changed();
  parts.events.publish('login', 'login.code-exchanged', person.name, { app: code.app, flow: code.flow });
  return { person, code };
}
