import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../engine/manifest.ts';
import { type BuildLake, buildLake } from '../../fixtures/build-lake.ts';
import { compileSketches, type ModelSketch } from '../../fixtures/models.ts';

const sales: ModelSketch = {
  path: 'sql/silver/sales.sql',
  kind: 'partitioned',
  columns: ['sale_id varchar {checks: [not_null]}', 'sold_at timestamp', 'amount decimal(18,2)'],
  header: [
    'partition_by: [{column: sold_at, transform: day}]',
    'partitions_from: {bronze.sales: {column: sold_at}}',
  ].join('\n'),
  sql: 'select sale_id, sold_at, amount from bronze.sales',
};

const tags: ModelSketch = {
  path: 'sql/silver/tags.sql',
  columns: ['tag varchar'],
  sql: 'select distinct t.tag from bronze.sales cross join unnest(tags) as t(tag)',
};

/** Its check compares two tables, of which it reads only one. */
const known: ModelSketch = {
  path: 'sql/silver/known.sql',
  columns: ['sale_id varchar {checks: [{relationships: {to: silver.sales, column: sale_id}}]}'],
  sql: 'select tag as sale_id from silver.tags',
};

const mart: ModelSketch = {
  path: 'sql/marts/amounts.sql',
  kind: 'view',
  columns: ['sale_id varchar', 'amount decimal(18,2) {checks: [not_null]}'],
  sql: 'select sale_id, amount from silver.sales',
};

const row = (id: string, day: string, amount: number | null) =>
  `select '${id}' as sale_id, 'c' as customer_id, 1::integer as quantity, ${amount}::decimal(18,2) as amount,
     timestamp '${day} 10:00:00' as sold_at, ['s1'] as tags`;

let lake: BuildLake;
let manifest: Manifest;

beforeEach(async () => {
  lake = await buildLake();
  manifest = compileSketches(sales, tags, known, mart);
  await lake.putSource('sales', 'ingest_date=2026-11-20/one.parquet', row('s1', '2026-11-20', 1));
  await lake.run(manifest);
});
afterEach(() => lake.close());

const objects = () => ['silver', 'gold'].flatMap((bucket) => lake.objects(bucket));

describe('an audit', () => {
  it('judges all rows of what has not changed, and writes nothing', async () => {
    const before = objects();
    const outcomes = await lake.run(manifest, { audit: true });
    expect(outcomes['silver.sales']).toMatchObject({
      status: 'audited',
      reason: 'nothing changed; all rows judged',
      engine: 'duckdb',
      rows: 1,
      checks: [{ check: 'not_null(sale_id)', passed: true, rows: 1 }],
    });
    expect(outcomes['marts.amounts']).toMatchObject({
      status: 'audited',
      checks: [{ check: 'not_null(amount)', rows: 1 }],
    });
    expect(outcomes['silver.sales']?.inputBytes).toBeGreaterThan(0);
    expect(objects()).toEqual(before);
  });

  it('is not what an ordinary run does', async () => {
    expect((await lake.run(manifest))['silver.sales']).toMatchObject({ status: 'skipped', checks: [] });
  });

  it('builds what has changed, and judges the rows that stayed as well', async () => {
    await lake.putSource('sales', 'ingest_date=2026-11-21/two.parquet', row('s2', '2026-11-21', 2));
    const { 'silver.sales': built } = await lake.run(manifest, { audit: true });
    expect(built).toMatchObject({ status: 'built', rows: 2, checks: [{ check: 'not_null(sale_id)', rows: 2 }] });
    expect(built?.reason).toMatch(/rebuilds day 2026-11-21.*; all rows judged$/);
  });

  it('does not judge twice what was built whole', async () => {
    const { 'silver.sales': built } = await lake.run(manifest, { audit: true, full: true });
    expect(built).toMatchObject({ status: 'built', checks: [{ rows: 1 }] });
    expect(built?.reason).not.toContain('all rows judged');
  });

  it('finds what another table has broken, and leaves the table and what reads it alone', async () => {
    // The sale is renamed; what the other table is made of stays.
    await lake.putSource('sales', 'ingest_date=2026-11-20/one.parquet', row('renamed', '2026-11-20', 1));
    expect((await lake.run(manifest))['silver.known']).toMatchObject({ status: 'skipped' });
    const outcomes = await lake.run(manifest, { audit: true });
    expect(outcomes['silver.known']).toMatchObject({
      status: 'audited',
      checks: [{ rule: 'relationships', passed: false, failures: 1, sample: [{ sale_id: 's1' }] }],
    });
    expect(outcomes['marts.amounts']).toMatchObject({ status: 'audited' });
    expect(await lake.rows(manifest, 'silver.known')).toEqual([{ sale_id: 's1' }]);
  });
});
