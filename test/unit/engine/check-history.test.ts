import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseHistory } from '../../../engine/checks/history.ts';
import { type BuildLake, buildLake } from '../../fixtures/build-lake.ts';
import { compileSketches } from '../../fixtures/models.ts';

const manifest = compileSketches({
  columns: ['sale_id varchar', 'sold_at timestamp'],
  sql: 'select sale_id, sold_at from bronze.sales',
  header: `checks:
  - row_count: {min: 1, action: warn}
  - volume_anomaly: {versions: 3, at_least: 3}
  - freshness: {column: sold_at, hours: 48}`,
});
const day = (n: number) => `2026-11-0${n}`;

let lake: BuildLake;

beforeEach(async () => {
  lake = await buildLake();
});

afterEach(() => lake.close());

/** A lake whose source has so many sales of the first of November, built as of a day. */
async function build(rows: number, asOf: string, replaced = {}) {
  const select = `select 's' || i as sale_id, timestamp '2026-11-01 12:00:00' as sold_at from range(${rows}) t(i)`;
  await lake.putSource('sales', 'ingest_date=2026-11-01/rows.parquet', select);
  const { 'silver.sales': record } = await lake.run(manifest, { asOf }, replaced);
  if (record === undefined) throw new Error('nothing was built');
  return record;
}

const history = async () => {
  const content = await lake.deps(manifest).io.read('s3://operations/check-history/silver.sales.json');
  return parseHistory(Buffer.from(content).toString('utf8'));
};

describe('the history of a table’s checks', () => {
  it('lets a build stop that is unlike the versions before, and forgets what was not published', async () => {
    for (const n of [1, 2, 3]) expect(await build(10 + n, day(n))).toMatchObject({ status: 'built' });
    const record = await build(1, day(3));
    expect(record).toMatchObject({ status: 'built', reason: expect.not.stringContaining('fail') });
    await build(13, day(3));
    const refused = await build(1, '2026-11-04');
    expect(refused).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(
        /^volume_anomaly: rows 1; median of 3 versions 12 .*; the old version still serves$/,
      ),
      error: { code: 'check_failed' },
    });
    expect(refused.checks[1]).toMatchObject({
      passed: false,
      detail: expect.stringContaining('median of 3 versions 12'),
    });
    expect((await history()).map(({ asOf, checks }) => [asOf, checks.volume_anomaly?.rows])).toEqual([
      [day(1), 11],
      [day(2), 12],
      [day(3), 13],
    ]);
  });

  it('judges freshness anew where nothing is built', async () => {
    expect(await build(5, day(2))).toMatchObject({ status: 'built' });
    expect(await build(5, day(3))).toMatchObject({ status: 'skipped', checks: [{ rule: 'freshness', passed: true }] });
    expect(await build(5, day(4))).toMatchObject({ status: 'skipped', checks: [{ rule: 'freshness', passed: false }] });
  });

  it('goes without one that is damaged', async () => {
    await build(5, day(2));
    await lake.deps(manifest).io.write('s3://operations/check-history/silver.sales.json', '{"versions": [');
    expect(await build(6, day(3))).toMatchObject({ status: 'built' });
    expect(await history()).toHaveLength(1);
  });

  it('publishes a version even where its measures cannot be kept', async () => {
    const { io } = lake.deps(manifest);
    const write: typeof io.write = (uri, content) =>
      uri.includes('check-history') ? Promise.reject(new Error('out of reach')) : io.write(uri, content);
    expect(await build(5, day(2), { io: { ...io, write } })).toMatchObject({ status: 'built' });
  });
});

describe('a table that is built in part', () => {
  const partitioned = compileSketches({
    kind: 'partitioned',
    columns: [
      'sale_id varchar {checks: [not_null]}',
      'amount decimal(18,2) {checks: [{mean: {max: 100}}]}',
      'sold_at timestamp',
    ],
    sql: 'select sale_id, amount, sold_at from bronze.sales',
    header: `partition_by: [{column: sold_at, transform: day}]
partitions_from: {bronze.sales: sold_at}
checks:
  - volume_anomaly
  - row_count: {min: 5}`,
  });

  it('is judged as a whole where its checks are of the table, and its new rows where they are of rows', async () => {
    const put = (n: number, rows: number) =>
      lake.putSource(
        'sales',
        `ingest_date=2026-11-0${n}/rows.parquet`,
        `select 's' || i as sale_id, ${n}::decimal(18,2) as amount, timestamp '2026-11-0${n} 12:00:00' as sold_at from range(${rows}) t(i)`,
      );
    await put(1, 6);
    await lake.run(partitioned, { asOf: day(2) });
    await put(2, 2);
    const { 'silver.sales': record } = await lake.run(partitioned, { asOf: day(3) });
    expect(record).toMatchObject({ status: 'built', reason: expect.stringContaining('sales'), rows: 8 });
    expect(record?.checks.map(({ rule, rows, passed, measures }) => ({ rule, rows, passed, measures }))).toEqual([
      { rule: 'not_null', rows: 2, passed: true, measures: {} },
      { rule: 'mean', rows: 8, passed: true, measures: { sum: 10, values: 8 } },
      { rule: 'volume_anomaly', rows: 8, passed: true, measures: { rows: 8 } },
      { rule: 'row_count', rows: 8, passed: true, measures: { rows: 8 } },
    ]);
  });
});

describe('minima of the environment', () => {
  it('are asked by the row_count checks of the tables they name', async () => {
    const { settings } = lake.deps(manifest);
    const record = await build(5, day(2), { settings: { ...settings, rowMinima: { 'silver.sales': 6 } } });
    expect(record.checks[0]).toMatchObject({ rule: 'row_count', passed: false, detail: '5 rows; at least 6' });
  });
});
