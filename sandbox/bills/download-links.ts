import type { EpochMs } from '../../shared/time';
import { randomAlphanumeric } from '../lib/random-text';
import type { Surroundings } from '../surroundings';

/** Addresses that live for a while. They are not remembered over a restart: who missed one asks for another, as always. */
export interface DownloadLinks<T> {
  /** `expired`: it has missed its time before anybody can use it. */
  issue(what: T, options: { readonly lifeMs: number; readonly expired: boolean }): string;
  /** undefined when the token is unknown or its time is over. */
  open(token: string): T | undefined;
}

export function createDownloadLinks<T>(parts: Pick<Surroundings, 'wireClock' | 'randomBytes'>): DownloadLinks<T> {
  const links = new Map<string, { readonly what: T; readonly until: EpochMs }>();
  return {
    issue(what, { lifeMs, expired }) {
      const now = parts.wireClock();
      for (const [token, link] of links) if (link.until < now) links.delete(token);
      const token = randomAlphanumeric(parts.randomBytes, 40);
      links.set(token, { what, until: expired ? now - 1 : now + lifeMs });
      return token;
    },
    open(token) {
      const link = links.get(token);
      return link && parts.wireClock() <= link.until ? link.what : undefined;
    },
  };
}
