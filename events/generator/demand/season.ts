import { normal } from '../random/distributions.ts';
import { Random, STREAM } from '../random/random.ts';
import { weekdayOf, yearFraction } from '../time.ts';
import type { Market } from '../world/markets.ts';

export type Place = 'store' | 'shop';

/** Sales against the mean, by day of the week from Sunday. */
const WEEK: Readonly<Record<Place, readonly number[]>> = {
  store: [0.86, 0.84, 0.87, 0.92, 1.0, 1.16, 1.35],
  shop: [1.16, 1.08, 1.0, 0.97, 0.95, 0.92, 0.92],
};
const YEARLY_GROWTH = 0.08;

/** Height of a bell over a part of the year, as a part of 1. */
const bell = (fraction: number, peak: number, width: number): number => {
  const distance = Math.abs(fraction - peak);
  return Math.exp(-((Math.min(distance, 1 - distance) / width) ** 2));
};

/** Late November and the weeks before Christmas, the dip after; a calm autumn day is 1. */
export const yearlyFactor = (day: number): number => {
  const fraction = yearFraction(day);
  return 1 + 0.45 * bell(fraction, 0.945, 0.03) - 0.14 * bell(fraction, 0.05, 0.05) - 0.05 * bell(fraction, 0.62, 0.08);
};

/** How many buy on a day against an ordinary one on the first days: trend, week, year, holidays and chance. */
export class Season {
  readonly #firstDay: number;
  readonly #random: Random;

  constructor(seed: number, firstDay: number) {
    this.#firstDay = firstDay;
    this.#random = new Random(seed);
  }

  factor(market: Market, place: Place, day: number): number {
    const trend = 1 + (YEARLY_GROWTH * (day - this.#firstDay)) / 365;
    const week = WEEK[place][weekdayOf(day)] ?? 1;
    const noise = Math.exp(0.04 * normal(this.#random.at(STREAM.season, market.index, day)));
    return trend * week * yearlyFactor(day) * holidayFactor(market, place, day) * noise;
  }
}

/** On holidays people stay away from stores and shop from home; the day before they stock up. */
function holidayFactor({ holidays }: Market, place: Place, day: number): number {
  if (holidays.has(day)) return place === 'store' ? 0.45 : 1.15;
  return holidays.has(day + 1) && place === 'store' ? 1.25 : 1;
}

/** More of a category is sold near the height of its season, less away from it. */
export function categoryFactor({ height, peak }: { height: number; peak: number }, day: number): number {
  return 1 + height * (2 * bell(yearFraction(day), peak, 0.16) - 0.55);
}
