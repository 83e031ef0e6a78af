import { TributaryError } from '../../common/errors.ts';
import type { CompiledModel } from '../manifest.ts';
import type { BuildRecord, BuildRequest } from '../run.ts';
import { auditServed } from './audit-served.ts';
import { isSelected, whatBlocks } from './blocked.ts';
import { buildTable } from './build-table.ts';
import { buildView } from './build-view.ts';
import { recheck, rememberChecks } from './check-history.ts';
import { lineageEvent } from './lineage-event.ts';
import { failedBy, type Outcome, outcome } from './outcome.ts';
import type { BuildDeps } from './ports.ts';

export { changeTable } from './change-table.ts';
export type { BuildDeps, BuildSettings, Leases, RunJournal, SourceListing, ViewCatalog } from './ports.ts';

/**
 * Builds one model of a run and records what was done. A build that fails is a result, not an error; what is thrown is
 * `unknown_model` and the failure to write the record, after which the model counts as crashed.
 */
export async function buildModel(deps: BuildDeps, request: BuildRequest): Promise<BuildRecord> {
  const started = deps.now();
  const model = modelOf(deps, request);
  const result = await attempt(deps, model, request);
  const record: BuildRecord = {
    runId: request.runId,
    model: model.name,
    owner: model.owner,
    startedAt: started.toISOString(),
    seconds: (deps.now().getTime() - started.getTime()) / 1000,
    ...result,
  };
  if (record.status === 'not_selected') return record;
  if (record.status === 'built' || record.status === 'failed') {
    await deps.journal.writeLineage(record, lineageEvent(model, record));
  }
  await deps.journal.write(record);
  return record;
}

async function attempt(deps: BuildDeps, model: CompiledModel, request: BuildRequest): Promise<Outcome> {
  if (!isSelected(request, model.name)) return outcome({ status: 'not_selected', reason: 'not part of this run' });
  try {
    const blocker = await whatBlocks(deps, model, request);
    if (blocker !== undefined) return outcome({ status: 'blocked', reason: blocker });
    const result = await (model.kind === 'view' ? buildView : buildTable)(deps, model, request);
    if (result.status === 'built') await rememberChecks(deps, model, request, result.checks);
    if (request.audit) return auditServed(deps, model, request, result);
    // A table may grow stale without being built.
    return result.status === 'skipped' ? { ...result, checks: await recheck(deps, model, request) } : result;
  } catch (error) {
    return failedBy(error);
  }
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
