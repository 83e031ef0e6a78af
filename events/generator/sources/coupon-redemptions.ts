import type { Random } from '../random/random.ts';
import type { EmailCampaign } from '../simulation/campaigns.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { instantText } from '../time.ts';
import { crmIdOf } from '../world/people.ts';

/** Records that a customer handed in a campaign's coupon; only those whom the CRM knows can. */
export function handOverCoupon(
  { people, outbox }: Retailer,
  random: Random,
  campaign: EmailCampaign,
  person: number,
  at: number,
): void {
  const customerId = crmIdOf(people, person);
  if (customerId === null) return;
  outbox.push('coupon_redemptions', {
    redemption_id: `CR${random.hex(16)}`,
    customer_id: customerId,
    coupon_upc: `5${String(100_000_000_000 + campaign.index * 7_919_301 + campaign.discount).slice(1)}`,
    campaign_id: campaign.id,
    redeemed_at: instantText(at),
    updated_at: instantText(at + random.between(1000, 60_000)),
  });
}
