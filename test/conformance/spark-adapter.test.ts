import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseS3Uri } from '../../common/s3-uri.ts';
import type { InputTable, NewFile, WriteRequest } from '../../engine/adapters/adapter.ts';
import { duckDbAdapter } from '../../engine/adapters/duckdb/adapter.ts';
import type { RemoteAdapter } from '../../engine/adapters/remote.ts';
import { sparkAdapter } from '../../engine/adapters/spark/adapter.ts';
import { freePort } from '../../localstack/ports.ts';
import { STATE_DIR, startStack, stopStack } from '../../localstack/stack.ts';
import { describeAdapter } from '../fixtures/adapter-cases.ts';
import { asProcess, glueJobs, inSession, type RunJob } from './glue-jobs.ts';
import { type Spark, startSpark } from './spark.ts';

/** The cases that hold for every adapter, and the job's own, on a real Spark. */
const BUCKET = 'spark-adapter';

let directory: string;
let endpoint: string;
let spark: Spark;
let s3: S3Client;
let adapter: RemoteAdapter;
let builds = 0;

const open = (run: RunJob = inSession(spark)): RemoteAdapter =>
  sparkAdapter({ glue: glueJobs(run), s3, jobName: 'job', location: `s3://${BUCKET}/staging` });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'conformance-spark-adapter-'));
  const [port, athenaPort] = [await freePort(), await freePort()];
  const stateDir = join(directory, 'stack');
  ({ endpoint } = await startStack({ port, athenaPort, stateDir, venv: join(STATE_DIR, 'venv') }));
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  spark = await startSpark({ endpoint, directory: join(directory, 'spark'), onProgress: console.info });
});

afterAll(async () => {
  await spark?.stop();
  await stopStack(join(directory, 'stack'));
  await rm(directory, { recursive: true, force: true });
});

beforeEach(() => {
  builds += 1;
  adapter = open();
});

afterEach(async () => {
  await adapter.close();
  expect(await keys('staging/')).toEqual([]);
});

async function keys(Prefix: string): Promise<readonly string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }));
  return Contents.flatMap(({ Key }) => Key ?? []).sort();
}

describeAdapter(() => ({
  adapter,
  bucket: BUCKET,
  async read(uri) {
    const { bucket: Bucket, key: Key } = parseS3Uri(uri);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  },
  async put(uri, Body) {
    const { bucket: Bucket, key: Key } = parseS3Uri(uri);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  },
}));

const rowsOf = (sql: string, columns: WriteRequest['columns'], fields: Partial<WriteRequest> = {}): WriteRequest => ({
  sql,
  inputs: [],
  asOf: '2026-11-21',
  columns,
  partitionBy: [],
  sortBy: [],
  destination: `s3://${BUCKET}/gold/t${builds}/data`,
  ...fields,
});

const NUMBERS = [{ id: 1, name: 'n', type: 'bigint' }];

async function footerOf({ path }: NewFile) {
  const { bucket: Bucket, key: Key } = parseS3Uri(path);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return parquetMetadata(Uint8Array.from((await Body?.transformToByteArray()) ?? []).buffer);
}

