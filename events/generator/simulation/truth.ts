import { dayText } from '../time.ts';
import { crmIdOf, NONE, personId, shopIdOf } from '../world/people.ts';
import type { Retailer } from './retailer.ts';

/** What the assortment is like, known from the beginning. */
export function tellProducts({ products, outbox }: Retailer): void {
  for (const { productId, elasticity, popularity, category, complement, affinity } of products) {
    outbox.truth('demand_parameters', {
      product_id: productId,
      price_elasticity: -elasticity,
      popularity,
      season_height: category.season.height,
      season_peak: category.season.peak,
    });
    const other = complement === undefined ? undefined : products[complement];
    if (other === undefined) continue;
    outbox.truth('product_affinities', {
      product_id: productId,
      complement_product_id: other.productId,
      probability: affinity,
    });
  }
}

/** What the lives of customers were like, known at the end. */
export function* tellLives(retailer: Retailer): Generator<void> {
  const { people, outbox, lastDay } = retailer;
  for (let person = 0; person < people.count; person++) {
    const rate = people.rate[person] ?? 0;
    const registered = people.registeredDay[person] ?? 0;
    if (rate === 0 || registered > lastDay) continue;
    const churned = people.churnedDay[person] ?? NONE;
    outbox.truth('churn', {
      person_id: personId(person),
      crm_customer_id: crmIdOf(people, person),
      shop_customer_id: shopIdOf(people, person),
      registered_on: dayText(registered),
      purchases_per_day: rate,
      dropout_probability: people.dropout[person] ?? 0,
      churned_on: churned === NONE ? null : dayText(churned),
    });
    yield;
  }
}
