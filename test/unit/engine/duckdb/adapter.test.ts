import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineAdapter, InputTable, WriteRequest } from '../../../../engine/adapters/adapter.ts';
import { duckDbAdapter } from '../../../../engine/adapters/duckdb/adapter.ts';
import { lowerBound, upperBound } from '../../../../engine/iceberg/bounds.ts';
import type { DataFile } from '../../../../engine/iceberg/types.ts';
import { type S3Server, startS3Server } from '../../../fixtures/s3-server.ts';

let server: S3Server;
let directory: string;
let adapter: EngineAdapter;

beforeEach(async () => {
  server = await startS3Server();
  directory = await mkdtemp(join(tmpdir(), 'duckdb-adapter-'));
  adapter = duckDbAdapter({ s3: server.s3, directory, memoryLimit: '300MB' });
});

afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

const COLUMNS = [
  { id: 3, name: 'sale_id', type: 'varchar' },
  { id: 1, name: 'amount', type: 'decimal(18,2)' },
  { id: 7, name: 'sold_at', type: 'timestamp' },
];
const SALES = `select 'sale ' || i as sale_id, i * 0.5 as amount, timestamp '2026-01-30' + interval (i) day as sold_at
  from range(4) t(i)`;

const write = (fields: Partial<WriteRequest> = {}): Promise<readonly DataFile[]> =>
  adapter.write({
    sql: SALES,
    inputs: [],
    asOf: '2026-11-21',
    columns: COLUMNS,
    partitionBy: [],
    sortBy: ['sale_id'],
    destination: 's3://lake/gold/sales/data',
    ...fields,
  });

const query = (sql: string, inputs: readonly InputTable[] = []) => adapter.query({ sql, inputs, asOf: '2026-11-21' });

const sales = (files: readonly DataFile[]): InputTable => ({
  name: 'gold.sales',
  format: 'parquet',
  columns: COLUMNS,
  files: files.map((file) => ({ uri: file.path, bytes: file.bytes })),
});

function object(file: DataFile | undefined): ArrayBuffer {
  const bytes = server.objects.get(file?.path.slice('s3://'.length) ?? '') ?? Buffer.alloc(0);
  return Uint8Array.from(bytes).buffer;
}

