import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BuildDeps, buildModel } from '../../../engine/build/index.ts';
import { commit, loadTable } from '../../../engine/iceberg/index.ts';
import type { Manifest } from '../../../engine/manifest.ts';
import { type BuildLake, buildLake } from '../../fixtures/build-lake.ts';
import { compileSketches, type ModelSketch } from '../../fixtures/models.ts';

const silver: ModelSketch = {
  path: 'sql/silver/sales.sql',
  columns: [
    'sale_id varchar {checks: [not_null, unique]}',
    'customer_id varchar {classification: personal}',
    'amount decimal(18,2) {checks: [{range: {min: 0}}]}',
    'sold_at timestamp',
  ],
  sql: 'select sale_id, customer_id, amount, sold_at from bronze.sales',
};

const gold: ModelSketch = {
  path: 'sql/gold/customer/spending.sql',
  columns: ['customer_id varchar', 'spent decimal(18,2)'],
  sql: 'select customer_id, cast(sum(amount) as decimal(18,2)) as spent from silver.sales group by customer_id',
};

const unrelated: ModelSketch = {
  path: 'sql/silver/tags.sql',
  columns: ['tag varchar'],
  sql: 'select distinct t.tag from bronze.sales cross join unnest(tags) as t(tag)',
};

const mart: ModelSketch = {
  path: 'sql/marts/top.sql',
  kind: 'view',
  columns: ['customer_id varchar {checks: [not_null]}', 'spent decimal(18,2)'],
  sql: "select customer_id, spent from gold.spending where spent > decimal '5.00'",
};

const sales = (...rows: readonly string[]): string =>
  `select col0 as sale_id, col1 as customer_id, 1::integer as quantity, col2::decimal(18,2) as amount,
     timestamp '2026-11-20 10:00:00' as sold_at, ['a', 'b'] as tags from (values ${rows.join(', ')})`;

const DAY_ONE = 'ingest_date=2026-11-20/one.parquet';
const DAY_TWO = 'ingest_date=2026-11-21/two.parquet';

let lake: BuildLake;
let manifest: Manifest;

beforeEach(async () => {
  lake = await buildLake();
  manifest = compileSketches(silver, gold, mart, unrelated);
  await lake.putSource('sales', DAY_ONE, sales("('s1', 'ann', 10)", "('s2', 'ben', 4)", "('s3', 'ann', 0.5)"));
});

afterEach(() => lake.close());

const statuses = (outcomes: Awaited<ReturnType<BuildLake['run']>>): Record<string, string> =>
  Object.fromEntries(Object.entries(outcomes).map(([model, { status }]) => [model, status]));

const spending = () => lake.rows(manifest, 'gold.spending', 'select * from gold.spending order by customer_id');

const ALL = (status: string) => ({
  'silver.sales': status,
  'gold.spending': status,
  'marts.top': status,
  'silver.tags': status,
});

