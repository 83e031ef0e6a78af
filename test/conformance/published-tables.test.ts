import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CommitRequest,
  commit,
  createTable,
  type DataFile,
  dataFiles,
  expireSnapshots,
  loadTable,
  plannedColumns,
  type Snapshot,
  snapshots,
  type Table,
  type TableDefinition,
  tableColumns,
  type VersionSelector,
} from '../../engine/iceberg/index.ts';
import { BUCKET, DATABASE, type Lake, startLake } from './lake.ts';

/** Tables that our committer published must be to Trino what they are to us, and the other way round. */
let lake: Lake;

beforeAll(async () => {
  lake = await startLake();
});

afterAll(() => lake?.stop());

const define = (table: string, fields: Partial<TableDefinition> = {}): TableDefinition => ({
  database: DATABASE,
  table,
  location: `s3://${BUCKET}/${DATABASE}/${table}`,
  columns: [
    { name: 'id', type: 'bigint', description: 'Key' },
    { name: 'name', type: 'varchar', description: 'What it is called' },
    { name: 'sold_on', type: 'date', description: '' },
  ],
  partitionBy: [],
  sortBy: ['id'],
  description: 'A table for tests',
  ...fields,
});

async function load(table: string): Promise<Table> {
  const loaded = await loadTable(lake.catalog, lake.io, DATABASE, table);
  if (loaded === undefined) throw new Error(`${table} is not in the catalog`);
  return loaded;
}

interface Publication {
  readonly definition: TableDefinition;
  readonly sql: string;
  readonly operation?: CommitRequest['operation'];
  readonly remove?: (file: DataFile) => boolean;
  readonly renames?: Readonly<Record<string, string>>;
}

/** Builds and publishes as the engine does: DuckDB writes the files, the committer commits them. */
async function publish({
  definition,
  sql,
  operation = 'append',
  remove,
  renames = {},
}: Publication): Promise<Snapshot> {
  const table = await load(definition.table);
  const columns = plannedColumns(table, { operation, definition, renames });
  const { partitionBy, sortBy, location } = definition;
  const destination = `${location}/data`;
  const add = await lake.engine.write({
    sql,
    inputs: [],
    asOf: '2026-11-21',
    columns,
    partitionBy,
    sortBy,
    destination,
  });
  const live = remove === undefined ? [] : await dataFiles(lake.io, table);
  const paths = live.filter((file) => remove?.(file)).map((file) => file.path);
  const properties = { 'tributary.run-id': 'conformance' };
  return commit(lake.catalog, lake.io, table, { operation, add, remove: paths, properties, definition, renames });
}

const create = async (definition: TableDefinition, sql: string): Promise<Snapshot> => {
  await createTable(lake.catalog, lake.io, definition);
  return publish({ definition, sql });
};

/** All rows as DuckDB reads the files that our reader lists. */
async function ours(table: string, selector: VersionSelector = {}): Promise<readonly unknown[][]> {
  const loaded = await load(table);
  const columns = tableColumns(loaded, selector);
  const files = (await dataFiles(lake.io, loaded, selector)).map(({ path, bytes }) => ({ uri: path, bytes }));
  const input = { name: `${DATABASE}.${table}`, format: 'parquet', columns, files } as const;
  const sql = `select * from ${DATABASE}.${table} order by id`;
  const rows = await lake.engine.query({ sql, inputs: [input], asOf: '2026-11-21' });
  return rows.map((row) => Object.values(row).map(plain));
}

/** All rows as Trino reads the table. */
async function theirs(table: string, version = ''): Promise<readonly unknown[][]> {
  const { rows } = await lake.trino.query(`select * from iceberg.${DATABASE}.${table} ${version} order by id`);
  return rows.map((row) => row.map(plain));
}

/** A value in a spelling that both engines share: fractions of seconds without trailing zeros. */
const plain = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:/.test(value)
    ? value.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
    : value;

const scalar = async (sql: string): Promise<unknown> => (await lake.trino.query(sql)).rows[0]?.[0];

const asOf = ({ id }: Snapshot): string => `for version as of ${id}`;

const THREE_DAYS = `select i as id, 'item ' || i as name, date '2026-01-01' + (i % 3)::int as sold_on from range(30) t(i)`;

