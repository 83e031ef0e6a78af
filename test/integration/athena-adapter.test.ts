import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateWorkGroupCommand,
  DeleteWorkGroupCommand,
  paginateListQueryExecutions,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { CreateDatabaseCommand, DeleteDatabaseCommand, GetTablesCommand } from '@aws-sdk/client-glue';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { athena, glue, s3 } from '../../common/aws.ts';
import { parseS3Uri } from '../../common/s3-uri.ts';
import { StillRunning, type WriteRequest } from '../../engine/adapters/adapter.ts';
import { type AthenaAdapterOptions, athenaAdapter } from '../../engine/adapters/athena/adapter.ts';
import { stopQueries } from '../../engine/adapters/athena/executions.ts';
import type { RemoteAdapter } from '../../engine/adapters/remote.ts';
import { describeAdapter } from '../fixtures/adapter-cases.ts';
import { ended } from './athena/client.ts';

const suffix = randomBytes(4).toString('hex');
const [bucket, database, workGroup] = [`adapter-${suffix}`, `adapter_staging_${suffix}`, `adapter-${suffix}`];

let adapter: RemoteAdapter;
let builds = 0;

const open = (options: Partial<AthenaAdapterOptions> = {}): RemoteAdapter =>
  athenaAdapter({
    athena: athena(),
    glue: glue(),
    s3: s3(),
    database,
    workGroup,
    location: `s3://${bucket}/staging`,
    scope: `build ${builds}`,
    queryTimeoutMs: 60_000,
    ...options,
  });

beforeAll(async () => {
  await s3().send(new CreateBucketCommand({ Bucket: bucket }));
  await glue().send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  const ResultConfiguration = { OutputLocation: `s3://${bucket}/results/` };
  const Configuration = { ResultConfiguration, BytesScannedCutoffPerQuery: 20_000_000 };
  await athena().send(new CreateWorkGroupCommand({ Name: workGroup, Configuration }));
});

afterAll(async () => {
  await glue().send(new DeleteDatabaseCommand({ Name: database }));
  await athena().send(new DeleteWorkGroupCommand({ WorkGroup: workGroup, RecursiveDeleteOption: true }));
});

beforeEach(() => {
  builds += 1;
  adapter = open();
});

afterEach(async () => {
  await adapter.close();
  expect(await tables()).toEqual([]);
});

async function tables(): Promise<readonly string[]> {
  const { TableList = [] } = await glue().send(new GetTablesCommand({ DatabaseName: database }));
  return TableList.flatMap(({ Name }) => Name ?? []);
}

async function keys(Prefix: string): Promise<readonly string[]> {
  const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

/** Ids of all queries so far, newest first. */
async function queries(): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of paginateListQueryExecutions({ client: athena() }, { WorkGroup: workGroup })) {
    ids.push(...(page.QueryExecutionIds ?? []));
  }
  return ids;
}

describeAdapter(() => ({
  adapter,
  bucket,
  async read(uri) {
    const { bucket: Bucket, key: Key } = parseS3Uri(uri);
    const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  },
  async put(uri, Body) {
    const { bucket: Bucket, key: Key } = parseS3Uri(uri);
    await s3().send(new PutObjectCommand({ Bucket, Key, Body }));
  },
}));

const rowsOf = (sql: string, columns: WriteRequest['columns'], fields: Partial<WriteRequest> = {}): WriteRequest => ({
  sql,
  inputs: [],
  asOf: '2026-11-21',
  columns,
  partitionBy: [],
  sortBy: [],
  destination: `s3://${bucket}/gold/t${builds}/data`,
  ...fields,
});

const NUMBERS = [{ id: 1, name: 'n', type: 'bigint' }];
/** Takes as long as it is let. */
const ENDLESS =
  'select count(*) as n from unnest(sequence(1, 100000)) as a (x) cross join unnest(sequence(1, 1000000)) as b (y) where x * y % 7 = 3';
/** Takes some seconds. */
const SLOW =
  'select count(*) as n from unnest(sequence(1, 20000)) as a (x) cross join unnest(sequence(1, 10000)) as b (y) where x * y % 7 = 3';

describe('batches', () => {
  it('writes to more partitions than one statement may', async () => {
    const columns = [...NUMBERS, { id: 2, name: 'day', type: 'date' }];
    const sql = `select i as n, date_add('day', i % 250, date '2024-01-01') as day from unnest(sequence(0, 999)) as t (i)`;
    const partitionBy = [{ column: 'day', transform: 'identity' }] as const;
    const files = await adapter.write(rowsOf(sql, columns, { partitionBy }));
    expect(new Set(files.map(({ partition }) => String(partition))).size).toBe(250);
    expect(files.reduce((sum, { rows }) => sum + rows, 0)).toBe(1000);
    await adapter.close();
    expect([...(await keys(`gold/t${builds}/`))].sort()).toEqual(files.map(({ path }) => parseS3Uri(path).key).sort());
    expect(await keys('staging/')).toEqual([]);
  });
});

