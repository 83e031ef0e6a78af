import { STREAM } from '../random/random.ts';
import { hasEmailConsent } from '../simulation/campaigns.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { DAY_MS, instantText } from '../time.ts';
import { contactId, NONE } from '../world/people.ts';
import { linkIdentity } from './identity-links.ts';

const LEAD_SOURCES = ['newsletter', 'competition', 'check-out', 'store', 'friend', 'fair'] as const;

function stageOf(rate: number, draw: number): string {
  if (rate > 0) return draw < 0.04 ? 'evangelist' : 'customer';
  if (draw < 0.6) return 'subscriber';
  return draw < 0.85 ? 'lead' : 'opportunity';
}

/** Hands over a person's contact in the marketing automation as it is now, if there is one. */
export function handOverContact(retailer: Retailer, person: number, at: number, isNew: boolean): void {
  const { people, identities, speller, outbox, campaigns } = retailer;
  const number = people.contact[person] ?? NONE;
  if (number === NONE) return;
  const market = identities.market(person);
  const spelled = speller.spell(identities.of(person), market, 'marketing_contacts', person);
  const consents = hasEmailConsent(campaigns.random, person);
  const random = retailer.draws.at(STREAM.person, person, 9);
  const created = (people.registeredDay[person] ?? 0) * DAY_MS + random.below(DAY_MS / 24);
  const unsubscribed = campaigns.unsubscribedDay[person] ?? NONE;
  const isOut = unsubscribed !== NONE;
  outbox.push('marketing_contacts', {
    contact_id: contactId(number),
    email: spelled.email,
    first_name: spelled.firstName,
    last_name: spelled.lastName,
    phone: spelled.phone,
    country: random.chance(0.1) ? null : market.country,
    lifecycle_stage: stageOf(people.rate[person] ?? 0, random.next()),
    lead_source: random.pick(LEAD_SOURCES),
    email_consent: consents && !isOut,
    sms_consent: random.chance(0.2) && spelled.phone !== null,
    consent_at: instantText(isOut ? at : created),
    unsubscribed_at: isOut ? instantText(at) : null,
    lead_score: random.below(101),
    created_at: instantText(created),
    updated_at: instantText(at),
  });
  if (isNew) linkIdentity(retailer, person, 'marketing_contacts', contactId(number), spelled);
}