describe('Trino reads what we publish', () => {
  it('every type, with nulls', async () => {
    const types = ['boolean', 'integer', 'bigint', 'real', 'double', 'varchar', 'date', 'timestamp', 'decimal(5,2)'];
    const all = [...types, 'decimal(18,4)', 'decimal(38,6)', 'varbinary', 'array(varchar)', 'array(bigint)'];
    const columns = all.map((type, index) => ({ name: `c${index}`, type, description: `A ${type}` }));
    const definition = define('all_types', { columns: [...define('').columns.slice(0, 1), ...columns], sortBy: [] });
    await create(
      definition,
      `select 1 as id, true as c0, -5 as c1, 9007199254740993 as c2, 1.5::float as c3, -0.1::double as c4, 'żółw 🐢' as c5,
         date '1969-07-20' as c6, timestamp '1969-07-20 20:17:40.123456' as c7, -123.45::decimal(5,2) as c8,
         12345678901234.5678::decimal(18,4) as c9, -12345678901234567890123456789012.345678::decimal(38,6) as c10,
         'abc'::blob as c11, ['x', null, 'y'] as c12, [1, 2]::bigint[] as c13
       union all select 2, ${columns.map(({ type }, index) => `cast(null as ${DUCKDB_SPELLING[type] ?? type}) as c${index}`)}
       union all select 3, false, 2147483647, -9223372036854775808, 0, 'infinity'::double, '', date '2026-02-28',
         timestamp '2026-11-21 00:00:00', 0, 0, 0, ''::blob, [], []`,
    );
    const blobless = all.map((type, index) => (type === 'varbinary' ? `to_hex(c${index})` : `c${index}`)).join(', ');
    const trino = await lake.trino.query(`select id, ${blobless} from iceberg.${DATABASE}.all_types order by id`);
    const { columns: read, files } = await inputOf('all_types');
    const duckdb = await lake.engine.query({
      sql: `select id, ${blobless.replace('to_hex', 'hex')} from t order by id`,
      inputs: [{ name: 't', format: 'parquet', columns: read, files }],
      asOf: '2026-11-21',
    });
    expect(trino.rows.map((row) => row.map((value) => plain(exact(value))))).toEqual(
      duckdb.map((row) => Object.values(row).map((value) => plain(exact(value)))),
    );
    expect(trino.columns.map(({ type }) => type.replace('(6)', '').replace(', ', ','))).toEqual(
      ['bigint', ...all].map((type) => (type === 'varbinary' ? 'varchar' : type)),
    );
  });

  it('the bounds of every type that has them', async () => {
    const { rows } = await lake.trino.query(
      `select lower_bounds, upper_bounds from iceberg.${DATABASE}."all_types$files"`,
    );
    const [lower, upper] = (rows[0] ?? []).map((bounds) => Object.values(bounds ?? {}));
    expect(lower).toEqual([
      ...['1', 'false', '-5', '-9223372036854775808', '-0.0', '-0.1', '', '1969-07-20', '1969-07-20T20:17:40.123456'],
      ...['-123.45', '0.0000', '-12345678901234567890123456789012.345678'],
    ]);
    // Infinity is no bound.
    expect(upper).toEqual([
      ...['3', 'true', '2147483647', '9007199254740993', '1.5', 'żółw 🐢', '2026-02-28', '2026-11-21T00:00:00'],
      ...['0.00', '12345678901234.5678', '0.000000'],
    ]);
  });

  it('an empty table, with its comments', async () => {
    await createTable(lake.catalog, lake.io, define('empty'));
    expect(await scalar(`select count(*) from iceberg.${DATABASE}.empty`)).toBe(0);
    const { rows } = await lake.trino.query(`show create table iceberg.${DATABASE}.empty`);
    expect(String(rows[0]?.[0])).toMatch(/name varchar COMMENT 'What it is called'[\s\S]*COMMENT 'A table for tests'/);
  });

  it('under Athena’s three-part name, through the catalog of all tables', async () => {
    await create(define('three_parts'), THREE_DAYS);
    expect(await scalar(`select count(*) from awsdatacatalog.${DATABASE}.three_parts`)).toBe(30);
  });

  it('every version, by id and by time', async () => {
    const definition = define('versions', { partitionBy: [{ column: 'sold_on', transform: 'identity' }] });
    const first = await create(definition, THREE_DAYS);
    const second = await publish({
      definition,
      sql: THREE_DAYS.replaceAll('item', 'more').replace('i as id', 'i + 100 as id'),
    });
    const third = await publish({
      definition,
      operation: 'overwrite',
      remove: (file) => file.partition[0] === 20_454,
      sql: `select 500::bigint as id, 'new' as name, date '2026-01-01' as sold_on`,
    });
    const fourth = await publish({ definition, operation: 'replace', sql: THREE_DAYS });
    for (const snapshot of [first, second, third, fourth]) {
      expect(await theirs('versions', asOf(snapshot))).toEqual(await ours('versions', { snapshotId: snapshot.id }));
    }
    const counts = [first, second, third, fourth].map(({ summary }) => Number(summary['total-records']));
    expect(counts).toEqual([30, 60, 41, 30]);
    const moment = new Date(second.timestampMs).toISOString().replace('T', ' ').replace('Z', ' UTC');
    expect(await theirs('versions', `for timestamp as of timestamp '${moment}'`)).toEqual(
      await ours('versions', { asOfMs: second.timestampMs }),
    );
  });

  it('the history, with our properties', async () => {
    const definition = define('history');
    const published = [await create(definition, THREE_DAYS), await publish({ definition, sql: THREE_DAYS })];
    const { rows } = await lake.trino.query(
      `select cast(snapshot_id as varchar), summary['tributary.run-id'], summary['total-records']
       from iceberg.${DATABASE}."history$snapshots" order by committed_at`,
    );
    expect(rows).toEqual(published.map(({ id }, index) => [id, 'conformance', String(30 * (index + 1))]));
  });

  it.each([
    ['identity', `sold_on = date '2026-01-02'`],
    ['day', `sold_at >= timestamp '2026-01-02 00:00:00' and sold_at < timestamp '2026-01-03 00:00:00'`],
    ['month', `sold_at < timestamp '2026-02-01 00:00:00'`],
  ] as const)('only the files of the partitions asked for, by %s', async (transform, condition) => {
    const column = transform === 'identity' ? 'sold_on' : 'sold_at';
    const extra = { name: 'sold_at', type: 'timestamp', description: '' };
    const definition = define(`by_${transform}`, {
      columns: [...define('').columns, extra],
      partitionBy: [{ column, transform }],
    });
    await create(
      definition,
      `select *, sold_on + interval (${transform === 'month' ? 'id % 3 * 31' : '0'}) day + interval 5 hour as sold_at from (${THREE_DAYS})`,
    );
    const { rows, processedRows } = await lake.trino.query(
      `select count(*), sum(id), min(name) from iceberg.${DATABASE}.by_${transform} where ${condition}`,
    );
    expect(rows[0]?.[0]).toBe(10);
    expect(processedRows).toBe(10);
  });

  it('only the files whose bounds fit, and no row too few', async () => {
    const definition = define('bounds');
    await createTable(lake.catalog, lake.io, definition);
    for (const start of [0, 1000, 2000]) {
      await publish({
        definition,
        sql: THREE_DAYS.replace('i as id', `i + ${start} as id`).replace('item', `a long name ${start}`),
      });
    }
    const { rows } = await lake.trino.query(
      `select lower_bounds[1], upper_bounds[1], lower_bounds[2], upper_bounds[2], lower_bounds[3], record_count, null_value_counts[2]
       from iceberg.${DATABASE}."bounds$files" order by lower_bounds[1]`,
    );
    expect(rows).toEqual([
      ['0', '29', 'a long name 0 0', 'a long name 0 9', '2026-01-01', 30, 0],
      ['1000', '1029', 'a long name 1000', 'a long name 1001', '2026-01-01', 30, 0],
      ['2000', '2029', 'a long name 2000', 'a long name 2001', '2026-01-01', 30, 0],
    ]);
    const byId = await lake.trino.query(
      `select count(*), sum(id) from iceberg.${DATABASE}.bounds where id between 1010 and 1100`,
    );
    expect([byId.rows[0]?.[0], byId.processedRows]).toEqual([20, 30]);
    const byName = await lake.trino.query(
      `select count(*), sum(id) from iceberg.${DATABASE}.bounds where name = 'a long name 2000 7'`,
    );
    expect([byName.rows[0]?.[0], byName.processedRows]).toEqual([1, 30]);
  });

  it('old files after columns were added, widened, renamed and dropped', async () => {
    const before = define('evolved', {
      columns: [
        ...define('').columns,
        { name: 'quantity', type: 'integer', description: '' },
        { name: 'amount', type: 'decimal(9,2)', description: '' },
      ],
    });
    const first = await create(before, `select *, 7 as quantity, 1.25 as amount from (${THREE_DAYS})`);
    const after = define('evolved', {
      columns: [
        { name: 'id', type: 'bigint', description: '' },
        { name: 'units', type: 'bigint', description: '' },
        { name: 'amount', type: 'decimal(18,2)', description: '' },
        { name: 'title', type: 'varchar', description: '' },
        { name: 'tags', type: 'array(varchar)', description: '' },
      ],
      sortBy: [],
    });
    await publish({
      definition: after,
      renames: { units: 'quantity', title: 'name' },
      sql: `select 99::bigint as id, 3000000000 as units, 9999999999999999.99 as amount, 'new' as title, ['x'] as tags`,
    });
    const rows = await theirs('evolved');
    expect(rows).toEqual(await ours('evolved'));
    expect([rows[0], rows[30]]).toEqual([
      [0, 7, '1.25', 'item 0', null],
      [99, 3_000_000_000, '9999999999999999.99', 'new', ['x']],
    ]);
    expect(await theirs('evolved', asOf(first))).toEqual(await ours('evolved', { snapshotId: first.id }));
  });

  it('files of old and new partitioning side by side', async () => {
    const monthly = define('repartitioned', { partitionBy: [{ column: 'sold_on', transform: 'month' }] });
    await create(monthly, THREE_DAYS);
    const daily = { ...monthly, partitionBy: [{ column: 'sold_on', transform: 'day' } as const] };
    await publish({ definition: daily, sql: THREE_DAYS.replace('i as id', 'i + 100 as id') });
    expect(await theirs('repartitioned')).toEqual(await ours('repartitioned'));
    const old = (file: DataFile): boolean => file.partition[0] === 672;
    await publish({ definition: daily, operation: 'overwrite', remove: old, sql: `${THREE_DAYS} where false` });
    expect(await theirs('repartitioned')).toHaveLength(30);
  });

  it('what is left after old versions expired', async () => {
    const definition = define('expired');
    const first = await create(definition, THREE_DAYS);
    await publish({ definition, operation: 'replace', sql: THREE_DAYS.replaceAll('item', 'other') });
    const rule = { olderThanMs: Date.now() + 1000, keepLast: 1 };
    const { expiredSnapshots } = await expireSnapshots(lake.catalog, lake.io, await load('expired'), rule);
    expect(expiredSnapshots).toBe(1);
    expect(await theirs('expired')).toEqual(await ours('expired'));
    await expect(theirs('expired', asOf(first))).rejects.toThrow(/snapshot/i);
  });
});

