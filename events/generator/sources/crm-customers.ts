import { STREAM } from '../random/random.ts';
import { hasChanged, hasMoved } from '../simulation/changes.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { DAY_MS, dayText, instantText } from '../time.ts';
import { crmId, NONE } from '../world/people.ts';
import { linkIdentity } from './identity-links.ts';

const AGE_BANDS = ['19-24', '25-34', '35-44', '45-54', '55-64', '65+'] as const;
const INCOME_BANDS = ['Under 15K', '15-24K', '25-34K', '35-49K', '50-74K', '75-99K', '100K+'] as const;
const TIERS = ['bronze', 'silver', 'gold', 'platinum'] as const;

const ageBand = (age: number): string => AGE_BANDS[Math.max(0, Math.min(5, Math.floor((age - 15) / 10)))] ?? '65+';

function segmentOf(rate: number): 'premium' | 'standard' | 'basic' {
  if (rate > 0.35) return 'premium';
  return rate > 0.1 ? 'standard' : 'basic';
}

/** Whoever is in the CRM and never buys in person is a trader. */
function customerType(rate: number, isStaff: boolean): 'business' | 'staff' | 'private' {
  if (rate === 0) return 'business';
  return isStaff ? 'staff' : 'private';
}

/** What the CRM asked about the household; many did not answer. */
function household({ draws }: Retailer, person: number) {
  const random = draws.at(STREAM.person, person, 7);
  const ask = <T>(answer: T): T | null => (random.chance(0.25) ? null : answer);
  const size = random.between(1, 5);
  const kids = Math.min(3, Math.max(0, size - 2));
  return {
    income_band: ask(random.pick(INCOME_BANDS)),
    home_ownership: ask(random.pick(['Homeowner', 'Homeowner', 'Renter', 'Probable Owner'])),
    marital_status: ask(random.pick(['Married', 'Married', 'Single'])),
    household_size: ask(size === 5 ? '5+' : String(size)),
    household_composition: ask(kids > 0 ? '2 Adults Kids' : size === 2 ? '2 Adults No Kids' : 'Single'),
    kids_count: ask(kids === 3 ? '3+' : kids === 0 ? 'None/Unknown' : String(kids)),
    isUnknownSegment: random.chance(0.05),
    lastLogin: random.next(),
    consents: random.chance(0.7),
    isStaff: random.chance(0.03),
  };
}

function record(retailer: Retailer, person: number, number: number, variant: number, at: number) {
  const { people, identities, speller, day } = retailer;
  const market = identities.market(person);
  const identity = identities.of(person, hasMoved(retailer, person));
  const spelled = speller.spell(identity, market, 'crm_customers', person, variant);
  const { isUnknownSegment, lastLogin, consents, isStaff, ...told } = household(retailer, person);
  const registered = people.registeredDay[person] ?? day;
  const rate = people.rate[person] ?? 0;
  const withdrawn = hasChanged(retailer, person, 'consent');
  const tier = Math.min(3, Math.floor(rate * 6) + (hasChanged(retailer, person, 'tier') ? 1 : 0));
  const record = {
    customer_id: crmId(number),
    email: spelled.email,
    first_name: spelled.firstName,
    last_name: spelled.lastName,
    phone: spelled.phone,
    address_line: identity.addressLine,
    city: identity.city.name,
    postcode: identity.postcode,
    birth_date: person % 5 === 0 ? null : identity.birthDate,
    age_band: person % 4 === 0 ? null : ageBand(2026 - identity.birthYear),
    ...told,
    customer_segment: isUnknownSegment ? 'unknown' : segmentOf(rate),
    customer_type: customerType(rate, isStaff),
    loyalty_tier: TIERS[tier],
    registration_date: dayText(registered),
    last_login_date:
      person % 3 === 0 ? null : instantText(registered * DAY_MS + lastLogin * (at - registered * DAY_MS)),
    marketing_consent: consents && !withdrawn,
    consent_at: instantText(withdrawn ? at : registered * DAY_MS + lastLogin * DAY_MS),
    country: market.country,
    updated_at: instantText(at),
  };
  return { record, spelled };
}

/** Hands over what the CRM knows of a person; those whom it has twice, twice. */
export function handOverCrmCustomer(retailer: Retailer, person: number, at: number, isNew: boolean): void {
  const { people, outbox } = retailer;
  const numbers = [people.crm[person] ?? NONE, people.secondCrm[person] ?? NONE];
  for (const [variant, number] of numbers.entries()) {
    if (number === NONE) continue;
    const { record: customer, spelled } = record(retailer, person, number, variant, at);
    outbox.push('crm_customers', customer);
    if (isNew) linkIdentity(retailer, person, 'crm_customers', customer.customer_id, spelled);
  }
}
