import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TributaryError } from '../../../common/errors.ts';
import { type BuildDeps, buildModel, stopBuilds } from '../../../engine/build/index.ts';
import type { Manifest } from '../../../engine/manifest.ts';
import type { BuildRequest } from '../../../engine/run.ts';
import { type BuildLake, buildLake, buildToEnd } from '../../fixtures/build-lake.ts';
import { compileSketches, type ModelSketch } from '../../fixtures/models.ts';
import { SlowEngine } from '../../fixtures/slow-engine.ts';

const sales: ModelSketch = {
  kind: 'partitioned',
  columns: [
    'sale_id varchar {checks: [not_null, unique]}',
    'customer_id varchar',
    'amount decimal(18,2) {checks: [{range: {min: 0, action: quarantine}}]}',
    'sold_at timestamp',
  ],
  header: [
    'partition_by: [{column: sold_at, transform: day}]',
    'partitions_from: {bronze.sales: {column: sold_at, key: [sale_id]}}',
  ].join('\n'),
  sql: `with versions as (
    select sale_id, customer_id, amount, sold_at,
      row_number() over (partition by sale_id order by quantity desc, amount desc, sold_at desc nulls last, customer_id) as recency
    from bronze.sales
  )
  select sale_id, customer_id, amount, sold_at from versions where recency = 1`,
};

const customers: ModelSketch = {
  path: 'sql/silver/customers.sql',
  kind: 'merge',
  columns: ['customer_id varchar {checks: [not_null]}', 'visits integer', 'seen timestamp'],
  header: 'key: [customer_id]\nversion: [seen]',
  sql: 'select customer_id, quantity as visits, sold_at as seen from bronze.sales',
};

const spending: ModelSketch = {
  path: 'sql/gold/star/spending.sql',
  columns: ['customer_id varchar {checks: [unique]}', 'spent decimal(18,2)'],
  sql: 'select customer_id, cast(sum(amount) as decimal(18,2)) as spent from silver.sales group by customer_id',
};

const top: ModelSketch = {
  path: 'sql/marts/top.sql',
  kind: 'view',
  columns: ['customer_id varchar {checks: [not_null]}', 'spent decimal(18,2)'],
  sql: "select customer_id, spent from gold.spending where spent > decimal '5.00'",
};

/** `id, version, day of January 2026, amount` */
type Sale = readonly [id: string, version: number, day: number, amount: number];

const rows = (list: readonly Sale[]): string =>
  `select col0 as sale_id, 'customer of ' || col0 as customer_id, col1::integer as quantity,
     col3::decimal(18,2) as amount, timestamp '2025-12-31 10:00:00' + to_days(col2::integer) as sold_at, ['a'] as tags
   from (values ${list.map(([id, version, day, amount]) => `('${id}', ${version}, ${day}, ${amount})`).join(', ')})`;

const TABLES = ['silver.sales', 'silver.customers', 'gold.spending'];

let lake: BuildLake;
let manifest: Manifest;
let slow: SlowEngine;
let athena: Pick<BuildDeps, 'remoteEngines'>;

beforeEach(async () => {
  lake = await buildLake();
  manifest = compileSketches(sales, customers, spending, top);
  slow = new SlowEngine(lake.deps(manifest).adapters.duckdb, manifest);
  athena = { remoteEngines: [slow] };
  await deliver('1', ['a', 1, 1, 10], ['b', 1, 2, 5], ['c', 1, 3, -1]);
});

afterEach(() => lake.close());

const deliver = (object: string, ...list: readonly Sale[]) =>
  lake.putSource('sales', `ingest_date=2026-01-01/${object}.parquet`, rows(list));

const statuses = (outcomes: Awaited<ReturnType<BuildLake['run']>>) =>
  Object.values(outcomes).map(({ status }) => status);

const contents = async (of = lake) =>
  Promise.all(TABLES.map((table) => of.rows(manifest, table, `select * from ${table} order by all`)));

const runInAthena = (request: Partial<BuildRequest> = {}) =>
  lake.run(manifest, { engine: 'athena', ...request }, athena);

