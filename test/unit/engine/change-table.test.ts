import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeTable } from '../../../engine/build/index.ts';
import { loadTable, snapshots } from '../../../engine/iceberg/index.ts';
import type { TableChange } from '../../../engine/run.ts';
import { type BuildLake, buildLake } from '../../fixtures/build-lake.ts';
import { compileSketches, type ModelSketch } from '../../fixtures/models.ts';

const silver: ModelSketch = {
  path: 'sql/silver/sales.sql',
  columns: ['sale_id varchar'],
  sql: 'select sale_id from bronze.sales',
};
const view: ModelSketch = {
  path: 'sql/marts/sold.sql',
  kind: 'view',
  columns: ['sale_id varchar'],
  sql: 'select sale_id from silver.sales',
};
const manifest = compileSketches(silver, view);
const wider = compileSketches({
  ...silver,
  columns: ['sale_id varchar', 'quantity integer'],
  sql: 'select sale_id, quantity from bronze.sales',
});

describe('a table that a person changes', () => {
  let lake: BuildLake;
  beforeEach(async () => {
    lake = await buildLake();
    await deliver('s1');
    await lake.run(manifest);
    await deliver('s2');
    await lake.run(manifest);
  });
  afterEach(() => lake.close());

  const deliver = (id: string) =>
    lake.putSource(
      'sales',
      `ingest_date=2026-11-20/${id}.parquet`,
      `select '${id}' as sale_id, 1::integer as quantity`,
    );
  const change = (fields: Partial<TableChange>) =>
    changeTable(lake.deps(manifest), {
      action: 'rollback',
      table: 'silver.sales',
      runId: '2026-11-21T11-00-00Z-abc123',
      by: 'ann',
      ...fields,
    });
  const rows = async () => (await lake.rows(manifest, 'silver.sales')).map(({ sale_id }) => sale_id).sort();
  const status = async () => (await lake.run(manifest))['silver.sales'];

  it('has the version before again, which is recorded, and is built by the next run', async () => {
    const done = await change({});
    expect(done).toMatchObject({ status: 'rolled_back', rows: 1, owner: 'data-team', error: null });
    expect(done.reason).toMatch(/^from version \d+ to \d+, by ann$/);
    expect(await lake.deps(manifest).journal.read(done.runId, 'silver.sales')).toEqual(done);
    expect(await rows()).toEqual(['s1']);
    expect(lake.leases.size).toBe(0);
    expect(await status()).toMatchObject({ status: 'built', reason: 'bronze.sales changed' });
    expect(await rows()).toEqual(['s1', 's2']);
  });

  it('stays as it is while it is held, even in a full run, and is built again once it is released', async () => {
    expect((await change({ hold: true })).reason).toMatch(/; held since \S+Z, by ann$/);
    await deliver('s3');
    expect(await status()).toMatchObject({
      status: 'skipped',
      rows: 1,
      reason: expect.stringMatching(/^held since .* by ann$/),
    });
    expect((await lake.run(manifest, { full: true }))['silver.sales']?.status).toBe('skipped');
    expect(await rows()).toEqual(['s1']);
    expect((await change({ action: 'release' })).status).toBe('released');
    expect((await status())?.status).toBe('built');
    expect(await rows()).toEqual(['s1', 's2', 's3']);
  });

  it('keeps being held by whom it was through another rollback', async () => {
    const first = await change({ hold: true });
    const second = await change({ by: 'ben' });
    expect(second.reason.split('; ')[1]).toBe(first.reason.split('; ')[1]);
    expect((await status())?.status).toBe('skipped');
  });

  it('has the columns of the version again', async () => {
    await lake.run(wider);
    await change({});
    expect(await lake.rows(manifest, 'silver.sales', 'select * from silver.sales order by 1')).toEqual([
      { sale_id: 's1' },
      { sale_id: 's2' },
    ]);
  });

  it('goes to a version by its id', async () => {
    await deliver('s3');
    await lake.run(manifest);
    const { catalog, io } = lake.deps(manifest);
    const table = await loadTable(catalog, io, 'silver', 'sales');
    const [first] = table === undefined ? [] : snapshots(table);
    // Two versions are kept whatever their age, and these are all of today.
    await change({ to: first?.id ?? '' });
    expect(await rows()).toEqual(['s1']);
  });

  it.each([
    [{ to: '42' }, 'no_such_snapshot'],
    [{ action: 'release' as const }, 'not_held'],
    [{ table: 'marts.sold' }, 'no_versions'],
    [{ table: 'silver.nope' }, 'unknown_model'],
  ])('is left alone by %j', async (fields, code) => {
    expect(await change(fields)).toMatchObject({ status: 'failed', error: { code } });
    expect(await rows()).toEqual(['s1', 's2']);
    expect(lake.leases.size).toBe(0);
  });

  it('is left to the run that is building it', async () => {
    lake.leases.set('silver.sales', 'a-run');
    expect(await change({})).toMatchObject({
      status: 'failed',
      error: { code: 'table_busy', message: expect.stringContaining('a-run') },
    });
    expect(await rows()).toEqual(['s1', 's2']);
  });
});
