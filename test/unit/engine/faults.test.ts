import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { duckDbAdapter } from '../../../engine/adapters/duckdb/adapter.ts';
import type { BuildDeps } from '../../../engine/build/index.ts';
import { s3FileIo } from '../../../engine/iceberg/index.ts';
import { s3FileListing } from '../../../engine/iceberg/s3-file-listing.ts';
import { s3SourceListing } from '../../../lambdas/shared/source-listing.ts';
import { type FaultyLake, faultyLake } from '../../fixtures/faulty-lake.ts';
import { Random } from '../../fixtures/random.ts';

let lake: FaultyLake;

beforeEach(async () => {
  lake = await faultyLake();
  await lake.deliver(['a', 1, 1, 10], ['b', 1, 1, 5], ['c', 1, 2, 7]);
  expect(await lake.build()).toMatchObject({ status: 'built' });
});

afterEach(() => lake.close());

const FIRST = { a: '01: 10.00', b: '01: 5.00', c: '02: 7.00' };
/** After sale a has moved from the first day to the third, and d has come. */
const SECOND = { ...FIRST, a: '03: 11.00', d: '02: 1.00' };
const deliverSecond = () => lake.deliver(['a', 2, 3, 11], ['d', 1, 2, 1]);

/** Fails unless the next run brings the table to `rows` by at most one version, and the next audit tidies up. */
async function expectRepair(rows: Readonly<Record<string, string>>, versionsBefore: number): Promise<void> {
  expect(['built', 'skipped']).toContain((await lake.build()).status);
  expect(await lake.rows()).toEqual(rows);
  expect(await lake.versions()).toHaveLength(versionsBefore + 1);
  expect((await lake.build()).status).toBe('skipped');
  expect((await lake.audit()).status).toBe('audited');
  expect(await lake.orphans()).toBe(0);
  expect(await lake.rows()).toEqual(rows);
}

/** All requests fail from the given one on, which may be carried out although nobody learns of it; returns a count of them. */
function dieAtRequest(last: number, isCarriedOut: boolean): () => number {
  let requests = 0;
  const fault = () => {
    requests += 1;
    if (requests < last) return undefined;
    return requests === last && isCarriedOut ? 'lost answer' : 'lost request';
  };
  lake.s3.fault = fault;
  lake.glue.fault = fault;
  return () => requests;
}

function stopFaults(): void {
  lake.s3.fault = () => undefined;
  lake.glue.fault = () => undefined;
}

describe('a build that dies', () => {
  it('at whatever request, leaves all of the old version or all of the new one', async () => {
    let [rows, day] = [{ ...FIRST } as Record<string, string>, 2];
    for (let at = 1; ; at += 1) {
      const versions = (await lake.versions()).length;
      const before = rows;
      // Each round moves sale a to another day and adds a sale to the second one.
      day = day === 2 ? 3 : 2;
      rows = { ...rows, a: `0${day}: ${at}.00`, [`n${at}`]: '02: 1.00' };
      await lake.deliver(['a', at + 1, day, at], [`n${at}`, 1, 2, 1]);
      const requestsUntilDeath = dieAtRequest(at, at % 2 === 0);
      const { status } = await lake.build();
      stopFaults();
      if (requestsUntilDeath() < at) {
        expect(status).toBe('built');
        expect(at).toBeGreaterThan(15);
        break;
      }
      expect([before, rows]).toContainEqual(await lake.rows());
      expect(['built', 'skipped']).toContain((await lake.build()).status);
      expect(await lake.rows()).toEqual(rows);
      expect(await lake.versions()).toHaveLength(versions + 1);
    }
    expect((await lake.audit()).status).toBe('audited');
    expect(await lake.orphans()).toBe(0);
    expect(await lake.rows()).toEqual(rows);
  }, 300_000);

  it.each([9, 18, 22])('because its process is killed at request %i, is repaired by the next run', async (at) => {
    await deliverSecond();
    const manifestPath = join(lake.directory, 'manifest.json');
    await writeFile(manifestPath, JSON.stringify(lake.manifest));
    const own = join(lake.directory, 'child');
    const child = spawnBuild([lake.s3.endpoint, lake.glue.endpoint, own, manifestPath]);
    let requests = 0;
    const fault = () => {
      requests += 1;
      if (requests < at) return undefined;
      child.kill('SIGKILL');
      return at % 2 === 0 ? ('lost answer' as const) : ('lost request' as const);
    };
    lake.s3.fault = fault;
    lake.glue.fault = fault;
    const [, signal] = await once(child, 'exit');
    stopFaults();
    expect(signal).toBe('SIGKILL');
    expect([FIRST, SECOND]).toContainEqual(await lake.rows());
    await expectRepair(SECOND, 1);
    const successor = duckDbAdapter({ s3: lake.s3.s3, directory: own });
    await successor.query({ sql: 'select 1', inputs: [], asOf: '2026-01-31' });
    expect((await readdir(join(own, 'spill'))).map((name) => name.split('-')[0])).toEqual([String(process.pid)]);
  });
});

