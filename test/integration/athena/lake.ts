import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateDatabaseCommand,
  CreatePartitionCommand,
  CreateTableCommand,
  DeleteDatabaseCommand,
  type TableInput,
} from '@aws-sdk/client-glue';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DuckDBInstance } from '@duckdb/node-api';
import { glue, s3 } from '../../../common/aws.ts';
import { duckDbAdapter } from '../../../engine/adapters/duckdb/adapter.ts';
import {
  commit,
  createTable,
  glueCatalog,
  loadTable,
  s3FileIo,
  snapshots,
  tableColumns,
} from '../../../engine/iceberg/index.ts';
import type { TableDefinition } from '../../../engine/iceberg/types.ts';

/** A database of a test's own, with tables of every kind that Athena reads. */
export interface Lake {
  readonly database: string;
  readonly bucket: string;
  /** Ids of the two versions of the table `sales`, oldest first. */
  readonly versions: readonly string[];
  /** A moment between the two versions. */
  readonly between: Date;
  drop(): Promise<void>;
}

const SERDES = {
  parquet: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
  json: 'org.openx.data.jsonserde.JsonSerDe',
} as const;

export async function makeLake(): Promise<Lake> {
  const suffix = randomBytes(4).toString('hex');
  const [database, bucket] = [`athena_test_${suffix}`, `athena-test-${suffix}`];
  await s3().send(new CreateBucketCommand({ Bucket: bucket }));
  await glue().send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  const lake = { database, bucket };
  await makeEvents(lake);
  await makeDevices(lake);
  await makeReadings(lake);
  const { versions, between } = await makeSales(lake);
  const drop = async (): Promise<void> => {
    await glue().send(new DeleteDatabaseCommand({ Name: database }));
  };
  return { ...lake, versions, between, drop };
}

type Place = Pick<Lake, 'database' | 'bucket'>;

/** Parquet with projected partitions: a day that exists, one outside the range, one of a region not listed. */
async function makeEvents({ database, bucket }: Place): Promise<void> {
  const folder = 'events';
  const files: readonly (readonly [string, string])[] = [
    ['day=2024-01-01/hour=07/region=eu', `values ('e1', 1.50::decimal(10,2), timestamp '2024-01-01 07:30:00.123456')`],
    ['day=2024-01-02/hour=08/region=us', `values ('e2', 2.25::decimal(10,2), null)`],
    ['day=1999-01-01/hour=07/region=eu', `values ('too old', 1::decimal(10,2), null)`],
    ['day=2024-01-01/hour=7/region=eu', `values ('too few digits', 1::decimal(10,2), null)`],
    ['day=2024-01-01/hour=07/region=moon', `values ('no such region', 1::decimal(10,2), null)`],
  ];
  for (const [path, values] of files) {
    const sql = `select * from (${values}) as t (id, amount, seen_at)`;
    await putParquet(bucket, `${folder}/${path}/part-0.parquet`, sql);
  }
  await putTable(database, {
    Name: 'events',
    Parameters: {
      'projection.enabled': 'true',
      'projection.day.type': 'date',
      'projection.day.format': 'yyyy-MM-dd',
      'projection.day.range': '2020-01-01,NOW',
      'projection.hour.type': 'integer',
      'projection.hour.range': '0,23',
      'projection.hour.digits': '2',
      'projection.region.type': 'enum',
      'projection.region.values': 'eu,us',
      'storage.location.template': `s3://${bucket}/${folder}/day=\${day}/hour=\${hour}/region=\${region}/`,
    },
    PartitionKeys: ['day', 'hour', 'region'].map((Name) => ({ Name, Type: 'string' })),
    StorageDescriptor: storage('parquet', `s3://${bucket}/${folder}/`, {
      id: 'string',
      amount: 'decimal(10,2)',
      seen_at: 'timestamp',
    }),
  });
}

