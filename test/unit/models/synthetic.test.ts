import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProject } from '../../../engine/compile/index.ts';
import type { Defect } from '../../../events/generator/defects.ts';
import { type DefectNote, syntheticBronze } from '../../fixtures/synthetic-bronze.ts';
import { Lake } from './lake.ts';

/** All models over what a small synthetic retailer hands over in ten days, with every defect in it. */
const manifest = await compileProject(join(import.meta.dirname, '../../..'));
/** Keys of the records that have a defect, as the generator noted them: by source and defect. */
const truth = new Map<string, string[]>();

function noteDefects(rows: readonly DefectNote[]): void {
  for (const { source, defect, key } of rows) {
    const name = `${source} ${defect}`;
    truth.set(name, [...(truth.get(name) ?? []), String(key)]);
  }
}

/** Keys as the generator writes them, of the rows of a table that meet a condition. */
async function keysOf(table: string, columns: readonly string[], where: string): Promise<readonly string[]> {
  const fields = columns.map((name) => ({ name, type: 'varchar' }));
  const rows = await lake.rows(table, fields, where);
  return rows.map((row) => columns.map((name) => row[name]).join('/')).sort();
}

let lake: Lake;
beforeAll(async () => {
  lake = await Lake.open(manifest);
  await lake.asOf('2026-10-31');
  const { tables, defects } = syntheticBronze();
  noteDefects(defects);
  for (const { name } of manifest.sources) await lake.fill(name, tables.get(name.replace('bronze.', '')) ?? []);
  await lake.buildAll();
}, 120_000);
afterAll(() => lake.close());

describe('the synthetic retailer', () => {
  it('is published whole: no check that stops a publication fails', async () => {
    const failed: string[] = [];
    for (const model of manifest.models) {
      const failures = await lake.audit(model);
      const stopping = model.audit.checks.filter(({ id, action }) => action === 'abort' && failures[id] !== 0);
      failed.push(...stopping.map(({ id }) => `${model.name}: ${id}`));
    }
    expect(failed).toEqual([]);
  });

  it('fills every silver table', async () => {
    const silver = manifest.models.filter(({ layer }) => layer === 'silver');
    const empty: string[] = [];
    for (const { name } of silver) if ((await lake.rows(name)).length === 0) empty.push(name);
    expect(empty).toEqual([]);
  });

  it.each<[string, Defect, string, readonly string[], string]>([
    [
      'pos_transactions',
      'duplicate_across_systems',
      'silver.order_lines',
      ['transaction_id', 'line_number'],
      'is_duplicate',
    ],
    ['ecommerce_orders', 'missing_tax', 'silver.orders', ['order_id'], 'is_tax_computed'],
    [
      'ecommerce_order_items',
      'broken_reference',
      'silver.order_lines',
      ['order_id', 'line_number'],
      "source_system = 'shop' and product_id not in (select product_id from silver.products)",
    ],
    [
      'erp_inventory',
      'negative_stock',
      'silver.inventory_snapshots',
      ['snapshot_date', 'location_id', 'product_id'],
      "is_negative and source_system = 'erp'",
    ],
  ])('shows of %s exactly what has the defect %s', async (source, defect, table, columns, where) => {
    const expected = [...new Set(truth.get(`${source} ${defect}`))].sort();
    expect(expected.length).toBeGreaterThan(3);
    expect(await keysOf(table, columns, where)).toEqual(expected);
  });

  it('is sold in base currency: facts add up to the lines, and each line to its rate', async () => {
    const off = await lake.rows(
      'silver.order_lines',
      [{ name: 'order_line_id', type: 'varchar' }],
      "abs(total_amount - total_amount_original * fx_rate) > 0.005 or (fx_rate = 1) <> (currency = 'GBP')",
    );
    expect(off).toEqual([]);
    const currencies = await keysOf('silver.order_lines', ['currency'], "source_system = 'pos'");
    expect(new Set(currencies).size).toBeGreaterThan(1);
  });
});
