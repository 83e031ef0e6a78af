import { randomUUID } from 'node:crypto';
import type { NewFile } from '../adapters/adapter.ts';
import { addContents, EMPTY_CONTENT } from '../adapters/content.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { hashOf } from '../hash.ts';
import { commit, dataFiles, plannedColumns, type Snapshot, snapshotOf } from '../iceberg/index.ts';
import type { CompiledModel } from '../manifest.ts';
import type { BuildRequest } from '../run.ts';
import { tableDefinition } from '../table-definition.ts';
import { ensureTable } from './ensure-table.ts';
import { expireOldVersions } from './expire-old-versions.ts';
import { findInputs, readAll, totalBytes, versionsOf } from './inputs.ts';
import { underLease } from './lease.ts';
import { type Outcome, outcome, refusedBy } from './outcome.ts';
import { type BuildPlan, planBuild, type TableBuild } from './plan.ts';
import type { BuildDeps } from './ports.ts';
import { publishedBy, snapshotProperties, whatChanged } from './published.ts';
import {
  type BuildState,
  partitioningOf,
  partitionKey,
  readState,
  stateFiles,
  stateFolder,
  writeState,
} from './state.ts';
import { type CheckedVersion, pathsOf, writeVersion } from './version.ts';

/**
 * Builds a table: writes a new version or the stale part of one, checks it, publishes it; nothing where its current
 * version has the fingerprint that a build would give it. A version that an `abort` check refuses is deleted and the old
 * one goes on serving.
 */
export async function buildTable(deps: BuildDeps, model: CompiledModel, request: BuildRequest): Promise<Outcome> {
  const definition = tableDefinition(model, deps.settings.buckets);
  const [inputs, table] = await Promise.all([findInputs(deps, model.inputs), ensureTable(deps, definition)]);
  const fingerprint = fingerprintOf(model, inputs, request.asOf);
  const known = { inputBytes: totalBytes(inputs), inputs: versionsOf(inputs), fingerprint };
  const current = snapshotOf(table);
  const published = publishedBy(table);
  if (!request.full && current !== undefined && published?.fingerprint === fingerprint) {
    return outcome({ ...known, ...sizeOf(current), status: 'skipped', reason: 'nothing changed' });
  }
  const build: TableBuild = { deps, model, request, definition, table, inputs, published };
  return underLease(deps, model.name, request.runId, async () => {
    const plan = await planBuild(build);
    const inputBytes = plan.inputs.reduce((sum, { files }) => sum + totalBytes(files), 0);
    const done = { ...known, inputBytes, engine: plan.adapter.engine };
    const version = await carryOut(build, plan);
    const refused = refusedBy(version.checks, done);
    if (refused !== undefined) {
      await deps.io.delete(pathsOf(version.files));
      return refused;
    }
    const snapshot = await publish(build, plan, version, fingerprint);
    const expiry = await expireOldVersions(deps, definition);
    const change = whatChanged(current, published, model, inputs, request.asOf);
    const notes = [change, ...plan.notes, version.note, expiry];
    return outcome({
      ...done,
      ...sizeOf(snapshot),
      status: 'built',
      reason: notes.filter((text) => text !== undefined).join('; '),
      checks: version.checks,
    });
  });
}

/** Writes and checks what the plan asks for. */
async function carryOut(build: TableBuild, plan: BuildPlan): Promise<CheckedVersion> {
  const { deps, model, request, definition, table } = build;
  const { adapter, isWhole, replaces } = plan;
  const columns = plannedColumns(table, { operation: isWhole ? 'replace' : 'overwrite', definition });
  const kept = isWhole ? [] : (await dataFiles(deps.io, table)).filter((file) => !replaces(file));
  const checked = await readAll(await findInputs(deps, model.audit.tables));
  try {
    return await writeVersion({ deps, model, request, adapter, definition, columns, kept, isWhole }, plan, checked);
  } finally {
    // What is left behind where this fails takes space but does no harm.
    await deps.io.delete(plan.temporary).catch(() => undefined);
  }
}

/** Publishes a checked version in one step, after the state that the next build will find with it. */
async function publish(
  build: TableBuild,
  plan: BuildPlan,
  version: CheckedVersion,
  fingerprint: string,
): Promise<Snapshot> {
  const { deps, model, request, definition, table, inputs, published } = build;
  const before = published && (await readState(deps.io, published.state));
  const removed = plan.isWhole ? [] : (await dataFiles(deps.io, table)).filter(plan.replaces);
  const columns = hashOf(model.columns.map(({ name, type }) => [name, type]));
  const contents = {
    ...(plan.isWhole ? {} : without(before?.contents ?? {}, removed.map(partitionKey))),
    ...contentsOf(version.files),
  };
  const state: BuildState = {
    formatVersion: 1,
    partitioning: partitioningOf(definition),
    columns,
    contents,
    ...plan.state,
  };
  const uri = `${stateFolder(definition)}/${randomUUID()}.json.gz`;
  await writeState(deps.io, uri, state);
  const snapshot = await commit(deps.catalog, deps.io, table, {
    ...(plan.isWhole ? { operation: 'replace' } : { operation: 'overwrite', remove: pathsOf(removed) }),
    add: version.files,
    definition,
    properties: snapshotProperties({
      model,
      request,
      fingerprint,
      inputs,
      content: hashOf({ columns, contents }),
      state: uri,
    }),
  });
  if (published !== undefined && before !== undefined) await forgetState(deps, published.state, before, state);
  return snapshot;
}

/** Deletes the files of the state before, which no build will ask for; what is left where that fails does no harm. */
async function forgetState({ io }: BuildDeps, uri: string, before: BuildState, state: BuildState): Promise<void> {
  const used = new Set(stateFiles('', state));
  await io.delete(stateFiles(uri, before).filter((file) => !used.has(file))).catch(() => undefined);
}

function contentsOf(files: readonly NewFile[]): Readonly<Record<string, string>> {
  const byPartition = Map.groupBy(files, partitionKey);
  return Object.fromEntries(
    [...byPartition].map(([key, group]) => [
      key,
      group.map(({ content }) => content).reduce(addContents, EMPTY_CONTENT),
    ]),
  );
}

const without = (contents: BuildState['contents'], keys: readonly string[]): BuildState['contents'] =>
  Object.fromEntries(Object.entries(contents).filter(([key]) => !keys.includes(key)));

const sizeOf = ({ id, summary }: Snapshot) => ({
  rows: Number(summary['total-records'] ?? 0),
  bytes: Number(summary['total-files-size'] ?? 0),
  snapshotId: id,
});
