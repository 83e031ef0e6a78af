import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useLocalStack } from '../../localstack/environment.ts';
import { type AthenaResult, askAthena } from './endpoint/athena.ts';
import { LISTINGS, QUERIES, REFUSED } from './endpoint/questions.ts';
import { at, DATABASE, putObjects, SHOP } from './endpoint/shop.ts';
import { TWINS } from './endpoint/twins.ts';
import { BUCKET, type Store, startStore } from './store.ts';
import { textRows } from './text.ts';
import { startTrino, type Trino } from './trino.ts';

/** What analysts and BI tools send to Athena beside plain queries: our endpoint answers as Trino does. */
let store: Store;
let trino: Trino;

beforeAll(async () => {
  store = await startStore([]);
  useLocalStack(store.environment);
  await putObjects(store.s3);
  for (const sql of SHOP) await athena(sql);
  await athena('msck repair table visits');
  const { endpoint, directory } = store;
  trino = await startTrino({ endpoint, directory: join(directory, 'trino'), onProgress: console.info });
});

afterAll(async () => {
  await trino?.stop();
  await store?.stop();
});

const athena = (sql: string): Promise<AthenaResult> =>
  askAthena(sql, {
    QueryExecutionContext: { Database: DATABASE, Catalog: 'AwsDataCatalog' },
    ResultConfiguration: { OutputLocation: `s3://${BUCKET}/results/` },
  });

/** Trino's answer in Athena's form: text, and types without their lengths. */
async function onTrino(sql: string): Promise<AthenaResult> {
  const result = await trino.query(sql);
  const columns = result.columns.map(({ name, type }) => ({
    name,
    type: type.replace(/\(.*\)/, ''),
  }));
  return { columns, rows: textRows(result) };
}

const reason = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'not refused',
    (error: Error) => error.message,
  );

describe('the catalog', () => {
  it.each(LISTINGS)('$athena', async ({ athena: ours, trino: theirs, ofAthena, ofTrino }) => {
    const [one, other] = [(await athena(ours)).rows, (await onTrino(theirs)).rows];
    const expected = ofTrino?.(other) ?? other;
    expect(ofAthena?.(one) ?? one).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  });
});

describe('queries', () => {
  it.each(QUERIES)('%s', async (sql) => {
    const [one, other] = [await athena(sql), await onTrino(sql)];
    expect(one.columns).toEqual(other.columns);
    if (sql.startsWith('explain')) expect(one.rows.length).toBeGreaterThan(0);
    else expect(one.rows).toEqual(other.rows);
  });

  it.each([
    ['select id from sales where amount > ?', ['15']],
    [
      'select id, ? from sales where sold_at >= ? and id in (?, ?) order by id',
      ["'x'", "timestamp '2026-01-02 00:00:00'", '2', '3'],
    ],
    ['select count(*) from visits where day = ?', ["date '2026-01-01'"]],
  ])('prepared: %s', async (sql, values) => {
    const text = sql.replaceAll(/from (\w+)/g, `from ${DATABASE}.$1`);
    await athena(`prepare question from ${text}`);
    const ours = await athena(`execute question using ${values.join(', ')}`);
    await athena('deallocate prepare question');
    const theirs = await onTrino(`execute immediate '${text.replaceAll("'", "''")}' using ${values.join(', ')}`);
    expect(ours.columns).toEqual(theirs.columns);
    expect(ours.rows).toEqual(theirs.rows);
    await expect(athena('execute question using 1')).rejects.toThrow('Prepared statement not found: question');
  });

  it('of versions by id and by time', async () => {
    const { rows } = await onTrino(`select cast(snapshot_id as varchar) from ${DATABASE}."sales$snapshots"`);
    const [version] = rows[0] ?? [];
    for (const clause of [`for version as of ${version}`, 'for timestamp as of current_timestamp']) {
      const sql = `select * from ${DATABASE}.sales ${clause} order by id`;
      expect((await athena(sql)).rows).toEqual((await onTrino(sql)).rows);
    }
  });
});

describe('what is refused', () => {
  it.each(REFUSED)('%s', async (sql) => {
    const [ours, theirs] = [await reason(athena(sql)), await reason(trino.query(sql))];
    expect(ours).toBe(theirs);
    expect(ours).not.toBe('not refused');
  });
});

