import { defineContract } from './contract.ts';
import { date, id, integer, rate, text, timestamp, unitPrice } from './field.ts';

export const erpProducts = defineContract({
  source: 'erp_products',
  version: 1,
  description: 'Product master of the ERP system',
  owner: 'merchandising',
  key: ['product_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: { file: 'parquet' },
  fields: {
    product_id: id('Product', { required: true }),
    sku: id('Stock keeping unit, where it differs from the product', { aliases: ['stock_code'] }),
    name: text('Name shown to customers', { aliases: ['product_name', 'description'] }),
    category: text('Category', { aliases: ['product_category'] }),
    subcategory: text('Type within the category', { aliases: ['product_type'] }),
    brand: text('Brand, or whether it is the retailer’s own'),
    department: text('Department of the store'),
    manufacturer_id: id('Manufacturer'),
    package_size: text('Size of the package, as printed'),
    unit_price: unitPrice('Recommended price of one unit', { min: 0, unit: 'currency' }),
    unit_cost: unitPrice('Cost of one unit', { min: 0, unit: 'currency' }),
    product_family: text('Family that replenishment plans by'),
    currency: text('ISO 4217 code of price and cost; the base currency where empty'),
    supplier_id: id('Supplier'),
    lead_time_days: integer('Days from order to arrival', { min: 0, max: 365, unit: 'days' }),
    launch_date: date('First day of sale'),
    weight_kg: rate('Weight of one unit', { min: 0, unit: 'kg' }),
    status: text('State in the assortment', { values: ['active', 'discontinued', 'announced'] }),
    updated_at: timestamp('When the ERP last changed the product', { required: true }),
  },
});
