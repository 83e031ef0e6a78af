import { fingerprintsOf, WHOLE_TABLE } from '../fingerprint.ts';
import { commit, plannedColumns, type Snapshot, snapshotOf } from '../iceberg/index.ts';
import type { CompiledModel } from '../manifest.ts';
import type { BuildRequest } from '../run.ts';
import { tableDefinition } from '../table-definition.ts';
import { adapterFor } from './choose-engine.ts';
import { ensureTable } from './ensure-table.ts';
import { expireOldVersions } from './expire-old-versions.ts';
import { findInputs, readAll, totalBytes, versionsOf } from './inputs.ts';
import { underLease } from './lease.ts';
import { type Outcome, outcome, refusedBy } from './outcome.ts';
import type { BuildDeps } from './ports.ts';
import { fingerprintOf, snapshotProperties, whatChanged } from './snapshot-properties.ts';
import { pathsOf, writeVersion } from './version.ts';

/**
 * Builds a table: writes a new version, checks it, publishes it; nothing where its current version has the fingerprint
 * that a build would give it. A version that an `abort` check refuses is deleted and the old one goes on serving.
 */
export async function buildTable(deps: BuildDeps, model: CompiledModel, request: BuildRequest): Promise<Outcome> {
  const definition = tableDefinition(model, deps.settings.buckets);
  const [inputs, table] = await Promise.all([findInputs(deps, model.inputs), ensureTable(deps, definition)]);
  const fingerprints = fingerprintsOf(model, inputs, request.asOf);
  const fingerprint = fingerprints[WHOLE_TABLE] ?? null;
  const known = { inputBytes: totalBytes(inputs), inputs: versionsOf(inputs), fingerprint };
  const current = snapshotOf(table);
  if (!request.full && current !== undefined && fingerprintOf(current) === fingerprint) {
    return outcome({ ...known, ...sizeOf(current), status: 'skipped', reason: 'nothing changed' });
  }
  return underLease(deps, model.name, request.runId, async () => {
    const { adapter, note } = adapterFor(deps, known.inputBytes);
    const columns = plannedColumns(table, { operation: 'replace', definition });
    const checkInputs = await findInputs(
      deps,
      model.audit.tables.filter((name) => !model.inputs.includes(name)),
    );
    const context = { deps, model, request, adapter, definition, columns };
    const version = await writeVersion(context, await readAll(inputs), await readAll(checkInputs));
    const refused = refusedBy(version.checks, { ...known, engine: adapter.engine });
    if (refused !== undefined) {
      await deps.io.delete(pathsOf(version.files));
      return refused;
    }
    const snapshot = await commit(deps.catalog, deps.io, table, {
      operation: 'replace',
      add: version.files,
      definition,
      properties: snapshotProperties(model, request, fingerprints, inputs),
    });
    const expiry = await expireOldVersions(deps, definition);
    const notes = [whatChanged(current, model, inputs, request.asOf), note, version.note, expiry];
    return outcome({
      ...known,
      status: 'built',
      reason: notes.filter((text) => text !== undefined).join('; '),
      engine: adapter.engine,
      rows: version.rows,
      bytes: totalBytes(version.files),
      snapshotId: snapshot.id,
      checks: version.checks,
    });
  });
}

const sizeOf = ({ id, summary }: Snapshot) => ({
  rows: Number(summary['total-records'] ?? 0),
  bytes: Number(summary['total-files-size'] ?? 0),
  snapshotId: id,
});