describe('write in Spark', () => {
  it('leaves the files that it names and nothing else', async () => {
    const files = await adapter.write(
      rowsOf('select id as n from range(10)', NUMBERS, { partitionBy: [{ column: 'n', transform: 'identity' }] }),
    );
    expect(files.map(({ rows }) => rows)).toEqual(Array(10).fill(1));
    await adapter.close();
    expect(await keys(`gold/t${builds}/`)).toEqual(files.map(({ path }) => parseS3Uri(path).key).sort());
  });

  it('leaves no file of no rows', async () => {
    expect(await adapter.write(rowsOf('select id as n from range(0)', NUMBERS))).toEqual([]);
    await adapter.close();
    expect(await keys(`gold/t${builds}/`)).toEqual([]);
  });

  it('leaves no file where it fails in the middle', async () => {
    const sql = 'select id as n from range(100000) where 1 / (id - 99999) < 2';
    await expect(adapter.write(rowsOf(sql, NUMBERS))).rejects.toMatchObject({
      code: 'query_failed',
      message: expect.stringMatching(/^\[DIVIDE_BY_ZERO\]/),
    });
    await adapter.close();
    expect(await keys(`gold/t${builds}/`)).toEqual([]);
  });

  it('names the elements of arrays by their field ids', async () => {
    const columns = [...NUMBERS, { id: 2, name: 'tags', type: 'array(varchar)', elementId: 5 }];
    const sql = "select id as n, array('x', null, cast(id as string)) as tags from range(3)";
    const [file] = await adapter.write(rowsOf(sql, columns, { sortBy: ['n'] }));
    if (file === undefined) throw new Error('no file');
    const { schema } = await footerOf(file);
    expect(schema.map(({ name, field_id: id }) => [name, id])).toEqual([
      ['spark_schema', undefined],
      ['n', 1],
      ['tags', 2],
      ['list', undefined],
      ['element', 5],
    ]);
    const files = [{ uri: file.path, bytes: file.bytes }];
    const input: InputTable = { name: 'gold.tags', format: 'parquet', columns, files };
    const request = { sql: 'select n, tags from `gold.tags` order by n', inputs: [input], asOf: '2026-11-21' };
    expect(await adapter.query(request)).toEqual([0, 1, 2].map((n) => ({ n, tags: ['x', null, String(n)] })));
  });

  it('sorts the rows of a file, nulls last', async () => {
    const sql = 'select case when id = 7 then null else (id * 7) % 10 end as n from range(10)';
    const [file] = await adapter.write(rowsOf(sql, NUMBERS, { sortBy: ['n'] }));
    if (file === undefined) throw new Error('no file');
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: parseS3Uri(file.path).key }));
    const content = Uint8Array.from((await Body?.transformToByteArray()) ?? []).buffer;
    const rows = await parquetReadObjects({ file: content, compressors });
    expect(rows.map(({ n }) => n)).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, null]);
  });
});

describe('query in Spark', () => {
  it('gives values of every type as DuckDB does', async () => {
    const select = (instant: string, binary: string, nested: string) => `select cast(1 as smallint) as a,
      cast(0.5 as float) as b, cast('NaN' as double) as c, cast('-Infinity' as double) as d, ${instant} as e,
      ${binary} as f, cast(1e15 as double) as g, cast(-0.001 as decimal(38,10)) as h, cast(null as timestamp) as i,
      cast(9007199254740993 as bigint) as j, date '1969-07-20' as k, 'żółw' as l, cast(1.5 as decimal(3,2)) as m,
      ${nested}`;
    const request = { inputs: [], asOf: '2026-11-21' };
    const [ours] = await adapter.query({
      ...request,
      sql: select(
        "timestamp_ltz '2024-02-29 23:59:59.123400 UTC'",
        "X'00415cff'",
        "array('x', null) as n, map('k', true) as o, named_struct('p', date '2024-01-01', 'q', 1.50BD) as r",
      ),
    });
    const duckDb = duckDbAdapter({ s3, directory: join(directory, 'duckdb') });
    const [theirs] = await duckDb.query({
      ...request,
      sql: select(
        "timestamptz '2024-02-29 23:59:59.123400+00'",
        "'\\x00A\\x5C\\xFF'::blob",
        "['x', null] as n, map {'k': true} as o, {p: date '2024-01-01', q: 1.50} as r",
      ),
    });
    expect(ours).toEqual(theirs);
  });

  it('refuses a result that is a table of its own', async () => {
    const request = { sql: 'select id from range(100001)', inputs: [], asOf: '2026-11-21' };
    await expect(adapter.query(request)).rejects.toMatchObject({ code: 'result_too_large' });
  });

  it('names the missing object of files without ids', async () => {
    const uri = `s3://${BUCKET}/bronze/day=2026-01-01/gone.parquet`;
    const columns = [{ name: 'n', type: 'bigint' }];
    const pathColumns = [{ name: 'day', type: 'date' }];
    const files = [{ uri, bytes: 1000 }];
    const input: InputTable = { name: 'bronze.gone', format: 'parquet', columns, pathColumns, files };
    const request = { sql: 'select count(*) as n from `bronze.gone`', inputs: [input], asOf: '2026-11-21' };
    await expect(adapter.query(request)).rejects.toMatchObject({ code: 'object_missing', where: uri });
  });

  it('reads files of several ages, with types that were narrower and times that had a zone', async () => {
    const ages = [
      { amount: 'decimal(9,2)', ratio: 'real', n: 'integer', at: 'timestamp(6) with time zone' },
      { amount: 'decimal(38,2)', ratio: 'double', n: 'bigint', at: 'timestamp(6)' },
    ];
    const typed = ({ amount, ratio, n, at }: (typeof ages)[number]) =>
      Object.entries({ amount, ratio, n, at }).map(([name, type], index) => ({ id: index + 1, name, type }));
    const sql = "select 1.25 as amount, 0.5D as ratio, 3 as n, timestamp_ntz '2026-01-30 12:00:00' as at";
    const files: NewFile[] = [];
    for (const age of ages) files.push(...(await adapter.write(rowsOf(sql, typed(age)))));
    const input: InputTable = {
      name: 'gold.old',
      format: 'parquet',
      columns: typed({ amount: 'decimal(38,2)', ratio: 'double', n: 'bigint', at: 'timestamp(6)' }),
      files: files.map(({ path, bytes }) => ({ uri: path, bytes })),
    };
    const request = {
      sql: 'select distinct amount, ratio, n, at from `gold.old`',
      inputs: [input],
      asOf: '2026-11-21',
    };
    expect(await adapter.query(request)).toEqual([{ amount: '1.25', ratio: 0.5, n: 3, at: '2026-01-30 12:00:00' }]);
  });
});

