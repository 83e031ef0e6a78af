import { handOverCrmCustomer } from '../sources/crm-customers.ts';
import { handOverAccount } from '../sources/ecommerce-customers.ts';
import { handOverEmailCampaigns } from '../sources/email-campaigns.ts';
import { handOverInventory, handOverPartnerInventory } from '../sources/inventory.ts';
import { handOverContact } from '../sources/marketing-contacts.ts';
import { handOverProducts } from '../sources/products.ts';
import { handOverInvoices } from '../sources/retail-invoices.ts';
import { handOverSocialCampaigns } from '../sources/social-campaigns.ts';
import { handOverStores } from '../sources/stores.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import { closeBooks } from './books.ts';
import { changeOf } from './changes.ts';
import { liveDay } from './hours.ts';
import { receiveGoods, replenish } from './replenishment.ts';
import type { Retailer } from './retailer.ts';

/** Lives through a day. Yields now and then, so that what has been collected can be handed over. */
export function* simulateDay(retailer: Retailer, day: number): Generator<void> {
  const { prices, firstDay, storeStock, shopAssortment, outbox, followUps } = retailer;
  retailer.day = day;
  outbox.beginDay(day);
  const repriced = prices.beginDay(day, day === firstDay);
  for (const { assortment } of storeStock) assortment.beginDay(prices.weights);
  shopAssortment.beginDay(prices.weights);
  const received = receiveGoods(retailer);
  if (day === firstDay) handOverStores(retailer);
  yield* handOverProducts(retailer, repriced);
  yield* handOverPeople(retailer);
  yield* handOverEmailCampaigns(retailer);
  yield* followUps.beginDay(day);
  yield* liveDay(retailer);
  yield* handOverInvoices(retailer);
  yield* handOverInventory(retailer);
  yield* handOverPartnerInventory(retailer);
  replenish(retailer);
  handOverSocialCampaigns(retailer);
  closeBooks(retailer, received);
}

/** Everybody registered so far on the first day; later those who register, and whose data change. */
function* handOverPeople(retailer: Retailer): Generator<void> {
  const { people, day, firstDay } = retailer;
  const at = day * DAY_MS;
  for (let person = 0; person < people.count; person++) {
    const registered = people.registeredDay[person] ?? 0;
    const isNew = registered === day || (day === firstDay && registered < day);
    const hasChanged = registered < day && changeOf(retailer, person)?.day === day;
    if (!isNew && !hasChanged) continue;
    const instant = at + (person % 60) * 500 + MINUTE_MS / 2;
    handOverCrmCustomer(retailer, person, instant, isNew);
    handOverAccount(retailer, person, instant, isNew);
    handOverContact(retailer, person, instant, isNew);
    yield;
  }
}
