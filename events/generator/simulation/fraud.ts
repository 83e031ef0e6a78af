import { poisson } from '../random/distributions.ts';
import type { Random } from '../random/random.ts';
import { HOUR_MS, MINUTE_MS } from '../time.ts';
import { ipAddressIn } from '../world/identity.ts';
import type { Market } from '../world/markets.ts';
import { NONE, personId } from '../world/people.ts';
import type { Retailer } from './retailer.ts';
import { sellInShop } from './shop.ts';
import { personalCard, sellAtTill } from './till.ts';

export const FRAUD_PATTERNS = ['card_velocity', 'impossible_geography', 'account_takeover', 'refund_abuse'] as const;
export type FraudPattern = (typeof FRAUD_PATTERNS)[number];

/** Orders of a case on average; the rate of fraud counts orders. */
const MEAN_ORDERS = 3;

interface Case {
  readonly retailer: Retailer;
  readonly random: Random;
  readonly start: number;
  /** Notes a sale as part of the case. */
  note(source: 'ecommerce_orders' | 'pos_transactions', sale: { id: string } | undefined, person: number): void;
}

/** The cases of fraud that begin in an hour. */
export function* committedFraud(retailer: Retailer, random: Random, hourStart: number): Generator<void> {
  const { outbox, size } = retailer;
  const mean = (outbox.rates.fraud * size.shopOrders) / MEAN_ORDERS / 24;
  for (let left = poisson(random, mean); left > 0; left--) {
    const pattern = random.pick(FRAUD_PATTERNS);
    const caseId = `F${random.hex(8)}`;
    COMMIT[pattern]({
      retailer,
      random,
      start: hourStart + random.below(HOUR_MS / 4),
      note: (source, sale, person) => {
        if (sale === undefined) return;
        outbox.defect(source, sale.id, 'fraud');
        const who = person === NONE ? null : personId(person);
        outbox.truth('fraud_labels', { case_id: caseId, pattern, source, key: sale.id, person_id: who });
      },
    });
    yield;
  }
}

const COMMIT: Readonly<Record<FraudPattern, (fraud: Case) => void>> = {
  card_velocity: testCard,
  impossible_geography: payFarAway,
  account_takeover: takeAccount,
  refund_abuse: keepAndReturn,
};

/** A stolen card is tried again and again, from one address, under many names. */
function testCard({ retailer, random, start, note }: Case): void {
  const market = retailer.markets[0] as Market;
  const card = `card_${random.hex(16)}`;
  const ipAddress = ipAddressIn(random, random.pick(retailer.markets));
  const orders = random.between(4, 8);
  for (let order = 0; order < orders; order++) {
    const at = start + order * random.between(1, 4) * MINUTE_MS;
    const fraud = { card, ipAddress, isDeclined: random.chance(0.5) };
    note('ecommerce_orders', sellInShop(retailer, { person: NONE, market, at, cause: undefined, fraud }), NONE);
  }
}

/** A copied card pays in two countries within an hour. */
function payFarAway({ retailer, random, start, note }: Case): void {
  const { people, stores } = retailer;
  const person = random.below(people.count);
  const home = stores[people.homeStore[person] ?? NONE];
  const away = stores.filter(({ market }) => market !== home?.market);
  if (home === undefined || away.length === 0) return;
  const card = personalCard(retailer, person);
  for (const [index, store] of [home, random.pick(away)].entries()) {
    const visit = { store, person, at: start + index * random.between(15, 40) * MINUTE_MS, cause: undefined, card };
    note('pos_transactions', sellAtTill(retailer, visit), person);
  }
}

const drawAccount = ({ people }: Retailer, random: Random): number => {
  for (let tries = 0; tries < 200; tries++) {
    const person = random.below(people.count);
    if (people.shop[person] !== NONE) return person;
  }
  return NONE;
};

/** Somebody orders from another's account, from far away and to an address of their own. */
function takeAccount({ retailer, random, start, note }: Case): void {
  const { identities, markets } = retailer;
  const person = drawAccount(retailer, random);
  if (person === NONE) return;
  const market = identities.market(person);
  const elsewhere = random.pick(markets.filter((other) => other !== market));
  const fraud = {
    card: personalCard(retailer, person),
    ipAddress: ipAddressIn(random, elsewhere),
    addressLine: `${random.pick(market.streets)} ${random.between(200, 400)}`,
    postcode: `${random.pick(market.cities).postcode}${random.between(1, 9)}`,
    isDeclined: false,
  };
  const orders = random.between(1, 3);
  for (let order = 0; order < orders; order++) {
    const at = start + order * random.between(3, 12) * MINUTE_MS;
    note('ecommerce_orders', sellInShop(retailer, { person, market, at, cause: undefined, fraud }), person);
  }
}

/** Somebody orders again and again, and has the money back each time. */
function keepAndReturn({ retailer, random, start, note }: Case): void {
  const person = drawAccount(retailer, random);
  if (person === NONE) return;
  const market = retailer.identities.market(person);
  const orders = random.between(2, 4);
  for (let order = 0; order < orders; order++) {
    const visit = { person, market, at: start + order * 10 * MINUTE_MS, cause: undefined };
    note(
      'ecommerce_orders',
      sellInShop(retailer, { ...visit, fraud: { isDeclined: false, isReturned: true } }),
      person,
    );
  }
}