describe('write', () => {
  it('puts one file with field ids and the declared types under the destination', async () => {
    const files = await write();
    const metadata = parquetMetadata(object(files[0]));
    const columns = parquetSchema(metadata).children.map(({ element }) => [
      element.name,
      element.field_id,
      element.type,
    ]);
    expect(columns).toEqual([
      ['sale_id', 3, 'BYTE_ARRAY'],
      ['amount', 1, 'INT64'],
      ['sold_at', 7, 'INT64'],
    ]);
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({ rows: 4, bytes: object(files[0]).byteLength, partition: [] });
    expect(files[0]?.path).toMatch(/^s3:\/\/lake\/gold\/sales\/data\/[0-9a-f-]{36}\.parquet$/);
  });

  it('reports bounds and counts by field id', async () => {
    const [file] = await write({ sql: `select * replace (nullif(amount, 0.5) as amount) from (${SALES})` });
    expect(file?.stats.get(1)).toMatchObject({
      valueCount: 4,
      nullCount: 1,
      lower: lowerBound('decimal(18, 2)', 0n),
      upper: upperBound('decimal(18, 2)', 150n),
    });
    expect(file?.stats.get(3)).toMatchObject({
      lower: lowerBound('string', 'sale 0'),
      upper: upperBound('string', 'sale 3'),
    });
  });

  it('sorts the rows', async () => {
    const files = await write({ sql: `${SALES} order by i desc` });
    expect(await query('select sale_id from gold.sales', [sales(files)])).toEqual(
      [0, 1, 2, 3].map((index) => ({ sale_id: `sale ${index}` })),
    );
  });

  it.each([
    ['day', [20_483, 20_484, 20_485, 20_486], 'sold_at_day=2026-01-30'],
    ['month', [672, 673], 'sold_at_month=2026-01'],
    ['identity', [20_483n, 20_484n, 20_485n, 20_486n].map((day) => day * 86_400_000_000n), 'sold_at=2026-01-30%2000'],
  ] as const)('partitions by %s', async (transform, values, folder) => {
    const files = await write({ partitionBy: [{ column: 'sold_at', transform }] });
    expect(files.flatMap((file) => file.partition).sort()).toEqual(values);
    expect(files.some((file) => file.path.includes(`/data/${folder}`))).toBe(true);
    expect(await query('select count(*) as n, sum(amount) as total from gold.sales', [sales(files)])).toEqual([
      { n: 4, total: '3.00' },
    ]);
  });

  it('partitions by text with any characters, and by null', async () => {
    const names = ['a/b=c', '', 'é % ~', '2026'];
    const sql = `select name as sale_id, 1 as amount, now() as sold_at
      from (values ${names.map((name) => `('${name}')`)}, (null)) t(name)`;
    const files = await write({ sql, partitionBy: [{ column: 'sale_id', transform: 'identity' }] });
    expect(new Set(files.flatMap((file) => file.partition))).toEqual(new Set([...names, null]));
    expect(await query('select count(sale_id) as n from gold.sales', [sales(files)])).toEqual([{ n: 4 }]);
  });

  it('makes no file of no rows', async () => {
    const sql = `select * from (${SALES}) where false`;
    expect(await write({ sql })).toEqual([]);
    expect(await write({ sql, partitionBy: [{ column: 'sold_at', transform: 'day' }] })).toEqual([]);
    expect(server.objects.size).toBe(0);
  });

  it('keeps the copies it made, so that the next reader need not download them', async () => {
    const files = await write();
    await query('select * from gold.sales', [sales(files)]);
    expect(server.requests.filter((request) => request.startsWith('GET'))).toEqual([]);
  });

  it.each([
    ['a missing column', 'select 1 as amount, now() as sold_at', /sale_id is missing/],
    ['an undeclared column', `select *, 1 as more from (${SALES})`, /more is not declared/],
    ['text for a number', `select * replace ('1' as amount) from (${SALES})`, /amount is VARCHAR, not decimal\(18,2\)/],
    ['a number for text', `select * replace (1 as sale_id) from (${SALES})`, /sale_id is INTEGER, not varchar/],
    [
      'a date for text',
      `select * replace (date '2026-01-01' as sale_id) from (${SALES})`,
      /sale_id is DATE, not varchar/,
    ],
  ])('refuses %s', async (_what, sql, message) => {
    await expect(write({ sql })).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringMatching(message),
    });
    expect(server.objects.size).toBe(0);
  });

  it('rounds wider numbers to the declared scale, and fails where they do not fit', async () => {
    const files = await write({ sql: `select * replace (2::double / 3 as amount) from (${SALES})` });
    expect(await query('select distinct amount from gold.sales', [sales(files)])).toEqual([{ amount: '0.67' }]);
    await expect(write({ sql: `select * replace (1e17 as amount) from (${SALES})` })).rejects.toMatchObject({
      code: 'query_failed',
    });
  });
});

describe('query', () => {
  it('gives exact integers and decimals', async () => {
    expect(
      await query("select 5::bigint as a, 9007199254740993 as b, 1.10 as c, date '2026-01-02' as d, null::bigint as e"),
    ).toEqual([{ a: 5, b: '9007199254740993', c: '1.10', d: '2026-01-02', e: null }]);
  });

  it('means the logical date by as_of', async () => {
    expect(await query("select getvariable('as_of') - interval 1 day as yesterday")).toEqual([
      { yesterday: '2026-11-20 00:00:00' },
    ]);
  });

  it('names the missing object of an input', async () => {
    const files = await write();
    await rm(directory, { recursive: true });
    server.objects.clear();
    await expect(query('select 1', [sales(files)])).rejects.toMatchObject({
      code: 'object_missing',
      where: files[0]?.path,
    });
  });

  it('gives DuckDB’s message on a failing statement', async () => {
    await expect(query('select nothing from nowhere')).rejects.toMatchObject({
      code: 'query_failed',
      message: expect.stringContaining('nowhere'),
    });
  });

  it('keeps versions of one table apart that are read at the same time', async () => {
    const [one, two] = await Promise.all([write(), write({ sql: `${SALES} limit 1` })]);
    const counts = await Promise.all(
      [one, two].map((files) => query('select count(*) as n from gold.sales', [sales(files)])),
    );
    expect(counts).toEqual([[{ n: 4 }], [{ n: 1 }]]);
  });
});
