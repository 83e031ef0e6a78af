import type { City } from '../data/markets.ts';
import { Weighted } from '../random/distributions.ts';
import { Random, STREAM } from '../random/random.ts';
import type { Market } from './markets.ts';

export const STORE_TYPES = ['flagship', 'standard', 'express', 'outlet'] as const;
export type StoreType = (typeof STORE_TYPES)[number];

interface Location {
  readonly id: string;
  readonly name: string;
  readonly market: Market;
  readonly city: City;
}

export interface Store extends Location {
  readonly index: number;
  readonly type: StoreType;
  /** Customers against a standard store. */
  readonly size: number;
  readonly floorArea: number;
  /** Days before the first. */
  readonly age: number;
}

/** Where the shop's orders are sent from, by countries. */
export interface Warehouse extends Location {
  /** Logistics partner whose warehouse it is; undefined for the retailer's own. */
  readonly provider: string | undefined;
  readonly countries: readonly string[];
}

const SIZES: Readonly<Record<StoreType, number>> = { flagship: 2.2, standard: 1, express: 0.6, outlet: 0.8 };
const typeDraw = new Weighted([0.1, 0.55, 0.22, 0.13]);

/** So many stores of each market that their parts come out best, the largest first. */
function marketOfStores(markets: readonly Market[], count: number): Market[] {
  const built = markets.map(() => 0);
  return Array.from({ length: count }, (_, index) => {
    const lack = markets.map(({ stores }, at) => stores * (index + 1) - (built[at] ?? 0));
    const at = lack.indexOf(Math.max(...lack));
    built[at] = (built[at] ?? 0) + 1;
    return markets[at] as Market;
  });
}

export function storesOf(seed: number, markets: readonly Market[], count: number): readonly Store[] {
  const random = new Random(seed);
  const inCity = new Map<City, number>();
  return marketOfStores(markets, count).map((market, index) => {
    random.at(STREAM.store, index);
    const city = random.pick(market.cities);
    const number = (inCity.get(city) ?? 0) + 1;
    inCity.set(city, number);
    const type = STORE_TYPES[typeDraw.draw(random)] ?? 'standard';
    const size = SIZES[type] * (0.75 + 0.5 * random.next());
    return {
      index,
      id: `S${String(index + 1).padStart(3, '0')}`,
      name: `${city.name} ${random.pick(market.streets)}${number > 1 ? ` ${number}` : ''}`,
      market,
      city,
      type,
      size,
      floorArea: Math.round(900 * size),
      age: random.between(200, 5000),
    };
  });
}

const BRITISH_ISLES = ['GB', 'IE'];
const CONTINENT = ['DE', 'FR', 'ES', 'IT', 'NL'];
const OVERSEAS = ['US', 'CA', 'JP'];

/** The retailer's own warehouses, then those of its logistics partners. */
export function warehousesOf(markets: readonly Market[]): readonly Warehouse[] {
  const warehouse = (id: string, name: string, country: string, served: readonly string[], provider?: string) => {
    const market = markets.find((one) => one.country === country) as Market;
    return { id, name, market, city: market.cities[1] ?? (market.cities[0] as City), countries: served, provider };
  };
  return [
    warehouse('W01', 'Warehouse Manchester', 'GB', BRITISH_ISLES),
    warehouse('W02', 'Warehouse Cork', 'IE', BRITISH_ISLES),
    warehouse('W03', 'Warehouse Rotterdam', 'NL', CONTINENT),
    warehouse('SSW-MAN', 'ShipSwift Manchester', 'GB', BRITISH_ISLES, 'ShipSwift'),
    warehouse('NDL-HAM', 'Nordlog Hamburg', 'DE', [...CONTINENT, ...OVERSEAS], 'Nordlog'),
  ];
}
