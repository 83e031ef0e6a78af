import { poisson } from '../random/distributions.ts';
import { STREAM } from '../random/random.ts';
import { runningSocials } from '../simulation/campaigns.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { DAY_MS, dayText, instantText, MINUTE_MS } from '../time.ts';
import { amount } from './amount.ts';

const PENCE_PER_CLICK = 38;
const CLICK_RATE = 0.011;
/** Networks claim purchases that would have been made anyway. */
const OVERCLAIM = 2.5;

/** What the networks report of a day, for each campaign that runs. */
export function handOverSocialCampaigns(retailer: Retailer): void {
  const { campaigns, day, size, options, outbox, draws } = retailer;
  for (const campaign of runningSocials(campaigns, day)) {
    const random = draws.at(STREAM.campaign, campaign.index, day);
    const spend = Math.round(campaign.dailySpend * options.scale * (0.8 + 0.4 * random.next()));
    const clicks = poisson(random, spend / PENCE_PER_CLICK);
    const conversions = poisson(random, size.shopOrders * campaign.lift * OVERCLAIM);
    outbox.push('social_campaigns', {
      campaign_id: campaign.id,
      platform: campaign.platform,
      campaign_name: `${campaign.objective} ${campaign.platform} ${dayText(campaign.startDay).slice(0, 7)}`,
      objective: campaign.objective,
      start_date: dayText(campaign.startDay),
      end_date: dayText(campaign.endDay),
      report_date: dayText(day),
      budget: amount(Math.round(campaign.dailySpend * options.scale * 9)),
      spend: amount(spend),
      impressions: Math.round(clicks / CLICK_RATE) + random.below(500),
      clicks,
      conversions,
      conversion_value: amount(conversions * random.between(5200, 7400)),
      currency: 'GBP',
      updated_at: instantText((day + 1) * DAY_MS - 2 * MINUTE_MS),
    });
  }
}
