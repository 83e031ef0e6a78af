import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeTable } from '../../../engine/build/index.ts';
import type { Manifest } from '../../../engine/manifest.ts';
import { estimateDollars, estimateSeconds } from '../../../engine/plan/cost.ts';
import { compareManifests } from '../../../engine/plan/deployment.ts';
import { type PlannedModel, planModels } from '../../../engine/plan/plan.ts';
import type { RunRequest } from '../../../engine/run.ts';
import { type BuildLake, buildLake } from '../../fixtures/build-lake.ts';
import { compileSketches, type ModelSketch } from '../../fixtures/models.ts';

const daily: ModelSketch = {
  path: 'sql/silver/sales.sql',
  kind: 'partitioned',
  columns: ['sale_id varchar', 'sold_at timestamp', 'amount decimal(18,2)'],
  header: 'partition_by: [{column: sold_at, transform: day}]\npartitions_from: {bronze.sales: sold_at}',
  sql: 'select sale_id, sold_at, amount from bronze.sales',
};
const gold: ModelSketch = {
  path: 'sql/gold/star/fact.sql',
  columns: ['sale_id varchar', 'amount decimal(18,2)'],
  sql: 'select sale_id, amount from silver.sales',
};
const mart: ModelSketch = {
  ...gold,
  path: 'sql/marts/sold.sql',
  kind: 'view',
  sql: 'select sale_id, amount from gold.fact',
};
const narrow: ModelSketch = { ...gold, columns: ['sale_id varchar'], sql: 'select sale_id from silver.sales' };

const manifest = compileSketches(daily, gold, mart);
const MACHINE = { memoryMiB: 2048, architecture: 'x64', sparkUnits: undefined } as const;

describe('a plan', () => {
  let lake: BuildLake;
  beforeEach(async () => {
    lake = await buildLake();
    await deliver('s1', '2026-11-18');
    await deliver('s2', '2026-11-19');
  });
  afterEach(() => lake.close());

  const deliver = (id: string, day: string) =>
    lake.putSource(
      'sales',
      `ingest_date=2026-11-20/${id}.parquet`,
      `select '${id}' as sale_id, timestamp '${day} 10:00:00' as sold_at, 1::decimal(18,2) as amount`,
    );

  async function plan(
    models: Manifest = manifest,
    asked: Partial<RunRequest> = {},
  ): Promise<Readonly<Record<string, PlannedModel>>> {
    const before = everything();
    const planned = await planModels(
      { ...lake.deps(models), engines: new Set(['duckdb', 'athena']), history: [], machine: MACHINE },
      { asOf: '2026-11-21', full: false, selected: null, allowBreaking: false, engine: null, ...asked },
    );
    expect(everything()).toEqual(before);
    return Object.fromEntries(planned.map((one) => [one.model, one]));
  }
  const everything = () => ['silver', 'gold', 'bronze', 'operations'].flatMap((bucket) => lake.objects(bucket));
  const actions = (planned: Readonly<Record<string, PlannedModel>>) =>
    Object.fromEntries(Object.entries(planned).map(([model, { action }]) => [model, action]));

  it('of an empty lake builds all, domain by domain, whatever is not there yet', async () => {
    const planned = await plan();
    expect(Object.keys(planned)).toEqual(['silver.sales', 'gold.fact', 'marts.sold']);
    expect(planned['silver.sales']).toMatchObject({ action: 'build', change: 'added', reason: 'first version' });
    expect(planned['gold.fact']).toMatchObject({ action: 'build', change: 'added' });
    expect(planned['gold.fact']?.reason).toContain('silver.sales is not in the catalog');
  });

  it('has nothing to do after a run, and says what the run would', async () => {
    await lake.run(manifest);
    expect(actions(await plan())).toEqual({ 'silver.sales': 'skip', 'gold.fact': 'skip', 'marts.sold': 'skip' });
    await deliver('s3', '2026-11-19');
    const planned = await plan();
    expect(planned['silver.sales']).toMatchObject({
      action: 'build',
      reason: 'bronze.sales changed',
      partitions: ['2026-11-19'],
      isAtLeast: false,
      engine: 'duckdb',
    });
    expect(planned['silver.sales']?.dollars).toBeGreaterThan(0);
    expect(planned['gold.fact']).toMatchObject({ action: 'may_change', reason: 'silver.sales will be built' });
    expect(planned['marts.sold']).toMatchObject({ action: 'may_change', reason: 'gold.fact will be built' });
    const outcomes = await lake.run(manifest);
    expect(outcomes['silver.sales']?.reason).toBe('bronze.sales changed; rebuilds day 2026-11-19');
    expect(outcomes['silver.sales']?.inputBytes).toBe(planned['silver.sales']?.inputBytes);
  });

  it('tells a changed model by its columns, and what would be refused', async () => {
    await lake.run(manifest);
    const planned = await plan(compileSketches(daily, narrow));
    expect(planned['gold.fact']).toMatchObject({
      action: 'build',
      change: 'logic',
      reason: 'the model changed',
      isRefused: true,
      partitions: null,
      columns: [{ column: 'amount', change: 'removed', from: 'decimal(18,2)', to: null, breaking: true }],
    });
    const allowed = await plan(compileSketches(daily, narrow), { allowBreaking: true });
    expect(allowed['gold.fact']?.isRefused).toBe(false);
  });

  it('builds all in a full run but what is held, and only what is selected', async () => {
    await lake.run(manifest);
    await deliver('s3', '2026-11-20');
    await lake.run(manifest);
    const held = await changeTable(lake.deps(manifest), {
      action: 'rollback',
      table: 'silver.sales',
      runId: '2026-11-21T11-00-00Z-abc123',
      by: 'ann',
      hold: true,
    });
    expect(held.error).toBeNull();
    const planned = await plan(manifest, { full: true });
    expect(actions(planned)).toEqual({ 'silver.sales': 'held', 'gold.fact': 'build', 'marts.sold': 'build' });
    expect(planned['silver.sales']?.reason).toMatch(/^held since .*, by ann$/);
    expect(Object.keys(await plan(manifest, { selected: ['gold.fact'] }))).toEqual(['gold.fact']);
  });

  it('names the engine that will build, or that was asked for, and what each would cost', async () => {
    const [bySize, asked] = [await plan(), await plan(manifest, { engine: 'athena' })];
    expect(bySize['silver.sales']).toMatchObject({ engine: 'duckdb' });
    expect(asked['silver.sales']).toMatchObject({ engine: 'athena' });
    for (const { 'silver.sales': sales } of [bySize, asked]) {
      const { duckdb = 0, athena = 0, ...others } = sales?.dollarsByEngine ?? {};
      expect(duckdb).toBeGreaterThan(0);
      expect(athena).toBeGreaterThan(Number(duckdb));
      expect(others).toEqual({});
    }
    expect(asked['silver.sales']?.dollars).toBe(asked['silver.sales']?.dollarsByEngine.athena);
    await expect(plan(manifest, { engine: 'spark' })).rejects.toMatchObject({ code: 'engine_unavailable' });
  });
});

