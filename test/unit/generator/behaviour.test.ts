import { describe, expect, test } from 'vitest';
import { moodOf, REVIEWS } from '../../../events/generator/data/reviews.ts';
import { NO_DEFECTS } from '../../../events/generator/defects.ts';
import { yearlyFactor } from '../../../events/generator/demand/season.ts';
import { armOf, campaignsOf, WORKING_DAYS } from '../../../events/generator/simulation/campaigns.ts';
import { type Retailer, retailerOf } from '../../../events/generator/simulation/retailer.ts';
import { planDay } from '../../../events/generator/simulation/visits.ts';
import { handOverEmailCampaigns } from '../../../events/generator/sources/email-campaigns.ts';
import { dayOf, weekdayOf } from '../../../events/generator/time.ts';
import { Identities } from '../../../events/generator/world/identity.ts';
import {
  DROPOUT,
  isTrader,
  NONE,
  type People,
  peopleOf,
  RATE,
  sizesOf,
} from '../../../events/generator/world/people.ts';
import { cleanRun, mean, SMALL, sum, variance } from './world.ts';

const CUSTOMERS = 20_000;
const FIRST_DAY = dayOf(SMALL.firstDay);

/** Many people, in a retailer with nothing to sell. */
function crowd(): { retailer: Retailer; people: People } {
  const small = retailerOf({ ...SMALL, defects: NO_DEFECTS });
  const { markets, stores, firstDay, lastDay } = small;
  const people = peopleOf({ seed: 1, customers: CUSTOMERS, firstDay, lastDay, markets, stores });
  const identities = new Identities(1, people, markets);
  const campaigns = campaignsOf(1, people, firstDay, lastDay);
  return { retailer: { ...small, people, identities, campaigns }, people };
}

const { prospectsFrom, crmPersons } = sizesOf(CUSTOMERS);
const buyers = (people: People): number[] =>
  Array.from({ length: prospectsFrom }, (_, person) => person).filter(
    (person) => !isTrader(person, crmPersons) && people.rate[person] !== 0,
  );

describe('customers buy till they die', () => {
  const { people } = crowd();
  const persons = buyers(people);
  const at = (values: ArrayLike<number>) => persons.map((person) => values[person] ?? 0);

  test('at rates of a gamma distribution', () => {
    const rates = at(people.rate);
    expect(mean(rates) / (RATE.shape / RATE.rate)).toBeCloseTo(1, 1);
    expect(variance(rates) / (RATE.shape / RATE.rate ** 2)).toBeCloseTo(1, 1);
  });

  test('with chances of dropping out of a beta distribution', () => {
    const dropouts = at(people.dropout);
    const { a, b } = DROPOUT;
    expect(mean(dropouts) / (a / (a + b))).toBeCloseTo(1, 1);
    expect(variance(dropouts) / ((a * b) / ((a + b) ** 2 * (a + b + 1)))).toBeCloseTo(1, 0);
  });

  test('so that as many are left on the first day as the model says', () => {
    const old = persons.filter((person) => (people.registeredDay[person] ?? 0) < FIRST_DAY);
    // Deaths thin the purchases: a life ends at the rate of purchases times the chance of dropping out.
    const chances = old.map((person) => {
      const days = FIRST_DAY - (people.registeredDay[person] ?? 0);
      return Math.exp(-(people.rate[person] ?? 0) * (people.dropout[person] ?? 0) * days);
    });
    const alive = old.filter((person) => people.churnedDay[person] === NONE).length;
    const spread = Math.sqrt(sum(chances.map((chance) => chance * (1 - chance))));
    expect(Math.abs(alive - sum(chances))).toBeLessThan(4.5 * spread);
  });
});

