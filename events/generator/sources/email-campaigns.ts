import { armOf, type EmailCampaign, responseOf } from '../simulation/campaigns.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { DAY_MS, dayText, HOUR_MS, instantText } from '../time.ts';
import { contactId, NONE, personId } from '../world/people.ts';
import { amount } from './amount.ts';
import { handOverContact } from './marketing-contacts.ts';

const SENT_AT_HOUR = 7;
/** Cost of an e-mail, in hundredths of a penny. */
const COST_PER_MAIL = 35;

function campaignRecord(campaign: EmailCampaign, sent: number, at: number) {
  return {
    campaign_id: campaign.id,
    name: `${campaign.discount} % for ${campaign.audience}, ${dayText(campaign.sendDay)}`,
    campaign_type: 'promotion',
    channel: 'email',
    start_date: dayText(campaign.sendDay),
    end_date: dayText(campaign.endDay),
    subject_line: `${campaign.discount} % off with ${campaign.couponCode}`,
    audience: campaign.audience,
    discount_percentage: campaign.discount,
    spend: amount(Math.round((sent * COST_PER_MAIL) / 100)),
    currency: 'GBP',
    budget: amount(Math.ceil(sent / 1000) * 50_000),
    updated_at: instantText(at),
  };
}

function recipientRecord(campaign: EmailCampaign, person: number, contact: number, email: string | null, at: number) {
  return {
    campaign_id: campaign.id,
    customer_id: contactId(contact),
    email,
    sent_at: instantText(campaign.sendDay * DAY_MS + SENT_AT_HOUR * HOUR_MS + (person % 1800) * 1000),
    opened_at: null as string | null,
    clicked_at: null as string | null,
    bounced_at: null as string | null,
    unsubscribed_at: null as string | null,
    updated_at: instantText(at),
  };
}

interface Recipient {
  readonly person: number;
  readonly contact: number;
  readonly email: string | null;
  readonly isDeliverable: boolean;
}

function* recipientsOf(retailer: Retailer, campaign: EmailCampaign): Generator<Recipient> {
  const { people, campaigns, identities, speller } = retailer;
  for (let person = 0; person < people.count; person++) {
    if (armOf(campaigns, people, person, campaign) !== 'treated') continue;
    const market = identities.market(person);
    const { email, differences } = speller.spell(identities.of(person), market, 'marketing_contacts', person);
    const contact = people.contact[person] ?? NONE;
    yield { person, contact, email, isDeliverable: !differences.includes('invalid_email') };
  }
}

/** Sends the day's campaign to those who are not held out. */
function* send(retailer: Retailer, campaign: EmailCampaign): Generator<void> {
  const { people, campaigns, outbox } = retailer;
  let sent = 0;
  for (let person = 0; person < people.count; person++) {
    const arm = armOf(campaigns, people, person, campaign);
    if (arm === undefined) continue;
    outbox.truth('campaign_assignments', { campaign_id: campaign.id, person_id: personId(person), arm });
    if (arm === 'treated') campaigns.received[person] = campaign.index;
  }
  for (const { person, contact, email } of recipientsOf(retailer, campaign)) {
    sent++;
    const at = campaign.sendDay * DAY_MS + SENT_AT_HOUR * HOUR_MS + (person % 1800) * 1000;
    outbox.push('email_campaign_recipients', recipientRecord(campaign, person, contact, email, at));
    yield;
  }
  const at = campaign.sendDay * DAY_MS + 8 * HOUR_MS;
  outbox.push('email_campaigns', campaignRecord(campaign, sent, at));
}

/** On the day after, the mailing system tells what recipients did. */
function* respond(retailer: Retailer, campaign: EmailCampaign): Generator<void> {
  const { campaigns, outbox, day } = retailer;
  const at = day * DAY_MS + 2 * HOUR_MS;
  const unsubscribed: number[] = [];
  for (const { person, contact, email, isDeliverable } of recipientsOf(retailer, campaign)) {
    const response = responseOf(campaigns, person, campaign, isDeliverable);
    const { openedAfter, clickedAfter, hasBounced, unsubscribes } = response;
    if (openedAfter === undefined && !hasBounced) continue;
    const record = recipientRecord(campaign, person, contact, email, at);
    const after = (hours: number | undefined) =>
      hours === undefined ? null : instantText(Date.parse(record.sent_at) + hours * HOUR_MS);
    outbox.push('email_campaign_recipients', {
      ...record,
      opened_at: after(openedAfter),
      clicked_at: after(clickedAfter),
      bounced_at: hasBounced ? after(0.01) : null,
      unsubscribed_at: unsubscribes ? after((openedAfter ?? 0) + 0.05) : null,
    });
    if (unsubscribes) unsubscribed.push(person);
    yield;
  }
  for (const person of unsubscribed) {
    campaigns.unsubscribedDay[person] = day;
    handOverContact(retailer, person, at + HOUR_MS, false);
  }
}

/** Sends what is due on a day, and reports on what was sent the day before. */
export function* handOverEmailCampaigns(retailer: Retailer): Generator<void> {
  for (const campaign of retailer.campaigns.emails) {
    if (campaign.sendDay === retailer.day) yield* send(retailer, campaign);
    if (campaign.sendDay === retailer.day - 1) yield* respond(retailer, campaign);
  }
}
