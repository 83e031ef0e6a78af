import { NAMES } from '../data/names.ts';
import type { Random } from '../random/random.ts';
import type { Order } from '../sources/ecommerce-orders.ts';
import { filled, withoutAccents } from '../world/identity.ts';
import type { Market } from '../world/markets.ts';
import { NONE, shopIdOf } from '../world/people.ts';
import { hasMoved } from './changes.ts';
import type { Retailer } from './retailer.ts';

type OrderCustomer = Pick<Order, 'accountId' | 'email' | 'recipient' | 'addressLine' | 'city' | 'postcode'>;

/** Who an order is for: the holder of an account, or a guest. */
export function customerOf(retailer: Retailer, random: Random, person: number, market: Market): OrderCustomer {
  if (person === NONE) return strangerIn(random, market);
  const { identities, speller, people } = retailer;
  const identity = identities.of(person, hasMoved(retailer, person));
  const { email } = speller.spell(identity, market, 'ecommerce_customers', person);
  return {
    accountId: shopIdOf(people, person),
    email,
    recipient: `${identity.firstName} ${identity.lastName}`,
    addressLine: identity.addressLine,
    city: identity.city.name,
    postcode: identity.postcode,
  };
}

function strangerIn(random: Random, market: Market): OrderCustomer {
  const names = NAMES[market.language] ?? NAMES.en;
  const [firstName, lastName] = [random.pick(names?.women ?? []), random.pick(names?.families ?? [])];
  const city = random.pick(market.cities);
  const local = withoutAccents(`${firstName}.${lastName}`)
    .toLowerCase()
    .replace(/[^a-z.]/g, '');
  return {
    accountId: null,
    email: `${local}.${random.hex(8).slice(0, 5)}@guest.example`,
    recipient: `${firstName} ${lastName}`,
    addressLine: `${random.pick(market.streets)} ${random.between(1, 200)}`,
    city: city.name,
    postcode: city.postcode + filled(random, market.postcode),
  };
}
