import { defineContract } from './contract.ts';
import { address, birthDate, date, email, flag, id, personName, phone, postcode, text, timestamp } from './field.ts';

const sensitive = { classification: 'sensitive' } as const;

export const crmCustomers = defineContract({
  source: 'crm_customers',
  version: 1,
  description: 'Customers known to the CRM, with what they told about their household',
  owner: 'customer-relations',
  key: ['customer_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  subject: 'customer_id',
  transport: {
    file: 'csv',
    stream: { stream: 'customer-events', type: 'com.tributary.crm.customer.changed' },
  },
  fields: {
    customer_id: id('Customer', { required: true, ...sensitive, aliases: ['household_id'] }),
    email: email('E-mail address'),
    first_name: personName('First name'),
    last_name: personName('Last name'),
    phone: phone('Telephone number'),
    address_line: address('Street and number'),
    city: text('City', sensitive),
    postcode: postcode('Postal code'),
    birth_date: birthDate('Date of birth'),
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
    last_login_date: timestamp('When the customer last used the loyalty app', sensitive),
    marketing_consent: flag('Whether the customer agreed to marketing'),
    consent_at: timestamp('When the agreement was given or withdrawn'),
    country: text('ISO 3166 alpha-2 code of the country'),
    updated_at: timestamp('When the CRM last changed the customer', { required: true }),
  },
});
