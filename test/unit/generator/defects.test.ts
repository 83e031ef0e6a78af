import { describe, expect, test } from 'vitest';
import type { Contract } from '../../../events/contracts/contract.ts';
import { contractOf } from '../../../events/contracts/index.ts';
import { DEFECTS, NO_DEFECTS } from '../../../events/generator/defects.ts';
import { GENERATED_SOURCES } from '../../../events/generator/handover/outbox.ts';
import { spoilersOf } from '../../../events/generator/handover/spoil.ts';
import { type JsonRecord, objectLayout } from '../../../events/validator/layout.ts';
import { RowBatch } from '../../../events/validator/row-batch.ts';
import { MANY_DEFECTS, run, SMALL } from './world.ts';

const contract = (source: string) => contractOf(source) as Contract;

/** Which of the records the real validator accepts. */
function accepted(source: string, records: readonly JsonRecord[]): JsonRecord[] {
  const layout = objectLayout(contract(source));
  const batch = new RowBatch(contract(source), 1);
  return records.filter((record) => {
    batch.clear();
    return batch.push(layout.values(record)).length === 0;
  });
}

const spoilt = run({ ...SMALL, days: 12, defects: MANY_DEFECTS });
const clean = run({ ...SMALL, days: 12, defects: NO_DEFECTS });

describe.each(GENERATED_SOURCES)('%s', (source) => {
  const { key, versionColumn } = contract(source);
  const handovers = spoilt.handovers.filter((handover) => handover.source === source);
  const total = (pick: 'refused' | 'duplicates') => handovers.reduce((sum, handover) => sum + handover[pick], 0);

  test('is refused by its contract as often as said, in each handing over', () => {
    for (const { records, refused } of handovers) {
      expect(records.length - accepted(source, records).length).toBe(refused);
    }
  });

  test('repeats itself as often as said', () => {
    const kept = accepted(source, spoilt.records(source));
    const identity = (record: JsonRecord) => JSON.stringify([...key, versionColumn].map((name) => record[name]));
    expect(kept.length - new Set(kept.map(identity)).size).toBe(total('duplicates'));
  });

  test('has neither without defects', () => {
    expect(accepted(source, clean.records(source))).toHaveLength(clean.records(source).length);
    expect(clean.handovers.every(({ refused, duplicates }) => refused + duplicates === 0)).toBe(true);
  });

  test('can be broken in ways that its contract refuses, each of them', () => {
    const [record = {}] = clean.records(source);
    const broken = spoilersOf(contract(source)).map(({ name, value }) => ({ ...record, [name]: value }));
    expect(broken.length).toBeGreaterThan(0);
    expect(accepted(source, broken)).toEqual([]);
  });
});

test('every kind of defect occurs and is told, and none where there are none', () => {
  const told = new Set(spoilt.truth('defects').map(({ defect }) => defect));
  expect([...told].sort()).toEqual(Object.keys(DEFECTS).sort());
  expect(clean.truth('defects')).toEqual([]);
  expect(clean.truth('fraud_labels')).toEqual([]);
});

const keysOf = (defect: string, source: string) =>
  new Set(
    spoilt
      .truth('defects')
      .filter((row) => row.defect === defect && row.source === source)
      .map(({ key }) => key),
  );

const lineKey = ({ transaction_id, line_number }: JsonRecord) => `${transaction_id}/${line_number}`;

describe('defects are told of the records that have them', () => {
  test('late ones are handed over on a later day, within a week', () => {
    const late = keysOf('late', 'page_views');
    const delays = new Map<unknown, number>();
    for (const { source, day, records } of spoilt.handovers) {
      if (source !== 'page_views') continue;
      for (const { event_id, viewed_at } of records) {
        const delay = (Date.parse(day) - Date.parse(String(viewed_at).slice(0, 10))) / 86_400_000;
        if (delay > 0) delays.set(event_id, delay);
      }
    }
    expect(late.size).toBeGreaterThan(20);
    expect(new Set(delays.keys())).toEqual(late);
    expect(Math.max(...delays.values())).toBeLessThanOrEqual(7);
  });

  test('baskets without tax', () => {
    const without = accepted('pos_transactions', spoilt.records('pos_transactions')).filter(
      ({ tax_amount }) => tax_amount === null,
    );
    expect(new Set(without.map(lineKey))).toEqual(keysOf('missing_tax', 'pos_transactions'));
  });

  test('products that no system knows', () => {
    const known = new Set(spoilt.records('erp_products').map(({ product_id }) => product_id));
    const kept = accepted('pos_transactions', spoilt.records('pos_transactions'));
    const broken = kept.filter(({ product_id, register_id }) => !known.has(product_id) && register_id !== null);
    expect(new Set(broken.map(lineKey))).toEqual(keysOf('broken_reference', 'pos_transactions'));
  });

  test('amounts labelled with another currency than the store’s', () => {
    const currencies = new Map(spoilt.records('stores').map(({ store_id, currency }) => [store_id, currency]));
    const kept = accepted('pos_transactions', spoilt.records('pos_transactions'));
    const mixed = kept.filter(
      ({ store_id, currency, channel }) => channel === 'in_store' && currency !== currencies.get(store_id),
    );
    expect(new Set(mixed.map(lineKey))).toEqual(keysOf('currency_mix_up', 'pos_transactions'));
  });

  test('stock below zero', () => {
    const kept = accepted('erp_inventory', spoilt.records('erp_inventory'));
    const negative = kept.filter(({ on_hand }) => Number(on_hand) < 0);
    const key = ({ snapshot_date, location_id, product_id }: JsonRecord) =>
      `${snapshot_date}/${location_id}/${product_id}`;
    expect(negative.length).toBeGreaterThan(0);
    expect(new Set(negative.map(key))).toEqual(keysOf('negative_stock', 'erp_inventory'));
  });

  test('shop orders that the tills have as well', () => {
    const doubled = accepted('pos_transactions', spoilt.records('pos_transactions')).filter(
      ({ channel }) => channel !== 'in_store',
    );
    expect(doubled.length).toBeGreaterThan(0);
    expect(new Set(doubled.map(lineKey))).toEqual(keysOf('duplicate_across_systems', 'pos_transactions'));
  });

  test('malformed e-mail addresses', () => {
    const kept = accepted('marketing_contacts', spoilt.records('marketing_contacts'));
    const malformed = kept.filter(({ email }) => !/^[^@\s,]+@[^@\s,]+\.[^@\s,]+$/.test(String(email)));
    expect(new Set(malformed.map(({ contact_id }) => contact_id))).toEqual(
      keysOf('invalid_email', 'marketing_contacts'),
    );
  });

  test('fraud, each with its case and pattern', () => {
    const labels = spoilt.truth('fraud_labels');
    const orders = new Set(spoilt.records('ecommerce_orders').map(({ order_id }) => order_id));
    const baskets = new Set(spoilt.records('pos_transactions').map(({ transaction_id }) => transaction_id));
    for (const { source, key } of labels) expect(source === 'ecommerce_orders' ? orders : baskets).toContain(key);
    expect(new Set(labels.map(({ pattern }) => pattern)).size).toBe(4);
  });
});
