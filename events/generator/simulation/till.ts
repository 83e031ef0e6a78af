import { Random, STREAM } from '../random/random.ts';
import { handOverCoupon } from '../sources/coupon-redemptions.ts';
import { post } from '../sources/erp-transactions.ts';
import { type Basket, handOverBasket, type LineStatus, unknownProduct } from '../sources/pos-transactions.ts';
import { DAY_MS, endOfDay, HOUR_MS, MINUTE_MS } from '../time.ts';
import type { Store } from '../world/locations.ts';
import { crmIdOf, NONE, personId } from '../world/people.ts';
import { costOf, fillBasket, otherCurrency, priced, sumOf } from './baskets.ts';
import { type EmailCampaign, workingCampaign } from './campaigns.ts';
import type { Retailer } from './retailer.ts';

/** A customer at the till. */
export interface StoreVisit {
  readonly store: Store;
  /** `NONE` when the till does not learn who it is. */
  readonly person: number;
  readonly at: number;
  /** Campaign without which there would have been no visit. */
  readonly cause: EmailCampaign | undefined;
  readonly card?: string;
}

const CARDLESS = 0.22;
const VOID_RATE = 0.012;
const RETURN_RATE = 0.035;
const ELSEWHERE = 0.2;

const cardOf = (random: Random): string => `card_${random.hex(16)}`;

/** The card that a person always pays with. */
export const personalCard = (retailer: Retailer, person: number): string =>
  cardOf(new Random(retailer.options.seed).at(STREAM.person, person, 5));

/** Sells to a customer at the till. @returns the basket; undefined when everything wanted was sold out */
export function sellAtTill(retailer: Retailer, visit: StoreVisit): Basket | undefined {
  const number = retailer.counters.basket++;
  const random = new Random(retailer.options.seed).at(STREAM.basket, number);
  const { store, person } = visit;
  const stock = retailer.storeStock[store.index];
  const items = stock ? fillBasket(retailer, store.market, random, stock) : [];
  if (stock === undefined || items.length === 0) return undefined;
  const coupon = couponOf(retailer, random, visit);
  const basket = basketOf(
    retailer,
    random,
    visit,
    number,
    priced(retailer, store.market, items, coupon?.discount ?? 0),
  );
  for (const { slot, quantity } of items) stock.take(slot, quantity);
  record(retailer, random, basket);
  if (coupon) handOverCoupon(retailer, random, coupon, person, basket.at);
  if (visit.cause) {
    retailer.outbox.truth('attribution', {
      campaign_id: visit.cause.id,
      source: 'pos_transactions',
      key: basket.id,
      person_id: personId(person),
    });
  }
  planAfterwards(retailer, random, basket);
  return basket;
}

function couponOf(retailer: Retailer, random: Random, { person, cause }: StoreVisit): EmailCampaign | undefined {
  if (person === NONE) return undefined;
  const campaign = cause ?? workingCampaign(retailer.campaigns, person, retailer.day);
  return campaign && random.chance(cause ? 0.6 : 0.2) ? campaign : undefined;
}

function basketOf(
  retailer: Retailer,
  random: Random,
  { store, person, at, card }: StoreVisit,
  number: number,
  lines: Basket['lines'],
): Basket {
  const { rates } = retailer.outbox;
  const id = `T${String(number + 1).padStart(9, '0')}`;
  const isCash = card === undefined && random.chance(CARDLESS);
  const isMixedUp = random.chance(rates.currency_mix_up);
  const knowsTax = !random.chance(rates.missing_tax);
  const wrongLine = lines.findIndex(() => random.chance(rates.broken_reference));
  const basket: Basket = {
    id,
    store,
    register: random.between(1, 6),
    customerId: person === NONE ? null : crmIdOf(retailer.people, person),
    paymentMethod: isCash ? 'cash' : random.pick(['card', 'card', 'contactless', 'contactless', 'mobile']),
    card: isCash ? null : (card ?? (person === NONE ? cardOf(random) : personalCard(retailer, person))),
    lines,
    at,
    currency: isMixedUp ? otherCurrency(store.market.currency) : store.market.currency,
    knowsTax,
    wrong: wrongLine < 0 ? undefined : { line: wrongLine, productId: unknownProduct(random) },
    isReversal: false,
  };
  noteDefects(retailer, basket);
  return basket;
}

