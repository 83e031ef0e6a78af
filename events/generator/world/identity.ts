import type { City } from '../data/markets.ts';
import { NAMES, type Names, NICKNAMES } from '../data/names.ts';
import { Random, STREAM } from '../random/random.ts';
import { dayText } from '../time.ts';
import type { Market } from './markets.ts';
import type { People } from './people.ts';

/** What is personal about a person, as they would write it themselves. */
export interface Identity {
  readonly firstName: string;
  readonly lastName: string;
  /** The family name before they married, if it was another. */
  readonly formerName: string | undefined;
  readonly email: string;
  /** Another address that they use here and there. */
  readonly otherEmail: string;
  readonly phone: string;
  readonly addressLine: string;
  readonly city: City;
  readonly postcode: string;
  readonly birthDate: string;
  readonly birthYear: number;
}

const DOMAINS = [
  'gmail.example',
  'gmail.example',
  'gmail.example',
  'outlook.example',
  'hotmail.example',
  'yahoo.example',
  'icloud.example',
  'post.example',
  'web.example',
  'mail.example',
];
const EMPLOYERS = ['council.example', 'university.example', 'consulting.example', 'works.example', 'hospital.example'];
const LETTERS = 'ABDEFGHJLNPQRSTUWXYZ';

/** Fills a pattern: 9 becomes a digit, A a letter. */
export const filled = (random: Random, pattern: string): string =>
  pattern.replace(/[9A]/g, (sign) => (sign === '9' ? String(random.below(10)) : (LETTERS[random.below(20)] ?? 'A')));

/** Letters without accents, as old systems have them. */
export const withoutAccents = (text: string): string =>
  text
    .replaceAll('ß', 'ss')
    .replaceAll('ı', 'i')
    .replaceAll('ø', 'o')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '');

const localPart = (name: string): string =>
  withoutAccents(name)
    .toLowerCase()
    .replace(/[^a-z]/g, '');

function emailOf(random: Random, firstName: string, lastName: string, person: number, domain: string): string {
  const [first, last] = [localPart(firstName), localPart(lastName)];
  const local = random.pick([`${first}.${last}`, `${first}${last}`, `${first[0]}.${last}`, `${last}.${first}`]);
  // The number keeps the addresses of namesakes apart.
  return `${local}${person}@${domain}`;
}

function homeOf(random: Random, market: Market, household: number, move: number) {
  random.at(STREAM.household, household, move);
  const city = random.pick(market.cities);
  const street = random.pick(market.streets);
  const house = random.between(1, 180);
  return {
    addressLine: market.numberLast ? `${street} ${house}` : `${house} ${street}`,
    city,
    postcode: city.postcode + filled(random, market.postcode),
  };
}

/** Derives people from the seed; each keeps its own source of random numbers. */
export class Identities {
  readonly #people: People;
  readonly #markets: readonly Market[];
  readonly #random: Random;

  constructor(seed: number, people: People, markets: readonly Market[]) {
    this.#people = people;
    this.#markets = markets;
    this.#random = new Random(seed);
  }

  market(person: number): Market {
    return this.#markets[this.#people.market[person] ?? 0] as Market;
  }

  /** @param hasMoved whether the person lives where they moved to later */
  of(person: number, hasMoved = false): Identity {
    const random = this.#random;
    const market = this.market(person);
    const household = this.#people.household[person] ?? person;
    const names = NAMES[market.language] as Names;
    const home = homeOf(random, market, household, hasMoved ? person + 1 : 0);
    const familyName = random.at(STREAM.household, household, -1).pick(names.families);
    random.at(STREAM.person, person, 3);
    const isWoman = random.chance(0.56);
    const firstName = random.pick(isWoman ? names.women : names.men);
    const ownName = random.pick(names.families);
    // Some who share a home do not share its name, and some shared another before.
    const lastName = random.chance(0.15) ? ownName : familyName;
    const formerName = isWoman && lastName !== ownName && random.chance(0.12) ? ownName : undefined;
    const birthYear = 2007 - random.below(62);
    return {
      firstName,
      lastName,
      formerName,
      email: emailOf(random, firstName, lastName, person, random.pick(DOMAINS)),
      otherEmail: emailOf(random, firstName, formerName ?? lastName, person, random.pick(EMPLOYERS)),
      phone: filled(random, market.phone),
      ...home,
      birthYear,
      birthDate: `${birthYear}${dayText(random.below(365)).slice(4)}`,
    };
  }

  /** The Internet address that a person mostly comes from. */
  ipAddress(person: number): string {
    const random = this.#random.at(STREAM.person, person, 4);
    return ipAddressIn(random, this.market(person));
  }
}

/** An Internet address of a country; one in twenty is of version 6. */
export function ipAddressIn(random: Random, { network }: Market): string {
  const group = () => random.below(65_536).toString(16);
  if (random.chance(0.05)) return `2001:db8:${network.toString(16)}:${group()}::${group()}`;
  return `${network}.${random.below(256)}.${random.below(256)}.${random.between(1, 254)}`;
}

/** What family and friends call somebody, if that is another name. */
export const nicknameOf = (firstName: string): string | undefined => NICKNAMES.get(firstName);
