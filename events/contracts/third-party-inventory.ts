import { defineContract } from './contract.ts';
import { date, id, integer, text, timestamp } from './field.ts';

const units = { unit: 'units' } as const;

export const thirdPartyInventory = defineContract({
  source: 'third_party_inventory',
  version: 1,
  description: 'Daily stock that logistics partners hold for the retailer',
  owner: 'supply-chain',
  key: ['provider', 'warehouse_id', 'sku', 'snapshot_date'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: { file: 'csv' },
  fields: {
    provider: text('Logistics partner', { required: true }),
    warehouse_id: id('Warehouse of the partner', { required: true, aliases: ['location_id'] }),
    sku: id('Stock keeping unit', { required: true, aliases: ['item_no'] }),
    snapshot_date: date('Day of the count', { required: true, aliases: ['as_of'] }),
    on_hand: integer('Units in place', { required: true, aliases: ['qty_on_hand'], ...units }),
    allocated: integer('Units of these promised to orders', { min: 0, aliases: ['qty_allocated'], ...units }),
    in_transit: integer('Units on their way here', { min: 0, aliases: ['qty_inbound'], ...units }),
    damaged: integer('Units that cannot be sold', { min: 0, ...units }),
    updated_at: timestamp('When the partner last changed the count', { required: true }),
  },
});
