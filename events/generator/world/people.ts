import { beta, exponential, gamma, Weighted } from '../random/distributions.ts';
import { Random, STREAM } from '../random/random.ts';
import type { Store } from './locations.ts';
import type { Market } from './markets.ts';

/** How many of each kind there are, for 10,000 customers of the CRM. */
const CRM_PERSONS = 9_800;
const SHOP_ONLY = 1_500;
const PROSPECTS = 1_200;
const PERSONS = CRM_PERSONS + SHOP_ONLY + PROSPECTS;
/** Registrations go back so many days from the last, the recent ones denser. */
const HISTORY_DAYS = 1100;
/** Purchases per day while a customer: gamma; chance to have been the last, after each: beta. */
export const RATE = { shape: 0.9, rate: 3.4 } as const;
export const DROPOUT = { a: 0.9, b: 55 } as const;

/** No number, day or index. */
export const NONE = -1;

/**
 * Everybody whom the retailer has to do with, by index, in typed arrays. What can be derived from the seed at any time
 * (names, addresses) is not kept.
 */
export interface People {
  readonly count: number;
  /** Index of the person whose home, and mostly family name, they share. */
  readonly household: Int32Array;
  readonly market: Uint8Array;
  readonly homeStore: Int32Array;
  readonly registeredDay: Int32Array;
  /** Purchases per day as long as they are customers; 0 for prospects. */
  readonly rate: Float64Array;
  readonly dropout: Float64Array;
  /** Day of the purchase that was the last; `NONE` for customers still. */
  readonly churnedDay: Int32Array;
  /** Part of the purchases that are made in the shop or the app. */
  readonly shopShare: Float32Array;
  /** Numbers in each system; `NONE` for those who are not in it. */
  readonly crm: Int32Array;
  readonly secondCrm: Int32Array;
  readonly shop: Int32Array;
  readonly contact: Int32Array;
}

function empty(count: number): People {
  const numbers = () => new Int32Array(count).fill(NONE);
  return {
    count,
    household: numbers(),
    market: new Uint8Array(count),
    homeStore: numbers(),
    registeredDay: numbers(),
    rate: new Float64Array(count),
    dropout: new Float64Array(count),
    churnedDay: numbers(),
    shopShare: new Float32Array(count),
    crm: numbers(),
    secondCrm: numbers(),
    shop: numbers(),
    contact: numbers(),
  };
}

/** How many people and CRM records a number of customers means. */
export function sizesOf(customers: number): { persons: number; crmPersons: number; prospectsFrom: number } {
  const part = (number: number) => Math.round((customers * number) / 10_000);
  return {
    persons: part(PERSONS),
    crmPersons: part(CRM_PERSONS),
    prospectsFrom: part(CRM_PERSONS + SHOP_ONLY),
  };
}

/** A life that began before the period is lived through at once: a purchase after the other until one is the last. */
function churnBefore(random: Random, rate: number, dropout: number, registered: number, firstDay: number): number {
  let day = registered + exponential(random, rate);
  while (day < firstDay) {
    if (random.chance(dropout)) return Math.floor(day);
    day += exponential(random, rate);
  }
  return NONE;
}

interface Making {
  readonly seed: number;
  readonly customers: number;
  readonly firstDay: number;
  readonly lastDay: number;
  readonly markets: readonly Market[];
  readonly stores: readonly Store[];
}