const request = (runId: string, model = 'gold.spending'): BuildRequest => ({
  ...{
    runId,
    asOf: '2026-11-21',
    full: false,
    audit: false,
    selected: [model],
    allowBreaking: false,
    engine: 'athena',
    model,
  },
});

/** Files of tables that no snapshot names, and of plans. */
const dataFiles = () =>
  ['silver', 'gold'].flatMap((bucket) => lake.objects(bucket)).filter((path) => path.endsWith('.parquet'));

describe('builds that take several calls', () => {
  it('give the rows that DuckDB gives, each query started once, and leave nothing behind', async () => {
    const other = await buildLake();
    const deliveries: readonly (readonly Sale[])[] = [
      [
        ['a', 1, 1, 10],
        ['b', 1, 2, 5],
        ['c', 1, 3, -1],
      ],
      [
        ['a', 2, 2, 20],
        ['d', 1, 3, 4],
      ],
    ];
    for (const [index, list] of deliveries.entries()) {
      await other.putSource('sales', `ingest_date=2026-01-01/${index + 1}.parquet`, rows(list));
      await deliver(String(index + 1), ...list);
      const outcomes = await runInAthena();
      expect(statuses(outcomes)).toEqual(['built', 'built', 'built', 'built']);
      expect(Object.values(outcomes).map(({ engine }) => engine)).toEqual(Array(4).fill('athena'));
      expect(outcomes['silver.sales']?.reason).toContain('athena was asked for');
      expect(outcomes['silver.sales']?.reason).toContain('1 rows set aside');
      await other.run(manifest);
      expect(await contents()).toEqual(await contents(other));
    }
    expect(new Set(slow.states())).toEqual(new Set(['succeeded']));
    expect(lake.leases.size + lake.unfinished.size).toBe(0);
    expect(lake.objects('silver').some((path) => path.includes('/candidates'))).toBe(false);
    const again = slow.executions.length;
    expect(statuses(await runInAthena())).toEqual(Array(4).fill('skipped'));
    expect(slow.executions).toHaveLength(again);
    await other.close();
  });

  it.each([
    ['silver.customers', 3],
    ['silver.sales', 2],
    ['gold.spending', 2],
  ])(
    'keep to the versions that they began with, and the next run takes in what came meanwhile: %s',
    async (model, now) => {
      if (model === 'gold.spending') await lake.run(manifest, { selected: ['silver.sales'] });
      let came = false;
      slow.onWait = async () => {
        if (came) return;
        came = true;
        await deliver('2', ['e', 1, 4, 100]);
        if (model === 'gold.spending') await lake.run(manifest, { selected: ['silver.sales'] });
      };
      const outcomes = await runInAthena({ selected: [model] });
      expect(outcomes[model]).toMatchObject({ status: 'built', rows: now });
      expect(new Set(slow.states())).toEqual(new Set(['succeeded']));
      expect((await lake.run(manifest))[model]).toMatchObject({ status: 'built', rows: now + 1 });
    },
  );

  it('begin when their first call does, and hold their table between calls', async () => {
    await lake.run(manifest, { selected: ['silver.sales'] });
    const deps = { ...lake.deps(manifest), ...athena };
    const began = new Date('2026-11-21T10:00:00Z');
    const first = await buildModel({ ...deps, now: () => began }, request('r1'));
    expect(first).toMatchObject({ status: 'running', model: 'gold.spending', startedAt: began.toISOString() });
    expect(lake.leases.get('gold.spending')).toBe('r1');
    const busy = await buildModel(deps, request('r2'));
    expect(busy).toMatchObject({ status: 'failed', error: { code: 'table_busy' } });
    expect(slow.states()).toEqual(['running']);
    const later = new Date('2026-11-21T10:01:00Z');
    const last = await buildToEnd({ ...deps, now: () => later }, request('r1'));
    expect(last).toMatchObject({ status: 'built', startedAt: began.toISOString(), seconds: 60 });
  });

  it('are repeated by the service without starting anything twice', async () => {
    await lake.run(manifest, { selected: ['silver.sales'] });
    const deps = { ...lake.deps(manifest), ...athena };
    await buildModel(deps, request('r1'));
    await buildToEnd(deps, request('r1'));
    const queries = slow.executions.length;
    // The answer was lost, and the same call is made again.
    expect(await buildModel(deps, request('r1'))).toMatchObject({ status: 'skipped' });
    expect(slow.executions).toHaveLength(queries);
  });

  it.each([false, true])('clean up where a call died after it had published, in a full run: %s', async (full) => {
    await lake.run(manifest, { selected: ['silver.sales'] });
    const deps = { ...lake.deps(manifest), ...athena };
    await buildModel(deps, { ...request('r1'), full });
    const left = lake.unfinished.get('gold.spending') ?? '';
    await buildToEnd(deps, { ...request('r1'), full });
    lake.unfinished.set('gold.spending', left);
    const queries = slow.executions.length;
    expect(await buildModel(deps, { ...request('r1'), full })).toMatchObject({ status: 'skipped' });
    expect(slow.executions).toHaveLength(queries);
    expect(lake.unfinished.size).toBe(0);
    expect(await lake.rows(manifest, 'gold.spending')).toHaveLength(2);
  });
});

