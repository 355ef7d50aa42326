import { type EpochMs, toIso } from '../../shared/time';

/** RFC 3339 as WeChat Pay writes it: "2026-11-21T12:08:17+08:00". */
export function rfc3339(at: EpochMs): string {
  return toIso(at).replace(/\.\d{3}/, '');
}

/** Alipay's form, Beijing time without a zone: "2026-11-21 12:08:17". */
export function beijingText(at: EpochMs): string {
  return toIso(at).slice(0, 19).replace('T', ' ');
}

/** "20261121120817" in Beijing time, the head of order numbers. */
export function beijingDigits(at: EpochMs): string {
  return beijingText(at).replace(/\D/g, '');
}

/** Instant of "2026-11-21 12:08:17" in Beijing time; undefined for any other form or an impossible date. */
export function parseBeijingText(text: string): EpochMs | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return undefined;
  const at = Date.parse(`${text.replace(' ', 'T')}+08:00`);
  return Number.isNaN(at) || beijingText(at) !== text ? undefined : at;
}