describe('what a build will cost', () => {
  const past = (seconds: number, inputBytes: number) =>
    ({ model: 'gold.fact', engine: 'duckdb', seconds, inputBytes }) as const;

  it('is told by the past build that was nearest in size, in proportion where there is more to read', () => {
    const history = [past(2, 1000), past(10, 100_000)];
    expect(estimateSeconds('duckdb', 'gold.fact', 500, history)).toBe(2);
    expect(estimateSeconds('duckdb', 'gold.fact', 200_000, history)).toBe(20);
    expect(estimateSeconds('duckdb', 'gold.other', 40_000_000, history)).toBe(3);
    expect(estimateSeconds('athena', 'gold.fact', 500, history)).toBeCloseTo(10, 4);
  });

  it('is memory by time, for Athena the bytes, and for Spark its units by time', () => {
    expect(estimateDollars('duckdb', 10, 0, MACHINE)).toBeCloseTo(0.000333334, 9);
    expect(estimateDollars('athena', 10, 1e12, MACHINE)).toBeCloseTo(5.000333334, 9);
    expect(estimateDollars('athena', 0, 1, MACHINE)).toBeCloseTo(0.00005, 9);
    expect(estimateDollars('spark', 10, 0, MACHINE)).toBeNull();
    expect(estimateDollars('spark', 3600, 0, { ...MACHINE, sparkUnits: 10 })).toBeCloseTo(4.4 + 0.12, 3);
    expect(estimateDollars('spark', 0, 0, { ...MACHINE, sparkUnits: 6 })).toBeCloseTo(0.044, 9);
  });
});

describe('a deployment', () => {
  it('differs by models that are added, removed or changed', () => {
    expect(compareManifests(compileSketches(daily, gold), compileSketches(daily, narrow))).toEqual({
      added: [],
      removed: [],
      changed: ['gold.fact'],
    });
    const { added, removed } = compareManifests(compileSketches(daily), compileSketches(daily, gold));
    expect([added, removed]).toEqual([['gold.fact'], []]);
    expect(compareManifests(compileSketches(daily, gold), compileSketches(daily)).removed).toEqual(['gold.fact']);
  });
});
