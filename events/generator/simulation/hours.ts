import { hourShare } from '../demand/hours.ts';
import { poisson, Weighted } from '../random/distributions.ts';
import { Random, STREAM } from '../random/random.ts';
import { handOverVisit, startOfVisit } from '../sources/page-views.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';
import type { Market } from '../world/markets.ts';
import { NONE } from '../world/people.ts';
import { botSteps, browsingSteps } from './browsing.ts';
import { runningSocials } from './campaigns.ts';
import { committedFraud } from './fraud.ts';
import type { Retailer } from './retailer.ts';
import { sellInShop } from './shop.ts';
import { sellAtTill } from './till.ts';
import { drawVisitor } from './visitors.ts';
import { type DayPlan, planDay } from './visits.ts';

/** Steps of a visit on average, by what becomes of it; the number of visits follows from that of the page views. */
const MEAN_STEPS = { purchase: 11.2, browsing: 5.3, bot: 39 } as const;
const BOT_VISITS = 0.0006;
/** Even where many customers are known, some stay strangers. */
const LEAST_STRANGERS = 0.25;
const KNOWN_BROWSERS = 0.35;

/** One hour of a day. */
interface Hour {
  readonly random: Random;
  readonly hour: number;
  /** An instant within the hour. */
  instant(): number;
}

/** Lives through a day, hour by hour of UTC: tills, orders of the shop, and those who only look. */
export function* liveDay(retailer: Retailer): Generator<void> {
  const plan = planDay(retailer);
  const random = new Random(retailer.options.seed).at(STREAM.session, -1, retailer.day);
  for (let hour = 0; hour < 24; hour++) {
    const start = retailer.day * DAY_MS + hour * HOUR_MS;
    const now: Hour = { random, hour, instant: () => start + random.below(HOUR_MS) };
    yield* knownCustomers(retailer, plan, now);
    yield* strangersInStores(retailer, plan, now);
    yield* strangersInShop(retailer, plan, now);
    yield* browsers(retailer, now);
    yield* committedFraud(retailer, random, start);
  }
}

function* knownCustomers(retailer: Retailer, plan: DayPlan, { hour, instant }: Hour): Generator<void> {
  const { people, stores, identities } = retailer;
  for (const { person, place, cause } of plan.byHour[hour] ?? []) {
    const store = place === 'store' ? stores[people.homeStore[person] ?? NONE] : undefined;
    if (store) sellAtTill(retailer, { store, person, at: instant(), cause });
    else sellInShop(retailer, { person, market: identities.market(person), at: instant(), cause });
    yield;
  }
}

function* strangersInStores(retailer: Retailer, plan: DayPlan, { random, hour, instant }: Hour): Generator<void> {
  const { stores, size, season, day } = retailer;
  const sizes = stores.reduce((sum, store) => sum + store.size, 0);
  for (const store of stores) {
    const share = hourShare('store', store.city.timezone, day, hour);
    if (share === 0) continue;
    const wanted = ((size.baskets * store.size) / sizes) * season.factor(store.market, 'store', day);
    const strangers = Math.max(LEAST_STRANGERS * wanted, wanted - (plan.expectedByStore[store.index] ?? 0));
    for (let left = poisson(random, strangers * share); left > 0; left--) {
      sellAtTill(retailer, { store, person: NONE, at: instant(), cause: undefined });
      yield;
    }
  }
}

/** Visits of a market's inhabitants in an hour, as parts of all of a day. */
function shopShares({ markets, season, day }: Retailer, hour: number): number[] {
  return markets.map((market) => {
    const timezone = market.cities[0]?.timezone ?? '';
    return market.customers * season.factor(market, 'shop', day) * hourShare('shop', timezone, day, hour);
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function* strangersInShop(retailer: Retailer, plan: DayPlan, { random, hour, instant }: Hour): Generator<void> {
  const { markets, size, campaigns, day } = retailer;
  const shares = shopShares(retailer, hour);
  const marketDraw = new Weighted(shares);
  const strangers = Math.max(LEAST_STRANGERS * size.shopOrders, size.shopOrders - plan.expectedInShop);
  const visit = (cause: Parameters<typeof sellInShop>[1]['cause']) => {
    const market = markets[marketDraw.draw(random)] as Market;
    sellInShop(retailer, { person: NONE, market, at: instant(), cause });
  };
  for (let left = poisson(random, strangers * sum(shares)); left > 0; left--) {
    visit(undefined);
    yield;
  }
  for (const campaign of runningSocials(campaigns, day)) {
    const mean = size.shopOrders * campaign.lift * sum(shares);
    for (let left = poisson(random, mean); left > 0; left--) visit(campaign);
    yield;
  }
}

function* browsers(retailer: Retailer, { random, hour, instant }: Hour): Generator<void> {
  const { markets, size, people, shopAssortment, products } = retailer;
  const window = { assortment: shopAssortment, products };
  const shares = shopShares(retailer, hour);
  const marketDraw = new Weighted(shares);
  const bots = size.pageViews * BOT_VISITS;
  const views = size.pageViews - size.shopOrders * MEAN_STEPS.purchase - bots * MEAN_STEPS.bot;
  for (let left = poisson(random, (views / MEAN_STEPS.browsing) * sum(shares)); left > 0; left--) {
    const isKnown = random.chance(KNOWN_BROWSERS);
    const person = isKnown ? random.below(people.count) : NONE;
    const market = isKnown ? retailer.identities.market(person) : (markets[marketDraw.draw(random)] as Market);
    const visitor = drawVisitor(retailer, random, { person, market });
    const steps = browsingSteps(random, window);
    handOverVisit(retailer, visitor, steps, startOfVisit(instant(), steps), null);
    yield;
  }
  for (let left = poisson(random, bots / 24); left > 0; left--) {
    const visitor = drawVisitor(retailer, random, { person: NONE, market: markets[0] as Market });
    const steps = botSteps(random, window);
    handOverVisit(retailer, { ...visitor, device: 'other' }, steps, startOfVisit(instant(), steps), null);
    yield;
  }
}
