import type { Random } from '../random/random.ts';
import type { SaleLine } from '../simulation/baskets.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { instantText } from '../time.ts';
import type { Store } from '../world/locations.ts';
import { amount } from './amount.ts';

export interface Basket {
  readonly id: string;
  readonly store: Store;
  readonly register: number;
  /** In the CRM. */
  readonly customerId: string | null;
  readonly paymentMethod: string;
  readonly card: string | null;
  readonly lines: readonly SaleLine[];
  readonly at: number;
  /** As the till labels the amounts. */
  readonly currency: string;
  readonly knowsTax: boolean;
  /** Line whose product is noted wrong, and how. */
  readonly wrong: { readonly line: number; readonly productId: string } | undefined;
  /** Goods that are taken back here, bought elsewhere: negative lines. */
  readonly isReversal: boolean;
}

export type LineStatus = 'delivered' | 'cancelled' | 'returned';

const PAYMENT_STATUS = { delivered: 'paid', cancelled: 'refunded', returned: 'refunded' } as const;

/** A product number that no system knows. */
export const unknownProduct = (random: Random): string => `P9${random.between(1000, 9999)}`;

/** Hands over the lines of a basket in a state; they are recorded by the till a moment later. */
export function handOverBasket({ outbox, day }: Retailer, basket: Basket, status: LineStatus, updatedAt: number): void {
  const box = outbox.source('pos_transactions');
  const sign = basket.isReversal ? -1 : 1;
  const { wrong } = basket;
  const common = {
    register_id: `${basket.store.id}-R${basket.register}`,
    customer_id: basket.customerId,
  };
  for (const [index, line] of basket.lines.entries()) {
    box.push(
      {
        transaction_id: basket.id,
        line_number: index + 1,
        store_id: basket.store.id,
        ...common,
        product_id: wrong?.line === index ? wrong.productId : line.product.productId,
        quantity: sign * line.quantity,
        unit_price: amount(line.unitPrice),
        discount_amount: amount(line.discount),
        coupon_amount: amount(line.coupon),
        tax_amount: basket.knowsTax ? amount(sign * line.tax) : null,
        total_amount: amount(sign * line.total),
        currency: basket.currency,
        channel: 'in_store',
        fulfillment: 'in_store',
        order_status: status,
        payment_method: basket.paymentMethod,
        payment_status: PAYMENT_STATUS[status],
        card_fingerprint: basket.card,
        transaction_at: instantText(basket.at),
        updated_at: instantText(updatedAt),
      },
      day,
    );
  }
}
