import { defineContract } from './contract.ts';
import { date, id, money, text, timestamp } from './field.ts';

const currency = { unit: 'currency' } as const;

export const erpTransactions = defineContract({
  source: 'erp_transactions',
  version: 1,
  description: 'Invoices, credit notes and payments in the ERP system; they reconcile sales and add none',
  owner: 'finance',
  key: ['transaction_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: { file: 'parquet' },
  fields: {
    transaction_id: id('Transaction in the ERP', { required: true }),
    document_number: text('Number printed on the document'),
    transaction_type: text('Kind of document', {
      required: true,
      values: ['invoice', 'credit_note', 'payment', 'refund'],
      synonyms: { credit_memo: 'credit_note' },
    }),
    source_system: text('System that recorded the sale', { required: true, values: ['shop', 'pos', 'legacy'] }),
    source_reference: id('Order, basket or invoice there', { required: true, aliases: ['order_id'] }),
    customer_id: id('Customer in the CRM, where known', { classification: 'sensitive' }),
    location_id: id('Store or warehouse'),
    net_amount: money('Amount without tax; negative on credit notes and refunds', currency),
    tax_amount: money('Tax', currency),
    total_amount: money('Amount with tax; negative on credit notes and refunds', { required: true, ...currency }),
    currency: text('ISO 4217 code of all amounts', { required: true }),
    status: text('State of the document', { values: ['open', 'paid', 'void'] }),
    posting_date: date('Day that it counts for', { required: true }),
    updated_at: timestamp('When the ERP last changed the transaction', { required: true }),
  },
});