describe('long queries', () => {
  it('hands back a token before its time is over, and goes on with the same query', async () => {
    const request = rowsOf(SLOW, NUMBERS);
    const soon = () => new Date(Date.now() + 600);
    let token: string | undefined;
    for (let calls = 0; calls < 2; calls += 1) {
      const call = open({ deadline: soon(), ...(token !== undefined && { token }) });
      const interrupted = await call.write(request).catch((error: unknown) => error);
      expect(interrupted).toBeInstanceOf(StillRunning);
      token = interrupted instanceof StillRunning ? interrupted.token : '';
    }
    const started = (await queries()).length;
    adapter = open({ token: token ?? '' });
    const files = await adapter.write(request);
    expect(files.map(({ rows }) => rows)).toEqual([1]);
    const [{ n } = { n: 0 }] = await adapter.query({
      sql: 'select n from gold.t',
      asOf: '2026-11-21',
      inputs: [
        {
          name: 'gold.t',
          format: 'parquet',
          columns: NUMBERS,
          files: files.map(({ path: uri, bytes }) => ({ uri, bytes })),
        },
      ],
    });
    expect(n).toBeGreaterThan(0);
    // The hash of the rows and the last query; the INSERT was not repeated.
    expect((await queries()).length - started).toBe(2);
  });

  it('writes once where a call died without handing back a token', async () => {
    const request = rowsOf('select 1 as n', NUMBERS);
    const dead = await open().write(request);
    const files = await adapter.write(request);
    expect(files).toEqual(dead);
    expect(files.map(({ rows }) => rows)).toEqual([1]);
  });

  it('removes what a call that died had staged, and leaves what it may have published', async () => {
    let token = '';
    const remember = async (now: string): Promise<void> => {
      token = now;
    };
    const [file] = await open({ remember }).write(rowsOf('select 1 as n', NUMBERS));
    expect(await tables()).toHaveLength(1);
    adapter = open({ token });
    await adapter.close();
    expect(await tables()).toEqual([]);
    expect(await keys(`gold/t${builds}/`)).toEqual([parseS3Uri(file?.path ?? '').key]);
    expect(await keys('staging/')).toEqual([]);
  });

  it('stops a query that takes too long, and does not start it again', async () => {
    const before = (await queries()).length;
    adapter = open({ queryTimeoutMs: 500 });
    const request = { sql: ENDLESS, inputs: [], asOf: '2026-11-21' };
    await expect(adapter.query(request)).rejects.toMatchObject({ code: 'query_timeout' });
    const [last, ...others] = await queries();
    expect(others).toHaveLength(before);
    expect((await ended(last)).Status?.State).toBe('CANCELLED');
  });

  it('stops its query when the run is stopped', async () => {
    const stop = new AbortController();
    adapter = open({ signal: stop.signal });
    const running = adapter.query({ sql: ENDLESS, inputs: [], asOf: '2026-11-21' });
    setTimeout(() => stop.abort(), 400);
    await expect(running).rejects.toMatchObject({ code: 'run_stopped' });
    expect((await ended((await queries())[0])).Status?.State).toBe('CANCELLED');
  });

  it('stops what goes on between two calls by its token', async () => {
    adapter = open({ deadline: new Date(Date.now() + 400) });
    const error = await adapter.query({ sql: ENDLESS, inputs: [], asOf: '2026-11-21' }).catch((thrown) => thrown);
    await stopQueries(athena(), error.token);
    expect((await ended((await queries())[0])).Status?.State).toBe('CANCELLED');
  });
});

describe('failures', () => {
  it('says when somebody else cancelled the query, and leaves no file', async () => {
    const writing = adapter.write(rowsOf(ENDLESS, NUMBERS)).catch((error: unknown) => error);
    await sleep(1500);
    const [QueryExecutionId] = await queries();
    await athena().send(new StopQueryExecutionCommand({ QueryExecutionId }));
    expect(await writing).toMatchObject({ code: 'query_cancelled', where: QueryExecutionId });
    await adapter.close();
    expect(await keys(`gold/t${builds}/`)).toEqual([]);
  });

  it('says when the work group lets a query read no more', async () => {
    const uri = `s3://${bucket}/bronze/big.json`;
    const content = `{"v":"${'x'.repeat(20_000_001)}"}\n`;
    await s3().send(new PutObjectCommand({ Bucket: bucket, Key: 'bronze/big.json', Body: content }));
    const columns = [{ name: 'v', type: 'varchar' }];
    const files = [{ uri, bytes: content.length }];
    const inputs = [{ name: 'bronze.big', format: 'json', columns, files }] as const;
    const request = { sql: 'select count(v) as n from bronze.big', inputs, asOf: '2026-11-21' };
    await expect(adapter.query(request)).rejects.toMatchObject({ code: 'scan_limit_exceeded' });
  });

  it('refuses a query that Athena would not take, before it is sent', async () => {
    const before = (await queries()).length;
    const request = { sql: `select '${'x'.repeat(262_144)}' as v`, inputs: [], asOf: '2026-11-21' };
    await expect(adapter.query(request)).rejects.toMatchObject({ code: 'query_too_long' });
    expect(await queries()).toHaveLength(before);
  });
});
