import fc from 'fast-check';
import { businessDay, DAY_MS, isoWeek, minuteOfDay, monthBounds, monthOf, toIso } from './time';

const instants = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2060, 0, 1) });
const offsets = fc.integer({ min: -48, max: 56 }).map((quarter) => quarter * 15);

describe('time', () => {
  it('changes day, month and minute at midnight of the school, not of UTC', () => {
    const midnight = Date.UTC(2026, 10, 30, 16);
    expect([businessDay(midnight - 1), businessDay(midnight)]).toEqual(['2026-11-30', '2026-12-01']);
    expect([monthOf(midnight - 1), monthOf(midnight)]).toEqual(['2026-11', '2026-12']);
    expect([minuteOfDay(midnight - 1), minuteOfDay(midnight)]).toEqual([1_439, 0]);
    expect(businessDay(midnight, 0)).toBe('2026-11-30');
    expect(businessDay(midnight, -480)).toBe('2026-11-30');
  });

  it('is written with its offset and read back the same', () => {
    expect(toIso(Date.UTC(2026, 10, 21, 4, 8, 17))).toBe('2026-11-21T12:08:17.000+08:00');
    expect(toIso(0, -210)).toBe('1969-12-31T20:30:00.000-03:30');
    fc.assert(fc.property(instants, offsets, (at, offset) => Date.parse(toIso(at, offset)) === at));
  });

  it('finds the bounds of the month that an instant lies in', () => {
    fc.assert(
      fc.property(instants, offsets, (at, offset) => {
        const month = monthOf(at, offset);
        const { from, to } = monthBounds(month, offset);
        expect(from <= at && at < to).toBe(true);
        expect([monthOf(from, offset), monthOf(to - 1, offset)]).toEqual([month, month]);
        expect(monthOf(to, offset)).not.toBe(month);
      }),
    );
    expect(monthBounds('2026-12').to).toBe(monthBounds('2027-01').from);
  });

  // ISO 8601: week 1 holds the first Thursday of the year.
  it.each([
    ['2026-01-01', '2026-W01'],
    ['2025-12-29', '2026-W01'],
    ['2025-12-28', '2025-W52'],
    ['2027-01-01', '2026-W53'],
    ['2027-01-04', '2027-W01'],
    ['2020-12-31', '2020-W53'],
    ['2021-01-03', '2020-W53'],
    ['2024-12-30', '2025-W01'],
    ['2026-11-21', '2026-W47'],
  ])('%s lies in week %s', (day, week) => {
    expect(isoWeek(Date.parse(`${day}T00:00:00+08:00`))).toBe(week);
    expect(isoWeek(Date.parse(`${day}T23:59:59.999+08:00`))).toBe(week);
  });

  it('begins a week on Monday at midnight in UTC+8 and keeps it for seven days', () => {
    fc.assert(
      fc.property(instants, (at) => {
        const monday = Date.parse('2026-11-16T00:00:00+08:00');
        const start = monday + Math.floor((at - monday) / (7 * DAY_MS)) * 7 * DAY_MS;
        expect(isoWeek(at)).toBe(isoWeek(start));
        expect(isoWeek(start - 1)).not.toBe(isoWeek(start));
      }),
    );
  });
});
