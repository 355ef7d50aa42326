import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from '../../shared/ids';
import type { EpochMs } from '../../shared/time';

/** One visit to a page by nobody in particular. */
export interface PageVisit {
  readonly pageId: string;
  readonly expiresAt: EpochMs;
}

const FORM = /^page1\.([\w-]{22})\.([0-9a-z]{1,11})\.([\w-]{43})$/;
const ID_BYTES = 16;

/** A visit that nothing is stored of: whoever opens pages by the thousand fills no table. */
export function newPageToken(key: Uint8Array, expiresAt: EpochMs, randomBytes: RandomBytes): string {
  const named = `page1.${Buffer.from(randomBytes(ID_BYTES)).toString('base64url')}.${expiresAt.toString(36)}`;
  return `${named}.${mac(key, named).toString('base64url')}`;
}

/** The visit of `Authorization: Bearer page1.…`; undefined when the token is none of ours, was altered, or is over. */
export function readPageToken(key: Uint8Array, authorization: string | undefined, now: EpochMs): PageVisit | undefined {
  const [scheme = '', token = '', ...rest] = (authorization ?? '').trim().split(/ +/);
  const parts = FORM.exec(token);
  if (scheme.toLowerCase() !== 'bearer' || rest.length > 0 || parts === null) return undefined;
  const [, pageId = '', until = '', given = ''] = parts;
  const right = mac(key, `page1.${pageId}.${until}`);
  const claimed = Buffer.from(given, 'base64url');
  if (claimed.length !== right.length || !timingSafeEqual(claimed, right)) return undefined;
  const expiresAt = Number.parseInt(until, 36);
  return now < expiresAt ? { pageId, expiresAt } : undefined;
}

function mac(key: Uint8Array, named: string): Buffer {
  return createHmac('sha256', key).update(named).digest();
}