function spawnBuild(args: readonly string[]): ChildProcess {
  const script = fileURLToPath(new URL('../../fixtures/build-until-killed.ts', import.meta.url));
  return spawn(process.execPath, [script, ...args], { stdio: 'ignore' });
}

/** Ports over clients that try again as often as the functions' do, but without long pauses. */
function patient(): Partial<BuildDeps> {
  const s3 = lake.s3.client({ retryStrategy: new ConfiguredRetryStrategy(12, () => 1) });
  const buckets = lake.deps.settings.buckets;
  return {
    io: s3FileIo(s3),
    listing: s3FileListing(s3),
    sources: s3SourceListing(s3, buckets),
    adapters: { duckdb: duckDbAdapter({ s3, directory: join(lake.directory, 'patient') }) },
  };
}

const SLOW_DOWN = { status: 503, code: 'SlowDown' };

describe('S3', () => {
  it.each([1, 2, 3])('that throttles a third of all requests is asked again, with seed %i', async (seed) => {
    await deliverSecond();
    const random = new Random(seed);
    lake.s3.fault = () => (random.chance(1 / 3) ? SLOW_DOWN : undefined);
    const record = await lake.build({}, patient());
    stopFaults();
    expect(record).toMatchObject({ status: 'built' });
    await expectRepair(SECOND, 1);
  });

  it.each(['GET bronze', 'GET bronze/sales', 'GET silver', 'PUT silver', 'POST silver'])(
    'that throttles every %s does not change what is published',
    async (prefix) => {
      await deliverSecond();
      lake.s3.fault = (request) => (request.startsWith(prefix) ? SLOW_DOWN : undefined);
      const record = await lake.build();
      stopFaults();
      if (prefix === 'POST silver') expect(record.status).toBe('built');
      else {
        expect(record).toMatchObject({ status: 'failed', error: { code: 's3_busy' } });
        expect(record.error?.where).toContain(`s3://${prefix.slice('GET '.length).split('/')[0]}`);
        expect(await lake.rows()).toEqual(FIRST);
      }
      await expectRepair(SECOND, 1);
    },
  );

  it.each([
    ['bronze', { status: 403, code: 'AccessDenied' }, 'access_denied'],
    ['silver', { status: 403, code: 'AccessDenied' }, 'access_denied'],
    ['bronze', { status: 404, code: 'NoSuchBucket' }, 'bucket_missing'],
    ['silver', { status: 404, code: 'NoSuchBucket' }, 'bucket_missing'],
    ['bronze', 'lost request', 's3_unreachable'],
    ['silver', 'lost request', 's3_unreachable'],
  ] as const)('whose bucket %s is out of reach (%o) is named', async (bucket, fault, code) => {
    await deliverSecond();
    lake.s3.fault = (request) => (request.includes(` ${bucket}`) ? fault : undefined);
    const record = await lake.build();
    stopFaults();
    expect(record).toMatchObject({ status: 'failed', error: { code } });
    expect(record.error?.where).toContain(`s3://${bucket}`);
    expect(await lake.rows()).toEqual(FIRST);
    await expectRepair(SECOND, 1);
  });

  it('that nobody listens for is named', async () => {
    await deliverSecond();
    const s3 = lake.s3.client({ endpoint: 'http://127.0.0.1:9', maxAttempts: 1 });
    const record = await lake.build({}, { io: s3FileIo(s3) });
    expect(record).toMatchObject({ status: 'failed', error: { code: 's3_unreachable' } });
    await expectRepair(SECOND, 1);
  });
});

