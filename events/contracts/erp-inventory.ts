import { defineContract } from './contract.ts';
import { date, id, integer, text, timestamp, unitPrice } from './field.ts';

const units = { unit: 'units' } as const;

export const erpInventory = defineContract({
  source: 'erp_inventory',
  version: 1,
  description: 'Daily stock of the stores and the retailer’s own warehouses',
  owner: 'supply-chain',
  key: ['snapshot_date', 'location_id', 'product_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: {
    file: 'parquet',
    stream: { stream: 'operations-events', type: 'com.tributary.erp.stock.counted' },
  },
  fields: {
    snapshot_date: date('Day of the count', { required: true }),
    location_id: id('Store or warehouse', { required: true, aliases: ['store_id', 'warehouse_id'] }),
    location_type: text('Kind of location', { required: true, values: ['store', 'warehouse'] }),
    product_id: id('Product in the ERP', { required: true }),
    on_hand: integer('Units in place; below zero when sold before they were booked in', { required: true, ...units }),
    reserved: integer('Units of these promised to orders', { min: 0, ...units }),
    in_transit: integer('Units on their way here', { min: 0, ...units }),
    reorder_point: integer('Units at which the ERP reorders', { min: 0, ...units }),
    safety_stock: integer('Units kept for surprises', { min: 0, ...units }),
    unit_cost: unitPrice('Cost of one unit', { min: 0, unit: 'currency' }),
    currency: text('ISO 4217 code of the cost'),
    updated_at: timestamp('When the count was last changed', { required: true }),
  },
});
