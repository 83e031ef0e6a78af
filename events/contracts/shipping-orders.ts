import { defineContract } from './contract.ts';
import { address, id, integer, money, personName, postcode, rate, text, timestamp } from './field.ts';

export const shippingOrders = defineContract({
  source: 'shipping_orders',
  version: 1,
  description: 'Shipments of orders, each change of state as a version',
  owner: 'supply-chain',
  key: ['shipment_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  subject: 'order_id',
  transport: {
    file: 'csv',
    stream: { stream: 'operations-events', type: 'com.tributary.shipping.shipment.changed' },
  },
  fields: {
    shipment_id: id('Shipment', { required: true }),
    order_id: id('Order in the shop', { required: true }),
    carrier: text('Carrier', { required: true }),
    service_level: text('Service', { values: ['standard', 'express', 'next_day', 'economy', 'collect'] }),
    status: text('State', {
      required: true,
      values: ['created', 'picked', 'in_transit', 'delivered', 'delayed', 'lost', 'returned', 'cancelled'],
    }),
    tracking_number: id('Number by which the carrier finds it'),
    origin_location_id: id('Store or warehouse that it leaves from'),
    recipient_name: personName('Recipient'),
    address_line: address('Street and number'),
    city: text('City', { classification: 'sensitive' }),
    postcode: postcode('Postal code'),
    country: text('ISO 3166 alpha-2 code of the country'),
    package_count: integer('Packages', { min: 1 }),
    weight_kg: rate('Weight', { min: 0, unit: 'kg' }),
    shipping_cost: money('What the carrier charges the retailer', { min: 0, unit: 'currency' }),
    currency: text('ISO 4217 code of the cost'),
    created_at: timestamp('When it was ordered from the carrier'),
    shipped_at: timestamp('When it left'),
    promised_at: timestamp('When it was promised to arrive'),
    delivered_at: timestamp('When it arrived'),
    updated_at: timestamp('When it was last changed', { required: true }),
  },
});