describe('Glue', () => {
  it('that reports another version publishes nothing, and the next run does', async () => {
    await deliverSecond();
    const { catalog } = lake.deps;
    const overtaken: BuildDeps['catalog'] = {
      ...catalog,
      swap: async (expected, ...rest) => catalog.swap({ ...expected, versionId: '999' }, ...rest),
    };
    const record = await lake.build({}, { catalog: overtaken });
    expect(record).toMatchObject({ status: 'failed', error: { code: 'commit_conflict' } });
    expect(await lake.rows()).toEqual(FIRST);
    await expectRepair(SECOND, 1);
  });

  it.each(['GetTable', 'UpdateTable'])('whose answers to %s are lost publishes once', async (action) => {
    await deliverSecond();
    lake.glue.fault = (asked) => (asked === action ? 'lost answer' : undefined);
    await lake.build();
    stopFaults();
    expect([FIRST, SECOND]).toContainEqual(await lake.rows());
    await expectRepair(SECOND, 1);
  });
});

describe('what fails after the table is settled', () => {
  it('does not make a failure of a publication: the lease that cannot be given back, the old state that stays', async () => {
    await deliverSecond();
    const leases: BuildDeps['leases'] = {
      acquire: async () => undefined,
      release: () => Promise.reject(new Error('throttled')),
    };
    const io = { ...lake.deps.io, delete: () => Promise.reject(new Error('denied')) };
    expect(await lake.build({}, { leases, io })).toMatchObject({ status: 'built' });
    expect(await lake.rows()).toEqual(SECOND);
    await expectRepair(SECOND, 1);
  });

  it('does not hide what a check has found', async () => {
    await lake.deliver(['a', 2, 3, 11]);
    const engine = lake.deps.adapters.duckdb;
    const doubling = (sql: string) => `select * from (${sql}) union all select * from (${sql})`;
    const write: typeof engine.write = (request) =>
      engine.write(request.partitionBy.length === 0 ? request : { ...request, sql: doubling(request.sql) });
    const io = { ...lake.deps.io, delete: () => Promise.reject(new Error('denied')) };
    const record = await lake.build({}, { io, adapters: { duckdb: { ...engine, write } } });
    expect(record).toMatchObject({ status: 'failed', error: { code: 'check_failed' } });
    await expectRepair({ ...FIRST, a: '03: 11.00' }, 1);
  });
});

describe('two runs at once', () => {
  it('without leases publish each row once, whoever wins', async () => {
    await deliverSecond();
    const elsewhere = duckDbAdapter({ s3: lake.s3.s3, directory: join(lake.directory, 'elsewhere') });
    const records = await Promise.all([lake.build(), lake.build({}, { adapters: { duckdb: elsewhere } })]);
    expect(records.map(({ status }) => status).sort()).not.toContain('blocked');
    expect(records.filter(({ status }) => status === 'built')).toHaveLength(1);
    expect(records.find(({ status }) => status === 'failed')?.error?.code ?? 'commit_conflict').toBe('commit_conflict');
    await expectRepair(SECOND, 1);
  });
});
