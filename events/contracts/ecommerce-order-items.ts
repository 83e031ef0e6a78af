import { defineContract } from './contract.ts';
import { id, integer, money, text, timestamp, unitPrice } from './field.ts';

const currency = { unit: 'currency' } as const;

export const ecommerceOrderItems = defineContract({
  source: 'ecommerce_order_items',
  version: 1,
  description: 'Lines of orders of the online shop and the app',
  owner: 'e-commerce',
  key: ['order_id', 'line_number'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: {
    file: 'ndjson',
    stream: { stream: 'transaction-events', type: 'com.tributary.shop.order-item.changed' },
  },
  fields: {
    order_id: id('Order', { required: true }),
    line_number: integer('Line within the order, from 1', { required: true, min: 1 }),
    product_id: id('Product in the shop', { required: true }),
    sku: id('Stock keeping unit, which the ERP knows too'),
    quantity: integer('Units ordered', { required: true, min: 1, max: 1000, unit: 'units' }),
    unit_price: unitPrice('Price of one unit, before discounts', { required: true, min: 0, max: 100_000, ...currency }),
    discount_amount: money('Discount on the line', { min: 0, ...currency }),
    tax_amount: money('Tax included in the total, where the shop computed it', { min: 0, ...currency }),
    total_amount: money('Amount of the line after discounts, with tax', {
      required: true,
      min: 0.01,
      max: 100_000,
      ...currency,
    }),
    currency: text('ISO 4217 code of all amounts', { required: true }),
    updated_at: timestamp('When the shop last changed the line', { required: true }),
  },
});
