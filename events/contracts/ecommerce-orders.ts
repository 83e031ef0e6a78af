import { defineContract } from './contract.ts';
import { email, id, ipAddress, money, postcode, text, timestamp } from './field.ts';

const currency = { unit: 'currency' } as const;

export const ecommerceOrders = defineContract({
  source: 'ecommerce_orders',
  version: 1,
  description: 'Orders of the online shop and the app, each change of state as a version',
  owner: 'e-commerce',
  key: ['order_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'ordered_at',
  subject: 'customer_id',
  transport: {
    file: 'ndjson',
    stream: { stream: 'transaction-events', type: 'com.tributary.shop.order.changed' },
  },
  fields: {
    order_id: id('Order', { required: true }),
    customer_id: id('Account in the shop; empty for guests', { classification: 'sensitive' }),
    email: email('E-mail address that the confirmation went to'),
    session_id: id('Visit that ended in the order'),
    channel: text('Where the customer ordered', {
      required: true,
      values: ['online', 'app'],
      synonyms: { web: 'online', mobile: 'app' },
    }),
    fulfillment: text('How the goods reach the customer', {
      values: ['bopis', 'ship_to_home'],
      synonyms: { BOPIS: 'bopis', 'Ship-to-Home': 'ship_to_home' },
    }),
    store_id: id('Store of collection, where collected'),
    order_status: text('State of the order', {
      required: true,
      values: ['pending', 'confirmed', 'shipped', 'delivered', 'cancelled', 'returned'],
    }),
    payment_method: text('How it is paid'),
    payment_status: text('State of the payment', {
      values: ['pending', 'authorized', 'paid', 'declined', 'refunded', 'partially_refunded'],
    }),
    card_fingerprint: id('The payment provider’s token of the card', { classification: 'sensitive' }),
    coupon_code: text('Coupon entered'),
    subtotal_amount: money('Sum of the lines before discounts', { min: 0, ...currency }),
    discount_amount: money('Discounts over all lines', { min: 0, ...currency }),
    shipping_amount: money('Charged for shipping', { min: 0, ...currency }),
    tax_amount: money('Tax included in the total, where the shop computed it', { min: 0, ...currency }),
    total_amount: money('What the customer pays, with shipping and tax', { required: true, min: 0, ...currency }),
    currency: text('ISO 4217 code of all amounts', { required: true }),
    ip_address: ipAddress('Internet address that ordered'),
    device_type: text('Device', { values: ['desktop', 'mobile', 'tablet', 'app', 'other'] }),
    shipping_country: text('ISO 3166 alpha-2 code of the country of delivery', { aliases: ['country'] }),
    shipping_postcode: postcode('Postal code of delivery'),
    utm_campaign: text('Campaign that the visit came from'),
    ordered_at: timestamp('When it was ordered', { required: true, aliases: ['created_at'] }),
    updated_at: timestamp('When the shop last changed the order', { required: true }),
  },
});