/** JSON lines without partitions; the second lacks a field. */
async function makeDevices({ database, bucket }: Place): Promise<void> {
  const lines = ['{"name":"a","tags":["x","y"],"place":{"city":"Ulm"}}', '{"name":"b"}'];
  await s3().send(new PutObjectCommand({ Bucket: bucket, Key: 'devices/one.json', Body: `${lines.join('\n')}\n` }));
  await putTable(database, {
    Name: 'devices',
    StorageDescriptor: storage('json', `s3://${bucket}/devices`, {
      name: 'string',
      tags: 'array<string>',
      place: 'struct<city:string>',
    }),
  });
}

/** Registered partitions in folders that do not say their values. */
async function makeReadings({ database, bucket }: Place): Promise<void> {
  const columns = { value: 'int' };
  const PartitionKeys = [{ Name: 'day', Type: 'date' }];
  await putTable(database, {
    Name: 'readings',
    PartitionKeys,
    StorageDescriptor: storage('parquet', `s3://${bucket}/readings/`, columns),
  });
  for (const [day, value] of [
    ['2024-01-01', 1],
    ['2024-01-02', 2],
  ] as const) {
    await putParquet(bucket, `readings/${value}/data.parquet`, `select ${value}::int as value`);
    const StorageDescriptor = storage('parquet', `s3://${bucket}/readings/${value}/`, columns);
    const PartitionInput = { Values: [day], StorageDescriptor };
    await glue().send(new CreatePartitionCommand({ DatabaseName: database, TableName: 'readings', PartitionInput }));
  }
}

/** An Iceberg table with two versions: one row, then two. */
async function makeSales({ database, bucket }: Place): Promise<Pick<Lake, 'versions' | 'between'>> {
  const columns = [
    { name: 'id', type: 'bigint' },
    { name: 'amount', type: 'decimal(18,2)' },
    { name: 'sold_at', type: 'timestamp' },
  ];
  const definition: TableDefinition = {
    database,
    table: 'sales',
    location: `s3://${bucket}/sales`,
    columns: columns.map((column) => ({ ...column, description: '' })),
    partitionBy: [],
    sortBy: [],
    description: '',
  };
  const [catalog, io] = [glueCatalog(glue()), s3FileIo(s3())];
  await createTable(catalog, io, definition);
  const directory = await mkdtemp(join(tmpdir(), 'athena-test-'));
  const adapter = duckDbAdapter({ s3: s3(), directory });
  const append = async (sql: string) => {
    const table = await loadTable(catalog, io, database, 'sales');
    if (table === undefined) throw new Error('the table was just created');
    const request = { sql, inputs: [], asOf: '2024-01-01', destination: `${definition.location}/data` };
    const add = await adapter.write({ ...request, columns: tableColumns(table), partitionBy: [], sortBy: [] });
    await commit(catalog, io, table, { operation: 'append', add, properties: {} });
  };
  await append(
    `select 1::bigint as id, 10.50::decimal(18,2) as amount, timestamp '2024-01-01 00:00:00.000001' as sold_at`,
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  const between = new Date();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await append(`select 2::bigint as id, 20.25::decimal(18,2) as amount, timestamp '2024-01-02 00:00:00' as sold_at`);
  await rm(directory, { recursive: true });
  const table = await loadTable(catalog, io, database, 'sales');
  return { versions: table === undefined ? [] : snapshots(table).map(({ id }) => id), between };
}

const storage = (format: keyof typeof SERDES, Location: string, columns: Readonly<Record<string, string>>) => ({
  Location,
  Columns: Object.entries(columns).map(([Name, Type]) => ({ Name, Type })),
  SerdeInfo: { SerializationLibrary: SERDES[format] },
});

async function putTable(database: string, table: TableInput): Promise<void> {
  const TableInput = { TableType: 'EXTERNAL_TABLE', ...table };
  await glue().send(new CreateTableCommand({ DatabaseName: database, TableInput }));
}

async function putParquet(bucket: string, key: string, sql: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'athena-test-'));
  const file = join(folder, 'data.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`copy (${sql}) to '${file}' (format parquet)`);
  await s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: await readFile(file) }));
  await rm(folder, { recursive: true });
}
