import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { BUCKET } from '../store.ts';

export const DATABASE = 'shop';

export const at = (folder: string): string => `s3://${BUCKET}/${folder}/`;

/** Statements, in Athena's words, that make a database with tables of every kind. */
export const SHOP: readonly string[] = [
  `create database if not exists ${DATABASE}`,
  `create table ${DATABASE}.sales with (table_type = 'ICEBERG', is_external = false, location = '${at('sales')}',
     partitioning = array['month(sold_at)']) as
   select * from (values
     (bigint '1', cast(10.50 as decimal(18, 2)), timestamp '2026-01-01 00:00:00.000001', true, array['a', null]),
     (bigint '2', cast(20.25 as decimal(18, 2)), timestamp '2026-01-02 10:20:30.000000', false, array['b']),
     (bigint '3', null, timestamp '2026-02-01 00:00:00.500000', null, null)) as t (id, amount, sold_at, is_paid, tags)`,
  `create external table ${DATABASE}.devices (name string comment 'What it is called', tags array<string>,
     place struct<city:string,floor:int>, weight double)
   row format serde 'org.openx.data.jsonserde.JsonSerDe' location '${at('devices')}'`,
  `create external table ${DATABASE}.visits (page string, visitor bigint) partitioned by (day date, region string)
   row format serde 'org.openx.data.jsonserde.JsonSerDe' location '${at('visits')}'`,
  `create external table ${DATABASE}.prices (product string, price decimal(10,2), since date)
   row format delimited fields terminated by '\\t' stored as textfile location '${at('prices')}'
   tblproperties ('skip.header.line.count' = '1')`,
  `create external table ${DATABASE}.hits (page string) partitioned by (day string)
   row format serde 'org.openx.data.jsonserde.JsonSerDe' location '${at('hits')}'
   tblproperties ('projection.enabled' = 'true', 'projection.day.type' = 'date', 'projection.day.format' = 'yyyy-MM-dd',
     'projection.day.range' = '2026-01-01,2026-01-05', 'storage.location.template' = '${at('hits')}\${day}/')`,
  `create view ${DATABASE}.big_sales as select id, amount * 2 as twice from ${DATABASE}.sales where amount > 15`,
];

const OBJECTS: Readonly<Record<string, string>> = {
  'devices/a.json': '{"name":"a","tags":["x","y"],"place":{"city":"Ulm","floor":2},"weight":1.5}\n{"name":"b"}\n',
  'visits/day=2026-01-01/region=eu/a.json': '{"page":"x","visitor":1}\n{"page":"y","visitor":2}\n',
  'visits/day=2026-01-02/region=us/a.json': '{"page":"x","visitor":3}\n',
  'prices/a.tsv': 'product\tprice\tsince\nbread\t1.50\t2026-01-01\nmilk\t\\N\t2026-01-02\n',
  'hits/2026-01-02/a.json': '{"page":"x"}\n',
  'hits/2026-01-09/a.json': '{"page":"outside the range"}\n',
};

export async function putObjects(s3: S3Client): Promise<void> {
  for (const [Key, Body] of Object.entries(OBJECTS)) {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  }
}
