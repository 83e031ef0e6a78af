import { defineContract } from './contract.ts';
import { date, id, text, timestamp } from './field.ts';

const sensitive = { classification: 'sensitive' } as const;

export const crmCustomers = defineContract({
  source: 'crm_customers',
  version: 1,
  description: 'Customers known to the CRM, with what they told about their household',
  owner: 'customer-relations',
  key: ['customer_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: { file: 'csv' },
  unknownFields: 'names',
  fields: {
    customer_id: id('Customer', { required: true, ...sensitive, aliases: ['household_id'] }),
    age_band: text('Age of the head of the household, as a band', { ...sensitive, aliases: ['age'] }),
    income_band: text('Yearly income of the household, as a band', { ...sensitive, aliases: ['income'] }),
    home_ownership: text('Whether the home is owned or rented', sensitive),
    marital_status: text('Marital status', sensitive),
    household_size: text('People in the household; 5+ is open-ended', sensitive),
    household_composition: text('Adults and children', { ...sensitive, aliases: ['household_comp'] }),
    kids_count: text('Children in the household; 3+ is open-ended', sensitive),
    customer_segment: text('Segment that sales assigned', { values: ['premium', 'standard', 'basic', 'unknown'] }),
    customer_type: text('Private, business or staff'),
    loyalty_tier: text('Tier in the loyalty programme'),
    registration_date: date('When the customer registered'),
    country: text('ISO 3166 alpha-2 code of the country'),
    updated_at: timestamp('When the CRM last changed the customer', { required: true }),
  },
});
