import { defineContract } from './contract.ts';
import { bigint, date, id, integer, money, text, timestamp } from './field.ts';

export const socialCampaigns = defineContract({
  source: 'social_campaigns',
  version: 1,
  description: 'Campaigns on social media, with what each day cost and brought',
  owner: 'marketing',
  key: ['campaign_id', 'report_date'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: { file: 'xlsx' },
  fields: {
    campaign_id: id('Campaign', { required: true }),
    platform: text('Network', {
      required: true,
      values: ['facebook', 'instagram', 'tiktok', 'pinterest', 'youtube', 'x', 'other'],
      synonyms: { Facebook: 'facebook', Instagram: 'instagram', TikTok: 'tiktok', YouTube: 'youtube' },
    }),
    campaign_name: text('Name that marketing gave it', { aliases: ['name'] }),
    objective: text('Aim', { values: ['awareness', 'traffic', 'conversions', 'retention'] }),
    start_date: date('First day'),
    end_date: date('Last day'),
    report_date: date('Day that the figures are about', { required: true, aliases: ['date'] }),
    budget: money('Money set aside for the whole campaign', { min: 0, unit: 'currency' }),
    spend: money('Money spent on the day', { required: true, min: 0, unit: 'currency', aliases: ['amount_spent'] }),
    impressions: bigint('Times shown on the day', { min: 0 }),
    clicks: integer('Clicks on the day', { min: 0 }),
    conversions: integer('Purchases that the network claims for the day', { min: 0 }),
    conversion_value: money('Value of these purchases, as the network claims', { min: 0, unit: 'currency' }),
    currency: text('ISO 4217 code of the amounts', { required: true }),
    updated_at: timestamp('When the figures were last changed', { required: true }),
  },
});
