import type { Random } from '../random/random.ts';
import { book, refundPostings, salePostings } from '../sources/accounting-transactions.ts';
import { handOverOrder, type Order } from '../sources/ecommerce-orders.ts';
import { post } from '../sources/erp-transactions.ts';
import { planReviews } from '../sources/product-reviews.ts';
import { handOverShipment, type Shipment } from '../sources/shipping-orders.ts';
import { openTicket } from '../sources/support-tickets.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts';
import { toPayable } from '../world/markets.ts';
import { crmIdOf, NONE } from '../world/people.ts';
import { costOf } from './baskets.ts';
import type { Retailer } from './retailer.ts';

const RATES = { declined: 0.03, cancelled: 0.025, late: 0.08, lost: 0.004, returned: 0.05, goodwill: 0.15 } as const;
const CARRIERS = ['Royal Parcel', 'DPX', 'Hermond', 'GLX', 'SwiftShip'] as const;

interface Fate {
  /** Warehouse that the goods are in. */
  readonly warehouse: number;
  readonly isDeclined?: boolean | undefined;
  readonly isReturned?: boolean | undefined;
}

/** What becomes of an order: each step plans the next, in the order's own stream of random numbers. */
export function planLife(retailer: Retailer, random: Random, order: Order, fate: Fate): void {
  const isDeclined = fate.isDeclined ?? (order.card !== null && random.chance(RATES.declined));
  const at = order.at + random.between(1, 8) * MINUTE_MS;
  const life = new OrderLife(retailer, random, order, fate);
  retailer.followUps.at(at, (instant) => (isDeclined ? life.decline(instant) : life.confirm(instant)));
}

class OrderLife {
  readonly #retailer: Retailer;
  readonly #random: Random;
  readonly #order: Order;
  readonly #fate: Fate;

  constructor(retailer: Retailer, random: Random, order: Order, fate: Fate) {
    this.#retailer = retailer;
    this.#random = random;
    this.#order = order;
    this.#fate = fate;
  }

