import type { Random } from '../random/random.ts';
import { DIRECT, type Traffic, type Visitor } from '../sources/page-views.ts';
import { ipAddressIn } from '../world/identity.ts';
import type { Market } from '../world/markets.ts';
import { NONE, shopIdOf } from '../world/people.ts';
import { runningSocials, type SocialCampaign, workingCampaign } from './campaigns.ts';
import type { Retailer } from './retailer.ts';

const SIGNED_IN = 0.45;

export const emailTraffic = (campaignId: string): Traffic => ({
  referrer: null,
  source: 'newsletter',
  medium: 'email',
  campaign: campaignId,
});

export const socialTraffic = ({ id, platform }: SocialCampaign): Traffic => ({
  referrer: `https://www.${platform}.com/`,
  source: platform,
  medium: 'paid_social',
  campaign: id,
});

const SEARCH: Traffic = { referrer: 'https://www.google.com/', source: null, medium: null, campaign: null };
const ADVERTISEMENT: Traffic = {
  referrer: 'https://www.google.com/',
  source: 'google',
  medium: 'cpc',
  campaign: 'always-on',
};

/** What brings visitors who would have come anyway. Recipients of a campaign often come through it. */
export function drawTraffic(retailer: Retailer, random: Random, person: number): Traffic {
  const { campaigns, day } = retailer;
  const campaign = person === NONE ? undefined : workingCampaign(campaigns, person, day);
  if (campaign && random.chance(0.25)) return emailTraffic(campaign.id);
  const draw = random.next();
  if (draw < 0.42) return DIRECT;
  if (draw < 0.76) return SEARCH;
  if (draw < 0.9) return ADVERTISEMENT;
  const running = runningSocials(campaigns, day);
  return running.length > 0 ? socialTraffic(random.pick(running)) : DIRECT;
}

const DEVICES = ['mobile', 'mobile', 'mobile', 'desktop', 'desktop', 'tablet'] as const;

/** Somebody who comes to the shop; the same person comes with the same two devices. */
export function drawVisitor(
  retailer: Retailer,
  random: Random,
  { person, market, isSignedIn }: { person: number; market: Market; isSignedIn?: boolean },
): Visitor {
  const isKnown = person !== NONE;
  const channel = random.chance(0.3) ? 'app' : 'online';
  const device =
    channel === 'app' ? 'app' : isKnown ? (DEVICES[person % DEVICES.length] ?? 'mobile') : random.pick(DEVICES);
  const isAccount = isKnown && (isSignedIn ?? random.chance(SIGNED_IN));
  return {
    sessionId: `s${random.hex(16)}`,
    visitorId: isKnown ? `v${person.toString(36)}${channel === 'app' ? 'a' : 'b'}` : `x${random.hex(8)}`,
    accountId: isAccount ? shopIdOf(retailer.people, person) : null,
    country: market.country,
    ipAddress: isKnown && random.chance(0.8) ? retailer.identities.ipAddress(person) : ipAddressIn(random, market),
    channel,
    device,
    traffic: drawTraffic(retailer, random, person),
  };
}