describe('tables that one makes and both read', () => {
  it.each(TWINS.map((twin, index) => ({ ...twin, index })))(
    '$title',
    async ({ athena: ours, trino: theirs, index }) => {
      const [one, other] = [`${DATABASE}.ours_${index}`, `${DATABASE}.theirs_${index}`];
      for (const sql of ours(one)) await athena(sql);
      for (const sql of theirs(other)) await trino.query(sql);
      const read = (table: string) => `select * from ${table} order by 1, 2`;
      const expected = await onTrino(read(other));
      expect(await onTrino(read(one)), 'Trino reads ours').toEqual(expected);
      expect(await athena(read(one)), 'we read ours').toEqual(expected);
      expect(await athena(read(other)), 'we read theirs').toEqual(expected);
      const types = (table: string) =>
        `select column_name, data_type from information_schema.columns where table_schema = '${DATABASE}' and table_name = '${table.split('.')[1]}' order by ordinal_position`;
      expect((await onTrino(types(one))).rows).toEqual((await onTrino(types(other))).rows);
      expect((await athena(types(other))).rows).toEqual((await onTrino(types(other))).rows);
    },
  );
});

describe('what one does and the other sees', () => {
  it('views, whoever made them', async () => {
    const query = `select id, amount, cast(sold_at as date) as day, tags from ${DATABASE}.sales`;
    await athena('create view ours_seen as select 1 as old');
    await athena(`create or replace view ours_seen as ${query}`);
    await trino.query(`create view ${DATABASE}.theirs_seen as ${query}`);
    const { rows } = await onTrino(`${query} order by id`);
    expect((await onTrino(`select * from ${DATABASE}.ours_seen order by id`)).rows).toEqual(rows);
    expect((await athena('select * from ours_seen order by id')).rows).toEqual(rows);
    expect((await athena('select * from theirs_seen order by id')).rows).toEqual(rows);
  });

  it('files of UNLOAD', async () => {
    const query = `select id, cast(amount as double) as amount, tags from ${DATABASE}.sales`;
    await athena(`unload (${query}) to '${at('unloaded')}' with (format = 'PARQUET', compression = 'SNAPPY')`);
    await trino.query(
      `create table ${DATABASE}.unloaded (id bigint, amount double, tags array(varchar)) with (format = 'PARQUET', external_location = '${at('unloaded')}')`,
    );
    expect((await onTrino(`select * from ${DATABASE}.unloaded order by id`)).rows).toEqual(
      (await onTrino(`${query} order by id`)).rows,
    );
  });

  it('partitions that are added and dropped', async () => {
    await athena(`create external table places (page string) partitioned by (day string)
      row format serde 'org.openx.data.jsonserde.JsonSerDe' location '${at('places')}'`);
    await athena(`alter table places add partition (day = 'one') location '${at('hits/2026-01-02')}'
      partition (day = 'two') location '${at('hits/2026-01-09')}'`);
    const sql = `select page, day from ${DATABASE}.places order by day`;
    expect((await onTrino(sql)).rows).toEqual([
      ['x', 'one'],
      ['outside the range', 'two'],
    ]);
    await athena(`alter table places drop partition (day = 'one')`);
    expect((await onTrino(sql)).rows).toEqual([['outside the range', 'two']]);
    expect((await athena(sql)).rows).toEqual([['outside the range', 'two']]);
  });

  it('properties that are set', async () => {
    await athena("alter table hits set tblproperties ('projection.day.range' = '2026-01-01,2026-01-31')");
    const sql = `select day from ${DATABASE}.hits order by day`;
    expect((await onTrino(sql)).rows).toEqual([['2026-01-02'], ['2026-01-09']]);
    expect((await athena(sql)).rows).toEqual([['2026-01-02'], ['2026-01-09']]);
  });

  it('tables, views and databases that are dropped', async () => {
    const exists = `select table_name from information_schema.tables where table_schema = '${DATABASE}' and table_name like 'short%' order by 1`;
    await athena(`create view short_view as select 1 as a`);
    await athena(
      `create table short_ours with (table_type = 'ICEBERG', is_external = false, location = '${at('short_ours')}') as select 1 as a`,
    );
    await trino.query(
      `create table iceberg.${DATABASE}.short_theirs with (location = '${at('short_theirs')}') as select 1 as a`,
    );
    expect((await onTrino(exists)).rows).toEqual([['short_ours'], ['short_theirs'], ['short_view']]);
    expect((await athena(exists)).rows).toEqual([['short_ours'], ['short_theirs'], ['short_view']]);
    await trino.query(`drop table ${DATABASE}.short_ours`);
    await athena('drop table short_theirs');
    await trino.query(`drop view ${DATABASE}.short_view`);
    expect((await athena(exists)).rows).toEqual([]);
    expect((await onTrino(exists)).rows).toEqual([]);
    for (const folder of ['short_ours', 'short_theirs']) {
      const { KeyCount } = await store.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `${folder}/` }));
      expect(KeyCount).toBe(0);
    }
    await athena('create database short');
    expect((await onTrino("show schemas from awsdatacatalog like 'short'")).rows).toEqual([['short']]);
    await athena('drop database short');
    expect((await onTrino("show schemas from awsdatacatalog like 'short'")).rows).toEqual([]);
  });
});
