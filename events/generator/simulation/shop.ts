import { Random, STREAM } from '../random/random.ts';
import { handOverCoupon } from '../sources/coupon-redemptions.ts';
import { handOverAccount } from '../sources/ecommerce-customers.ts';
import { handOverAtTill, handOverOrder, handOverOrderItems, type Order } from '../sources/ecommerce-orders.ts';
import { handOverVisit, startOfVisit, type Traffic, type Visitor } from '../sources/page-views.ts';
import { endOfDay, MINUTE_MS } from '../time.ts';
import { includedTax, localPrice, type Market } from '../world/markets.ts';
import { crmIdOf, NONE, personId } from '../world/people.ts';
import { fillBasket, otherCurrency, priced, type SaleLine, sumOf } from './baskets.ts';
import { purchaseSteps } from './browsing.ts';
import { type EmailCampaign, type SocialCampaign, workingCampaign } from './campaigns.ts';
import { customerOf } from './order-customer.ts';
import { planLife } from './order-life.ts';
import type { Retailer } from './retailer.ts';
import { personalCard } from './till.ts';
import { drawVisitor, emailTraffic, socialTraffic } from './visitors.ts';

type Campaign = EmailCampaign | SocialCampaign;

/** Somebody who comes to the shop in order to buy. */
export interface ShopVisit {
  /** `NONE` for strangers. */
  readonly person: number;
  readonly market: Market;
  readonly at: number;
  /** Campaign without which there would have been no visit. */
  readonly cause: Campaign | undefined;
  /** What fraud does differently. */
  readonly fraud?: Partial<Pick<Order, 'card' | 'ipAddress' | 'postcode' | 'addressLine'>> & {
    readonly isDeclined?: boolean;
    readonly isReturned?: boolean;
  };
}

const COLLECTED = 0.12;
const FREE_SHIPPING_PENCE = 4500;
const SHIPPING_PENCE = 395;

const isEmail = (campaign: Campaign): campaign is EmailCampaign => 'couponCode' in campaign;

/** Sells to a visitor of the shop. @returns the order; undefined when everything wanted was sold out */
export function sellInShop(retailer: Retailer, visit: ShopVisit): Order | undefined {
  const number = retailer.counters.order++;
  const random = new Random(retailer.options.seed).at(STREAM.order, number);
  const { person, market, cause } = visit;
  const warehouse = warehouseFor(retailer, random, market);
  const stock = retailer.warehouseStock[warehouse];
  const items = stock ? fillBasket(retailer, market, random, stock) : [];
  if (stock === undefined || items.length === 0) return undefined;
  const visitor = { ...drawVisitor(retailer, random, { person, market, isSignedIn: true }), ...trafficOf(cause) };
  const coupon = couponOf(retailer, random, visit);
  const lines = priced(retailer, market, items, coupon?.discount ?? 0);
  const at = browse(retailer, random, visitor, lines, visit.at, `O${String(number + 1).padStart(9, '0')}`);
  const order = orderOf(retailer, random, { visit, visitor, lines, at, number, coupon });
  for (const { slot, quantity } of items) stock.reserve(slot, quantity);
  record(retailer, random, order, visit, warehouse);
  if (coupon) handOverCoupon(retailer, random, coupon, person, at);
  return order;
}

function trafficOf(cause: Campaign | undefined): { traffic: Traffic } | undefined {
  if (cause === undefined) return undefined;
  return { traffic: isEmail(cause) ? emailTraffic(cause.id) : socialTraffic(cause) };
}

function warehouseFor({ warehouses }: Retailer, random: Random, { country }: Market): number {
  const serving = warehouses.flatMap(({ countries }, index) => (countries.includes(country) ? [index] : []));
  return random.pick(serving);
}

function couponOf(retailer: Retailer, random: Random, { person, cause }: ShopVisit): EmailCampaign | undefined {
  if (person === NONE) return undefined;
  const caused = cause && isEmail(cause) ? cause : undefined;
  const campaign = caused ?? workingCampaign(retailer.campaigns, person, retailer.day);
  return campaign && random.chance(caused ? 0.6 : 0.2) ? campaign : undefined;
}

/** @returns when the visit has come to the order */
function browse(
  retailer: Retailer,
  random: Random,
  visitor: Visitor,
  lines: readonly SaleLine[],
  at: number,
  orderId: string,
): number {
  const window = { assortment: retailer.shopAssortment, products: retailer.products };
  const steps = purchaseSteps(
    random,
    window,
    lines.map(({ product }) => product),
  );
  const start = startOfVisit(at, steps);
  handOverVisit(retailer, visitor, steps, start, orderId);
  return start + steps.slice(0, -1).reduce((sum, { duration }) => sum + duration, 0);
}