describe('day by day', () => {
  const { retailer, people } = crowd();
  const lives = { visits: 0, deaths: 0, expectedVisits: 0, expectedDeaths: 0 };
  const perArm = { treated: { persons: 0, visits: 0 }, held_out: { persons: 0, visits: 0 } };

  const expect4 = (observed: number, expected: number) =>
    expect(Math.abs(observed - expected)).toBeLessThan(4.5 * Math.sqrt(expected));

  test('customers come and die as their rates say, and campaigns bring more', () => {
    let campaign = retailer.campaigns.emails[0];
    for (let day = FIRST_DAY; day <= FIRST_DAY + 12; day++) {
      retailer.day = day;
      for (const _ of handOverEmailCampaigns(retailer)) retailer.outbox.day = day;
      for (const _ of retailer.outbox.all());
      campaign = retailer.campaigns.emails.findLast(({ sendDay }) => sendDay <= day);
      const alive = buyers(people).filter(
        (person) => people.churnedDay[person] === NONE && (people.registeredDay[person] ?? 0) <= day,
      );
      const newcomers = alive.filter((person) => people.registeredDay[person] === day).length;
      const plan = planDay(retailer);
      const visits = plan.byHour.flat();
      const natural = visits.filter(({ cause }) => cause === undefined);
      lives.visits += natural.length - newcomers;
      lives.expectedVisits += sum(plan.expectedByStore) + plan.expectedInShop;
      lives.deaths += alive.filter((person) => people.churnedDay[person] !== NONE).length;
      const ends = new Map(alive.map((person) => [person, people.dropout[person] ?? 0]));
      lives.expectedDeaths += sum(natural.map(({ person }) => ends.get(person) ?? 0));
      if (campaign === undefined || day >= campaign.sendDay + WORKING_DAYS) continue;
      const arms = new Map(
        alive.map((person) => [person, armOf(retailer.campaigns, people, person, campaign as never)]),
      );
      for (const arm of arms.values()) if (arm) perArm[arm].persons++;
      for (const { person } of visits) {
        const arm = arms.get(person);
        if (arm) perArm[arm].visits++;
      }
    }
    expect(lives.visits / lives.expectedVisits).toBeCloseTo(1, 1);
    expect4(lives.deaths, lives.expectedDeaths);
    const { treated, held_out } = perArm;
    const [withMail, without] = [treated.visits / treated.persons, held_out.visits / held_out.persons];
    expect(held_out.persons / (held_out.persons + treated.persons)).toBeCloseTo(0.15, 1);
    expect(withMail / without).toBeGreaterThan(1.15);
    expect(withMail / without).toBeLessThan(1.6);
  });
});

const records = (source: string) => cleanRun().records(source);

