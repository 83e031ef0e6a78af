import { defineContract } from './contract.ts';
import { id, integer, money, text, timestamp, unitPrice } from './field.ts';

/**
 * Lines carry no number of their own and no time of change: two lines of an invoice with the same product, quantity and
 * price are one line delivered twice.
 */
export const retailInvoices = defineContract({
  source: 'retail_invoices',
  version: 1,
  description: 'Invoice lines of the legacy wholesale channel, in nine columns',
  owner: 'finance',
  key: ['invoice_no', 'stock_code', 'quantity', 'unit_price'],
  versionColumn: 'invoice_timestamp',
  eventTimeColumn: 'invoice_timestamp',
  transport: { file: 'xlsx' },
  fields: {
    invoice_no: id('Invoice; cancellations begin with C', { required: true, aliases: ['invoice'] }),
    stock_code: id('Stock keeping unit', { required: true }),
    description: text('Product in words'),
    quantity: integer('Units; negative on cancellations', {
      required: true,
      min: -1000,
      max: 1000,
      unit: 'units',
    }),
    unit_price: unitPrice('Price of one unit', {
      required: true,
      min: 0,
      max: 100_000,
      aliases: ['price'],
      thousands: ',',
      unit: 'GBP',
    }),
    total_amount: money('Amount of the line; quantity times price where empty', {
      thousands: ',',
      unit: 'GBP',
    }),
    invoice_timestamp: timestamp('When it was invoiced', {
      required: true,
      aliases: ['invoice_date'],
      // As the exports of this channel have it in CSV.
      formats: ['M/d/yyyy H:mm'],
    }),
    customer_id: id('Customer in the CRM, where known', {
      classification: 'sensitive',
    }),
    country: text('Country, as code or name'),
  },
});
