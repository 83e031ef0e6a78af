import type { CompiledModel } from '../manifest.ts';
import type { BuildRequest } from '../run.ts';
import { viewDefinition } from '../view.ts';
import { runAudit } from './audit.ts';
import { requireUnbroken } from './breaking.ts';
import { auditStandard } from './check-history.ts';
import { adapterFor } from './choose-engine.ts';
import { decideView } from './decision.ts';
import { findInputs, readAll, totalBytes, versionsOf } from './inputs.ts';
import { type Outcome, outcome, refusedBy } from './outcome.ts';
import type { BuildSession } from './session.ts';

/**
 * Checks a view over the current versions of its tables and publishes it; nothing where neither the view nor its
 * tables have changed since. The checks run the view's query, so one that does not run is not published.
 */
export async function buildView(session: BuildSession, model: CompiledModel, request: BuildRequest): Promise<Outcome> {
  const { deps } = session;
  const [database = '', name = ''] = model.name.split('.');
  const published = await deps.views.get(database, name);
  const { action, reason: change, inputs, fingerprint } = await decideView(deps, model, request, published);
  const known = { inputBytes: totalBytes(inputs), inputs: versionsOf(inputs), fingerprint };
  if (action !== 'build') return outcome({ ...known, status: 'skipped', reason: change });
  if (published !== undefined) requireUnbroken(deps.manifest, model, published.columns, request);
  return session.asWriter(async (own) => {
    const { adapter, note } = adapterFor(own, known.inputBytes);
    const checkInputs = await findInputs(
      deps,
      model.audit.tables.filter((table) => !model.inputs.includes(table)),
    );
    const tables = await readAll([...inputs, ...checkInputs]);
    const { rows, checks } = await runAudit(
      adapter,
      model,
      { rebuilt: tables },
      request.asOf,
      await auditStandard(deps, model),
    );
    const refused = refusedBy(checks, { ...known, engine: adapter.engine });
    if (refused !== undefined) return refused;
    await deps.views.put(viewDefinition(model, fingerprint));
    const reason = note === undefined ? change : `${change}; ${note}`;
    return outcome({ ...known, status: 'built', reason, engine: adapter.engine, rows, checks });
  });
}