export function peopleOf(making: Making): People {
  const { seed, customers, firstDay, lastDay, markets } = making;
  const { persons, crmPersons, prospectsFrom } = sizesOf(customers);
  const people = empty(persons);
  const random = new Random(seed);
  const marketDraw = new Weighted(markets.map((market) => market.customers));
  const storesByMarket = markets.map((market) => making.stores.filter((store) => store.market === market));
  for (let person = 0; person < persons; person++) {
    random.at(STREAM.person, person);
    const isMember = person > 0 && person !== crmPersons && person !== prospectsFrom && random.chance(0.3);
    const household = isMember ? (people.household[person - 1] ?? person) : person;
    const market = isMember ? (people.market[household] ?? 0) : marketDraw.draw(random);
    const stores = storesByMarket[market] ?? [];
    people.household[person] = household;
    people.market[person] = market;
    people.homeStore[person] = stores.length === 0 ? NONE : random.pick(stores).index;
    people.registeredDay[person] = lastDay - Math.floor(HISTORY_DAYS * random.next() ** 1.4);
    if (person >= prospectsFrom || isTrader(person, crmPersons)) continue;
    live(people, person, random, firstDay);
    people.shopShare[person] = shopShare(random, person >= crmPersons || stores.length === 0);
  }
  number(people, making);
  return people;
}

const TRADERS_EVERY = 50;

/** Traders buy from the old wholesale system only, by invoice. */
export const isTrader = (person: number, crmPersons: number): boolean =>
  person < crmPersons && person % TRADERS_EVERY === 0;

/** Somebody out of all traders. */
export const drawTrader = (random: Random, crmPersons: number): number =>
  TRADERS_EVERY * random.below(Math.ceil(crmPersons / TRADERS_EVERY));

function live(people: People, person: number, random: Random, firstDay: number): void {
  const rate = gamma(random, RATE.shape, RATE.rate);
  const dropout = beta(random, DROPOUT.a, DROPOUT.b);
  people.rate[person] = rate;
  people.dropout[person] = dropout;
  people.churnedDay[person] = churnBefore(random, rate, dropout, people.registeredDay[person] ?? 0, firstDay);
}

function shopShare(random: Random, isShopOnly: boolean): number {
  if (isShopOnly) return 1;
  return random.chance(0.42) ? beta(random, 2, 2.5) : 0;
}

/** Numbers from 0 on, spread so that neither order nor equal numbers in two systems tell anything. */
function spread(rank: number, count: number, seed: number): number {
  return (rank * 611_953 + (seed % 99_991)) % Math.max(count, 1);
}

/** Gives everybody their numbers in the systems that they are in. */
function number(people: People, { seed, customers }: Making): void {
  const { crmPersons, prospectsFrom } = sizesOf(customers);
  const random = new Random(seed);
  let [accounts, contacts] = [0, 0];
  for (let person = 0; person < people.count; person++) {
    random.at(STREAM.person, person, 1);
    const isProspect = person >= prospectsFrom;
    if (person < crmPersons) people.crm[person] = spread(person, customers, seed);
    if ((people.shopShare[person] ?? 0) > 0 && !isProspect) people.shop[person] = accounts++;
    if (isProspect || random.chance(0.62)) people.contact[person] = contacts++;
  }
  // A few are in the CRM twice.
  for (let second = crmPersons; second < customers; second++) {
    const person = random.at(STREAM.person, second, 2).below(crmPersons);
    people.secondCrm[person] = spread(second, customers, seed);
  }
  for (const numbers of [people.shop, people.contact]) {
    const count = numbers === people.shop ? accounts : contacts;
    const rotate = numbers === people.shop ? seed + 1 : seed + 2;
    for (let person = 0; person < people.count; person++) {
      const rank = numbers[person] ?? NONE;
      if (rank !== NONE) numbers[person] = spread(rank, count, rotate);
    }
  }
}

const pad = (number: number, digits: number) => String(number).padStart(digits, '0');

export const personId = (person: number): string => `H${pad(person + 1, 7)}`;
export const crmId = (number: number): string => `C${pad(number + 1, 7)}`;
export const shopId = (number: number): string => String(5_000_001 + number);
export const contactId = (number: number): string => `MC${pad(number + 1, 7)}`;

/** The person's id in the CRM, if they are in it. */
export function crmIdOf(people: People, person: number): string | null {
  const number = people.crm[person] ?? NONE;
  return number === NONE ? null : crmId(number);
}

/** The person's account in the shop, if there is one. */
export function shopIdOf(people: People, person: number): string | null {
  const number = people.shop[person] ?? NONE;
  return number === NONE ? null : shopId(number);
}