describe('a build', () => {
  it('publishes tables and views from sources, and says why, how much and from what', async () => {
    const outcomes = await lake.run(manifest);
    expect(statuses(outcomes)).toEqual(ALL('built'));
    expect(await spending()).toEqual([
      { customer_id: 'ann', spent: '10.50' },
      { customer_id: 'ben', spent: '4.00' },
    ]);
    expect(outcomes['silver.sales']).toMatchObject({
      owner: 'data-team',
      reason: 'first version',
      engine: 'duckdb',
      rows: 3,
      error: null,
      checks: [
        { check: 'not_null(sale_id)', passed: true, failures: 0, rows: 3, score: 100 },
        { check: 'unique(sale_id)', passed: true },
        { check: 'range(amount)', passed: true },
      ],
    });
    expect(outcomes['silver.sales']?.inputBytes).toBeGreaterThan(0);
    const [input] = outcomes['gold.spending']?.inputs ?? [];
    expect(input).toEqual({ table: 'silver.sales', version: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(lake.views.get('marts.top')?.sql).toBe(mart.sql);
    expect(lake.leases.size).toBe(0);
  });

  it('is skipped when nothing changed, and keeps the version’s facts', async () => {
    const first = await lake.run(manifest);
    const files = lake.objects('silver');
    const second = await lake.run(manifest);
    expect(statuses(second)).toEqual(ALL('skipped'));
    expect(lake.objects('silver')).toEqual(files);
    const { rows, bytes, snapshotId, fingerprint } = first['silver.sales'] ?? {};
    expect(second['silver.sales']).toMatchObject({ rows, bytes, snapshotId, fingerprint, reason: 'nothing changed' });
  });

  it('follows new data, and only where it matters', async () => {
    await lake.run(manifest);
    await lake.putSource('sales', DAY_TWO, sales("('s4', 'ben', 6)"));
    const outcomes = await lake.run(manifest);
    expect(statuses(outcomes)).toEqual(ALL('built'));
    expect(outcomes['silver.sales']?.reason).toBe('bronze.sales changed');
    expect(outcomes['gold.spending']?.reason).toBe('silver.sales changed');
    expect(await spending()).toContainEqual({ customer_id: 'ben', spent: '10.00' });
  });

  it('rebuilds a changed model and what reads it, and nothing else', async () => {
    await lake.run(manifest);
    const changed = compileSketches(silver, { ...gold, sql: `${gold.sql} having sum(amount) > 5` }, mart, unrelated);
    const outcomes = await lake.run(changed);
    expect(statuses(outcomes)).toEqual({
      'silver.sales': 'skipped',
      'gold.spending': 'built',
      'marts.top': 'built',
      'silver.tags': 'skipped',
    });
    expect(outcomes['gold.spending']?.reason).toBe('the model changed');
  });

  it('evolves a table whose columns changed', async () => {
    await lake.run(manifest);
    const wider: ModelSketch = {
      ...gold,
      columns: ['customer_id varchar', 'spent decimal(20,2)', 'sales bigint'],
      sql: 'select customer_id, cast(sum(amount) as decimal(20,2)) as spent, count(*) as sales from silver.sales group by customer_id',
    };
    await lake.run(compileSketches(silver, wider, unrelated));
    expect(await spending()).toContainEqual({ customer_id: 'ann', spent: '10.50', sales: 2 });
  });

  it('rebuilds everything on demand', async () => {
    await lake.run(manifest);
    const outcomes = await lake.run(manifest, { full: true });
    expect(statuses(outcomes)).toEqual(ALL('built'));
    expect(outcomes['silver.sales']?.reason).toBe('full rebuild');
  });

  it('builds upon a version that another writer made', async () => {
    const first = await lake.run(manifest);
    const { catalog, io } = lake.deps(manifest);
    const table = await loadTable(catalog, io, 'silver', 'sales');
    if (table === undefined) throw new Error('the table is missing');
    const foreign = await commit(catalog, io, table, { operation: 'append', add: [], properties: {} });
    const outcomes = await lake.run(manifest, { selected: ['gold.spending'] });
    expect(outcomes['gold.spending']).toMatchObject({
      status: 'built',
      inputs: [{ table: 'silver.sales', version: `snapshot ${foreign.id}` }],
    });
    const repaired = await lake.run(manifest);
    expect(repaired['silver.sales']).toMatchObject({
      status: 'built',
      reason: 'the last version was made by another writer',
      fingerprint: first['silver.sales']?.fingerprint,
    });
  });

  it('forgets versions that are past their time, with their files', async () => {
    const inDays = (days: number): Partial<BuildDeps> => ({ now: () => new Date(Date.now() + days * 86_400_000) });
    for (const days of [0, 0, 0])
      await lake.run(manifest, { full: true, audit: false, selected: ['silver.sales'] }, inDays(days));
    const dataFiles = () => lake.objects('silver').filter((path) => path.startsWith('silver/sales/data/'));
    expect(dataFiles()).toHaveLength(3);
    await lake.run(manifest, { full: true, audit: false, selected: ['silver.sales'] }, inDays(8));
    expect(dataFiles()).toHaveLength(2);
    expect(await lake.rows(manifest, 'silver.sales')).toHaveLength(3);
  });

  it('is published even when old versions cannot be forgotten', async () => {
    const { io } = lake.deps(manifest);
    await lake.run(manifest);
    await lake.run(manifest, { full: true });
    const stuck: Partial<BuildDeps> = {
      now: () => new Date(Date.now() + 8 * 86_400_000),
      io: { ...io, delete: () => Promise.reject(new Error('no')) },
    };
    expect((await lake.run(manifest, { full: true }, stuck))['silver.sales']).toMatchObject({
      status: 'built',
      reason: 'full rebuild; old files stay for now: no',
    });
  });

  it('builds only what is selected', async () => {
    const outcomes = await lake.run(manifest, { selected: ['silver.tags'] });
    expect(statuses(outcomes)).toEqual({ ...ALL('not_selected'), 'silver.tags': 'built' });
  });

  it('takes the logical date for today', async () => {
    const dated = compileSketches({
      columns: ['sale_id varchar', 'age bigint'],
      sql: "select sale_id, date_diff('day', sold_at, cast(current_date as timestamp)) as age from bronze.sales",
    });
    const ages = async () => new Set((await lake.rows(dated, 'silver.sales')).map(({ age }) => Number(age)));
    await lake.run(dated, { asOf: '2026-11-30' });
    expect(await ages()).toEqual(new Set([9]));
    const again = await lake.run(dated, { asOf: '2026-12-30' });
    expect(again['silver.sales']?.reason).toBe('the logical date is now 2026-12-30');
    expect(await ages()).toEqual(new Set([39]));
  });

  it('writes a lineage event for what it built', async () => {
    await lake.run(manifest);
    expect(lake.lineage).toContainEqual(
      expect.objectContaining({
        eventType: 'COMPLETE',
        job: { namespace: 'tributary', name: 'gold.spending' },
        inputs: [expect.objectContaining({ name: 'silver.sales' })],
      }),
    );
    const before = lake.lineage.length;
    await lake.run(manifest);
    expect(lake.lineage).toHaveLength(before);
  });
});

describe('a build that fails', () => {
  const duplicate = () => lake.putSource('sales', DAY_TWO, sales("('s1', 'eve', 7)", "('s5', 'eve', -1)"));

  it('keeps the old version serving, shows masked failing rows, blocks what depends on it and nothing else', async () => {
    await lake.run(manifest);
    const files = lake.objects('silver').filter((path) => path.includes('/data/') && !path.includes('tags'));
    await duplicate();
    const outcomes = await lake.run(manifest);
    expect(statuses(outcomes)).toEqual({
      'silver.sales': 'failed',
      'gold.spending': 'blocked',
      'marts.top': 'blocked',
      'silver.tags': 'built',
    });
    expect(outcomes['gold.spending']?.reason).toBe('silver.sales failed');
    expect(outcomes['marts.top']?.reason).toBe('gold.spending is blocked itself');
    expect(outcomes['silver.sales']).toMatchObject({
      reason: 'unique(sale_id): 1 of 5 rows fail and 1 more; the old version still serves',
      error: { code: 'check_failed' },
      snapshotId: null,
    });
    const range = outcomes['silver.sales']?.checks.find(({ check }) => check === 'range(amount)');
    expect(range).toMatchObject({ passed: false, failures: 1, score: 80 });
    expect(range?.sample).toEqual([expect.objectContaining({ sale_id: 's5', customer_id: '***', amount: '-1.00' })]);
    expect(await lake.rows(manifest, 'silver.sales')).toHaveLength(3);
    expect(lake.objects('silver').filter((path) => path.includes('/data/') && !path.includes('tags'))).toEqual(files);
  });

  it('goes on by itself once the data is right again', async () => {
    await lake.run(manifest);
    await duplicate();
    await lake.run(manifest);
    await lake.putSource('sales', DAY_TWO, sales("('s5', 'eve', 7)"));
    expect(statuses(await lake.run(manifest))).toEqual(ALL('built'));
    expect(await lake.rows(manifest, 'silver.sales')).toHaveLength(4);
  });

  it('publishes in spite of a check that only warns', async () => {
    const warned = compileSketches({
      ...silver,
      columns: ['sale_id varchar {checks: [{unique: {action: warn}}]}', ...silver.columns.slice(1, 2)],
      sql: 'select sale_id, customer_id from bronze.sales',
    });
    await duplicate();
    const outcomes = await lake.run(warned);
    expect(outcomes['silver.sales']).toMatchObject({
      status: 'built',
      rows: 5,
      checks: [{ passed: false, failures: 1 }],
    });
  });

  it('sets failing rows aside where a check asks for it', async () => {
    const strict = compileSketches({
      ...silver,
      columns: [
        ...silver.columns.slice(0, 2),
        'amount decimal(18,2) {checks: [{range: {min: 1, action: quarantine}}]}',
      ],
      sql: 'select sale_id, customer_id, amount from bronze.sales',
    });
    const outcomes = await lake.run(strict);
    expect(outcomes['silver.sales']).toMatchObject({ status: 'built', rows: 2 });
    expect(outcomes['silver.sales']?.reason).toContain('1 rows set aside in s3://quarantine/models/silver.sales/');
    expect(outcomes['silver.sales']?.checks.at(-1)).toMatchObject({ passed: false, failures: 1, rows: 3 });
    expect(await lake.rows(strict, 'silver.sales')).toHaveLength(2);
    expect(lake.objects('quarantine')).toHaveLength(1);
    expect(lake.objects('silver').filter((path) => path.includes('/data/'))).toHaveLength(1);
  });

  it('keeps the old view when a check of the new one fails', async () => {
    await lake.run(manifest);
    const before = lake.views.get('marts.top');
    const broken = compileSketches(silver, gold, unrelated, {
      ...mart,
      sql: "select nullif(customer_id, 'ann') as customer_id, spent from gold.spending",
    });
    expect((await lake.run(broken))['marts.top']).toMatchObject({ status: 'failed', error: { code: 'check_failed' } });
    expect(lake.views.get('marts.top')).toEqual(before);
  });

  it('reports an error of the query as a result', async () => {
    const failing = compileSketches({
      columns: ['sale_id varchar', 'ratio integer'],
      sql: 'select sale_id, quantity / (quantity - 1) as ratio from bronze.sales',
    });
    expect((await lake.run(failing))['silver.sales']).toMatchObject({
      status: 'failed',
      error: { code: 'query_failed', message: expect.stringContaining('Division by zero') },
    });
  });

  it('leaves a table alone that another run is building', async () => {
    lake.leases.set('silver.sales', 'another-run');
    const outcomes = await lake.run(manifest);
    expect(outcomes['silver.sales']).toMatchObject({ status: 'failed', error: { code: 'table_busy' } });
    expect(lake.leases.get('silver.sales')).toBe('another-run');
  });

  it('leaves the old version when it dies between writing and publishing', async () => {
    await lake.run(manifest);
    await lake.putSource('sales', DAY_TWO, sales("('s4', 'ben', 6)"));
    const { catalog } = lake.deps(manifest);
    const dying: Partial<BuildDeps> = { catalog: { ...catalog, swap: () => Promise.reject(new Error('killed')) } };
    const outcomes = await lake.run(manifest, {}, dying);
    expect(outcomes['silver.sales']).toMatchObject({ status: 'failed', reason: 'killed' });
    expect(await lake.rows(manifest, 'silver.sales')).toHaveLength(3);
    expect(statuses(await lake.run(manifest))['silver.sales']).toBe('built');
    expect(await lake.rows(manifest, 'silver.sales')).toHaveLength(4);
  });

  it('loses against a writer that published first', async () => {
    await lake.run(manifest);
    await lake.putSource('sales', DAY_TWO, sales("('s4', 'ben', 6)"));
    const { adapters } = lake.deps(manifest);
    const { duckdb } = adapters;
    let overtaken = false;
    const slow: Partial<BuildDeps> = {
      leases: { acquire: async () => undefined, release: async () => undefined },
      adapters: {
        duckdb: {
          ...duckdb,
          write: async (request) => {
            const files = await duckdb.write(request);
            if (!overtaken) {
              overtaken = true;
              await lake.run(manifest, { selected: ['silver.sales'] });
            }
            return files;
          },
        },
      },
    };
    const outcomes = await lake.run(manifest, { selected: ['silver.sales'] }, slow);
    expect(outcomes['silver.sales']).toMatchObject({ status: 'failed', error: { code: 'commit_conflict' } });
    expect(await lake.rows(manifest, 'silver.sales')).toHaveLength(4);
  });

  it('counts a selected dependency without a record as crashed', async () => {
    const { journal } = lake.deps(manifest);
    const forgetful: Partial<BuildDeps> = {
      journal: {
        ...journal,
        read: async (runId, model) => (model === 'silver.sales' ? undefined : journal.read(runId, model)),
      },
    };
    const outcomes = await lake.run(manifest, {}, forgetful);
    expect(outcomes['gold.spending']).toMatchObject({
      status: 'blocked',
      reason: 'the build of silver.sales ended without a record',
    });
  });

  it('throws for a model that the manifest does not have', async () => {
    const request = {
      runId: 'r',
      asOf: '2026-11-21',
      full: false,
      audit: false,
      selected: null,
      allowBreaking: false,
      engine: null,
      model: 'gold.nope',
    };
    await expect(buildModel(lake.deps(manifest), request)).rejects.toMatchObject({ code: 'unknown_model' });
  });
});