describe('demand', () => {
  test('of stores is highest on Saturdays, and of a year before Christmas', () => {
    const byWeekday = Array.from({ length: 7 }, () => 0);
    for (const { transaction_at, line_number } of records('pos_transactions')) {
      if (line_number !== 1) continue;
      const weekday = weekdayOf(dayOf(String(transaction_at).slice(0, 10)));
      // October 2026 had five Fridays and Saturdays.
      byWeekday[weekday] = (byWeekday[weekday] ?? 0) + 1 / (weekday >= 5 ? 5 : 4);
    }
    const [sunday = 0, monday = 0, , , , friday = 0, saturday = 0] = byWeekday;
    expect(saturday).toBeGreaterThan(1.2 * monday);
    expect(saturday).toBeGreaterThan(1.2 * sunday);
    expect(friday).toBeGreaterThan(monday);
    expect(yearlyFactor(dayOf('2026-12-12'))).toBeGreaterThan(1.35);
    expect(yearlyFactor(dayOf('2026-01-19'))).toBeLessThan(0.9);
    expect(yearlyFactor(dayOf('2026-10-05'))).toBeCloseTo(1, 1);
  });

  test('brings products into baskets together that go together', () => {
    const baskets = [...Map.groupBy(records('ecommerce_order_items'), ({ order_id }) => order_id).values()];
    const shopIds = new Map(records('ecommerce_products').map(({ sku, product_id }) => [sku, product_id]));
    const bySku = new Map(records('erp_products').map(({ product_id, sku }) => [product_id, shopIds.get(sku)]));
    let [together, expected, alone] = [0, 0, 0];
    for (const { product_id, complement_product_id, probability } of cleanRun().truth('product_affinities')) {
      const [one, other] = [bySku.get(product_id), bySku.get(complement_product_id)];
      const withOne = baskets.filter((lines) => lines.some((line) => line.product_id === one));
      together += withOne.filter((lines) => lines.some((line) => line.product_id === other)).length;
      expected += withOne.length * Number(probability);
      alone +=
        (withOne.length * baskets.filter((lines) => lines.some((line) => line.product_id === other)).length) /
        baskets.length;
    }
    expect(together).toBeGreaterThan(0.75 * expected);
    expect(together).toBeGreaterThan(2 * alone);
  });

  test('of products rises when they are reduced, by their elasticity', () => {
    const retailer = retailerOf({ ...SMALL, defects: NO_DEFECTS });
    const { prices, products } = retailer;
    const ratios: number[] = [];
    for (let day = FIRST_DAY; day < FIRST_DAY + 60; day++) {
      const before = products.map(({ index }) => ({
        weight: prices.weights[index] ?? 0,
        off: prices.reduction(index),
        price: prices.recommended(products[index] as never),
      }));
      prices.beginDay(day, false);
      for (const { index, elasticity } of products) {
        const [was, now] = [before[index], prices.weights[index] ?? 0];
        if (was === undefined || was.weight === 0 || now === 0 || was.off === prices.reduction(index)) continue;
        if (was.price !== prices.recommended(products[index] as never)) continue;
        const price = (1 - prices.reduction(index) / 100) / (1 - was.off / 100);
        ratios.push(Math.log(now / was.weight) / Math.log(price) + elasticity);
      }
    }
    expect(ratios.length).toBeGreaterThan(50);
    // Beside the price, only the season moves from one day to the next.
    expect(Math.max(...ratios.map(Math.abs))).toBeLessThan(0.4);
  });
});

describe('what customers say', () => {
  test('in reviews fits the stars that they give', () => {
    for (const { title, rating, review_text, language } of records('product_reviews')) {
      const phrases = REVIEWS[String(language)];
      const mood = moodOf(Number(rating));
      expect(phrases?.titles[mood]).toContain(title);
      const [start = ''] = (phrases?.opening[mood] ?? []).filter((phrase) =>
        String(review_text).startsWith(phrase.split('{noun}')[0] ?? phrase),
      );
      expect(start).not.toBe('');
      expect(String(review_text)).not.toContain('{');
    }
    expect(new Set(records('product_reviews').map(({ rating }) => rating)).size).toBeGreaterThanOrEqual(4);
  });

  test('about late parcels follows from late parcels', () => {
    const late = new Set(
      records('shipping_orders').flatMap(({ status, order_id }) =>
        status === 'delayed' || status === 'lost' ? [order_id] : [],
      ),
    );
    const complaints = records('support_tickets').filter(({ category }) => category === 'delivery');
    expect(complaints.length).toBeGreaterThan(5);
    for (const { order_id, message } of complaints) {
      expect(late).toContain(order_id);
      expect(String(message)).not.toContain('{');
    }
  });

  test('in tickets holds their own e-mail address, name or telephone number now and then', () => {
    const telling = records('support_tickets').filter(({ message, requester_email, requester_name, requester_phone }) =>
      [requester_email, requester_name, requester_phone].some(
        (value) => value && String(message).includes(String(value)),
      ),
    );
    expect(telling.length).toBeGreaterThan(records('support_tickets').length / 4);
  });
});

test('the truth tells which orders campaigns caused, and those come through their links', () => {
  const caused = cleanRun()
    .truth('attribution')
    .filter(({ source }) => source === 'ecommerce_orders');
  const campaigns = new Map(records('ecommerce_orders').map(({ order_id, utm_campaign }) => [order_id, utm_campaign]));
  expect(caused.length).toBeGreaterThan(10);
  for (const { key, campaign_id } of caused) expect(campaigns.get(key)).toBe(campaign_id);
});
