import { type Assortment, Assortment as AssortmentOf, assortmentOf } from '../demand/assortment.ts';
import { Prices } from '../demand/prices.ts';
import { Season } from '../demand/season.ts';
import { Stock } from '../demand/stock.ts';
import type { GeneratorOptions } from '../emission.ts';
import { Outbox } from '../handover/outbox.ts';
import { Weighted } from '../random/distributions.ts';
import { Random, STREAM } from '../random/random.ts';
import { dayOf } from '../time.ts';
import { Identities } from '../world/identity.ts';
import { type Store, storesOf, type Warehouse, warehousesOf } from '../world/locations.ts';
import { localPrice, type Market, marketsOf } from '../world/markets.ts';
import { NONE, type People, peopleOf } from '../world/people.ts';
import { type Product, productsOf } from '../world/products.ts';
import { Speller } from '../world/spelling.ts';
import { type Campaigns, campaignsOf } from './campaigns.ts';
import { FollowUps } from './follow-ups.ts';
import { Ledger } from './ledger.ts';
import { type Size, sizeOf } from './size.ts';

/** Lines of a day that a basket or an order has on average; stock is planned by it. */
const MEAN_UNITS = 3;

/** The synthetic retailer: what stays the same, and what changes from day to day. */
export interface Retailer {
  readonly options: GeneratorOptions;
  readonly size: Size;
  readonly firstDay: number;
  readonly lastDay: number;
  readonly markets: readonly Market[];
  readonly products: readonly Product[];
  readonly stores: readonly Store[];
  readonly warehouses: readonly Warehouse[];
  readonly people: People;
  readonly identities: Identities;
  readonly speller: Speller;
  readonly season: Season;
  readonly prices: Prices;
  readonly campaigns: Campaigns;
  /** By store, then of the warehouses, which all carry what the shop sells. */
  readonly storeStock: readonly Stock[];
  readonly warehouseStock: readonly Stock[];
  readonly shopAssortment: Assortment;
  readonly ledger: Ledger;
  readonly followUps: FollowUps;
  readonly outbox: Outbox;
  /** Random numbers for whoever begins with `at` and draws all at once. */
  readonly draws: Random;
  /** What the shop counts per person: orders, and what they spent, in hundredths. */
  readonly accounts: { readonly orders: Int32Array; readonly spent: Float64Array };
  /** Present day, counted from 1970. */
  day: number;
  readonly counters: { order: number; basket: number; invoice: number; ticket: number; review: number; return: number };
}

export function retailerOf(options: GeneratorOptions): Retailer {
  const { seed, defects } = options;
  const firstDay = dayOf(options.firstDay);
  const lastDay = firstDay + options.days - 1;
  const size = sizeOf(options);
  const markets = marketsOf(firstDay, lastDay);
  const products = productsOf(seed, size.products, firstDay, lastDay);
  const stores = storesOf(seed, markets, size.stores);
  const warehouses = warehousesOf(markets);
  const people = peopleOf({ seed, customers: size.customers, firstDay, lastDay, markets, stores });
  const outbox = new Outbox({ seed, rates: defects, lastDay });
  const prices = new Prices(seed, products, markets);
  prices.beginDay(firstDay, true);
  const shopAssortment = new AssortmentOf(products.keys());
  return {
    options,
    size,
    firstDay,
    lastDay,
    markets,
    products,
    stores,
    warehouses,
    people,
    identities: new Identities(seed, people, markets),
    speller: new Speller(seed, defects.invalid_email),
    season: new Season(seed, firstDay),
    prices,
    campaigns: campaignsOf(seed, people, firstDay, lastDay),
    storeStock: storeStocks(seed, size, stores, products, prices),
    warehouseStock: warehouseStocks(seed, size, warehouses, products, shopAssortment, prices),
    shopAssortment,
    ledger: new Ledger(),
    followUps: new FollowUps(lastDay),
    outbox,
    draws: new Random(seed),
    accounts: earlierOrders(people, firstDay, markets),
    day: firstDay,
    counters: { order: 0, basket: 0, invoice: 0, ticket: 0, review: 0, return: 0 },
  };
}

/** Slots of each store, so many that the inventory has as many records a day as it should. */
function storeStocks(
  seed: number,
  size: Size,
  stores: readonly Store[],
  products: readonly Product[],
  prices: Prices,
): readonly Stock[] {
  const random = new Random(seed);
  const popularity = new Weighted(products.map((product) => product.popularity));
  const ownWarehouses = 3;
  const slots = Math.max(10 * stores.length, size.inventoryRecords - ownWarehouses * products.length);
  const total = stores.reduce((sum, store) => sum + store.size, 0);
  return stores.map((store) => {
    random.at(STREAM.assortment, store.index);
    // Between the same number for all and numbers by size.
    const share = (0.5 * store.size) / total + 0.5 / stores.length;
    const count = Math.min(products.length, Math.round(slots * share));
    const stock = new Stock(assortmentOf(random, popularity, count, products.length));
    stock.assortment.beginDay(prices.weights);
    const units = (size.baskets * MEAN_UNITS * store.size) / total;
    for (let slot = 0; slot < stock.assortment.size; slot++) {
      stock.plan(slot, units * stock.assortment.shareOf(slot), 2, random.next());
    }
    return stock;
  });
}

function warehouseStocks(
  seed: number,
  size: Size,
  warehouses: readonly Warehouse[],
  products: readonly Product[],
  assortment: Assortment,
  prices: Prices,
): readonly Stock[] {
  const random = new Random(seed);
  assortment.beginDay(prices.weights);
  return warehouses.map((warehouse, index) => {
    random.at(STREAM.assortment, index, 1);
    const stock = new Stock(assortment);
    const baskets = warehouse.provider === undefined ? (size.baskets + size.shopOrders) / 2.5 : size.shopOrders / 3;
    for (const product of products) {
      const demand = baskets * MEAN_UNITS * assortment.shareOf(product.index);
      stock.plan(product.index, demand, product.leadTimeDays, random.next());
    }
    return stock;
  });
}

const MEAN_ORDER_PENCE = 6500;

/** What the accounts of the shop had ordered before the first day, by rate and time. */
function earlierOrders(people: People, firstDay: number, markets: readonly Market[]): Retailer['accounts'] {
  const orders = Int32Array.from(people.rate, (rate, person) => {
    const churned = people.churnedDay[person] ?? NONE;
    const days = (churned === NONE ? firstDay : churned) - (people.registeredDay[person] ?? firstDay);
    return Math.max(0, Math.floor(rate * (people.shopShare[person] ?? 0) * days));
  });
  const spent = Float64Array.from(orders, (count, person) => {
    const market = markets[people.market[person] ?? 0];
    return market ? count * localPrice(market, MEAN_ORDER_PENCE) : 0;
  });
  return { orders, spent };
}