  decline(at: number): void {
    handOverOrder(this.#retailer, this.#order, 'cancelled', 'declined', at);
    this.#release();
    if (this.#random.chance(0.2)) this.#ticket('declined', at + this.#random.between(5, 90) * MINUTE_MS);
  }

  confirm(at: number): void {
    handOverOrder(this.#retailer, this.#order, 'confirmed', 'paid', at);
    post(this.#retailer, this.#random, 'invoice', this.#document(at));
    post(this.#retailer, this.#random, 'payment', this.#document(at));
    this.#bookSale(at);
    if (this.#random.chance(RATES.cancelled)) {
      const cancelledAt = at + this.#random.between(10, 600) * MINUTE_MS;
      this.#retailer.followUps.at(cancelledAt, (instant) => this.#cancel(instant));
      return;
    }
    this.#ship(this.#shipment(at));
  }

  #cancel(at: number): void {
    handOverOrder(this.#retailer, this.#order, 'cancelled', 'refunded', at);
    this.#release();
    this.#refund(at, true);
  }

  #shipment(confirmedAt: number): Shipment {
    const random = this.#random;
    const order = this.#order;
    const service = order.collectAt
      ? 'collect'
      : random.pick(['standard', 'standard', 'standard', 'economy', 'express', 'next_day'] as const);
    const days = { standard: 3, economy: 5, express: 2, next_day: 1, collect: 2 }[service];
    const createdAt = confirmedAt + random.between(20, 240) * MINUTE_MS;
    const shippedAt = createdAt + random.between(4, 30) * HOUR_MS;
    const isLate = random.chance(RATES.late);
    const travel = days * DAY_MS - random.between(1, 20) * HOUR_MS + (isLate ? random.between(2, 6) * DAY_MS : 0);
    const origin = this.#retailer.warehouses[this.#fate.warehouse];
    return {
      order,
      carrier: random.pick(CARRIERS),
      service,
      originId: origin?.id ?? '',
      trackingNumber: `TR${random.hex(8).toUpperCase()}${order.market.country}`,
      cost: toPayable(order.market, (280 + random.below(500)) * order.market.perPound),
      createdAt,
      shippedAt,
      promisedAt: shippedAt + days * DAY_MS,
      deliveredAt: shippedAt + Math.max(travel, 3 * HOUR_MS),
    };
  }

  #ship(shipment: Shipment): void {
    const { followUps } = this.#retailer;
    followUps.at(shipment.createdAt, (at) => {
      handOverShipment(this.#retailer, shipment, 'created', at);
      followUps.at(shipment.shippedAt, (shippedAt) => this.#leave(shipment, shippedAt));
    });
  }

  #leave(shipment: Shipment, at: number): void {
    const { followUps } = this.#retailer;
    handOverOrder(this.#retailer, this.#order, 'shipped', 'paid', at);
    handOverShipment(this.#retailer, shipment, 'in_transit', at);
    this.#takeFromStock();
    if (this.#random.chance(RATES.lost)) {
      followUps.at(shipment.promisedAt + 4 * DAY_MS, (instant) => this.#lose(shipment, instant));
      return;
    }
    if (shipment.deliveredAt > shipment.promisedAt) {
      followUps.at(shipment.promisedAt + HOUR_MS, (instant) => this.#delay(shipment, instant));
    }
    followUps.at(shipment.deliveredAt, (instant) => this.#deliver(shipment, instant));
  }

  #delay(shipment: Shipment, at: number): void {
    handOverShipment(this.#retailer, shipment, 'delayed', at);
    if (this.#random.chance(0.45)) this.#ticket('late', at + this.#random.between(1, 18) * HOUR_MS);
  }

  #lose(shipment: Shipment, at: number): void {
    handOverShipment(this.#retailer, shipment, 'lost', at);
    handOverOrder(this.#retailer, this.#order, 'cancelled', 'refunded', at);
    this.#refund(at, false);
    this.#ticket('lost', at + this.#random.between(1, 20) * HOUR_MS);
  }

  #deliver(shipment: Shipment, at: number): void {
    const { followUps } = this.#retailer;
    handOverOrder(this.#retailer, this.#order, 'delivered', 'paid', at);
    handOverShipment(this.#retailer, shipment, 'delivered', at);
    const quality = this.#order.lines[0]?.product.quality ?? 1;
    const isReturned = this.#fate.isReturned ?? this.#random.chance(RATES.returned * (2.2 - 1.6 * quality));
    if (isReturned) {
      const back = at + this.#random.between(2, 9) * DAY_MS;
      followUps.at(back, (instant) => this.#return(shipment, instant));
      const cause = this.#fate.isReturned ? 'abuse' : 'return';
      if (this.#fate.isReturned || this.#random.chance(0.3))
        this.#ticket(cause, at + this.#random.between(6, 40) * HOUR_MS);
      return;
    }
    if (this.#random.chance(0.03)) this.#complain(at + this.#random.between(2, 60) * HOUR_MS);
    planReviews(this.#retailer, this.#order, at);
  }

  #return(shipment: Shipment, at: number): void {
    handOverOrder(this.#retailer, this.#order, 'returned', 'refunded', at);
    handOverShipment(this.#retailer, shipment, 'returned', at);
    for (const { slot, quantity } of this.#order.lines) this.#stock?.putBack(slot, quantity);
    this.#refund(at, true);
  }

  /** A complaint sometimes ends in a part of the money, given as goodwill. */
  #complain(at: number): void {
    this.#ticket(this.#random.pick(['product', 'product', 'account'] as const), at);
    if (!this.#random.chance(RATES.goodwill)) return;
    const given = toPayable(this.#order.market, this.#order.total * 0.2);
    this.#retailer.followUps.at(at + DAY_MS, (instant) => {
      handOverOrder(this.#retailer, this.#order, 'delivered', 'partially_refunded', instant);
      const tax = toPayable(this.#order.market, this.#order.tax * 0.2);
      post(this.#retailer, this.#random, 'refund', { ...this.#document(instant), total: given, tax });
      this.#bookRefund(instant, { total: given, tax, cost: 0 });
    });
  }

  get #stock() {
    return this.#retailer.warehouseStock[this.#fate.warehouse];
  }

  #release(): void {
    for (const { slot, quantity } of this.#order.lines) this.#stock?.release(slot, quantity);
  }

  #takeFromStock(): void {
    for (const { slot, quantity } of this.#order.lines) {
      this.#stock?.release(slot, quantity);
      this.#stock?.take(slot, quantity);
    }
  }

  #ticket(cause: Parameters<typeof openTicket>[2], at: number): void {
    this.#retailer.followUps.at(at, (instant) => openTicket(this.#retailer, this.#order, cause, instant));
  }

  #document(at: number) {
    const { id, person, total, tax, market } = this.#order;
    return {
      sourceSystem: 'shop',
      reference: id,
      customerId: person === NONE ? null : crmIdOf(this.#retailer.people, person),
      locationId: this.#retailer.warehouses[this.#fate.warehouse]?.id ?? null,
      total,
      tax,
      currency: market.currency,
      at,
    } as const;
  }

  #bookSale(at: number): void {
    const { id, total, tax, shipping, market, lines } = this.#order;
    book(this.#retailer, this.#random, {
      id: `J-${id}`,
      currency: market.currency,
      referenceType: 'order',
      referenceId: id,
      memo: 'Sale in the shop',
      at,
      postings: salePostings({ total, tax, shipping, cost: costOf(market, lines) }),
    });
  }

  /** All the money back. */
  #refund(at: number, hasGoodsBack: boolean): void {
    post(this.#retailer, this.#random, 'credit_note', this.#document(at));
    post(this.#retailer, this.#random, 'refund', this.#document(at));
    const { total, tax, market, lines } = this.#order;
    this.#bookRefund(at, { total, tax, cost: hasGoodsBack ? costOf(market, lines) : 0 });
  }

  #bookRefund(at: number, amounts: { total: number; tax: number; cost: number }): void {
    const { id, market } = this.#order;
    book(this.#retailer, this.#random, {
      id: `JR-${id}`,
      currency: market.currency,
      referenceType: 'refund',
      referenceId: id,
      memo: 'Refund',
      at,
      postings: refundPostings(amounts),
    });
  }
}
