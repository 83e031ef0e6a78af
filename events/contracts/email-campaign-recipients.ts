import { defineContract } from './contract.ts';
import { email, id, timestamp } from './field.ts';

export const emailCampaignRecipients = defineContract({
  source: 'email_campaign_recipients',
  version: 1,
  description: 'Who received which campaign, and what they did with it',
  owner: 'marketing',
  key: ['campaign_id', 'customer_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  subject: 'customer_id',
  transport: { file: 'ndjson' },
  fields: {
    campaign_id: id('Campaign', { required: true }),
    customer_id: id('Recipient, as the mailing system knows them', {
      required: true,
      classification: 'sensitive',
      aliases: ['household_id'],
    }),
    contact_id: id('The same recipient as a contact of the marketing automation, where the mailing system uses those', {
      classification: 'sensitive',
    }),
    email: email('E-mail address that it went to'),
    sent_at: timestamp('When it was sent'),
    opened_at: timestamp('When it was first opened', { classification: 'sensitive' }),
    clicked_at: timestamp('When it was first clicked', { classification: 'sensitive' }),
    bounced_at: timestamp('When it came back undelivered'),
    unsubscribed_at: timestamp('When the recipient unsubscribed through it', { classification: 'sensitive' }),
    updated_at: timestamp('When the source last changed the record', { required: true }),
  },
});
