import { STREAM } from '../random/random.ts';
import { hasMoved } from '../simulation/changes.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { DAY_MS, dayText, instantText } from '../time.ts';
import { crmIdOf, NONE, shopId } from '../world/people.ts';
import { amount } from './amount.ts';
import { linkIdentity } from './identity-links.ts';

/** Hands over a person's account in the shop as it is now, if they have one. */
export function handOverAccount(retailer: Retailer, person: number, at: number, isNew = false): void {
  const { people, identities, speller, outbox, accounts } = retailer;
  const number = people.shop[person] ?? NONE;
  if (number === NONE) return;
  const market = identities.market(person);
  const identity = identities.of(person, hasMoved(retailer, person));
  const spelled = speller.spell(identity, market, 'ecommerce_customers', person);
  const random = retailer.draws.at(STREAM.person, person, 8);
  const gaveCard = random.chance(0.35);
  const accepts = random.chance(0.6);
  const registered = people.registeredDay[person] ?? 0;
  outbox.push('ecommerce_customers', {
    customer_id: shopId(number),
    email: spelled.email,
    first_name: spelled.firstName,
    last_name: spelled.lastName,
    phone: spelled.phone,
    address_line: identity.addressLine,
    city: identity.city.name,
    postcode: identity.postcode,
    country: market.country,
    loyalty_id: gaveCard ? crmIdOf(people, person) : null,
    accepts_marketing: accepts,
    consent_at: instantText(registered * DAY_MS + random.below(DAY_MS)),
    registration_date: dayText(registered),
    last_login_at: instantText(isNew ? registered * DAY_MS + random.next() * (at - registered * DAY_MS) : at),
    orders_count: accounts.orders[person],
    total_spent: amount(accounts.spent[person] ?? 0),
    currency: market.currency,
    updated_at: instantText(at),
  });
  if (isNew) linkIdentity(retailer, person, 'ecommerce_customers', shopId(number), spelled);
}
