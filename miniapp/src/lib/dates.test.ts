import { clockText, dayHeading, dayOf, daysInMonth, fullInstant, instantMs, monthText, recentMonths, shortInstant } from './dates';

const NOON = '2026-11-21T12:08:17.250+08:00';

describe('instants as a student reads them', () => {
  it('parses what the API sends, in every form of ISO 8601 that it may take', () => {
    const at = Date.UTC(2026, 10, 21, 4, 8, 17, 250);
    for (const iso of [NOON, '2026-11-21T04:08:17.250Z', '2026-11-21T04:08:17.2500Z', '2026-11-21T09:38:17.250+05:30']) {
      expect(instantMs(iso)).toBe(at);
    }
    expect(instantMs('2026-11-20T23:08:17-05:00')).toBe(at - 250);
  });

  it("tells day and clock in the school's zone", () => {
    expect([dayOf('2026-11-21T23:30:00+08:00'), dayOf('2026-11-21T23:30:00Z')]).toEqual(['2026-11-21', '2026-11-22']);
    expect(clockText(NOON)).toBe('12:08:17');
    expect(clockText(NOON, 0)).toBe('04:08:17');
  });

  it('words today, yesterday and other days in both languages', () => {
    const now = instantMs(NOON);
    expect(shortInstant(NOON, now, 'zh')).toBe('今天 12:08');
    expect(shortInstant(NOON, now + 86_400_000, 'zh')).toBe('昨天 12:08');
    expect(shortInstant(NOON, now + 2 * 86_400_000, 'zh')).toBe('11月21日 12:08');
    expect(shortInstant(NOON, now, 'en')).toBe('Today 12:08');
    expect(shortInstant(NOON, now + 2 * 86_400_000, 'en')).toBe('21 Nov 12:08');
    expect(fullInstant(NOON, 'en')).toBe('21 Nov 12:08:17');
  });

  it('heads days and months', () => {
    expect([dayHeading('2026-11-21', 'zh'), dayHeading('2026-11-21', 'en')]).toEqual(['11月21日 星期六', 'Sat 21 Nov']);
    expect([monthText('2026-11', 'zh'), monthText('2026-01', 'en')]).toEqual(['2026年11月', 'Jan 2026']);
  });

  it('lists months backwards over the year', () => {
    expect(recentMonths(Date.UTC(2026, 0, 31, 16), 3)).toEqual(['2026-02', '2026-01', '2025-12']);
    expect([daysInMonth('2026-02'), daysInMonth('2028-02'), daysInMonth('2026-12')]).toEqual([28, 29, 31]);
  });
});
