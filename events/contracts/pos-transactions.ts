import { defineContract } from './contract.ts';
import { id, integer, money, text, timestamp, unitPrice } from './field.ts';

/** Returns and cancellations may take back what a sale gave: only their lines may be negative. */
const TAKEN_BACK = { field: 'order_status', values: ['cancelled', 'returned'] } as const;

export const posTransactions = defineContract({
  source: 'pos_transactions',
  version: 1,
  description: 'Lines of sales at the tills and through the online and app check-out that share their system',
  owner: 'store-systems',
  key: ['transaction_id', 'line_number'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'transaction_at',
  transport: { file: 'csv', stream: { stream: 'transaction-events', type: 'com.tributary.pos.line.recorded' } },
  fields: {
    transaction_id: id('Basket that the line belongs to', { required: true, aliases: ['basket_id'] }),
    line_number: integer('Line within the basket, from 1', { required: true, min: 1 }),
    store_id: id('Store where it was bought', { required: true }),
    register_id: id('Till, where there is one'),
    customer_id: id('Customer, where one was recognised', { classification: 'sensitive', aliases: ['household_id'] }),
    product_id: id('Product sold', { required: true }),
    quantity: integer('Units sold; negative only on cancelled and returned lines', {
      required: true,
      min: 1,
      max: 1000,
      boundsWhere: { ...TAKEN_BACK, min: -1000, max: 1000 },
      unit: 'units',
    }),
    unit_price: unitPrice('List price of one unit, before discounts', {
      required: true,
      min: 0,
      max: 100_000,
      unit: 'currency',
    }),
    discount_amount: money('Loyalty and promotion discount on the line', {
      min: 0,
      boundsWhere: { ...TAKEN_BACK },
      unit: 'currency',
    }),
    coupon_amount: money('Value of coupons taken off the line', {
      min: 0,
      boundsWhere: { ...TAKEN_BACK },
      unit: 'currency',
    }),
    tax_amount: money('Tax included in the total, where the source knows it', { unit: 'currency' }),
    total_amount: money('Amount the retailer received for the line; negative only when taken back', {
      required: true,
      min: 0.01,
      max: 100_000,
      boundsWhere: { ...TAKEN_BACK, min: -100_000, max: 100_000 },
      unit: 'currency',
    }),
    currency: text('ISO 4217 code of all amounts', { required: true }),
    channel: text('Where the customer bought', {
      required: true,
      values: ['online', 'in_store', 'app'],
      synonyms: { mobile: 'app', 'in-store': 'in_store' },
    }),
    fulfillment: text('How the goods reach the customer', {
      values: ['bopis', 'ship_to_home', 'in_store'],
      synonyms: { BOPIS: 'bopis', 'Ship-to-Home': 'ship_to_home', 'In-Store': 'in_store' },
    }),
    order_status: text('State of the order', {
      required: true,
      values: ['pending', 'confirmed', 'shipped', 'delivered', 'cancelled', 'returned'],
    }),
    payment_method: text('How it was paid'),
    payment_status: text('State of the payment', { values: ['paid', 'declined', 'refunded'] }),
    card_fingerprint: id('The payment provider’s token of the card', { classification: 'sensitive' }),
    transaction_at: timestamp('When it was sold', { required: true }),
    updated_at: timestamp('When the source last changed the line', { required: true }),
  },
});
