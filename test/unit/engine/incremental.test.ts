import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuildDeps, Leases } from '../../../engine/build/index.ts';
import { commit, loadTable, snapshots } from '../../../engine/iceberg/index.ts';
import { parseMetadata } from '../../../engine/iceberg/metadata.ts';
import type { Manifest } from '../../../engine/manifest.ts';
import type { BuildRecord } from '../../../engine/run.ts';
import { type BuildLake, buildLake } from '../../fixtures/build-lake.ts';
import { compileSketches, type ModelSketch } from '../../fixtures/models.ts';

/** The last delivery of each sale, by day. */
const sales: ModelSketch = {
  kind: 'partitioned',
  columns: [
    'sale_id varchar {checks: [not_null, unique]}',
    'customer_id varchar',
    'amount decimal(18,2) {checks: [{range: {min: 0}}]}',
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

const spending: ModelSketch = {
  path: 'sql/gold/star/spending.sql',
  kind: 'partitioned',
  columns: ['day date', 'spent decimal(38,2)'],
  header: 'partition_by: [{column: day, transform: month}]\npartitions_from: {silver.sales: sold_at}',
  sql: 'select cast(sold_at as date) as day, sum(amount) as spent from silver.sales group by cast(sold_at as date)',
};

/** `id, version, day of January 2026 (null for none), amount` */
type Sale = readonly [id: string, version: number, day: number | null, amount: number];

const rows = (...list: readonly Sale[]): string =>
  `select col0 as sale_id, 'ann' as customer_id, col1::integer as quantity, col3::decimal(18,2) as amount,
     timestamp '2025-12-31 10:00:00' + to_days(col2::integer) as sold_at, ['a'] as tags
   from (values ${list.map(([id, version, day, amount]) => `('${id}', ${version}, ${day}, ${amount})`).join(', ')})`;

let lake: BuildLake;
let manifest: Manifest;

beforeEach(async () => {
  lake = await buildLake();
  manifest = compileSketches(sales, spending);
  await deliver('1', ['a', 1, 1, 10], ['b', 1, 1, 5]);
  await deliver('2', ['c', 1, 2, 7]);
  await deliver('3', ['d', 1, 3, 8], ['e', 1, null, 9]);
});

afterEach(() => lake.close());

const deliver = (object: string, ...list: readonly Sale[]) =>
  lake.putSource('sales', `ingest_date=2026-01-31/${object}.parquet`, rows(...list));

const silver = async (): Promise<Readonly<Record<string, unknown>>> => {
  const list = await lake.rows(manifest, 'silver.sales');
  return Object.fromEntries(
    list.map(({ sale_id: id, amount, sold_at: at }) => [
      String(id),
      `${at === null ? 'no day' : String(at).slice(8, 10)}: ${amount}`,
    ]),
  );
};

const dataFiles = (day = ''): readonly string[] =>
  lake.objects('silver').filter((path) => path.startsWith(`silver/sales/data/sold_at_day=${day}`));

async function runOne(model: string, replaced: Partial<BuildDeps> = {}): Promise<BuildRecord> {
  const record = (await lake.run(manifest, {}, replaced))[model];
  if (record === undefined) throw new Error(`no record of ${model}`);
  return record;
}

/** Fails unless a full build gives the rows that are there. */
async function expectAsFull(): Promise<void> {
  const before = await silver();
  await lake.run(manifest, { full: true });
  expect(before).toEqual(await silver());
}

async function history(): Promise<readonly string[]> {
  const { catalog, io } = lake.deps(manifest);
  const table = await loadTable(catalog, io, 'silver', 'sales');
  return table === undefined ? [] : snapshots(table).map(({ id }) => id);
}

describe('a build of a partitioned table', () => {
  it('rebuilds only the partitions whose rows changed, from the objects that have rows of them', async () => {
    const first = await runOne('silver.sales');
    expect(first.reason).toBe('first version');
    const [kept, gone] = [dataFiles('2026-01-02'), dataFiles('2026-01-03')];
    await deliver('4', ['f', 1, 3, 1]);
    const second = await lake.run(manifest);
    expect(second['silver.sales']).toMatchObject({
      status: 'built',
      rows: 6,
      reason: 'bronze.sales changed; rebuilds day 2026-01-03',
    });
    expect(second['silver.sales']?.inputBytes).toBeLessThan(first.inputBytes);
    expect(second['gold.spending']?.reason).toBe('silver.sales changed; rebuilds month 2026-01');
    expect(dataFiles('2026-01-02')).toEqual(kept);
    expect(dataFiles('2026-01-03')).not.toEqual(gone);
    await expectAsFull();
  });

  it('puts late rows of any age into their partition, and rows without a date into theirs', async () => {
    await runOne('silver.sales');
    await deliver('4', ['old', 1, -4000, 1], ['none', 1, null, 2]);
    expect((await runOne('silver.sales')).reason).toContain('rebuilds day 2015-01-18, null');
    expect(await silver()).toMatchObject({ old: '18: 1.00', none: 'no day: 2.00', e: 'no day: 9.00' });
    await expectAsFull();
  });

  it('moves a row that a later version puts into another partition, however the deliveries come', async () => {
    await runOne('silver.sales');
    await deliver('4', ['a', 3, 20, 11]);
    expect((await runOne('silver.sales')).reason).toContain('rebuilds day 2026-01-01, 2026-01-20');
    expect(await silver()).toMatchObject({ a: '20: 11.00' });
    // An older version comes last, and later only the day that the row has left is built anew.
    await deliver('5', ['a', 2, 15, 12]);
    await runOne('silver.sales');
    await deliver('6', ['g', 1, 1, 1]);
    await runOne('silver.sales');
    expect(await silver()).toMatchObject({ a: '20: 11.00', g: '01: 1.00' });
    await expectAsFull();
  });

  it('drops a partition that has become empty', async () => {
    await runOne('silver.sales');
    lake.removeSource('sales', 'ingest_date=2026-01-31/2.parquet');
    expect((await runOne('silver.sales')).reason).toContain('rebuilds day 2026-01-02');
    expect(Object.keys(await silver())).toEqual(expect.not.arrayContaining(['c']));
    const { catalog, io } = lake.deps(manifest);
    const table = await loadTable(catalog, io, 'silver', 'sales');
    expect(table && snapshots(table).at(-1)?.summary['total-data-files']).toBe('3');
  });

  it('judges a table that has become empty, by its own SQL too', async () => {
    const sql =
      'sql: {name: no_ben, dimension: validity, query: "select sale_id from silver.sales where customer_id = \'ben\'"}';
    manifest = compileSketches({ ...sales, header: `${sales.header}\nchecks: [{${sql}}]` });
    await runOne('silver.sales');
    for (const object of ['1', '2', '3']) lake.removeSource('sales', `ingest_date=2026-01-31/${object}.parquet`);
    const record = await runOne('silver.sales');
    expect(record).toMatchObject({ status: 'built', rows: 0, error: null });
    expect(record.checks.at(-1)).toMatchObject({ check: 'sql(no_ben)', passed: true, failures: 0 });
  });

  it('takes back a correction whose object is gone', async () => {
    await deliver('4', ['a', 2, 9, 1]);
    await runOne('silver.sales');
    lake.removeSource('sales', 'ingest_date=2026-01-31/4.parquet');
    await runOne('silver.sales');
    expect(await silver()).toMatchObject({ a: '01: 10.00' });
  });

  it('publishes nothing new to readers when a delivery is repeated', async () => {
    await lake.run(manifest);
    await deliver('again', ['c', 1, 2, 7]);
    const outcomes = await lake.run(manifest);
    expect(outcomes['silver.sales']?.status).toBe('built');
    expect(outcomes['gold.spending']?.status).toBe('skipped');
    expect((await runOne('silver.sales')).status).toBe('skipped');
  });

  it('takes note of objects without rows, once', async () => {
    await runOne('silver.sales');
    await lake.putSource('sales', 'ingest_date=2026-01-31/empty.parquet', `${rows(['x', 1, 1, 1])} where false`);
    expect((await runOne('silver.sales')).reason).toContain('no partition is stale');
    expect((await runOne('silver.sales')).status).toBe('skipped');
  });

  it('keeps the index of keys small however many builds there are', async () => {
    for (let object = 0; object < 20; object += 1) {
      await deliver(`many-${object}`, [`m${object}`, 1, 1, 1]);
      await runOne('silver.sales');
    }
    await deliver('moved', ['m0', 2, 5, 2]);
    await runOne('silver.sales');
    expect(await silver()).toMatchObject({ m0: '05: 2.00' });
    const state = lake.objects('silver').filter((path) => path.startsWith('silver/_builds/'));
    expect(state.filter((path) => path.endsWith('.json.gz'))).toHaveLength(1);
    expect(state.length).toBeLessThan(18);
  });

  it('judges the rows that it built, and the table as a whole where a check is about that', async () => {
    const checked: ModelSketch = {
      ...spending,
      header: `${spending.header}\nchecks:\n  - sum_equals: {column: spent, to: silver.sales, to_column: amount}\n  - row_count: {min: 4}`,
    };
    manifest = compileSketches(sales, checked);
    await lake.run(manifest);
    await deliver('4', ['f', 1, 70, 1]);
    const outcomes = await lake.run(manifest);
    const check = (model: string, id: string) => outcomes[model]?.checks.find((result) => result.check === id);
    expect(check('silver.sales', 'not_null(sale_id)')).toMatchObject({ passed: true, rows: 1 });
    expect(outcomes['gold.spending']?.reason).toContain('rebuilds month 2026-03');
    expect(check('gold.spending', 'sum_equals(spent)')).toMatchObject({ passed: true });
    expect(check('gold.spending', 'row_count')).toMatchObject({ passed: true });
  });

  it('is refused by a check as a whole, and tried again with what came meanwhile', async () => {
    await runOne('silver.sales');
    const before = await silver();
    await deliver('4', ['f', 1, 2, -1], ['g', 1, 3, 1]);
    expect(await runOne('silver.sales')).toMatchObject({ status: 'failed', error: { code: 'check_failed' } });
    expect(await silver()).toEqual(before);
    await deliver('4', ['f', 1, 2, 1]);
    await deliver('5', ['h', 1, 1, 1]);
    expect((await runOne('silver.sales')).reason).toContain('rebuilds day 2026-01-01, 2026-01-02');
    await expectAsFull();
  });
});

describe('what is stale', () => {
  it('does not follow from logic that gives the same rows', async () => {
    await lake.run(manifest);
    manifest = compileSketches(
      { ...sales, sql: sales.sql.replace('where recency = 1', 'where recency < 2') },
      spending,
    );
    const outcomes = await lake.run(manifest);
    expect(outcomes['silver.sales']?.reason).toBe('the model changed');
    expect(outcomes['gold.spending']?.status).toBe('skipped');
  });

  it('does not follow from values that only record the run', async () => {
    const recorded: ModelSketch = {
      path: 'sql/silver/recorded.sql',
      columns: ['sale_id varchar', 'built_at timestamp {records_run: true}'],
      sql: 'select sale_id, cast(current_timestamp as timestamp) as built_at from bronze.sales',
    };
    const reader: ModelSketch = {
      path: 'sql/gold/star/reader.sql',
      columns: ['sales bigint'],
      sql: 'select count(sale_id) as sales from silver.recorded',
    };
    manifest = compileSketches(recorded, reader);
    await lake.run(manifest, { asOf: '2026-01-31' });
    const outcomes = await lake.run(manifest, { asOf: '2026-02-01' });
    expect(Object.values(outcomes).map(({ status }) => status)).toEqual(['skipped', 'skipped']);
    const again = await lake.run(manifest, { asOf: '2026-02-01', full: true, selected: ['silver.recorded'] });
    expect(again['silver.recorded']?.status).toBe('built');
    expect((await lake.run(manifest, { asOf: '2026-02-01' }))['gold.reader']?.status).toBe('skipped');
  });

  it('is everything where the state of the last build is lost, or a part of it', async () => {
    const lose = async (ending: string): Promise<void> => {
      const paths = lake.objects('silver').filter((path) => path.includes('_builds/') && path.endsWith(ending));
      await lake.deps(manifest).io.delete(paths.map((path) => `s3://${path}`));
    };
    await runOne('silver.sales');
    for (const ending of ['.json.gz', '.parquet']) {
      await lose(ending);
      await lake.forgetCopies();
      await deliver(`after${ending}`, ['f', 1, 2, 1]);
      expect(await runOne('silver.sales')).toMatchObject({ status: 'built', reason: 'bronze.sales changed' });
    }
  });

  it('is everything where another version of the engine hashed the keys', async () => {
    await runOne('silver.sales');
    const path = lake.objects('silver').find((name) => name.includes('_builds/') && name.endsWith('.json.gz')) ?? '';
    const { io } = lake.deps(manifest);
    const state: unknown = JSON.parse(gunzipSync(await io.read(`s3://${path}`)).toString('utf8'));
    await io.write(`s3://${path}`, gzipSync(JSON.stringify({ ...(state as object), hashing: 'by another version' })));
    await deliver('4', ['a', 2, 2, 20]);
    expect(await runOne('silver.sales')).toMatchObject({ status: 'built', reason: 'bronze.sales changed' });
    expect(await silver()).toMatchObject({ a: '02: 20.00' });
  });

  it('is everything after another writer’s version, and nothing more after a compaction', async () => {
    await runOne('silver.sales');
    const { catalog, io } = lake.deps(manifest);
    const table = async () => {
      const loaded = await loadTable(catalog, io, 'silver', 'sales');
      if (loaded === undefined) throw new Error('the table is missing');
      return loaded;
    };
    const before = await table();
    await commit(catalog, io, before, { operation: 'append', add: [], properties: {} });
    // What a compaction leaves: the same rows, under an operation of its own.
    const appended = await table();
    const metadata = parseMetadata(await io.read(appended.entry.metadataLocation), appended.entry.metadataLocation);
    const compacted = {
      ...metadata,
      snapshots: metadata.snapshots?.map((snapshot, index, all) =>
        index === all.length - 1 ? { ...snapshot, summary: { ...snapshot.summary, operation: 'replace' } } : snapshot,
      ),
    };
    const location = `${metadata.location}/metadata/compacted.metadata.json`;
    await io.write(location, JSON.stringify(compacted));
    await catalog.swap(appended.entry, location, compacted);
    expect((await runOne('silver.sales')).status).toBe('skipped');
    await commit(catalog, io, await table(), { operation: 'append', add: [], properties: {} });
    expect((await runOne('silver.sales')).reason).toBe('the last version was made by another writer');
  });
});

describe('a build of a merged table', () => {
  const merged: ModelSketch = {
    kind: 'merge',
    columns: ['sale_id varchar', 'amount decimal(18,2)', 'quantity integer', 'gone boolean', 'sold_at timestamp'],
    header: 'key: [sale_id]\nversion: [quantity]\ntombstone: gone',
    sql: 'select sale_id, amount, quantity, amount = 0 as gone, sold_at from bronze.sales',
  };

  beforeEach(() => {
    manifest = compileSketches(merged);
  });

  it('reads new objects only, and keeps the greatest version of each key', async () => {
    const first = await runOne('silver.sales');
    expect(await silver()).toEqual({ a: '01: 10.00', b: '01: 5.00', c: '02: 7.00', d: '03: 8.00', e: 'no day: 9.00' });
    await deliver('4', ['a', 2, 9, 1], ['b', 0, 9, 1], ['f', 1, 1, 1]);
    const second = await runOne('silver.sales');
    expect(second).toMatchObject({ rows: 6, reason: 'bronze.sales changed; merges 3 keys' });
    expect(first.status).toBe('built');
    expect(await silver()).toMatchObject({ a: '09: 1.00', b: '01: 5.00', f: '01: 1.00' });
    await expectAsFull();
  });

  it('deletes by tombstone, and remembers it when an older version comes late', async () => {
    await runOne('silver.sales');
    await deliver('4', ['a', 5, 1, 0]);
    await runOne('silver.sales');
    expect(await silver()).not.toHaveProperty('a');
    await deliver('5', ['a', 4, 1, 3]);
    await runOne('silver.sales');
    expect(await silver()).not.toHaveProperty('a');
    await deliver('6', ['a', 6, 1, 4]);
    await runOne('silver.sales');
    expect(await silver()).toMatchObject({ a: '01: 4.00' });
    await expectAsFull();
  });

  it('is built whole where rows that counted are gone', async () => {
    await deliver('4', ['a', 2, 9, 1]);
    await runOne('silver.sales');
    lake.removeSource('sales', 'ingest_date=2026-01-31/4.parquet');
    expect((await runOne('silver.sales')).reason).toBe('bronze.sales changed');
    expect(await silver()).toMatchObject({ a: '01: 10.00' });
  });

  it('touches only the partitions of new keys', async () => {
    manifest = compileSketches({
      ...merged,
      header: 'key: [sale_id]\nversion: [quantity]\npartition_by: [{column: sale_id, transform: identity}]',
    });
    await runOne('silver.sales');
    const before = lake.objects('silver').filter((path) => path.includes('/data/'));
    await deliver('4', ['a', 2, 9, 1]);
    await runOne('silver.sales');
    const after = lake.objects('silver').filter((path) => path.includes('/data/'));
    expect(after.filter((path) => !before.includes(path))).toEqual([expect.stringContaining('sale_id=a/')]);
    expect(after.some((path) => path.includes('_builds'))).toBe(false);
  });
});

describe('a partial build that does not end well', () => {
  beforeEach(async () => {
    await runOne('silver.sales');
    await deliver('4', ['a', 2, 5, 11], ['f', 1, 2, 1]);
  });

  const published = { a: '01: 10.00', b: '01: 5.00', c: '02: 7.00', d: '03: 8.00', e: 'no day: 9.00' };
  const repaired = { ...published, a: '05: 11.00', f: '02: 1.00' };

  async function expectRepair(): Promise<void> {
    const versions = await history();
    expect(await silver()).toEqual(published);
    expect((await runOne('silver.sales')).status).toBe('built');
    expect(await silver()).toEqual(repaired);
    expect(await history()).toHaveLength(versions.length + 1);
    expect((await runOne('silver.sales')).status).toBe('skipped');
  }

  it.each([1, 2, 3, 4])('because it is killed between write and publish, at write %i of its metadata', async (at) => {
    const { io } = lake.deps(manifest);
    let writes = 0;
    const write: typeof io.write = async (uri, content) => {
      writes += 1;
      if (writes >= at) throw new Error('killed');
      await io.write(uri, content);
    };
    const dead = { ...io, write, delete: () => Promise.reject(new Error('killed')) };
    expect(await runOne('silver.sales', { io: dead })).toMatchObject({ status: 'failed', reason: 'killed' });
    await expectRepair();
  });

  it('because it is killed between the files of two partitions', async () => {
    const { adapters, io } = lake.deps(manifest);
    const { duckdb } = adapters;
    const dying: Partial<BuildDeps> = {
      adapters: {
        duckdb: {
          ...duckdb,
          write: async (request) => {
            const files = await duckdb.write(request);
            if (request.partitionBy.length === 0) return files;
            expect(files.length).toBeGreaterThan(1);
            await io.delete(files.slice(1).map(({ path }) => path));
            throw new Error('killed');
          },
        },
      },
    };
    expect(await runOne('silver.sales', dying)).toMatchObject({ status: 'failed', reason: 'killed' });
    await expectRepair();
  });

  it('because the publication is lost, although it took place', async () => {
    const { catalog } = lake.deps(manifest);
    const lost: Partial<BuildDeps> = {
      catalog: {
        ...catalog,
        swap: async (...args) => {
          await catalog.swap(...args);
          throw new Error('connection reset');
        },
      },
    };
    const before = await history();
    expect((await runOne('silver.sales', lost)).status).toBe('built');
    expect(await silver()).toEqual(repaired);
    expect(await history()).toHaveLength(before.length + 1);
    expect((await runOne('silver.sales')).status).toBe('skipped');
  });

  it('because another writer publishes first', async () => {
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
            if (!overtaken && request.partitionBy.length > 0) {
              overtaken = true;
              await lake.run(manifest, { selected: ['silver.sales'] });
            }
            return files;
          },
        },
      },
    };
    expect(await runOne('silver.sales', slow)).toMatchObject({ status: 'failed', error: { code: 'commit_conflict' } });
    expect(await silver()).toEqual(repaired);
    await deliver('5', ['g', 1, 1, 1]);
    expect((await runOne('silver.sales')).reason).toContain('rebuilds day 2026-01-01');
    expect(await silver()).toEqual({ ...repaired, g: '01: 1.00' });
    await expectAsFull();
  });

  it('because the holder of its lease has died, until the lease has run out', async () => {
    let now = 1000;
    const held = new Map([['silver.sales', { holder: 'dead-run', until: 1900 }]]);
    const leases: Leases = {
      acquire: async (table, holder, seconds) => {
        const lease = held.get(table);
        if (lease !== undefined && lease.holder !== holder && lease.until > now) return { heldBy: lease.holder };
        held.set(table, { holder, until: now + seconds });
        return undefined;
      },
      release: async (table, holder) => {
        if (held.get(table)?.holder === holder) held.delete(table);
      },
    };
    expect(await runOne('silver.sales', { leases })).toMatchObject({ status: 'failed', error: { code: 'table_busy' } });
    expect(await silver()).toEqual(published);
    now = 2000;
    expect((await runOne('silver.sales', { leases })).status).toBe('built');
    expect(await silver()).toEqual(repaired);
    expect(held.size).toBe(0);
  });
});