describe('Spark and DuckDB', () => {
  const columns = [
    { id: 1, name: 'truth', type: 'boolean' },
    { id: 2, name: 'small', type: 'integer' },
    { id: 3, name: 'large', type: 'bigint' },
    { id: 4, name: 'single', type: 'real' },
    { id: 5, name: 'ratio', type: 'double' },
    { id: 6, name: 'amount', type: 'decimal(9,2)' },
    { id: 7, name: 'price', type: 'decimal(18,4)' },
    { id: 8, name: 'total', type: 'decimal(38,6)' },
    { id: 9, name: 'day', type: 'date' },
    { id: 10, name: 'sold_at', type: 'timestamp(6)' },
    { id: 11, name: 'seen_at', type: 'timestamp(6) with time zone' },
    { id: 12, name: 'label', type: 'varchar' },
    { id: 13, name: 'raw', type: 'varbinary' },
    { id: 14, name: 'tags', type: 'array(varchar)', elementId: 15 },
  ];
  const rows = `select i % 2 = 0 as truth, i - 2 as small, 9007199254740993 * (i - 2) as large, i / 4.0::float as single,
    i / 3.0::double as ratio, i * -12.34 as amount, i * 1234567890.1234 as price,
    i * 123456789.123456::decimal(38,6) as total, date '1969-12-30' + i::integer as day,
    timestamp '1582-10-04 23:59:59.999999' + interval (i * 111) year as sold_at,
    timestamptz '2026-01-30 12:00:00.000001+00' as seen_at, 'żółw ' || repeat('ż', 5 * i) as label,
    encode('x' || i) as raw, ['a', null, 'b' || i] as tags from range(4) as numbers (i)
    union all by name select null::boolean as truth`;
  const input = (files: readonly NewFile[]): InputTable => ({
    name: 'gold.things',
    format: 'parquet',
    columns,
    files: files.map(({ path, bytes }) => ({ uri: path, bytes })),
  });

  it('read what the other writes, and tell the same bounds of it', async () => {
    const duckDb = duckDbAdapter({ s3, directory: join(directory, 'duckdb') });
    const given = await duckDb.write(rowsOf(rows, columns, { sortBy: ['small'] }));
    const copy = rowsOf('select * from `gold.things`', columns, { sortBy: ['small'], inputs: [input(given)] });
    const copied = await adapter.write(copy);
    const all = { sql: 'select * from gold.things order by small', asOf: '2026-11-21' };
    const [theirs, ours] = [
      await duckDb.query({ ...all, inputs: [input(given)] }),
      await duckDb.query({ ...all, inputs: [input(copied)] }),
    ];
    expect(theirs).toHaveLength(5);
    expect(ours).toEqual(theirs);
    const bounds = (files: readonly NewFile[]) =>
      files.flatMap(({ stats }) => [...stats].map(([id, { size: _, ...told }]) => [id, told]));
    expect(bounds(copied)).toEqual(bounds(given));
  });
});

describe('the job as a process', () => {
  it('ends well where it has answered, and badly where its answer is an error', async () => {
    const ends: boolean[] = [];
    const job = asProcess({ endpoint, directory });
    adapter = open(async (request) => {
      const end = await job(request);
      ends.push(end);
      return end;
    });
    const files = await adapter.write(rowsOf('select id as n from range(10)', NUMBERS, { sortBy: ['n'] }));
    expect(files.map(({ rows }) => rows)).toEqual([10]);
    const wrong = { sql: 'select nothing', inputs: [], asOf: '2026-11-21' };
    await expect(adapter.query(wrong)).rejects.toMatchObject({
      code: 'query_failed',
      message: expect.stringContaining('UNRESOLVED_COLUMN'),
    });
    expect(ends).toEqual([true, false]);
  });
});
