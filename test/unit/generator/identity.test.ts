import { describe, expect, test } from 'vitest';
import { Random, STREAM } from '../../../events/generator/random/random.ts';
import { withoutAccents } from '../../../events/generator/world/identity.ts';
import { brokenEmail } from '../../../events/generator/world/spelling.ts';
import type { JsonRecord } from '../../../events/validator/layout.ts';
import { cleanRun } from './world.ts';

const SYSTEMS = [
  ['crm_customers', 'customer_id'],
  ['ecommerce_customers', 'customer_id'],
  ['marketing_contacts', 'contact_id'],
] as const;

const records = (source: string) => cleanRun().records(source);
const links = () => cleanRun().truth('identity_links');
const recordsById = new Map<string, JsonRecord>(
  SYSTEMS.flatMap(([source, key]) => records(source).map((record) => [`${source}/${record[key]}`, record] as const)),
);
const recordOf = ({ source, source_id }: JsonRecord): JsonRecord => recordsById.get(`${source}/${source_id}`) ?? {};

describe('identity links', () => {
  test.each(SYSTEMS)('tell of every record of %s whom it is about, once', (source, key) => {
    const linked = links().flatMap((link) => (link.source === source ? [link.source_id] : []));
    expect(new Set(linked).size).toBe(linked.length);
    expect(new Set(linked)).toEqual(new Set(records(source).map((record) => record[key])));
  });

  test('join systems: many people are in two, some in three, a few in one twice', () => {
    const perPerson = [...Map.groupBy(links(), ({ person_id }) => person_id).values()];
    const systems = perPerson.map((some) => new Set(some.map(({ source }) => source)).size);
    expect(systems.filter((count) => count === 2).length).toBeGreaterThan(50);
    expect(systems.filter((count) => count === 3).length).toBeGreaterThan(20);
    expect(
      perPerson.filter((some) => some.filter(({ source }) => source === 'crm_customers').length > 1).length,
    ).toBeGreaterThan(0);
  });

  test('tell how records differ: what has no difference has the same name and address in both systems', () => {
    const exact = links().filter(({ differences }) => differences === '');
    for (const some of Map.groupBy(exact, ({ person_id }) => person_id).values()) {
      const names = some.map(recordOf).map(({ first_name, last_name, email }) => `${first_name} ${last_name} ${email}`);
      expect(new Set(names).size).toBe(1);
    }
    expect(exact.length).toBeGreaterThan(links().length / 5);
  });

  test('know nicknames, accents, typing errors, swapped and former names, other addresses and gaps', () => {
    const differences = new Set(links().flatMap((link) => String(link.differences).split(',')));
    for (const one of [
      'nickname',
      'typo',
      'no_accents',
      'swapped_names',
      'other_case',
      'no_name',
      'other_email',
      'no_email',
      'no_phone',
      'other_phone_format',
    ]) {
      expect(differences).toContain(one);
    }
    for (const link of links()) {
      const isNameless = String(link.differences).split(',').includes('no_name');
      expect(recordOf(link).first_name === null, JSON.stringify(link)).toBe(isNameless);
    }
  });

  test('keep households together: members share the address', () => {
    const crm = links().filter(({ source, differences }) => source === 'crm_customers' && differences !== undefined);
    const homes = [...Map.groupBy(crm, ({ household_id }) => household_id).values()].filter((some) => some.length > 1);
    expect(homes.length).toBeGreaterThan(10);
    const first = new Map<string, JsonRecord>();
    for (const record of records('crm_customers')) {
      const id = String(record.customer_id);
      if (!first.has(id)) first.set(id, record);
    }
    for (const some of homes) {
      const addresses = some
        .map(({ source_id }) => first.get(String(source_id)))
        .map((record) => `${record?.address_line} ${record?.postcode}`);
      // On the first day nobody has moved yet.
      expect(new Set(addresses).size).toBe(1);
    }
  });
});

test('people come from all countries, most from home', () => {
  const countries = Map.groupBy(records('crm_customers'), ({ country }) => country);
  expect(countries.size).toBeGreaterThan(6);
  expect((countries.get('GB')?.length ?? 0) / records('crm_customers').length).toBeGreaterThan(0.5);
});

test('orders and mailings have an address to write to', () => {
  for (const source of ['ecommerce_orders', 'email_campaign_recipients', 'support_tickets']) {
    const key = source === 'support_tickets' ? 'requester_email' : 'email';
    for (const record of records(source)) expect(String(record[key])).toMatch(/^\S+@\S+\.example$/);
  }
});

test('accents can be lost, and addresses broken so that they are none', () => {
  expect(withoutAccents('Müßig Çelik Ōno')).toBe('Mussig Celik Ono');
  const random = new Random(1).at(STREAM.spelling, 1);
  for (let time = 0; time < 50; time++) {
    expect(brokenEmail(random, 'a.b@mail.example')).not.toMatch(/^[^@\s,]+@[^@\s,]+\.[^@\s,]+$/);
  }
});
