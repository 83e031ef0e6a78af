import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchGetQueryExecutionCommand,
  ListQueryExecutionsCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { GetTablesCommand } from '@aws-sdk/client-glue';
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadPlatform } from '../../cli/platform.ts';
import { queryRows } from '../../cli/query/athena.ts';
import { cancelRuns } from '../../cli/run/cancel.ts';
import { executeRun, type RunInput, type RunOutcome } from '../../cli/run/execute.ts';
import { athena, glue, lambda, s3 } from '../../common/aws.ts';
import { compileProject } from '../../engine/compile/index.ts';
import type { Manifest } from '../../engine/manifest.ts';
import { BUILD_WORKGROUP, functionName, STAGING_DATABASE } from '../../infra/names.ts';
import type { Platform } from '../../infra/platform.ts';
import { remoteEngines } from '../../lambdas/build-model/engines.ts';
import { ENV } from '../../lambdas/shared/constants.ts';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import { describeBuilds } from '../fixtures/engine-builds.ts';
import { parquetOf } from '../fixtures/write-parquet.ts';

const CAMPAIGNS = 'silver.campaigns';
const PAGE_VIEWS = 'silver.page_views';

let platform: Platform;
let manifest: Manifest;
let folder: string;

beforeAll(async () => {
  platform = await loadPlatform();
  manifest = await compileProject(PROJECT_ROOT);
  folder = await mkdtemp(join(tmpdir(), 'tributary-engines-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Puts the rows of a SELECT, in DuckDB's dialect, into an object; returns what takes it away again. */
async function put(Bucket: string, Key: string, select: string): Promise<() => Promise<void>> {
  await s3().send(new PutObjectCommand({ Bucket, Key, Body: await parquetOf(folder, select) }));
  return async () => {
    await s3().send(new DeleteObjectCommand({ Bucket, Key }));
  };
}

const RECEIVED = `timestamp '2017-03-01 00:00:00' as _ingested_at, 'test' as _origin`;

const givenCampaigns = (name: string) =>
  put(
    platform.buckets.bronze,
    `email_campaigns/ingest_date=2017-03-01/ingest_hour=00/${name}.parquet`,
    `select '${name}-' || i as campaign_id, 'Spring ' || i as name, 'email' as channel, i::integer as discount_percentage,
       i * 12.5::decimal(18,2) as budget, date '2017-03-01' + i::integer as start_date,
       timestamp '2017-03-01 00:00:00' as updated_at, ${RECEIVED}, i::varchar as _position
     from range(5) as t (i)`,
  );

/** Views by `visits` visitors, one an hour from a day on. */
const givenViews = (name: string, from: string, visits: number) =>
  put(
    platform.buckets.bronze,
    `page_views/ingest_date=2017-03-01/ingest_hour=00/${name}.parquet`,
    `select '${name}-' || i as event_id, 'page_view' as event_type, 's' || i % 7 as session_id, 'v' || i as visitor_id,
       '/p/' || md5(i::varchar) as page_path, 'online' as channel, 'desktop' as device_type, i::integer as duration_ms,
       timestamp '${from} 00:00:00' + to_hours((i % 1500)::integer) as viewed_at, ${RECEIVED}, i::varchar as _position
     from range(${visits}) as t (i)`,
  );

const run = (selected: readonly string[], input: Partial<RunInput> = {}): Promise<RunOutcome> =>
  executeRun(platform, { full: false, selected, asOf: '2018-01-01', ...input });

const rowsOf = (table: string): Promise<readonly unknown[]> => queryRows(`select * from ${table} order by 1`, platform);

const stagedTables = async (): Promise<number> => {
  const { TableList = [] } = await glue().send(new GetTablesCommand({ DatabaseName: STAGING_DATABASE }));
  return TableList.length;
};

const unfinished = async (): Promise<number> => {
  const request = { Bucket: platform.buckets.operations, Prefix: 'unfinished/' };
  return (await s3().send(new ListObjectsV2Command(request))).KeyCount ?? 0;
};

/** Ids of queries of builds that have not ended. */
async function running(): Promise<readonly string[]> {
  const { QueryExecutionIds = [] } = await athena().send(
    new ListQueryExecutionsCommand({ WorkGroup: BUILD_WORKGROUP }),
  );
  if (QueryExecutionIds.length === 0) return [];
  const { QueryExecutions = [] } = await athena().send(
    new BatchGetQueryExecutionCommand({ QueryExecutionIds: QueryExecutionIds.slice(0, 50) }),
  );
  return QueryExecutions.filter(({ Status }) => ['QUEUED', 'RUNNING'].includes(Status?.State ?? '')).flatMap(
    ({ QueryExecutionId }) => QueryExecutionId ?? [],
  );
}

/** The insert of a build: the other queries are over before one could stop them. */
async function longQuery(): Promise<string> {
  return vi.waitFor(
    async () => {
      const [id] = await running();
      if (id === undefined) throw new Error('no query runs');
      return id;
    },
    { timeout: 180_000, interval: 20 },
  );
}

describe('models that a run builds in Athena', () => {
  it('have the rows that DuckDB gives them, whole and in part, and leave nothing behind', async () => {
    const takeAway = [await givenCampaigns('engines-c'), await givenViews('engines-v', '2017-01-15', 3_000)];
    const selected = [CAMPAIGNS, PAGE_VIEWS];
    const inDuckDb = await run(selected, { engine: 'duckdb', full: true });
    expect(inDuckDb.builds.map(({ engine }) => engine)).toEqual(['duckdb', 'duckdb']);
    const expected = await Promise.all(selected.map(rowsOf));
    expect(expected.map(({ length }) => length >= 5)).toEqual([true, true]);

    const inAthena = await run(selected, { engine: 'athena', full: true });
    expect(inAthena).toMatchObject({ succeeded: true });
    for (const { engine, status, reason } of inAthena.builds) {
      expect({ engine, status, reason }).toMatchObject({
        engine: 'athena',
        status: 'built',
        reason: expect.stringContaining('athena was asked for'),
      });
    }
    expect(await Promise.all(selected.map(rowsOf))).toEqual(expected);

    takeAway.push(await givenViews('engines-w', '2017-02-03', 10));
    const { builds } = await run([PAGE_VIEWS], { engine: 'athena' });
    expect(builds[0]?.reason).toContain('rebuilds month 2017-02');
    const inPart = await rowsOf(PAGE_VIEWS);
    await run([PAGE_VIEWS], { engine: 'duckdb', full: true });
    expect(await rowsOf(PAGE_VIEWS)).toEqual(inPart);
    expect(await stagedTables()).toBe(0);
    expect(await unfinished()).toBe(0);
    for (const remove of takeAway) await remove();
  });

  it('are built over several calls where a query outlasts one', async () => {
    const takeAway = await givenCampaigns('engines-d');
    const restore = await withoutPatience();
    const { builds } = await run([CAMPAIGNS], { engine: 'athena', full: true }).finally(restore);
    expect(builds).toMatchObject([{ status: 'built', engine: 'athena' }]);
    // Each of its queries outlasts a call, and the state machine has waited two seconds in between.
    expect(builds[0]?.seconds).toBeGreaterThan(5);
    expect(await rowsOf(CAMPAIGNS)).toEqual(
      expect.arrayContaining([expect.objectContaining({ campaign_id: 'engines-d-4' })]),
    );
    expect(await unfinished()).toBe(0);
    await takeAway();
  });

  it('fail where somebody cancels their query, the old rows are served, and the next run builds them', async () => {
    const before = await rowsOf(PAGE_VIEWS);
    const takeAway = await givenViews('engines-x', '2017-01-15', 500_000);
    const outcome = run([PAGE_VIEWS], { engine: 'athena' });
    await athena().send(new StopQueryExecutionCommand({ QueryExecutionId: await longQuery() }));
    expect((await outcome).builds).toMatchObject([
      { status: 'failed', error: { code: 'query_cancelled', where: expect.any(String) } },
    ]);
    expect(await rowsOf(PAGE_VIEWS)).toEqual(before);
    expect(await stagedTables()).toBe(0);
    await takeAway();
    const few = await givenViews('engines-x', '2017-01-15', 10);
    expect((await run([PAGE_VIEWS], { engine: 'athena' })).builds).toMatchObject([{ status: 'built' }]);
    expect(await rowsOf(PAGE_VIEWS)).toEqual(
      expect.arrayContaining([expect.objectContaining({ event_id: 'engines-x-9' })]),
    );
    await few();
  });

  it('are stopped in Athena when their run is cancelled, and free for the next run', async () => {
    const takeAway = await givenViews('engines-y', '2017-01-15', 500_000);
    const outcome = run([PAGE_VIEWS], { engine: 'athena' });
    const id = await longQuery();
    const stopped = await cancelRuns(platform, manifest);
    expect(stopped).toMatchObject({ runs: [{ domains: 1 }], models: [PAGE_VIEWS] });
    expect(await outcome).toMatchObject({ succeeded: false, cause: expect.stringContaining('Cancelled') });
    expect(await running()).not.toContain(id);
    await takeAway();
    const { builds } = await run([PAGE_VIEWS], { engine: 'athena' });
    expect(builds.map(({ model, error }) => ({ model, error }))).toEqual([{ model: PAGE_VIEWS, error: null }]);
    expect(await unfinished()).toBe(0);
  });
});

describeBuilds(() => {
  const [engine] = remoteEngines({
    waitSeconds: 1,
    buildSeconds: 600,
    location: `s3://${platform.buckets.results}/staging`,
    athena: { workGroup: BUILD_WORKGROUP, database: STAGING_DATABASE, querySeconds: 60 },
  });
  if (engine === undefined) throw new Error('Athena is always there');
  return { s3: s3(), engine };
});

/** Makes the calls of builds hand back as soon as a query has started; returns what undoes it. */
async function withoutPatience(): Promise<() => Promise<void>> {
  const FunctionName = functionName('build-model');
  const { Environment } = await lambda().send(new GetFunctionConfigurationCommand({ FunctionName }));
  const Variables = Environment?.Variables ?? {};
  const configure = async (engines: string): Promise<void> => {
    const changed = { Variables: { ...Variables, [ENV.engines]: engines } };
    await lambda().send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: changed }));
  };
  const given = Variables[ENV.engines] ?? '';
  await configure(JSON.stringify({ ...JSON.parse(given), waitSeconds: 0 }));
  return () => configure(given);
}
