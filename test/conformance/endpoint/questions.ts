import { parseTypeName, typeName } from '../../../engine/dialect/index.ts';
import { DATABASE } from './shop.ts';

type Rows = readonly (readonly (string | null)[])[];

/** A question that both are asked in their own words. */
export interface Question {
  readonly athena: string;
  readonly trino: string;
  /** Bring the rows of either to the form of the other where that differs by design. */
  readonly ofAthena?: (rows: Rows) => Rows;
  readonly ofTrino?: (rows: Rows) => Rows;
}

const firstColumn = (rows: Rows): Rows => rows.map(([name = null]) => [name]);
const sorted = (rows: Rows): Rows => rows.toSorted((one, other) => (String(one) < String(other) ? -1 : 1));
const spelled = (type: string | null | undefined): string =>
  typeName(parseTypeName(type ?? '')).replaceAll(/timestamp\(\d\)/g, 'timestamp');

/** `name type` per column; Athena names types as Hive does, and lists partition columns a second time. */
const ofHive = (rows: Rows): Rows =>
  rows.slice(0, endOf(rows)).map(([name, type]) => [name?.trim() ?? null, spelled(type?.trim())]);
const endOf = (rows: Rows): number => {
  const end = rows.findIndex(([name]) => name?.trim() === '');
  return end < 0 ? rows.length : end;
};
const described = (rows: Rows): Rows => rows.map(([name = null, type]) => [name, spelled(type)]);

