import { Random, STREAM } from '../random/random.ts';
import { NONE, type People } from '../world/people.ts';

export const AUDIENCES = ['everybody', 'card holders', 'shop customers', 'new customers'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** A campaign by e-mail, with what it really does. */
export interface EmailCampaign {
  readonly index: number;
  readonly id: string;
  readonly audience: Audience;
  readonly sendDay: number;
  readonly endDay: number;
  readonly discount: number;
  readonly couponCode: string;
  /** Purchases that it causes while it works, against those that a recipient makes anyway. */
  readonly lift: number;
}

export interface SocialCampaign {
  readonly index: number;
  readonly id: string;
  readonly platform: 'facebook' | 'instagram' | 'tiktok' | 'pinterest' | 'youtube';
  readonly objective: 'awareness' | 'traffic' | 'conversions' | 'retention';
  readonly startDay: number;
  readonly endDay: number;
  /** Spent per day, in pence, at scale 1. */
  readonly dailySpend: number;
  /** Shop orders that it causes, against all of a day. */
  readonly lift: number;
}

export type Arm = 'treated' | 'held_out';

/** What a recipient does with an e-mail, in hours after it was sent. */
export interface Response {
  readonly openedAfter: number | undefined;
  readonly clickedAfter: number | undefined;
  readonly hasBounced: boolean;
  readonly unsubscribes: boolean;
}

/** Days from sending on which a campaign makes recipients buy. */
export const WORKING_DAYS = 4;
const DAYS_BETWEEN = 4;
const SOCIAL_DAYS = 9;
const HELD_OUT = 0.15;
const PLATFORMS = ['facebook', 'instagram', 'tiktok', 'pinterest', 'youtube'] as const;
const OBJECTIVES = ['conversions', 'traffic', 'awareness', 'retention'] as const;

export interface Campaigns {
  readonly emails: readonly EmailCampaign[];
  readonly socials: readonly SocialCampaign[];
  /** Index of the e-mail campaign that a person received last. */
  readonly received: Int16Array;
  readonly unsubscribedDay: Int32Array;
  readonly random: Random;
}

export function campaignsOf(seed: number, people: People, firstDay: number, lastDay: number): Campaigns {
  const random = new Random(seed);
  const days = lastDay - firstDay + 1;
  return {
    emails: Array.from({ length: Math.ceil((days - 1) / DAYS_BETWEEN) }, (_, index) =>
      emailCampaign(random, index, firstDay + 1 + index * DAYS_BETWEEN),
    ),
    socials: Array.from({ length: Math.ceil(days / SOCIAL_DAYS) * 2 }, (_, index) =>
      socialCampaign(random, index, firstDay + Math.floor(index / 2) * SOCIAL_DAYS),
    ),
    received: new Int16Array(people.count).fill(NONE),
    unsubscribedDay: new Int32Array(people.count).fill(NONE),
    random,
  };
}

function emailCampaign(random: Random, index: number, sendDay: number): EmailCampaign {
  random.at(STREAM.campaign, index);
  return {
    index,
    id: `EC${String(index + 1).padStart(4, '0')}`,
    audience: AUDIENCES[index % AUDIENCES.length] ?? 'everybody',
    sendDay,
    endDay: sendDay + 9,
    discount: random.pick([5, 10, 10, 15, 20]),
    couponCode: `${random.pick(['SAVE', 'TREAT', 'HELLO', 'EXTRA'])}${random.between(100, 999)}`,
    lift: 0.4 + 0.8 * random.next(),
  };
}

function socialCampaign(random: Random, index: number, startDay: number): SocialCampaign {
  random.at(STREAM.campaign, index, 1);
  return {
    index,
    id: `SC${String(index + 1).padStart(4, '0')}`,
    platform: random.pick(PLATFORMS),
    objective: random.pick(OBJECTIVES),
    startDay,
    endDay: startDay + SOCIAL_DAYS - 1,
    dailySpend: random.between(12_000, 60_000),
    lift: 0.01 + 0.02 * random.next(),
  };
}

function isInAudience(people: People, person: number, { audience, sendDay }: EmailCampaign): boolean {
  switch (audience) {
    case 'everybody':
      return true;
    case 'card holders':
      return people.crm[person] !== NONE;
    case 'shop customers':
      return people.shop[person] !== NONE;
    case 'new customers':
      return (people.registeredDay[person] ?? 0) > sendDay - 200;
  }
}

/** Whether a campaign goes to a person; undefined when they are not meant, or must not be written to. */
export function armOf(campaigns: Campaigns, people: People, person: number, campaign: EmailCampaign): Arm | undefined {
  if (people.contact[person] === NONE || (people.registeredDay[person] ?? 0) > campaign.sendDay) return undefined;
  if (!isInAudience(people, person, campaign)) return undefined;
  const unsubscribed = campaigns.unsubscribedDay[person] ?? NONE;
  if (unsubscribed !== NONE && unsubscribed <= campaign.sendDay) return undefined;
  if (!hasEmailConsent(campaigns.random, person)) return undefined;
  campaigns.random.at(STREAM.recipient, person, campaign.index);
  return campaigns.random.chance(HELD_OUT) ? 'held_out' : 'treated';
}

export const hasEmailConsent = (random: Random, person: number): boolean =>
  random.at(STREAM.recipient, person, -1).chance(0.78);

/** @param isDeliverable whether the address is well formed */
export function responseOf(
  campaigns: Campaigns,
  person: number,
  campaign: EmailCampaign,
  isDeliverable: boolean,
): Response {
  const random = campaigns.random.at(STREAM.recipient, person, 10_000 + campaign.index);
  const [opens, clicks, bounces, unsubscribes] = [
    random.chance(0.38),
    random.chance(0.24),
    random.chance(0.015) || !isDeliverable,
    random.chance(0.012),
  ];
  const openedAfter = opens && !bounces ? 0.1 + 13 * random.next() ** 2 : undefined;
  return {
    openedAfter,
    clickedAfter: clicks && openedAfter !== undefined ? openedAfter + 0.02 + 0.3 * random.next() : undefined,
    hasBounced: bounces,
    unsubscribes: unsubscribes && openedAfter !== undefined,
  };
}

/** The e-mail campaign that makes a person buy on a day, if one does. */
export function workingCampaign(
  { emails, received }: Campaigns,
  person: number,
  day: number,
): EmailCampaign | undefined {
  const campaign = emails[received[person] ?? NONE];
  return campaign && day < campaign.sendDay + WORKING_DAYS ? campaign : undefined;
}

export const runningSocials = ({ socials }: Campaigns, day: number): readonly SocialCampaign[] =>
  socials.filter(({ startDay, endDay }) => startDay <= day && day <= endDay);
