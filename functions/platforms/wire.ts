import { type Fen, fen, MoneyError, parseYuan } from '../../shared/money';
import { type EpochMs, toIso } from '../../shared/time';
import type { NoticeHeaders } from './contract';

/** Small readers of what vendors put on the wire. Each answers undefined for what it cannot read. */

/** Base64 in its one canonical form: Node's own decoder skips rubbish and ignores the spare bits of the last digit. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function headerOf(headers: NoticeHeaders, name: string): string | undefined {
  const direct = headers[name];
  if (direct !== undefined) return direct;
  const found = Object.keys(headers).find((key) => key.toLowerCase() === name);
  return found === undefined ? undefined : headers[found];
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** "2018-06-08T10:34:56+08:00" → epoch ms. */
export function parseRfc3339(text: string): EpochMs | undefined {
  return RFC3339.test(text) ? epochOf(text) : undefined;
}

const BEIJING = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** "2018-06-08 10:34:56", Alipay's clock, always UTC+8 → epoch ms. */
export function parseBeijing(text: string): EpochMs | undefined {
  return BEIJING.test(text) ? epochOf(`${text.replace(' ', 'T')}+08:00`) : undefined;
}

function epochOf(text: string): EpochMs | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** "2018-06-08T10:34:56+08:00", without milliseconds, which WeChat Pay refuses. */
export function formatRfc3339(at: EpochMs): string {
  return toIso(at).replace(/\.\d{3}/, '');
}

/** "2018-06-08 10:34:56" in UTC+8 whatever zone the process lives in. */
export function formatBeijing(at: EpochMs): string {
  return toIso(at).slice(0, 19).replace('T', ' ');
}

export function readFen(value: number): Fen | undefined {
  return Number.isSafeInteger(value) && value > 0 ? fen(value) : undefined;
}

export function readYuan(text: string): Fen | undefined {
  try {
    return readFen(parseYuan(text));
  } catch (error) {
    if (error instanceof MoneyError) return undefined;
    throw error;
  }
}

const SHORT_CODE = /^[A-Za-z0-9_.-]{1,64}$/;

/** A vendor's error code as it may enter a log; free text (which may quote the request) may not. */
export function shortCode(code: unknown): string {
  return typeof code === 'string' && SHORT_CODE.test(code) ? code : 'unknown';
}

/** Cuts at whole characters, so that no half of an emoji is sent. */
export function cut(text: string, length: number): string {
  return [...text].slice(0, length).join('');
}
