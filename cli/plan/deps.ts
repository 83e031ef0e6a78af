import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { glue, s3 } from '../../common/aws.ts';
import { duckDbAdapter } from '../../engine/adapters/duckdb/adapter.ts';
import { glueViews } from '../../engine/glue-views.ts';
import { glueCatalog, s3FileIo } from '../../engine/iceberg/index.ts';
import type { Manifest } from '../../engine/manifest.ts';
import type { PlanDeps } from '../../engine/plan/plan.ts';
import { settingsOf } from '../../infra/environments.ts';
import type { Platform } from '../../infra/platform.ts';
import { COMMON_SETTINGS } from '../../lambdas/build-model/settings.ts';
import { s3SourceListing } from '../../lambdas/shared/source-listing.ts';
import { pastBuilds } from '../run/past-builds.ts';
import { enginesOf, machineOf } from './engines.ts';

/** What a plan of these models reads of a deployment; each table, file and listing is asked for once. */
export async function planDeps(platform: Platform, manifest: Manifest): Promise<PlanDeps> {
  const { buckets, environment } = platform;
  const settings = settingsOf(environment);
  const catalog = glueCatalog(glue());
  const io = s3FileIo(s3());
  const sources = s3SourceListing(s3(), buckets);
  const history = await pastBuilds(s3(), buckets.operations);
  return {
    manifest,
    catalog: {
      ...catalog,
      get: once(catalog.get, (database, table) => `${database}.${table}`),
    },
    io: { ...io, read: once(io.read, (uri) => uri) },
    sources: { list: once(sources.list, ({ name }) => name) },
    views: glueViews(glue()),
    adapters: { duckdb: duckDbAdapter({ s3: s3(), directory: join(tmpdir(), 'tributary-plan') }) },
    engines: enginesOf(settings),
    settings: { thresholds: COMMON_SETTINGS.thresholds, engine: undefined },
    history: history
      .filter(({ status }) => status === 'built')
      .map(({ model, engine, seconds, input_bytes }) => ({ model, engine, seconds, inputBytes: input_bytes })),
    machine: machineOf(settings),
  };
}

/** A function that is called once per key; later calls get the same answer. */
function once<A extends readonly unknown[], R>(
  work: (...args: A) => Promise<R>,
  keyOf: (...args: A) => string,
): (...args: A) => Promise<R> {
  const known = new Map<string, Promise<R>>();
  return (...args) => {
    const key = keyOf(...args);
    const answer = known.get(key) ?? work(...args);
    known.set(key, answer);
    return answer;
  };
}
