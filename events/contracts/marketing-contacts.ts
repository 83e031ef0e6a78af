import { defineContract } from './contract.ts';
import { email, flag, id, integer, personName, phone, text, timestamp } from './field.ts';

export const marketingContacts = defineContract({
  source: 'marketing_contacts',
  version: 1,
  description: 'Contacts of the marketing automation: customers, prospects and subscribers',
  owner: 'marketing',
  key: ['contact_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  subject: 'contact_id',
  transport: { file: 'csv' },
  fields: {
    contact_id: id('Contact', { required: true, classification: 'sensitive', aliases: ['vid'] }),
    email: email('E-mail address', { aliases: ['email_address'] }),
    first_name: personName('First name', { aliases: ['firstname'] }),
    last_name: personName('Last name', { aliases: ['lastname'] }),
    phone: phone('Telephone number', { aliases: ['mobile'] }),
    country: text('ISO 3166 alpha-2 code of the country'),
    lifecycle_stage: text('How far the contact has come', {
      values: ['subscriber', 'lead', 'opportunity', 'customer', 'evangelist', 'other'],
    }),
    lead_source: text('What brought the contact'),
    email_consent: flag('Whether the contact agreed to e-mail'),
    sms_consent: flag('Whether the contact agreed to text messages'),
    consent_at: timestamp('When the agreement was last given or withdrawn'),
    unsubscribed_at: timestamp('When the contact unsubscribed from everything'),
    lead_score: integer('Score that the marketing automation gives', { min: 0, max: 100 }),
    created_at: timestamp('When the contact was made'),
    updated_at: timestamp('When the contact was last changed', { required: true }),
  },
});
