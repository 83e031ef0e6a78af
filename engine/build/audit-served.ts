import type { CompiledModel } from '../manifest.ts';
import type { BuildRequest } from '../run.ts';
import { runAudit } from './audit.ts';
import { auditStandard } from './check-history.ts';
import { adapterFor } from './choose-engine.ts';
import { findInputs, readAll, totalBytes } from './inputs.ts';
import type { Outcome } from './outcome.ts';
import type { BuildDeps } from './ports.ts';

/**
 * Judges all rows of the version that serves after a build, unless the build has just done so. Nothing is written: rows
 * that fail an `abort` check are served already, and are for a person to deal with.
 */
export async function auditServed(
  deps: BuildDeps,
  model: CompiledModel,
  { asOf }: BuildRequest,
  result: Outcome,
): Promise<Outcome> {
  if (!isPartlyJudged(result)) return result;
  const own = model.kind === 'view' ? model.inputs : [model.name];
  const inputs = await findInputs(deps, [...new Set([...own, ...model.audit.tables])]);
  const { adapter } = adapterFor(deps, totalBytes(inputs));
  const standard = await auditStandard(deps, model);
  const { rows, checks } = await runAudit(adapter, model, { rebuilt: await readAll(inputs) }, asOf, standard);
  return {
    ...result,
    status: result.status === 'skipped' ? 'audited' : result.status,
    reason: `${result.reason}; all rows judged`,
    engine: adapter.engine,
    inputBytes: result.status === 'skipped' ? totalBytes(inputs) : result.inputBytes + totalBytes(inputs),
    rows,
    checks,
  };
}

/** Whether a version serves of which the build has judged no rows, or only those that it has built. */
const isPartlyJudged = ({ status, rows, checks }: Outcome): boolean =>
  status === 'skipped' || (status === 'built' && checks.some((check) => check.rows < rows));
