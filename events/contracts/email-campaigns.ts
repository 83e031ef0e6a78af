import { defineContract } from './contract.ts';
import { date, id, integer, money, text, timestamp } from './field.ts';

export const emailCampaigns = defineContract({
  source: 'email_campaigns',
  version: 1,
  description: 'Campaigns of the e-mail and mailing system',
  owner: 'marketing',
  key: ['campaign_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: { file: 'json' },
  fields: {
    campaign_id: id('Campaign', { required: true }),
    name: text('Name that marketing gave it'),
    campaign_type: text('Kind of campaign, in the words of the source'),
    channel: text('How it reaches customers', { values: ['email', 'mail', 'social', 'app'] }),
    start_date: date('First day', { required: true }),
    end_date: date('Last day'),
    subject_line: text('Subject of the message'),
    audience: text('Segment that it is meant for'),
    discount_percentage: integer('Reduction that it offers', { min: 0, max: 100, unit: '%' }),
    spend: money('Money spent on it so far', { min: 0, unit: 'currency' }),
    currency: text('ISO 4217 code of the amounts; the base currency where empty'),
    budget: money('Money set aside for it', { min: 0, unit: 'currency' }),
    updated_at: timestamp('When the source last changed the campaign', { required: true }),
  },
});
