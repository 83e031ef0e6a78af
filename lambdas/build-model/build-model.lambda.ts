import type { Context } from 'aws-lambda';
import { dynamo, glue, s3 } from '../../common/aws.ts';
import { type BuildDeps, buildModel, changeTable, type StopBuilds, stopBuilds } from '../../engine/build/index.ts';
import { glueViews } from '../../engine/glue-views.ts';
import { glueCatalog, s3FileIo } from '../../engine/iceberg/index.ts';
import { s3FileListing } from '../../engine/iceberg/s3-file-listing.ts';
import type { BuildRecord, BuildRequest, RunningBuild, TableChange } from '../../engine/run.ts';
import { buildRow } from '../finish-run/rows.ts';
import { ENV } from '../shared/constants.ts';
import { requireEnv } from '../shared/env.ts';
import { dynamoLeases } from '../shared/leases.ts';
import { deployedManifest } from '../shared/manifest.ts';
import { lambdaHandler, type Telemetry } from '../shared/middleware.ts';
import { s3RunJournal } from '../shared/run-journal.ts';
import { s3RunRows } from '../shared/run-rows.ts';
import { s3SourceListing } from '../shared/source-listing.ts';
import { s3UnfinishedBuilds } from '../shared/unfinished-builds.ts';
import { measureBuild } from './build-metrics.ts';
import { duckDb } from './duckdb.ts';
import { remoteEngines } from './engines.ts';
import { buildSettings, settingsOfEngines } from './settings.ts';

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
    remoteEngines: remoteEngines(settingsOfEngines()),
    unfinished: s3UnfinishedBuilds(s3(), settings.buckets.operations),
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

/** What a call needs after its wait for an engine, to hand back in good order. */
const MARGIN_MS = 60_000;

/** Until when a call may wait for an engine: waiting in the state machine costs next to nothing. */
function deadlineOf(context: Context): Date {
  const own = settingsOfEngines().waitSeconds * 1000;
  return new Date(Date.now() + Math.min(own, context.getRemainingTimeInMillis() - MARGIN_MS));
}

async function build(request: BuildRequest, { logger, metrics }: Telemetry, context: Context) {
  const result = await buildModel({ ...dependencies(), deadline: deadlineOf(context) }, request);
  if (result.status === 'running') logger.info(result.status, { ...result });
  else {
    measureBuild(metrics, result);
    logRecord(logger, result);
  }
  return result;
}

function logRecord(logger: Telemetry['logger'], { checks, inputs: _, ...facts }: BuildRecord): void {
  const failing = checks.filter(({ passed }) => !passed).map(({ check, failures }) => ({ check, failures }));
  logger.info(facts.status, { ...facts, failing });
}

type Request = BuildRequest | TableChange | StopBuilds;

/**
 * Builds one model of a run, changes a table for a person, or stops what cancelled runs have left running. A build that
 * fails is a result; a crash is an error.
 */
export const handler = lambdaHandler(
  'build-model',
  async (request: Request, telemetry, context): Promise<BuildRecord | RunningBuild | readonly string[]> => {
    if (!('action' in request)) return build(request, telemetry, context);
    if (request.action === 'stop') {
      const stopped = await stopBuilds(dependencies(), request);
      telemetry.logger.info('stopped', { runIds: request.runIds, models: stopped });
      return stopped;
    }
    const record = await change(request);
    logRecord(telemetry.logger, record);
    return record;
  },
);
