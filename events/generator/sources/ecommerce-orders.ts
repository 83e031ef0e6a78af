import type { SaleLine } from '../simulation/baskets.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { instantText } from '../time.ts';
import type { Store } from '../world/locations.ts';
import type { Market } from '../world/markets.ts';
import { amount, amountOrNull } from './amount.ts';

/** An order of the shop, as placed. Amounts in hundredths of the market's currency. */
export interface Order {
  readonly id: string;
  /** `NONE` for guests whom no system knows. */
  readonly person: number;
  /** Account in the shop; null for guests. */
  readonly accountId: string | null;
  readonly email: string | null;
  readonly recipient: string;
  readonly addressLine: string;
  readonly city: string;
  readonly postcode: string;
  readonly market: Market;
  readonly sessionId: string;
  readonly channel: 'online' | 'app';
  readonly device: 'desktop' | 'mobile' | 'tablet' | 'app';
  readonly ipAddress: string;
  readonly card: string | null;
  readonly paymentMethod: string;
  readonly couponCode: string | null;
  readonly utmCampaign: string | null;
  /** Store that hands it over; undefined when it is sent. */
  readonly collectAt: Store | undefined;
  readonly lines: readonly SaleLine[];
  readonly shipping: number;
  readonly total: number;
  readonly tax: number;
  /** As the shop labels the amounts. */
  readonly currency: string;
  readonly knowsTax: boolean;
  /** Line whose product is noted wrong, and how. */
  readonly wrong: { readonly line: number; readonly productId: string } | undefined;
  readonly at: number;
}

export type OrderStatus = 'pending' | 'confirmed' | 'shipped' | 'delivered' | 'cancelled' | 'returned';
export type PaymentStatus = 'pending' | 'authorized' | 'paid' | 'declined' | 'refunded' | 'partially_refunded';

/** Hands over a version of an order. */
export function handOverOrder(
  { outbox }: Retailer,
  order: Order,
  status: OrderStatus,
  payment: PaymentStatus,
  updatedAt: number,
): void {
  const { lines } = order;
  const subtotal = lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0);
  const discount = lines.reduce((sum, line) => sum + line.discount + line.coupon, 0);
  outbox.pushNewer('ecommerce_orders', {
    order_id: order.id,
    customer_id: order.accountId,
    email: order.email,
    session_id: order.sessionId,
    channel: order.channel,
    fulfillment: order.collectAt ? 'bopis' : 'ship_to_home',
    store_id: order.collectAt?.id ?? null,
    order_status: status,
    payment_method: order.paymentMethod,
    payment_status: payment,
    card_fingerprint: order.card,
    coupon_code: order.couponCode,
    subtotal_amount: amount(subtotal),
    discount_amount: amount(discount),
    shipping_amount: amount(order.shipping),
    tax_amount: amountOrNull(order.knowsTax ? order.tax : null),
    total_amount: amount(order.total),
    currency: order.currency,
    ip_address: order.ipAddress,
    device_type: order.device,
    shipping_country: order.market.country,
    shipping_postcode: order.postcode,
    utm_campaign: order.utmCampaign,
    ordered_at: instantText(order.at),
    updated_at: instantText(updatedAt),
  });
}

/** Hands over the lines of an order; they do not change. */
export function handOverOrderItems({ outbox }: Retailer, order: Order, updatedAt: number): void {
  for (const [index, line] of order.lines.entries()) {
    outbox.push('ecommerce_order_items', {
      order_id: order.id,
      line_number: index + 1,
      product_id: order.wrong?.line === index ? order.wrong.productId : line.product.shopId,
      sku: order.wrong?.line === index ? null : line.product.sku,
      quantity: line.quantity,
      unit_price: amount(line.unitPrice),
      discount_amount: amount(line.discount + line.coupon),
      tax_amount: amountOrNull(order.knowsTax ? line.tax : null),
      total_amount: amount(line.total),
      currency: order.currency,
      updated_at: instantText(updatedAt),
    });
  }
}

/** An order that the till system holds as well, by mistake. */
export function handOverAtTill({ outbox }: Retailer, order: Order, storeId: string, customerId: string | null): void {
  for (const [index, line] of order.lines.entries()) {
    const key = `${order.id}/${index + 1}`;
    outbox.defect('pos_transactions', key, 'duplicate_across_systems');
    outbox.push('pos_transactions', {
      transaction_id: order.id,
      line_number: index + 1,
      store_id: storeId,
      register_id: null,
      customer_id: customerId,
      product_id: line.product.productId,
      quantity: line.quantity,
      unit_price: amount(line.unitPrice),
      discount_amount: amount(line.discount),
      coupon_amount: amount(line.coupon),
      tax_amount: amount(line.tax),
      total_amount: amount(line.total),
      currency: order.market.currency,
      channel: order.channel,
      fulfillment: order.collectAt ? 'bopis' : 'ship_to_home',
      order_status: 'confirmed',
      payment_method: order.paymentMethod,
      payment_status: 'paid',
      card_fingerprint: order.card,
      transaction_at: instantText(order.at),
      updated_at: instantText(order.at + 1000),
    });
  }
}
