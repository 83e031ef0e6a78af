import { defineContract } from './contract.ts';
import { date, id, integer, money, text, timestamp } from './field.ts';

export const accountingTransactions = defineContract({
  source: 'accounting_transactions',
  version: 1,
  description: 'Entries of the general ledger; the entries of a journal add up to zero',
  owner: 'finance',
  key: ['entry_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: { file: 'csv' },
  fields: {
    entry_id: id('Entry', { required: true }),
    journal_id: id('Journal that the entry belongs to', { required: true }),
    line_number: integer('Line within the journal, from 1', { min: 1 }),
    posting_date: date('Day that it counts for', { required: true }),
    account_code: text('Account', { required: true }),
    account_name: text('Name of the account'),
    account_type: text('Kind of account', {
      required: true,
      values: ['asset', 'liability', 'equity', 'revenue', 'expense'],
    }),
    debit_amount: money('Debit', { min: 0, unit: 'currency', aliases: ['debit'] }),
    credit_amount: money('Credit', { min: 0, unit: 'currency', aliases: ['credit'] }),
    currency: text('ISO 4217 code of the amounts', { required: true }),
    reference_type: text('What the entry is about', {
      values: ['order', 'store_day', 'refund', 'purchase', 'payroll', 'stock', 'other'],
    }),
    reference_id: id('Order, or store and day as `<store>/<yyyy-mm-dd>`'),
    memo: text('Note of the accountant'),
    updated_at: timestamp('When the entry was last changed', { required: true }),
  },
});
