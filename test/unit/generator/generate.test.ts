import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { NO_DEFECTS } from '../../../events/generator/defects.ts';
import type { GeneratorOptions } from '../../../events/generator/emission.ts';
import { generate } from '../../../events/generator/generate.ts';
import { GENERATED_SOURCES } from '../../../events/generator/handover/outbox.ts';
import { cleanRun, run, SMALL } from './world.ts';

function hashOf(options: GeneratorOptions): string {
  const hash = createHash('sha256');
  for (const emission of generate(options)) hash.update(JSON.stringify(emission));
  return hash.digest('hex');
}

const WEEK = { ...SMALL, days: 7 };

describe('the same options', () => {
  test('make the same records in the same order', () => {
    expect(hashOf(WEEK)).toBe(hashOf(WEEK));
  });

  test('with another seed make others', () => {
    expect(hashOf({ ...WEEK, seed: 2 })).not.toBe(hashOf(WEEK));
  });

  test('over more days begin with the same days', () => {
    const stores = (days: number) => run({ ...WEEK, days }).records('stores');
    expect(stores(3)).toEqual(stores(7));
  });
});

test('every source hands over something, and days follow one another', () => {
  const { handovers } = cleanRun();
  expect(new Set(handovers.map(({ source }) => source))).toEqual(new Set(GENERATED_SOURCES));
  const days = handovers.map(({ day }) => day);
  expect(days).toEqual([...days].sort());
  expect(new Set(days).size).toBe(SMALL.days);
});

test('records of a source have the same fields in the same order', () => {
  for (const source of GENERATED_SOURCES) {
    const shapes = new Set(
      cleanRun()
        .records(source)
        .map((record) => Object.keys(record).join()),
    );
    expect(shapes.size, source).toBe(1);
  }
});

const distinct = (source: string, field: string) =>
  new Set(
    cleanRun()
      .records(source)
      .map((record) => record[field]),
  ).size;

test('counts follow the scale', () => {
  const transactions =
    distinct('pos_transactions', 'transaction_id') +
    distinct('ecommerce_orders', 'order_id') +
    distinct('retail_invoices', 'invoice_no');
  expect(distinct('crm_customers', 'customer_id')).toBe(200);
  expect(Math.abs(transactions / (150_000 * SMALL.scale) - 1)).toBeLessThan(0.15);
  expect(Math.abs(cleanRun().records('erp_inventory').length / (300_000 * SMALL.scale) - 1)).toBeLessThan(0.2);
  expect(Math.abs(cleanRun().records('page_views').length / (1_500_000 * SMALL.scale) - 1)).toBeLessThan(0.1);
});

test.each([
  [{ seed: -1 }, 'the seed is -1'],
  [{ seed: 1.5 }, 'the seed is 1.5'],
  [{ scale: 0 }, 'the scale is 0'],
  [{ days: 0 }, 'there are 0 days'],
  [{ firstDay: '2026-02-30' }, 'the first day is 2026-02-30'],
  [{ firstDay: 'today' }, 'the first day is today'],
  [{ defects: { ...NO_DEFECTS, late: 2 } }, 'the rate of late is 2'],
])('options out of bounds are refused: %o', (wrong, message) => {
  expect(() => generate({ ...SMALL, ...wrong }).next()).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(message) }),
  );
});
