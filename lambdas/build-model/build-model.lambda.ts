import { dynamo, glue, s3 } from '../../common/aws.ts';
import { type BuildDeps, buildModel, changeTable } from '../../engine/build/index.ts';
import { glueViews } from '../../engine/glue-views.ts';
import { glueCatalog, s3FileIo } from '../../engine/iceberg/index.ts';
import { s3FileListing } from '../../engine/iceberg/s3-file-listing.ts';
import type { BuildRecord, BuildRequest, TableChange } from '../../engine/run.ts';
import { buildRow } from '../finish-run/rows.ts';
import { ENV } from '../shared/constants.ts';
import { requireEnv } from '../shared/env.ts';
import { dynamoLeases } from '../shared/leases.ts';
import { deployedManifest } from '../shared/manifest.ts';
import { lambdaHandler } from '../shared/middleware.ts';
import { s3RunJournal } from '../shared/run-journal.ts';
import { s3RunRows } from '../shared/run-rows.ts';
import { s3SourceListing } from '../shared/source-listing.ts';
import { measureBuild } from './build-metrics.ts';
import { duckDb } from './duckdb.ts';
import { buildSettings } from './settings.ts';

let deps: BuildDeps | undefined;

/** What outlives an invocation: clients, the manifest, the database engine with its copies of objects. */
function dependencies(): BuildDeps {
  if (deps !== undefined) return deps;
  const settings = buildSettings();
  deps = {
    manifest: deployedManifest(),
    catalog: glueCatalog(glue()),
    io: s3FileIo(s3()),
    listing: s3FileListing(s3()),
    views: glueViews(glue()),
    sources: s3SourceListing(s3(), settings.buckets),
    adapters: { duckdb: duckDb(s3()) },
    leases: dynamoLeases(dynamo(), requireEnv(ENV.stateTable)),
    journal: s3RunJournal(s3(), settings.buckets.operations),
    settings,
    now: () => new Date(),
  };
  return deps;
}

/** Changes a table and adds that to `operations.builds`, which no run will do. */
async function change(request: TableChange): Promise<BuildRecord> {
  const { settings } = dependencies();
  const record = await changeTable(dependencies(), request);
  await s3RunRows(s3(), settings.buckets.operations)('builds', record.runId, [buildRow(record)]);
  return record;
}

/** Builds one model of a run, or changes a table for a person. A build that fails is a result; a crash is an error. */
export const handler = lambdaHandler(
  'build-model',
  async (request: BuildRequest | TableChange, { logger, metrics }): Promise<BuildRecord> => {
    const record = await ('action' in request ? change(request) : buildModel(dependencies(), request));
    if (!('action' in request)) measureBuild(metrics, record);
    const { checks, inputs: _, ...facts } = record;
    const failing = checks.filter(({ passed }) => !passed).map(({ check, failures }) => ({ check, failures }));
    logger.info(record.status, { ...facts, failing });
    return record;
  },
);
