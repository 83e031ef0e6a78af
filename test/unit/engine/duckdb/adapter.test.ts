import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineAdapter, InputTable, WriteRequest } from '../../../../engine/adapters/adapter.ts';
import { duckDbAdapter } from '../../../../engine/adapters/duckdb/adapter.ts';
import type { DataFile } from '../../../../engine/iceberg/types.ts';
import { describeAdapter } from '../../../fixtures/adapter-cases.ts';
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

const pathOf = (uri: string): string => uri.slice('s3://'.length);

describeAdapter(() => ({
  adapter,
  bucket: 'lake',
  read: async (uri) => server.objects.get(pathOf(uri)) ?? Buffer.alloc(0),
  put: async (uri, content) => {
    server.objects.set(pathOf(uri), Buffer.from(content));
  },
}));

describe('write in DuckDB', () => {
  it('sorts the rows', async () => {
    const files = await write({ sql: `${SALES} order by i desc` });
    expect(await query('select sale_id from gold.sales', [sales(files)])).toEqual(
      [0, 1, 2, 3].map((index) => ({ sale_id: `sale ${index}` })),
    );
  });

  it.each([
    ['day', 'sold_at_day=2026-01-30'],
    ['month', 'sold_at_month=2026-01'],
    ['identity', 'sold_at=2026-01-30%2000'],
  ] as const)('names the folders of partitions by %s', async (transform, folder) => {
    const files = await write({ partitionBy: [{ column: 'sold_at', transform }] });
    expect(files.some((file) => file.path.includes(`/data/${folder}`))).toBe(true);
  });

  it('partitions by the identity of a timestamp', async () => {
    const files = await write({ partitionBy: [{ column: 'sold_at', transform: 'identity' }] });
    const days = [20_483n, 20_484n, 20_485n, 20_486n];
    expect(files.flatMap((file) => file.partition).sort()).toEqual(days.map((day) => day * 86_400_000_000n));
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
});

describe('query in DuckDB', () => {
  it('means the logical date by as_of', async () => {
    expect(await query("select getvariable('as_of') - interval 1 day as yesterday")).toEqual([
      { yesterday: '2026-11-20 00:00:00' },
    ]);
  });

  it('gives DuckDB’s message on a failing statement', async () => {
    await expect(query('select nothing from nowhere')).rejects.toMatchObject({
      code: 'query_failed',
      message: expect.stringContaining('nowhere'),
    });
  });
});