describe('We read what Trino writes', () => {
  it('rows that it inserts into our table, and go on from there', async () => {
    const definition = define('shared', { partitionBy: [{ column: 'sold_on', transform: 'month' }] });
    await create(definition, THREE_DAYS);
    await lake.trino.query(
      `insert into iceberg.${DATABASE}.shared values (1000, 'theirs', date '2026-05-01'), (1001, null, null)`,
    );
    expect(await ours('shared')).toEqual(await theirs('shared'));
    expect(await ours('shared')).toHaveLength(32);
    await publish({
      definition,
      operation: 'overwrite',
      remove: (file) => file.partition[0] === null,
      sql: `select 2000::bigint as id, 'ours' as name, date '2026-06-01' as sold_on`,
    });
    expect(await theirs('shared')).toEqual(await ours('shared'));
    expect((await ours('shared')).map(([id]) => id).slice(30)).toEqual([1000, 2000]);
    expect(snapshots(await load('shared'))).toHaveLength(3);
  });

  it('a table that it made, by buckets too, which it then cannot tell from its own', async () => {
    await lake.trino.query(
      `create table iceberg.${DATABASE}.made_by_trino (id bigint, name varchar, r row(a integer, b varchar), m map(varchar, double))
       with (partitioning = array['bucket(id, 4)'], location = 's3://${BUCKET}/${DATABASE}/made_by_trino')`,
    );
    await lake.trino.query(
      `insert into iceberg.${DATABASE}.made_by_trino
       select x, 'n' || cast(x as varchar), row(cast(x as integer), 'b'), map(array['k'], array[1.5e0]) from unnest(sequence(1, 20)) t(x)`,
    );
    expect(tableColumns(await load('made_by_trino')).map(({ type }) => type)).toEqual([
      'bigint',
      'varchar',
      'row(a integer, b varchar)',
      'map(varchar, double)',
    ]);
    const { columns, files } = await inputOf('made_by_trino');
    const sql = "select count(*) as n, sum(id) as ids, sum(r.a) as a, max(m['k']) as k from t";
    const input = { name: 't', format: 'parquet', columns, files } as const;
    expect(await lake.engine.query({ sql, inputs: [input], asOf: '2026-11-21' })).toEqual([
      { n: 20, ids: 210, a: 210, k: 1.5 },
    ]);
    const table = await load('made_by_trino');
    const [gone] = await dataFiles(lake.io, table);
    const request = { operation: 'overwrite', add: [], remove: [gone?.path ?? ''], properties: {} } as const;
    await commit(lake.catalog, lake.io, table, request);
    expect(await scalar(`select count(*) from iceberg.${DATABASE}.made_by_trino`)).toBe(20 - (gone?.rows ?? 0));
  });

  it('a table that it compacted', async () => {
    const definition = define('compacted');
    await create(definition, THREE_DAYS);
    await publish({ definition, sql: THREE_DAYS.replace('i as id', 'i + 100 as id') });
    await lake.trino.query(`alter table iceberg.${DATABASE}.compacted execute optimize`);
    expect(await dataFiles(lake.io, await load('compacted'))).toHaveLength(1);
    expect(await ours('compacted')).toEqual(await theirs('compacted'));
  });

  it('no table in which it marked rows as deleted, until we replace it', async () => {
    const definition = define('deleted');
    await create(definition, THREE_DAYS);
    await lake.trino.query(`delete from iceberg.${DATABASE}.deleted where id = 7`);
    const refusal = { code: 'delete_files_unsupported', where: `${DATABASE}.deleted` };
    await expect(ours('deleted')).rejects.toMatchObject(refusal);
    await expect(publish({ definition, sql: THREE_DAYS })).rejects.toMatchObject(refusal);
    await publish({ definition, operation: 'replace', sql: THREE_DAYS });
    expect(await theirs('deleted')).toEqual(await ours('deleted'));
    expect(await theirs('deleted')).toHaveLength(30);
  });

  it('and refuses to publish upon a version that Trino has replaced', async () => {
    const definition = define('raced');
    await create(definition, THREE_DAYS);
    const stale = await load('raced');
    await lake.trino.query(`insert into iceberg.${DATABASE}.raced values (1000, 'theirs', date '2026-05-01')`);
    const request = { operation: 'replace', add: [], properties: {} } as const;
    await expect(commit(lake.catalog, lake.io, stale, request)).rejects.toMatchObject({ code: 'commit_conflict' });
    expect(await theirs('raced')).toHaveLength(31);
  });
});

const DUCKDB_SPELLING: Readonly<Record<string, string>> = {
  varbinary: 'blob',
  'array(varchar)': 'varchar[]',
  'array(bigint)': 'bigint[]',
};

async function inputOf(table: string) {
  const loaded = await load(table);
  const files = (await dataFiles(lake.io, loaded)).map(({ path, bytes }) => ({ uri: path, bytes }));
  return { columns: tableColumns(loaded), files };
}

/** Numbers as text, since JSON readers round large ones differently. */
const exact = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(exact) : value === null ? null : String(value);
