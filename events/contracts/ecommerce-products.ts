import { defineContract } from './contract.ts';
import { id, integer, text, timestamp, unitPrice } from './field.ts';

export const ecommerceProducts = defineContract({
  source: 'ecommerce_products',
  version: 1,
  description: 'Catalogue of the online shop',
  owner: 'e-commerce',
  key: ['product_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: { file: 'json' },
  fields: {
    product_id: id('Product in the shop', { required: true, aliases: ['id'] }),
    sku: id('Stock keeping unit, which the ERP knows too', { required: true }),
    title: text('Title shown to customers', { required: true, aliases: ['name'] }),
    description: text('Description shown to customers', { aliases: ['body'] }),
    category: text('Category of the shop', { aliases: ['product_type'] }),
    tags: text('Tags, separated by commas'),
    brand: text('Brand, as the shop spells it', { aliases: ['vendor'] }),
    price: unitPrice('Price of one unit', { min: 0, unit: 'currency' }),
    compare_at_price: unitPrice('Price before a reduction', { min: 0, unit: 'currency' }),
    currency: text('ISO 4217 code of the prices', { required: true }),
    status: text('Whether customers see it', { values: ['active', 'draft', 'archived'] }),
    inventory_quantity: integer('Units that the shop believes are for sale', { unit: 'units' }),
    published_at: timestamp('When customers could first see it'),
    updated_at: timestamp('When the shop last changed the product', { required: true }),
  },
});
