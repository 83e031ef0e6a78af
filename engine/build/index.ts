import { TributaryError } from '../../common/errors.ts';
import { StillRunning } from '../adapters/adapter.ts';
import type { CompiledModel } from '../manifest.ts';

import type { BuildRecord, BuildRequest, RunningBuild } from '../run.ts';
import { auditServed } from './audit-served.ts';

import { isSelected, whatBlocks } from './blocked.ts';
import { buildTable } from './build-table.ts';
import { buildView } from './build-view.ts';
import { recheck, rememberChecks } from './check-history.ts';
import { lineageEvent } from './lineage-event.ts';
import { failedBy, type Outcome, outcome } from './outcome.ts';
import type { BuildDeps } from './ports.ts';
import { BuildSession } from './session.ts';

export { changeTable } from './change-table.ts';
export type {
  BuildDeps,
  BuildSettings,
  Leases,
  RunJournal,
  SourceListing,
  UnfinishedBuild,
  UnfinishedBuilds,
  ViewCatalog,
} from './ports.ts';
export { type StopBuilds, stopBuilds } from './stop-builds.ts';

/**
 * Builds one model of a run and records what was done. A build that fails is a result, not an error; what is thrown is
 * `unknown_model` and the failure to write the record, after which the model counts as crashed. A build that goes on in
 * an engine outside this process has no record yet: the same request has to be made again.
 */
export async function buildModel(deps: BuildDeps, request: BuildRequest): Promise<BuildRecord | RunningBuild> {
  const model = modelOf(deps, request);
  const { runId } = request;
  if (!isSelected(request, model.name)) {
    const skipped = outcome({ status: 'not_selected', reason: 'not part of this run' });
    return {
      runId,
      model: model.name,
      owner: model.owner,
      startedAt: deps.now().toISOString(),
      seconds: 0,
      ...skipped,
    };
  }
  const session = await BuildSession.open(deps, request);
  const startedAt = session.startedAt.toISOString();
  const result = await attempt(session, model, request);
  if (result === 'running') {
    return { status: result, runId, model: model.name, startedAt, reason: 'its engine works on it after this call' };
  }
  await session.end();
  const record: BuildRecord = {
    runId,
    model: model.name,
    owner: model.owner,
    startedAt,
    seconds: (deps.now().getTime() - session.startedAt.getTime()) / 1000,
    ...result,
  };
  if (record.status === 'built' || record.status === 'failed') {
    await deps.journal.writeLineage(record, lineageEvent(model, record));
  }
  await deps.journal.write(record);
  return record;
}

async function attempt(
  session: BuildSession,
  model: CompiledModel,
  request: BuildRequest,
): Promise<Outcome | 'running'> {
  const { deps } = session;
  try {
    const result = session.done ?? (await build(session, model, request));
    if (request.audit) {
      return await session.withEngines((own) => auditServed(own, model, request, result), result);
    }
    // A table may grow stale without being built.
    return result.status === 'skipped' ? { ...result, checks: await recheck(deps, model, request) } : result;
  } catch (error) {
    return error instanceof StillRunning ? 'running' : failedBy(error);
  }
}

async function build(session: BuildSession, model: CompiledModel, request: BuildRequest): Promise<Outcome> {
  const blocker = await whatBlocks(session.deps, model, request);
  if (blocker !== undefined) return outcome({ status: 'blocked', reason: blocker });
  const result = await (model.kind === 'view' ? buildView : buildTable)(session, model, request);
  if (result.status === 'built') await rememberChecks(session.deps, model, request, result.checks);
  return result;
}

function modelOf({ manifest }: BuildDeps, { model }: BuildRequest): CompiledModel {
  const found = manifest.models.find(({ name }) => name === model);
  if (found !== undefined) return found;
  throw new TributaryError({
    code: 'unknown_model',
    message: `the deployed manifest has no model ${model}`,
    advice: 'Deploy again: the state machine and the function are out of step.',
  });
}