describe('an audit of all rows', () => {
  it('goes on by itself where the build has ended, and is told as part of it', async () => {
    await lake.run(manifest);
    await deliver('2', ['e', 1, 4, 100]);
    const outcomes = await runInAthena({ audit: true });
    expect(outcomes['silver.sales']).toMatchObject({
      status: 'built',
      rows: 3,
      reason: expect.stringMatching(/^bronze.sales changed; .*all rows judged$/),
    });
    expect(outcomes['silver.sales']?.checks.map(({ rows: judged }) => judged)).toEqual([3, 3, 3]);
    expect(statuses(await runInAthena({ audit: true }))).toEqual(Array(4).fill('audited'));
    expect(lake.leases.size + lake.unfinished.size).toBe(0);
  });
});

describe('a build that goes on while its run does not', () => {
  beforeEach(() => lake.run(manifest, { selected: ['silver.sales'] }));

  it('is stopped by the next run that builds its table, once its lease has run out, and not adopted', async () => {
    const deps = { ...lake.deps(manifest), ...athena };
    await buildModel(deps, request('r1'));
    await deliver('2', ['e', 1, 4, 100]);
    await lake.run(manifest, { selected: ['silver.sales'] });
    lake.leases.clear();
    expect(await buildToEnd(deps, request('r2'))).toMatchObject({ status: 'built', rows: 3 });
    expect(slow.states()[0]).toBe('cancelled');
    expect(slow.closed).toEqual(['r1 gold.spending', 'r2 gold.spending']);
    expect(lake.leases.size + lake.unfinished.size).toBe(0);
  });

  it('is stopped, and its table free, when its run is cancelled', async () => {
    const deps = { ...lake.deps(manifest), ...athena };
    await buildModel(deps, request('r1'));
    expect(await stopBuilds(deps, { action: 'stop', runIds: ['r0'] })).toEqual([]);
    expect(slow.states()).toEqual(['running']);
    expect(await stopBuilds(deps, { action: 'stop', runIds: ['r0', 'r1'] })).toEqual(['gold.spending']);
    expect(slow.states()).toEqual(['cancelled']);
    expect(lake.leases.size + lake.unfinished.size).toBe(0);
    expect(await buildToEnd(deps, request('r2'))).toMatchObject({ status: 'built' });
  });

  it('forgets nothing of the next run when it ends after all', async () => {
    const deps = { ...lake.deps(manifest), ...athena };
    await buildModel(deps, request('r1'));
    slow.onWait = async () => {
      await stopBuilds(deps, { action: 'stop', runIds: ['r1'] });
      slow.onWait = () => {};
      await buildModel(deps, request('r2'));
      throw new TributaryError({ code: 'query_cancelled', message: 'cancelled' });
    };
    expect(await buildToEnd(deps, request('r1'))).toMatchObject({ status: 'failed' });
    expect(JSON.parse(lake.unfinished.get('gold.spending') ?? '{}')).toMatchObject({ runId: 'r2' });
    expect(await buildToEnd(deps, request('r2'))).toMatchObject({ status: 'built' });
  });

  it('may start its first query after its run was cancelled, and the next one stops it', async () => {
    const deps = { ...lake.deps(manifest), ...athena };
    await stopBuilds(deps, { action: 'stop', runIds: ['r1'] });
    await buildModel(deps, request('r1'));
    lake.leases.clear();
    await buildToEnd(deps, request('r2'));
    expect(slow.states()[0]).toBe('cancelled');
  });
});

