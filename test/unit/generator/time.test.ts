import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hourShare } from '../../../events/generator/demand/hours.ts';
import { dayOf, dayText, endOfDay, instantText, weekdayOf, yearFraction } from '../../../events/generator/time.ts';
import { utcOffset } from '../../../events/generator/world/time-zones.ts';
import { sum } from './world.ts';

test('instants and days are written as the standard library writes them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.parse('2100-01-01') }), (instant) => {
      expect(instantText(instant)).toBe(new Date(instant).toISOString());
      expect(instantText(endOfDay(instant))).toBe(`${new Date(instant).toISOString().slice(0, 10)}T23:59:59.999Z`);
    }),
  );
  expect(dayText(dayOf('2024-02-29'))).toBe('2024-02-29');
  expect(weekdayOf(dayOf('2026-11-01'))).toBe(0);
  expect(yearFraction(dayOf('2026-01-01'))).toBe(0);
});

test.each([
  ['Europe/London', '2026-03-28', 0],
  ['Europe/London', '2026-03-29', 1],
  ['Europe/Berlin', '2026-10-24', 2],
  ['Europe/Berlin', '2026-10-25', 1],
  ['America/New_York', '2026-03-07', -5],
  ['America/New_York', '2026-03-08', -4],
  ['America/Los_Angeles', '2026-11-01', -8],
  ['Asia/Tokyo', '2026-07-01', 9],
])('%s is ahead of UTC on %s by %i hours', (timezone, day, hours) => {
  expect(utcOffset(timezone, dayOf(day))).toBe(hours);
});

test('a day’s sales are spread over its hours, those of stores over the local opening hours', () => {
  const day = dayOf('2026-10-05');
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  expect(sum(hours.map((hour) => hourShare('shop', 'Europe/Paris', day, hour)))).toBeCloseTo(1, 12);
  const open = hours.filter((hour) => hourShare('store', 'Asia/Tokyo', day, hour) > 0);
  expect(open).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
