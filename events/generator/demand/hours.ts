import { Weighted } from '../random/distributions.ts';
import type { Random } from '../random/random.ts';
import { utcOffset } from '../world/time-zones.ts';
import type { Place } from './season.ts';

/** Part of a day's sales by local hour. Stores are open from 9 to 20. */
const PROFILES: Readonly<Record<Place, readonly number[]>> = {
  store: [0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 6, 9, 12, 11, 9, 9, 11, 13, 10, 7, 0, 0, 0, 0],
  shop: [2, 1, 0.5, 0.3, 0.3, 0.5, 1.5, 3, 4, 4.5, 5, 5, 6, 5.5, 5, 5, 5, 5.5, 6, 7.5, 9, 9, 6.5, 4],
};
const TOTALS = { store: sum(PROFILES.store), shop: sum(PROFILES.shop) } as const;
const DRAWS = { store: new Weighted(PROFILES.store), shop: new Weighted(PROFILES.shop) } as const;

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Part of a day's sales that is made in an hour of UTC. */
export function hourShare(place: Place, timezone: string, day: number, hour: number): number {
  const local = (hour + utcOffset(timezone, day) + 24) % 24;
  return (PROFILES[place][local] ?? 0) / TOTALS[place];
}

/** An hour of UTC by the habits of a time zone. */
export function drawHour(random: Random, place: Place, timezone: string, day: number): number {
  return (DRAWS[place].draw(random) - utcOffset(timezone, day) + 24) % 24;
}
