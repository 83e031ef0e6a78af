import {
  CreateWorkGroupCommand,
  DeleteWorkGroupCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { GetTableCommand } from '@aws-sdk/client-glue';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { athena, glue, s3 } from '../../common/aws.ts';
import { ended, execute, reasonOf, rowsOf, type Started } from './athena/client.ts';
import { type Lake, makeLake } from './athena/lake.ts';

let lake: Lake;
let options: Started;

beforeAll(async () => {
  lake = await makeLake();
  options = {
    QueryExecutionContext: { Database: lake.database, Catalog: 'AwsDataCatalog' },
    ResultConfiguration: { OutputLocation: `s3://${lake.bucket}/results/` },
  };
});

afterAll(async () => {
  await lake.drop();
});

const rows = (sql: string) => rowsOf(sql, options);
const reason = (sql: string) => reasonOf(sql, options);
const at = (folder: string): string => `s3://${lake.bucket}/${folder}/`;

async function keys(folder: string): Promise<readonly string[]> {
  const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket: lake.bucket, Prefix: `${folder}/` }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

const put = (Key: string, Body: string) => s3().send(new PutObjectCommand({ Bucket: lake.bucket, Key, Body }));

describe('external tables', () => {
  it('reads delimited text as LazySimpleSerDe does', async () => {
    await put('plain/a.tsv', 'id\tname\tsold_on\n1\ta "b\t2024-01-01\tmore\n2\t\\N\n3\t\tnever\n');
    await rows(`create external table if not exists plain (id int comment 'key', name string, \`sold_on\` date)
      row format delimited fields terminated by '\\t' stored as textfile location '${at('plain')}'
      tblproperties ('skip.header.line.count' = '1')`);
    expect(await rows('select * from plain order by id')).toEqual([
      ['1', 'a "b', '2024-01-01'],
      ['2', null, null],
      ['3', '', null],
    ]);
  });

  it('reads quoted text as OpenCSVSerde does', async () => {
    await put('quoted/a.csv', '"1","a, b","say ""hi"""\n"2",,x\n');
    await rows(`create external table quoted (id bigint, a string, b string)
      row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
      with serdeproperties ('separatorChar' = ',', 'quoteChar' = '"') location '${at('quoted')}'`);
    expect(await rows('select id, a, b from quoted order by id')).toEqual([
      ['1', 'a, b', 'say "hi"'],
      ['2', '', 'x'],
    ]);
  });

  it('finds partitions by MSCK REPAIR TABLE, adds and drops them', async () => {
    await put('visits/day=2024-01-01/a.json', '{"page":"x","place":{"city":"Ulm"}}\n');
    await put('visits/day=2024-01-02/a.json', '{"page":"y"}\n');
    await put('elsewhere/a.json', '{"page":"z"}\n');
    await rows(`create external table visits (page string, place struct<city:string>) partitioned by (day date)
      row format serde 'org.openx.data.jsonserde.JsonSerDe' location '${at('visits')}'`);
    expect(await rows('select * from visits')).toEqual([]);
    expect((await rows('msck repair table visits')).flat().join('\n')).toContain('visits:day=2024-01-02');
    expect(await rows('msck repair table visits')).toEqual([]);
    expect(await rows('select page, place.city, day from visits order by day')).toEqual([
      ['x', 'Ulm', '2024-01-01'],
      ['y', null, '2024-01-02'],
    ]);
    await rows(`alter table visits add if not exists partition (day = '2024-01-03') location '${at('elsewhere')}'`);
    expect(await reason("alter table visits add partition (day = '2024-01-03')")).toContain('Partition already exists');
    await rows("alter table visits drop partition (day = '2024-01-01')");
    expect(await rows('select page from visits order by day')).toEqual([['y'], ['z']]);
    expect(await reason("alter table visits drop partition (day = '1999-01-01')")).toContain('Partition not found');
    expect(await reason("alter table visits add partition (hour = '1')")).toContain('does not name the columns [day]');
  });

  it('projects partitions by its properties, which can be shown and set', async () => {
    await put('projected/n=1/a.json', '{"v":"one"}\n');
    await put('projected/n=9/a.json', '{"v":"nine"}\n');
    await rows(`create external table projected (v string) partitioned by (n int)
      row format serde 'org.openx.data.jsonserde.JsonSerDe' location '${at('projected')}'
      tblproperties ('projection.enabled' = 'true', 'projection.n.type' = 'integer', 'projection.n.range' = '0,5')`);
    expect(await rows('select v from projected')).toEqual([['one']]);
    await rows("alter table projected set tblproperties ('projection.n.range' = '0,9')");
    expect(await rows('select v from projected order by n')).toEqual([['one'], ['nine']]);
    expect(await rows("show tblproperties projected ('projection.n.range')")).toEqual([['0,9']]);
    expect(await rows('show tblproperties projected')).toContainEqual(['projection.enabled', 'true']);
  });

  it('reads the files that symbolic links name', async () => {
    await put('linked/symlink.txt', `${at('visits')}day=2024-01-02/a.json\n`);
    await rows(`create external table linked (page string) row format serde 'org.openx.data.jsonserde.JsonSerDe'
      stored as inputformat 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'
      outputformat 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat' location '${at('linked')}'`);
    expect(await rows('select page from linked')).toEqual([['y']]);
  });

  it('tells the file of each row by its name alone', async () => {
    const sql = 'select "$path" from visits where "$path" like \'%day=2024-01-02%\'';
    expect(await rows(sql)).toEqual([[`${at('visits')}day=2024-01-02/a.json`]]);
    expect(await rows('select v."$path" is null, count(*) from sales as v group by 1')).toEqual([['false', '2']]);
  });

  it('refuses what Athena refuses', async () => {
    expect(await reason(`create table managed (a int) location '${at('managed')}'`)).toContain('Only external table');
    expect(await reason('create external table nowhere (a int)')).toContain('No location was specified');
    expect(await reason(`create external table sales (a int) location '${at('x')}'`)).toContain('TABLE_ALREADY_EXISTS');
    for (const sql of ['create or replace table t as select 1 a', 'call system.x()', 'grant select on t to role r']) {
      await expect(athena().send(new StartQueryExecutionCommand({ QueryString: sql, ...options }))).rejects.toThrow(
        'Queries of this type are not supported',
      );
    }
    const long = `select '${'x'.repeat(262_144)}'`;
    await expect(athena().send(new StartQueryExecutionCommand({ QueryString: long, ...options }))).rejects.toThrow(
      'less than or equal to 262144',
    );
  });
});

describe('create table as', () => {
  it.each([
    ['parquet', "format = 'PARQUET', write_compression = 'ZSTD'"],
    ['json', "format = 'JSON'"],
    ['text', "format = 'TEXTFILE', field_delimiter = ','"],
    ['default', ''],
  ])('writes %s', async (name, properties) => {
    const target = `external_location = '${at(`ctas/${name}`)}'`;
    const query = `select id, amount, if(id = 1, 'a') as letter, sold_at from sales`;
    await rows(`create table ctas_${name} with (${[properties, target].filter(Boolean).join(', ')}) as ${query}`);
    expect(await rows(`select id, amount, letter, date(sold_at) from ctas_${name} order by id`)).toEqual([
      ['1', '10.50', 'a', '2024-01-01'],
      ['2', '20.25', null, '2024-01-02'],
    ]);
    expect(await keys(`ctas/${name}`)).toHaveLength(1);
  });

  it('partitions, with nulls, and lies below the results by default', async () => {
    await rows(`create table ctas_parts with (partitioned_by = array['day', 'region']) as
      select * from (values (1, date '2024-01-01', 'a/b'), (2, date '2024-01-02', null)) as t (id, day, region)`);
    expect(await rows('show partitions ctas_parts')).toEqual([
      ['day=2024-01-01/region=a/b'],
      ['day=2024-01-02/region=__HIVE_DEFAULT_PARTITION__'],
    ]);
    expect(await rows('select id, day, region from ctas_parts order by id')).toEqual([
      ['1', '2024-01-01', 'a/b'],
      ['2', '2024-01-02', null],
    ]);
    const { Table } = await glue().send(new GetTableCommand({ DatabaseName: lake.database, Name: 'ctas_parts' }));
    expect(Table?.StorageDescriptor?.Location).toMatch(new RegExp(`^${at('results/tables')}[0-9a-f-]{36}/$`));
  });

  it('makes Iceberg tables, which take rows and go with their files', async () => {
    await rows(`create table ctas_iceberg with (table_type = 'ICEBERG', is_external = false,
      location = '${at('iceberg')}', partitioning = array['day(sold_at)']) as select id, amount, sold_at from sales`);
    await rows("insert into ctas_iceberg (id, sold_at) values (3, timestamp '2024-01-03 01:02:03.123456')");
    expect(await rows('select id, amount, sold_at from ctas_iceberg order by id desc limit 1')).toEqual([
      ['3', null, '2024-01-03 01:02:03.123456'],
    ]);
    expect((await keys('iceberg/data')).filter((key) => key.includes('sold_at_day=2024-01-03'))).toHaveLength(1);
    await rows('drop table ctas_iceberg');
    expect(await keys('iceberg')).toEqual([]);
    expect(await reason('select 1 from ctas_iceberg')).toContain('TABLE_NOT_FOUND');
  });

  it('says what is wrong', async () => {
    const numbers = 'select i, i % 101 as p from unnest(sequence(1, 101)) as t (i)';
    const cases = [
      ['create table sales as select 1 a', 'TABLE_ALREADY_EXISTS'],
      ['create table x as select 1', 'MISSING_COLUMN_NAME: line 1:1: Column name not specified at position 1'],
      ['create table x as select 1 a, 2 a', 'DUPLICATE_COLUMN_NAME'],
      ['create table x as select null a', 'COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown: a'],
      ["create table x with (colour = 'red') as select 1 a", "table property 'colour' does not exist"],
      [`create table x with (external_location = '${at('visits')}') as select 1 a`, 'HIVE_PATH_ALREADY_EXISTS'],
      ["create table x with (partitioned_by = array['a']) as select 1 a, 2 b", 'HIVE_COLUMN_ORDER_MISMATCH'],
      ["create table x with (format = 'ORC') as select 1 a", 'NOT_SUPPORTED'],
      ["create table x with (table_type = 'ICEBERG') as select 1 a", 'INVALID_TABLE_PROPERTY'],
      [
        `create table x with (partitioned_by = array['p']) as ${numbers}`,
        'HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets',
      ],
    ] as const;
    for (const [sql, message] of cases) expect(await reason(sql)).toContain(message);
    expect(await reason('select 1 from x')).toContain('TABLE_NOT_FOUND');
  });

  it('keeps to a work group that decides on locations', async () => {
    const Name = `enforced-${lake.database}`;
    const ResultConfiguration = { OutputLocation: at('enforced') };
    const Configuration = { EnforceWorkGroupConfiguration: true, ResultConfiguration };
    await athena().send(new CreateWorkGroupCommand({ Name, Configuration }));
    const sql = `create table x with (external_location = '${at('free')}') as select 1 a`;
    expect(await reasonOf(sql, { ...options, WorkGroup: Name })).toContain('enforces a centralized output location');
    await athena().send(new DeleteWorkGroupCommand({ WorkGroup: Name, RecursiveDeleteOption: true }));
  });
});

describe('insert', () => {
  it('adds files and partitions to Hive tables', async () => {
    await rows(`create external table log (id bigint, note string) partitioned by (day date)
      stored as parquet location '${at('log')}'`);
    const { Status } = await execute(
      "insert into log values (1, 'a', date '2024-01-01'), (2, null, date '2024-01-02')",
      options,
    );
    expect(Status?.State).toBe('SUCCEEDED');
    await rows("insert into log select 3, 'c', date '2024-01-02'");
    expect(await rows('show partitions log')).toEqual([['day=2024-01-01'], ['day=2024-01-02']]);
    expect(await rows('select * from log order by id')).toEqual([
      ['1', 'a', '2024-01-01'],
      ['2', null, '2024-01-02'],
      ['3', 'c', '2024-01-02'],
    ]);
  });

  it('refuses rows that do not fit', async () => {
    expect(await reason('insert into log select 1')).toBe(
      'TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [bigint, varchar, date], Query: [integer]',
    );
    expect(await reason("insert into log (id, colour) values (1, 'red')")).toContain(
      'does not exist in target table: colour',
    );
    expect(await reason('insert into nowhere select 1')).toContain('TABLE_NOT_FOUND');
  });

  it('writes to no more than 100 partitions of an Iceberg table at once', async () => {
    await rows(`create table wide (id bigint, day date) partitioned by (day) location '${at('wide')}'
      tblproperties ('table_type' = 'ICEBERG')`);
    const days = (count: number) =>
      `insert into wide select i, date_add('day', i, date '2024-01-01') from unnest(sequence(1, ${count})) as t (i)`;
    expect(await reason(days(101))).toBe(
      'ICEBERG_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions',
    );
    expect(await keys('wide/data')).toEqual([]);
    await rows(days(100));
    expect(await rows('select count(*), count(distinct day) from wide')).toEqual([['100', '100']]);
  });

  it('leaves nothing of an insert that is stopped', async () => {
    const before = await rows('select count(*) from wide');
    const QueryString = `insert into wide select x * y, date '2026-01-01' from unnest(sequence(1, 10000)) as a (x)
      cross join unnest(sequence(1, 10000)) as b (y)`;
    const { QueryExecutionId } = await athena().send(new StartQueryExecutionCommand({ QueryString, ...options }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await athena().send(new StopQueryExecutionCommand({ QueryExecutionId }));
    expect((await ended(QueryExecutionId)).Status?.State).toBe('CANCELLED');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await rows('select count(*) from wide')).toEqual(before);
  });

  it('loses no row of inserts at the same time', async () => {
    await Promise.all([1, 2, 3, 4].map((n) => rows(`insert into wide values (${1000 + n}, date '2025-01-01')`)));
    expect(await rows('select count(*) from wide where id > 1000')).toEqual([['4']]);
  });
});

describe('pruning', () => {
  const scanned = async (sql: string): Promise<number> => {
    const { Statistics, Status } = await execute(sql, options);
    expect(Status?.State).toBe('SUCCEEDED');
    return Statistics?.DataScannedInBytes ?? 0;
  };

  it('reads only files whose bounds allow for a row', async () => {
    const all = await scanned('select count(*) from wide');
    expect(await scanned("select * from wide where day = date '2024-01-05'")).toBeLessThan(all / 50);
    expect(await scanned('select * from wide as w join sales as s on w.id = s.id where w.id < 3')).toBeLessThan(
      all / 10,
    );
    expect(await scanned("select * from wide where day = date '2024-01-05' or id = 3")).toBe(all);
    expect(await rows("select id from wide where day in (date '2024-01-05', date '2024-01-06') order by id")).toEqual([
      ['4'],
      ['5'],
    ]);
    expect(await rows("select count(*) from wide where id between 10 and 12 and date '2024-01-12' >= day")).toEqual([
      ['2'],
    ]);
  });

  it('reads only partitions of Hive tables that allow for a row', async () => {
    const all = await scanned('select count(*) from log');
    const some = await scanned("select count(*) from log where day >= date '2024-01-02' and day < date '2024-02-01'");
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(all);
    expect(await rows("select id from log where day > date '2024-01-01' and id < 9 order by 1")).toEqual([
      ['2'],
      ['3'],
    ]);
    expect(await scanned("select count(*) from log where day = date '1999-01-01'")).toBe(0);
  });
});

describe('unload', () => {
  it('writes files without a table, and lists them', async () => {
    const { QueryExecutionId } = await execute(
      `unload (select id, amount, date(sold_at) as day from sales) to '${at('unloaded')}'
       with (format = 'JSON', partitioned_by = array['day'])`,
      options,
    );
    const written = await keys('unloaded');
    expect(written.map((key) => key.split('/')[1])).toEqual(['day=2024-01-01', 'day=2024-01-02']);
    const Key = `results/${QueryExecutionId}-manifest.csv`;
    const { Body } = await s3().send(new GetObjectCommand({ Bucket: lake.bucket, Key }));
    const manifest = (await Body?.transformToString()) ?? '';
    expect(manifest.trim().split('\n')).toEqual(written.map((key) => `s3://${lake.bucket}/${key}`));
    expect(await reason(`unload (select 1 a) to '${at('unloaded')}' with (format = 'JSON')`)).toContain(
      'already exists',
    );
    expect(await reason(`unload (select 1 a) to '${at('other')}'`)).toContain('format is required');
  });
});

describe('prepared statements', () => {
  it('are prepared, executed with values and forgotten, whatever they are', async () => {
    await rows('prepare big from select id from sales where amount > ?');
    expect(await rows('execute big using 15')).toEqual([['2']]);
    await rows('prepare big from select id from sales where amount < ? and id < ?');
    expect(await rows('execute big using 15, 9')).toEqual([['1']]);
    expect(await reason('execute big')).toContain('expected 2 but found 0');
    await rows("prepare add from insert into log values (?, ?, date '2024-02-01')");
    await rows("execute add using 9, 'nine'");
    expect(await rows("select note from log where day = date '2024-02-01'")).toEqual([['nine']]);
    await rows('deallocate prepare big');
    expect(await reason('execute big using 1, 2')).toBe('NOT_FOUND: Prepared statement not found: big');
    expect(await reason('deallocate prepare big')).toBe('NOT_FOUND: Prepared statement not found: big');
  });
});

describe('results', () => {
  const reusing = (MaxAgeInMinutes: number): Started => ({
    ...options,
    ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes } },
  });

  it('are taken from an earlier query where the caller allows it', async () => {
    const sql = 'select count(*) from log';
    const first = await execute(sql, options);
    await rows("insert into log values (77, 'later', date '2024-03-01')");
    const reused = await execute(sql, reusing(60));
    expect(reused.Statistics).toMatchObject({
      DataScannedInBytes: 0,
      ResultReuseInformation: { ReusedPreviousResult: true },
    });
    expect(reused.ResultConfiguration).toEqual(first.ResultConfiguration);
    const [before, after] = [await rowsOf(sql, reusing(60)), await rowsOf(sql, options)];
    expect(Number(after[0]?.[0])).toBe(Number(before[0]?.[0]) + 1);
    expect(await rowsOf(`${sql} -- another`, reusing(60))).toEqual(after);
    expect(await rowsOf(sql, reusing(0))).toEqual(after);
  });
});

describe('limits of a work group', () => {
  it('cancels a query that would read more than allowed', async () => {
    const Name = `thrifty-${lake.database}`;
    await athena().send(
      new CreateWorkGroupCommand({ Name, Configuration: { BytesScannedCutoffPerQuery: 10_000_000 } }),
    );
    const thrifty = { ...options, WorkGroup: Name };
    expect(await rowsOf('select count(*) from sales', thrifty)).toEqual([['2']]);
    await put('big/a.json', `{"v":"${'x'.repeat(10_000_001)}"}\n`);
    await rows(
      `create external table big (v string) row format serde 'org.openx.data.jsonserde.JsonSerDe' location '${at('big')}'`,
    );
    const { Status } = await execute('select count(*) from big', thrifty);
    expect(Status).toMatchObject({ State: 'CANCELLED', StateChangeReason: 'Bytes scanned limit was exceeded' });
    await athena().send(new DeleteWorkGroupCommand({ WorkGroup: Name, RecursiveDeleteOption: true }));
  });
});