function noteDefects({ outbox }: Retailer, { id, store, currency, knowsTax, wrong, lines }: Basket): void {
  for (const line of lines.keys()) {
    const key = `${id}/${line + 1}`;
    if (!knowsTax) outbox.defect('pos_transactions', key, 'missing_tax');
    if (currency !== store.market.currency) outbox.defect('pos_transactions', key, 'currency_mix_up');
    if (wrong?.line === line) outbox.defect('pos_transactions', key, 'broken_reference');
  }
}

const totals = ({ lines, store }: Basket) => ({
  total: sumOf(lines, ({ total }) => total),
  tax: sumOf(lines, ({ tax }) => tax),
  cost: costOf(store.market, lines),
});

function document(basket: Basket, at: number) {
  const { total, tax } = totals(basket);
  return {
    sourceSystem: 'pos',
    reference: basket.id,
    customerId: basket.customerId,
    locationId: basket.store.id,
    total,
    tax,
    currency: basket.store.market.currency,
    at,
  } as const;
}

function record(retailer: Retailer, random: Random, basket: Basket): void {
  const recordedAt = basket.at + random.between(500, 9000);
  handOverBasket(retailer, basket, 'delivered', recordedAt);
  post(retailer, random, 'invoice', document(basket, recordedAt));
  retailer.ledger.add('sales', basket.store.index, totals(basket));
}

/** Some baskets are voided on the spot, some goods brought back. */
function planAfterwards(retailer: Retailer, random: Random, basket: Basket): void {
  const isVoid = random.chance(VOID_RATE);
  const isReturn = random.chance(RETURN_RATE);
  if (isVoid) {
    const at = Math.min(basket.at + random.between(2, 15) * MINUTE_MS, endOfDay(basket.at));
    takeBack(retailer, random, basket, 'cancelled', at);
  } else if (isReturn) {
    const at = basket.at + random.between(1, 14) * DAY_MS + random.between(-2, 2) * HOUR_MS;
    retailer.followUps.at(at, (instant) => bringBack(retailer, random, basket, instant));
  }
}

function takeBack(retailer: Retailer, random: Random, basket: Basket, status: LineStatus, at: number): void {
  handOverBasket(retailer, basket, status, at);
  settle(retailer, random, basket, at);
}

/** Where goods are brought back to another store than they were bought in, it makes a receipt of its own. */
function bringBack(retailer: Retailer, random: Random, basket: Basket, at: number): void {
  const { stores } = retailer;
  const others = stores.filter(({ market, index }) => market === basket.store.market && index !== basket.store.index);
  if (others.length === 0 || !random.chance(ELSEWHERE)) {
    takeBack(retailer, random, basket, 'returned', at);
    return;
  }
  const store = random.pick(others);
  const id = `R${String(++retailer.counters.return).padStart(9, '0')}`;
  const reversal: Basket = { ...basket, id, store, at, isReversal: true, wrong: undefined, knowsTax: true };
  handOverBasket(retailer, { ...reversal, currency: store.market.currency }, 'returned', at + 2000);
  settle(retailer, random, reversal, at + 2000);
}

function settle(retailer: Retailer, random: Random, basket: Basket, at: number): void {
  const stock = retailer.storeStock[basket.store.index];
  for (const { product, quantity } of basket.lines) {
    const slot = stock?.assortment.slotOf(product.index);
    // What a store does not carry is sent to a warehouse, outside of these books.
    if (slot !== undefined) stock?.putBack(slot, quantity);
  }
  post(retailer, random, 'credit_note', document(basket, at));
  retailer.ledger.add('refunds', basket.store.index, totals(basket));
}
