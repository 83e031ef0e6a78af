import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { columnChanges, isBreaking } from '../../../engine/build/breaking.ts';
import { type BuildLake, buildLake } from '../../fixtures/build-lake.ts';
import { compileSketches, type ModelSketch } from '../../fixtures/models.ts';

const column = (name: string, type: string) => ({
  name,
  type,
  description: '',
  classification: 'public' as const,
});

describe('the columns of a new version', () => {
  it.each([
    ['integer', 'bigint', 'widened'],
    ['bigint', 'integer', 'narrowed'],
    ['real', 'double', 'widened'],
    ['double', 'decimal(18,2)', 'narrowed'],
    ['decimal(18,2)', 'decimal(20,2)', 'widened'],
    ['decimal(18,2)', 'decimal(18,4)', 'narrowed'],
    ['decimal(18,2)', 'decimal(20,4)', 'widened'],
    ['decimal(18,4)', 'decimal(18,2)', 'narrowed'],
    ['varchar', 'date', 'narrowed'],
    ['array(varchar)', 'array(bigint)', 'narrowed'],
  ])('%s to %s is %s', (from, to, change) => {
    const changes = columnChanges([{ name: 'amount', type: from }], { columns: [column('amount', to)] });
    expect(changes).toMatchObject([{ column: 'amount', change }]);
    expect(changes.some(isBreaking)).toBe(change === 'narrowed');
  });

  it('are compared in either spelling, and a renamed one is removed and added', () => {
    const published = [
      { name: 'id', type: 'string' },
      { name: 'total', type: 'int' },
    ];
    const model = { columns: [column('id', 'varchar'), column('amount', 'integer')] };
    expect(columnChanges(published, model)).toEqual([
      { column: 'total', change: 'removed', from: 'int', to: null },
      { column: 'amount', change: 'added', from: null, to: 'int' },
    ]);
  });
});

const silver: ModelSketch = {
  path: 'sql/silver/sales.sql',
  columns: ['sale_id varchar', 'quantity bigint'],
  sql: 'select sale_id, cast(quantity as bigint) as quantity from bronze.sales',
};
const narrower: ModelSketch = {
  ...silver,
  columns: ['sale_id varchar', 'quantity integer'],
  sql: 'select sale_id, quantity from bronze.sales',
};
const gold: ModelSketch = {
  path: 'sql/gold/star/fact.sql',
  columns: ['sale_id varchar', 'quantity bigint'],
  sql: 'select sale_id, cast(quantity as bigint) as quantity from silver.sales',
};
const withoutQuantity: ModelSketch = { ...gold, columns: ['sale_id varchar'], sql: 'select sale_id from silver.sales' };
const mart: ModelSketch = { ...gold, path: 'sql/marts/sold.sql', kind: 'view' };
const narrowMart: ModelSketch = { ...withoutQuantity, path: 'sql/marts/sold.sql', kind: 'view' };

describe('a build that would break its readers', () => {
  let lake: BuildLake;
  beforeEach(async () => {
    lake = await buildLake();
    await lake.putSource(
      'sales',
      'ingest_date=2026-11-20/one.parquet',
      `select 's1' as sale_id, 3::integer as quantity`,
    );
  });
  afterEach(() => lake.close());

  it('fails with the column and the readers, and the old version serves', async () => {
    const before = compileSketches(silver, gold);
    await lake.run(before);
    const outcomes = await lake.run(compileSketches(narrower, gold));
    expect(outcomes['silver.sales']).toMatchObject({
      status: 'failed',
      error: {
        code: 'breaking_change',
        message: expect.stringContaining('column quantity becomes int, was bigint; silver.sales is read by gold.fact'),
        where: 'sql/silver/sales.sql',
      },
    });
    expect(outcomes['gold.fact']?.status).toBe('blocked');
    expect(await lake.rows(before, 'silver.sales')).toEqual([{ sale_id: 's1', quantity: 3 }]);
  });

  it('fails for gold and marts also where no model reads them', async () => {
    await lake.run(compileSketches(silver, gold, mart));
    const outcomes = await lake.run(compileSketches(silver, withoutQuantity, narrowMart));
    for (const name of ['gold.fact', 'marts.sold']) {
      expect(outcomes[name]).toMatchObject({
        status: 'failed',
        reason: expect.stringContaining('column quantity is removed'),
      });
    }
  });

  it('is published where the run allows it, and is no change afterwards', async () => {
    await lake.run(compileSketches(silver, gold));
    const after = compileSketches(silver, withoutQuantity);
    expect((await lake.run(after, { allowBreaking: true }))['gold.fact']?.status).toBe('built');
    expect((await lake.run(after))['gold.fact']?.status).toBe('skipped');
    expect(await lake.rows(after, 'gold.fact')).toEqual([{ sale_id: 's1' }]);
  });

  it('is published where nobody reads the table', async () => {
    await lake.run(compileSketches(silver));
    expect((await lake.run(compileSketches(narrower)))['silver.sales']?.status).toBe('built');
  });
});
