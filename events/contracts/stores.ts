import { defineContract } from './contract.ts';
import { date, id, integer, rate, text, timestamp } from './field.ts';

export const stores = defineContract({
  source: 'stores',
  version: 1,
  description: 'Stores and warehouses of the retailer',
  owner: 'store-systems',
  key: ['store_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: { file: 'csv' },
  fields: {
    store_id: id('Store or warehouse', { required: true, aliases: ['location_id'] }),
    store_name: text('Name', { required: true }),
    store_type: text('Kind', { values: ['flagship', 'standard', 'express', 'outlet', 'warehouse'] }),
    city: text('City'),
    state: text('State, county or province'),
    region: text('Sales region'),
    country: text('ISO 3166 alpha-2 code of the country', { required: true }),
    currency: text('ISO 4217 code of its prices'),
    latitude: rate('Latitude', { min: -90, max: 90, unit: 'degrees' }),
    longitude: rate('Longitude', { min: -180, max: 180, unit: 'degrees' }),
    timezone: text('IANA time zone'),
    floor_area: integer('Area open to customers', { min: 0, unit: 'm²' }),
    opened_on: date('First day'),
    closed_on: date('Last day, where closed'),
    updated_at: timestamp('When the record was last changed', { required: true }),
  },
});