/** Everything after the first `AS`, without differences of white space, quoting and case. */
const query = (rows: Rows): Rows => [
  [
    rows
      .flat()
      .join(' ')
      .replace(/^.*?\bAS\b/is, '')
      .replaceAll(/[\s()"]+|\bas\b/gi, ' ')
      .replaceAll(/\s+/g, ' ')
      .replaceAll(' ,', ',')
      .trim()
      .toLowerCase(),
  ],
];

const TABLES = ['sales', 'devices', 'visits', 'prices', 'hits', 'big_sales'];

/** What the catalog holds, in Athena's SHOW and DESCRIBE and in Trino's. */
export const LISTINGS: readonly Question[] = [
  {
    athena: 'show databases',
    trino: `show schemas from awsdatacatalog`,
    ofTrino: withoutInformation,
    ofAthena: sorted,
  },
  { athena: 'show schemas', trino: `show schemas from awsdatacatalog`, ofTrino: withoutInformation, ofAthena: sorted },
  { athena: "show databases like 'sh*'", trino: "show schemas from awsdatacatalog like 'sh%'" },
  { athena: 'show tables', trino: `show tables from ${DATABASE}`, ofAthena: sorted },
  { athena: `show tables in ${DATABASE}`, trino: `show tables in ${DATABASE}`, ofAthena: sorted },
  { athena: `show tables in ${DATABASE} '*s'`, trino: `show tables in ${DATABASE} like '%s'`, ofAthena: sorted },
  {
    athena: `show tables '*its|sales'`,
    trino: `select table_name from information_schema.tables where table_schema = '${DATABASE}' and (table_name like '%its' or table_name = 'sales') order by 1`,
    ofAthena: sorted,
  },
  {
    athena: `show views in ${DATABASE}`,
    trino: `select table_name from information_schema.views where table_schema = '${DATABASE}'`,
  },
  ...TABLES.map((table) => ({
    athena: `show columns in ${table}`,
    trino: `show columns from ${DATABASE}.${table}`,
    ofTrino: firstColumn,
    ofAthena: (rows: Rows) => rows.map(([name]) => [name?.trim() ?? null]),
  })),
  ...TABLES.map((table) => ({
    athena: `describe ${table}`,
    trino: `describe ${DATABASE}.${table}`,
    ofTrino: described,
    ofAthena: ofHive,
  })),
  {
    athena: 'show partitions visits',
    trino: `select 'day=' || cast(day as varchar) || '/region=' || region from ${DATABASE}."visits$partitions" order by 1`,
  },
  {
    athena: `show create view big_sales`,
    trino: `show create view ${DATABASE}.big_sales`,
    ofAthena: query,
    ofTrino: query,
  },
];

function withoutInformation(rows: Rows): Rows {
  return sorted(rows.filter(([name]) => name !== 'information_schema'));
}

/** Statements that mean the same to both, as BI tools and analysts send them. */
export const QUERIES: readonly string[] = [
  'select 1',
  `select schema_name from information_schema.schemata where schema_name <> 'information_schema' order by 1`,
  `select * from information_schema.schemata where schema_name = '${DATABASE}'`,
  `select table_catalog, table_schema, table_name, table_type from information_schema.tables
   where table_schema = '${DATABASE}' order by table_name`,
  `select * from information_schema.tables where table_schema = '${DATABASE}' and table_name = 'sales'`,
  `select table_name from information_schema.tables where table_schema = '${DATABASE}' and table_type = 'VIEW'`,
  `select table_name, column_name, ordinal_position, data_type from information_schema.columns
   where table_schema = '${DATABASE}' order by 1, 3`,
  `select * from information_schema.columns where table_schema = '${DATABASE}' and table_name = 'visits' order by ordinal_position`,
  `select column_name from information_schema.columns where table_name = 'devices' and data_type like 'row%'`,
  `select table_name from information_schema.views where table_schema = '${DATABASE}'`,
  `select count(*) from information_schema.columns c join information_schema.tables t
     on c.table_schema = t.table_schema and c.table_name = t.table_name where t.table_schema = '${DATABASE}'`,
  `select * from ${DATABASE}.sales order by id`,
  `select * from "${DATABASE}"."sales" order by "id" desc limit 2`,
  `select * from awsdatacatalog.${DATABASE}.sales where sold_at >= timestamp '2026-01-02 00:00:00' order by id`,
  `select * from (select id, amount from ${DATABASE}.sales) "Custom SQL Query" order by 1 limit 1000`,
  `select count(1) as "COUNT(1)", sum("amount") as "SUM(amount)" from ${DATABASE}.sales`,
  `select date_trunc('month', sold_at) as __timestamp, count(*) from ${DATABASE}.sales group by date_trunc('month', sold_at) order by 1`,
  `select s.id, d.name from ${DATABASE}.sales s cross join ${DATABASE}.devices d order by 1, 2`,
  `select name, tags[1], place.city, place.floor, weight from ${DATABASE}.devices where tags is not null`,
  `select * from ${DATABASE}.devices order by name`,
  `select name, t.tag from ${DATABASE}.devices cross join unnest(tags) as t (tag) order by 1, 2`,
  `select * from ${DATABASE}.visits order by visitor`,
  `select region, count(*) from ${DATABASE}.visits where day = date '2026-01-01' group by region`,
  `select * from ${DATABASE}."visits$partitions" order by day`,
  `select * from ${DATABASE}.prices order by product`,
  `select * from ${DATABASE}.hits`,
  `select * from ${DATABASE}.big_sales`,
  `select v.twice + 1 from ${DATABASE}.big_sales as v`,
  `select count(*) from ${DATABASE}."sales$snapshots"`,
  `select operation from ${DATABASE}."sales$snapshots"`,
  `select count(*) from ${DATABASE}."sales$history"`,
  `select sum(record_count) from ${DATABASE}."sales$files"`,
  `select "$path" from ${DATABASE}.prices limit 1`,
  `explain select count(*) from ${DATABASE}.sales where id = 1`,
];

/** Statements that both refuse, with the same words. */
export const REFUSED: readonly string[] = [
  `select * from ${DATABASE}.nothing`,
  'select * from nowhere.nothing',
  `select nothing from ${DATABASE}.sales`,
  `insert into ${DATABASE}.nothing select 1`,
  `insert into ${DATABASE}.prices select 1`,
  `insert into ${DATABASE}.prices (product, colour) values ('bread', 'red')`,
  `create view ${DATABASE}.big_sales as select 1 as a`,
  `create view ${DATABASE}.unnamed as select 1`,
  `create view ${DATABASE}.doubled as select 1 as a, 2 as a`,
  `create table ${DATABASE}.devices as select 1 as a`,
  `create table ${DATABASE}.unnamed as select 1`,
  `create table ${DATABASE}.doubled as select 1 as a, 2 as a`,
  `create table ${DATABASE}.unknown as select null as a`,
  `drop view ${DATABASE}.nothing`,
];
