import { at } from './shop.ts';

/** A table that each engine makes in its own words, and of which both must read the same. */
export interface Twin {
  readonly title: string;
  readonly athena: (table: string) => readonly string[];
  readonly trino: (table: string) => readonly string[];
}

const ROWS = `select * from (values
    (bigint '1', cast('a "b", c' as varchar), cast(1.50 as decimal(10, 2)), date '2026-01-01', timestamp '2026-01-01 10:00:00.250', true, 1.5e0),
    (bigint '2', 'żółw', cast(-0.01 as decimal(10, 2)), date '1969-07-20', timestamp '1969-07-20 20:17:40.000', false, -1e-9),
    (bigint '3', null, null, null, null, null, null)) as t (id, name, price, since, seen_at, is_open, weight)`;

const NESTED = `select id, tags, attributes, place from (values
    (1, array[cast('a' as varchar), null], map(array[cast('k' as varchar)], array[1]), cast(row('Ulm', 2) as row(city varchar, floor integer))),
    (2, array[], map(), null), (3, null, null, cast(row(null, 1) as row(city varchar, floor integer))))
  as t (id, tags, attributes, place)`;

const BY_DAY = `select * from (values (1, cast('x' as varchar), cast('2026-01-01' as varchar)), (2, 'y', '2026-01-02'), (3, 'z', null)) as t (id, page, day)`;

/** Tables made from queries: Hive's formats with Athena's properties, which are Trino's as well, and Iceberg. */
const createdAs = (title: string, properties: string, query: string): Twin => ({
  title,
  athena: (table) => [
    `create table ${table} with (${properties}, external_location = '${at(`twins/${table}`)}') as ${query}`,
  ],
  trino: (table) => [
    `create table ${table} with (${properties}, external_location = '${at(`twins/${table}`)}') as ${query}`,
  ],
});

const icebergAs = (title: string, partitioning: string, query: string): Twin => ({
  title,
  athena: (table) => [
    `create table ${table} with (table_type = 'ICEBERG', is_external = false, location = '${at(`twins/${table}`)}'
       ${partitioning === '' ? '' : `, partitioning = array['${partitioning}']`}) as ${query}`,
  ],
  trino: (table) => [
    `create table iceberg.${table} with (location = '${at(`twins/${table}`)}'
       ${partitioning === '' ? '' : `, partitioning = array['${partitioning}']`}) as ${query}`,
  ],
});

const INSERTS = (table: string): readonly string[] => [
  `insert into ${table} values (1, 'one', date '2026-01-01')`,
  `insert into ${table} (name, id) values ('two', 2), (null, 3)`,
  `insert into ${table} select id + 10, name, since + interval '1' day from ${table} where id < 3`,
  `insert into ${table} with more as (select 100 as id) select id, 'hundred', null from more`,
];

export const TWINS: readonly Twin[] = [
  createdAs('create table as, Parquet', "format = 'PARQUET'", ROWS),
  createdAs('create table as, JSON', "format = 'JSON'", ROWS),
  createdAs('create table as, Parquet with nested values', "format = 'PARQUET'", NESTED),
  createdAs('create table as, partitioned', "format = 'PARQUET', partitioned_by = array['day']", BY_DAY),
  createdAs('create table as, without rows', "format = 'PARQUET'", `${ROWS} where false`),
  icebergAs('create table as, Iceberg', '', ROWS),
  icebergAs('create table as, Iceberg by day', 'day(seen_at)', ROWS),
  icebergAs('create table as, Iceberg with lists', '', "select 1 as id, array[cast('a' as varchar), null] as tags"),
  {
    title: 'create table as, text',
    athena: (table) => [
      `create table ${table} with (format = 'TEXTFILE', field_delimiter = ',', external_location = '${at(`twins/${table}`)}') as select id, price, since from (${ROWS})`,
    ],
    trino: (table) => [
      `create table ${table} with (format = 'TEXTFILE', textfile_field_separator = ',', external_location = '${at(`twins/${table}`)}') as select id, price, since from (${ROWS})`,
    ],
  },
  {
    title: 'insert into Parquet',
    athena: (table) => [
      `create external table ${table} (id bigint, name string, since date) stored as parquet location '${at(`twins/${table}`)}'`,
      ...INSERTS(table),
    ],
    trino: (table) => [
      `create table ${table} (id bigint, name varchar, since date) with (format = 'PARQUET', external_location = '${at(`twins/${table}`)}')`,
      ...INSERTS(table),
    ],
  },
  {
    title: 'insert into partitions',
    athena: (table) => [
      `create external table ${table} (id bigint, page string) partitioned by (day date) stored as parquet location '${at(`twins/${table}`)}'`,
      `insert into ${table} values (1, 'x', date '2026-01-01'), (2, null, date '2026-01-02')`,
      `insert into ${table} select id + 10, page, day from ${table} where day = date '2026-01-01'`,
    ],
    trino: (table) => [
      `create table ${table} (id bigint, page varchar, day date) with (format = 'PARQUET', partitioned_by = array['day'], external_location = '${at(`twins/${table}`)}')`,
      `insert into ${table} values (1, 'x', date '2026-01-01'), (2, null, date '2026-01-02')`,
      `insert into ${table} select id + 10, page, day from ${table} where day = date '2026-01-01'`,
    ],
  },
  {
    title: 'insert into Iceberg',
    athena: (table) => [
      `create table ${table} (id bigint, name string, since date) partitioned by (month(since)) location '${at(`twins/${table}`)}' tblproperties ('table_type' = 'ICEBERG')`,
      ...INSERTS(table),
    ],
    trino: (table) => [
      `create table iceberg.${table} (id bigint, name varchar, since date) with (partitioning = array['month(since)'], location = '${at(`twins/${table}`)}')`,
      ...INSERTS(table),
    ],
  },
  {
    title: 'msck repair table',
    athena: (table) => [
      `create external table ${table} (page string, visitor bigint) partitioned by (day date, region string)
       row format serde 'org.openx.data.jsonserde.JsonSerDe' location '${at('visits')}'`,
      `msck repair table ${table}`,
    ],
    trino: (table) => [
      `create table ${table} (page varchar, visitor bigint, day date, region varchar)
       with (format = 'OPENX_JSON', partitioned_by = array['day', 'region'], external_location = '${at('visits')}')`,
      `call awsdatacatalog.system.sync_partition_metadata('${table.split('.')[0]}', '${table.split('.')[1]}', 'ADD')`,
    ],
  },
];