interface Placing {
  readonly visit: ShopVisit;
  readonly visitor: Visitor;
  readonly lines: readonly SaleLine[];
  readonly at: number;
  readonly number: number;
  readonly coupon: EmailCampaign | undefined;
}

function orderOf(retailer: Retailer, random: Random, placing: Placing): Order {
  const { visit, visitor, lines, at, number, coupon } = placing;
  const { market, person, fraud } = visit;
  const { rates } = retailer.outbox;
  const goods = sumOf(lines, ({ total }) => total);
  const homeStore = person === NONE ? undefined : retailer.stores[retailer.people.homeStore[person] ?? NONE];
  const collectAt = homeStore && random.chance(COLLECTED) ? homeStore : undefined;
  const isFree = collectAt !== undefined || goods >= localPrice(market, FREE_SHIPPING_PENCE);
  const shipping = isFree ? 0 : localPrice(market, SHIPPING_PENCE);
  const isMixedUp = random.chance(rates.currency_mix_up);
  const knowsTax = !random.chance(rates.missing_tax);
  const wrongLine = lines.findIndex(() => random.chance(rates.broken_reference));
  const isUnknownCustomer = random.chance(rates.broken_reference);
  const wrongNumber = random.between(100_000, 999_999);
  const customer = customerOf(retailer, random, person, market);
  const isCard = random.chance(0.72);
  const ownCard = person === NONE ? `card_${random.hex(16)}` : personalCard(retailer, person);
  const order: Order = {
    id: `O${String(number + 1).padStart(9, '0')}`,
    person,
    ...customer,
    accountId: isUnknownCustomer && customer.accountId !== null ? `9${wrongNumber}` : customer.accountId,
    addressLine: fraud?.addressLine ?? customer.addressLine,
    postcode: fraud?.postcode ?? customer.postcode,
    market,
    sessionId: visitor.sessionId,
    channel: visitor.channel,
    device: visitor.device === 'other' ? 'desktop' : visitor.device,
    ipAddress: fraud?.ipAddress ?? visitor.ipAddress,
    card: fraud?.card ?? (isCard ? ownCard : null),
    paymentMethod: isCard || fraud?.card ? 'card' : random.pick(['paypal', 'paypal', 'klarna', 'gift_card']),
    couponCode: coupon?.couponCode ?? null,
    utmCampaign: visitor.traffic.campaign,
    collectAt,
    lines,
    shipping,
    total: goods + shipping,
    tax: sumOf(lines, ({ tax }) => tax) + includedTax(market, shipping),
    currency: isMixedUp ? otherCurrency(market.currency) : market.currency,
    knowsTax,
    wrong: wrongLine < 0 ? undefined : { line: wrongLine, productId: `9${wrongNumber}` },
    at,
  };
  noteDefects(retailer, order, isUnknownCustomer && customer.accountId !== null);
  return order;
}

function noteDefects({ outbox }: Retailer, order: Order, isUnknownCustomer: boolean): void {
  const { id, knowsTax, currency, market, wrong } = order;
  if (!knowsTax) outbox.defect('ecommerce_orders', id, 'missing_tax');
  if (currency !== market.currency) outbox.defect('ecommerce_orders', id, 'currency_mix_up');
  if (isUnknownCustomer) outbox.defect('ecommerce_orders', id, 'broken_reference');
  if (wrong) outbox.defect('ecommerce_order_items', `${id}/${wrong.line + 1}`, 'broken_reference');
}

function record(retailer: Retailer, random: Random, order: Order, visit: ShopVisit, warehouse: number): void {
  const { outbox, people, stores } = retailer;
  const { cause, person, fraud } = visit;
  handOverOrder(retailer, order, 'pending', 'authorized', order.at);
  handOverOrderItems(retailer, order, order.at);
  if (cause) {
    outbox.truth('attribution', {
      campaign_id: cause.id,
      source: 'ecommerce_orders',
      key: order.id,
      person_id: person === NONE ? null : personId(person),
    });
  }
  if (order.accountId !== null && person !== NONE) {
    const { orders, spent } = retailer.accounts;
    orders[person] = (orders[person] ?? 0) + 1;
    spent[person] = (spent[person] ?? 0) + order.total;
    handOverAccount(retailer, person, Math.min(order.at + 2 * MINUTE_MS, endOfDay(order.at)));
  }
  if (random.chance(outbox.rates.duplicate_across_systems)) {
    const store = order.collectAt ?? random.pick(stores);
    handOverAtTill(retailer, order, store.id, person === NONE ? null : crmIdOf(people, person));
  }
  planLife(retailer, random, order, { warehouse, isDeclined: fraud?.isDeclined, isReturned: fraud?.isReturned });
}