describe('a build that does not end well', () => {
  beforeEach(() => lake.run(manifest));

  it.each([0, 1, 2])(
    'because query %i is cancelled from outside, leaves the old version and no file',
    async (which) => {
      const before = await contents();
      const files = dataFiles();
      await deliver('2', ['e', 1, 4, 100], ['f', 1, 4, -5]);
      slow.onWait = ({ id }) => {
        if (slow.executions[which]?.id === id) slow.cancel(id);
      };
      const selected = ['silver.sales', 'gold.spending'];
      const outcomes = await runInAthena({ selected });
      expect(outcomes['silver.sales']).toMatchObject({ status: 'failed', error: { code: 'query_cancelled' } });
      expect(outcomes['gold.spending']).toMatchObject({ status: 'blocked' });
      expect((await contents())[0]).toEqual(before[0]);
      expect(dataFiles().filter((path) => path.includes('sales/data') && !files.includes(path))).toEqual([]);
      expect(lake.leases.size + lake.unfinished.size).toBe(0);
      slow.onWait = () => {};
      expect((await runInAthena({ selected }))['silver.sales']?.status).toBe('built');
      expect(await lake.rows(manifest, 'silver.sales')).toHaveLength(3);
    },
  );

  it('because it takes too long, is stopped and fails', async () => {
    await deliver('2', ['e', 1, 4, 100]);
    const deps = { ...lake.deps(manifest), ...athena };
    await buildModel(deps, request('r1', 'silver.sales'));
    const late = { ...deps, now: () => new Date(Date.now() + 3_601_000) };
    expect(await buildModel(late, request('r1', 'silver.sales'))).toMatchObject({
      status: 'failed',
      error: { code: 'build_timeout' },
    });
    expect(slow.states()).toEqual(['cancelled']);
    expect(lake.leases.size + lake.unfinished.size).toBe(0);
  });

  it('because a check refuses it, deletes what the engine wrote', async () => {
    const strict = compileSketches({
      ...sales,
      columns: sales.columns.map((c) => c.replace(', action: quarantine', '')),
    });
    slow = new SlowEngine(lake.deps(strict).adapters.duckdb, strict);
    const outcomes = await lake.run(strict, { engine: 'athena' }, { remoteEngines: [slow] });
    expect(outcomes['silver.sales']).toMatchObject({ status: 'failed', error: { code: 'check_failed' } });
    expect(await lake.rows(manifest, 'silver.sales')).toHaveLength(2);
    expect(lake.unfinished.size).toBe(0);
  });
});

describe('another engine', () => {
  it('is a change of content for what reads the table, once', async () => {
    await lake.run(manifest);
    expect(statuses(await lake.run(manifest))).toEqual(Array(4).fill('skipped'));
    await runInAthena({ full: true, selected: ['silver.sales'] });
    // The rows are the same and their hash is another engine's: what reads them is built once, to the same rows.
    const next = await lake.run(manifest);
    expect(statuses(next)).toEqual(['skipped', 'skipped', 'built', 'skipped']);
    expect(statuses(await lake.run(manifest))).toEqual(Array(4).fill('skipped'));
    expect(statuses(await runInAthena())).toEqual(Array(4).fill('skipped'));
  });
});
