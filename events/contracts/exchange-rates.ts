import { defineContract } from './contract.ts';
import { date, rate, text, timestamp } from './field.ts';

export const exchangeRates = defineContract({
  source: 'exchange_rates',
  version: 1,
  description: 'Daily reference rates of the European Central Bank, which publishes none on weekends and holidays',
  owner: 'finance',
  key: ['rate_date', 'base_currency', 'quote_currency'],
  versionColumn: 'published_at',
  eventTimeColumn: 'published_at',
  transport: { file: 'csv' },
  fields: {
    rate_date: date('Day that the rate is of', { required: true }),
    base_currency: text('ISO 4217 code of the currency that one unit is of', {
      required: true,
      values: ['EUR'],
    }),
    quote_currency: text('ISO 4217 code of the currency that the rate counts', {
      required: true,
    }),
    // With these bounds the cross rate of any two currencies fits decimal(18,12), and its reciprocal as well.
    rate: rate('Units of the quote currency that one unit of the base currency is worth', {
      required: true,
      min: 0.1,
      max: 99_999,
      unit: 'quote currency per base currency',
    }),
    published_at: timestamp('When it was published', { required: true }),
  },
});
