import { drawHour } from '../demand/hours.ts';
import type { Place } from '../demand/season.ts';
import { poisson } from '../random/distributions.ts';
import { STREAM } from '../random/random.ts';
import { NONE } from '../world/people.ts';
import { type EmailCampaign, workingCampaign } from './campaigns.ts';
import type { Retailer } from './retailer.ts';

/** A purchase that a known person is about to make. */
export interface PlannedVisit {
  readonly person: number;
  readonly place: Place;
  readonly cause: EmailCampaign | undefined;
}

/** The purchases of a day that known persons make, by hour of UTC, and how many were to be expected. */
export interface DayPlan {
  readonly byHour: readonly (readonly PlannedVisit[])[];
  readonly expectedByStore: Float64Array;
  readonly expectedInShop: number;
}

/** Purchases that campaigns cause, against a recipient's own, on one day. */
const liftPerDay = ({ lift }: EmailCampaign): number => lift / 2;

/**
 * Lets everybody live for a day by the model buy till you die (BG/NBD): customers buy at a rate of their own, made
 * faster or slower by the season, and after each purchase some never come back. What a campaign causes comes on top and
 * ends no life.
 */
export function planDay(retailer: Retailer): DayPlan {
  const { people, day, stores, markets, season, campaigns, draws: random } = retailer;
  const byHour: PlannedVisit[][] = Array.from({ length: 24 }, () => []);
  const expectedByStore = new Float64Array(stores.length);
  let expectedInShop = 0;
  const factors = markets.map((market) => ({
    store: season.factor(market, 'store', day),
    shop: season.factor(market, 'shop', day),
  }));
  for (let person = 0; person < people.count; person++) {
    const rate = people.rate[person] ?? 0;
    const registered = people.registeredDay[person] ?? 0;
    if (rate === 0 || registered > day || people.churnedDay[person] !== NONE) continue;
    const market = people.market[person] ?? 0;
    const shopShare = people.shopShare[person] ?? 0;
    const factor = factors[market] ?? { store: 1, shop: 1 };
    const mean = rate * (shopShare * factor.shop + (1 - shopShare) * factor.store);
    const home = people.homeStore[person] ?? NONE;
    expectedInShop += rate * shopShare * factor.shop;
    if (home !== NONE) expectedByStore[home] = (expectedByStore[home] ?? 0) + rate * (1 - shopShare) * factor.store;
    const visit = (cause: EmailCampaign | undefined) => {
      const place: Place = random.chance(shopShare) ? 'shop' : 'store';
      const timezone = (place === 'store' ? stores[home]?.city : markets[market]?.cities[0])?.timezone ?? '';
      byHour[drawHour(random, place, timezone, day)]?.push({ person, place, cause });
    };
    random.at(STREAM.visit, person, day);
    const isNew = registered === day;
    // Everybody begins with a purchase, which ends no life.
    if (isNew) visit(undefined);
    for (let purchases = isNew ? 0 : poisson(random, mean); purchases > 0; purchases--) {
      visit(undefined);
      if (!random.chance(people.dropout[person] ?? 0)) continue;
      people.churnedDay[person] = day;
      break;
    }
    const campaign = workingCampaign(campaigns, person, day);
    if (campaign === undefined) continue;
    for (let caused = poisson(random, mean * liftPerDay(campaign)); caused > 0; caused--) visit(campaign);
  }
  return { byHour, expectedByStore, expectedInShop };
}
