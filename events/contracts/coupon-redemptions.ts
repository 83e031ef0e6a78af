import { defineContract } from './contract.ts';
import { id, timestamp } from './field.ts';

export const couponRedemptions = defineContract({
  source: 'coupon_redemptions',
  version: 1,
  description: 'Coupons of campaigns that customers handed in',
  owner: 'marketing',
  key: ['redemption_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'redeemed_at',
  transport: {
    file: 'csv',
    stream: { stream: 'transaction-events', type: 'com.tributary.coupon.redeemed' },
  },
  fields: {
    redemption_id: id('Redemption', { required: true }),
    customer_id: id('Customer who handed it in', {
      required: true,
      classification: 'sensitive',
      aliases: ['household_id'],
    }),
    coupon_upc: id('Code printed on the coupon', { required: true }),
    campaign_id: id('Campaign that issued it', { required: true }),
    redeemed_at: timestamp('When it was handed in', { required: true, aliases: ['redemption_date'] }),
    updated_at: timestamp('When the source last changed the record', { required: true }),
  },
});
