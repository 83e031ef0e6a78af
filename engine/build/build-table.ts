import { StillRunning } from '../adapters/adapter.ts';
import { dataFiles, plannedColumns, type Snapshot, snapshotOf, tableColumns } from '../iceberg/index.ts';
import type { CompiledModel } from '../manifest.ts';
import type { BuildRequest } from '../run.ts';
import { tableDefinition } from '../table-definition.ts';
import { requireUnbroken } from './breaking.ts';
import { decideTable } from './decision.ts';
import { discard } from './discard.ts';
import { ensureTable } from './ensure-table.ts';
import { findInputs, readAll, totalBytes, versionsOf } from './inputs.ts';
import { type Outcome, outcome, refusedBy } from './outcome.ts';
import { type BuildPlan, planBuild, type TableBuild } from './plan.ts';
import { publish } from './publish.ts';
import { publishedBy } from './published.ts';
import type { BuildSession } from './session.ts';
import { filesOf, readState } from './state.ts';
import { keepUp } from './upkeep.ts';
import { pathsOf, writeVersion } from './version.ts';

/** Brings a table up to date, and looks after its files: always where it was built, else in audits. */
export async function buildTable(session: BuildSession, model: CompiledModel, request: BuildRequest): Promise<Outcome> {
  const result = await build(session, model, request);
  const notes = request.audit || result.status === 'built' ? await keepUp(session.deps, model, request) : [];
  return { ...result, reason: [result.reason, ...notes].join('; ') };
}

/**
 * Builds a table: writes a new version or the stale part of one, checks it, publishes it; nothing where its current
 * version has the fingerprint that a build would give it. A version that an `abort` check refuses is deleted and the old
 * one goes on serving.
 */
async function build(session: BuildSession, model: CompiledModel, request: BuildRequest): Promise<Outcome> {
  const { deps } = session;
  const definition = tableDefinition(model, deps.settings.buckets);
  const table = await ensureTable(deps, definition);
  const { action, reason, inputs, fingerprint } = await decideTable(deps, model, request, table);
  const known = { inputBytes: totalBytes(inputs), inputs: versionsOf(inputs), fingerprint, reason };
  const current = snapshotOf(table);
  const published = publishedBy(table);
  const skipped = { ...known, ...(current && sizeOf(current)), status: 'skipped' } as const;
  if (action !== 'build') return outcome(skipped);
  // A call whose answer was lost is made again. Its files serve by now, and nothing may be done to them.
  if (published?.runId === request.runId && published.fingerprint === fingerprint) {
    return outcome({ ...skipped, reason: 'this run has built it already' });
  }
  if (current !== undefined) requireUnbroken(deps.manifest, model, tableColumns(table), request);
  return session.asWriter(async (own) => {
    const state = published && (await readState(deps.io, published.state));
    const task: TableBuild = { deps: own, model, request, definition, table, inputs, published, state };
    const plan = await planBuild(task);
    const result = await carryOut(task, plan, known).catch(async (error: unknown) => {
      await (error instanceof StillRunning ? forgetKeys(task, plan) : forgetPlan(task, plan));
      throw error;
    });
    if (result.status === 'failed') await forgetPlan(task, plan);
    return result;
  });
}

type Known = Pick<Outcome, 'inputBytes' | 'inputs' | 'fingerprint' | 'reason'> & { readonly fingerprint: string };

/** Writes, checks and publishes what the plan asks for. */
async function carryOut(build: TableBuild, plan: BuildPlan, known: Known): Promise<Outcome> {
  const { deps, model, request, definition, table } = build;
  const { adapter, isWhole } = plan;
  const files = isWhole ? [] : await dataFiles(deps.io, table);
  const [removed, kept] = [files.filter(plan.replaces), files.filter((file) => !plan.replaces(file))];
  const columns = plannedColumns(table, { operation: isWhole ? 'replace' : 'overwrite', definition });
  const checkInputs = await readAll(await findInputs(deps, model.audit.tables));
  const context = { deps, model, request, adapter, definition, columns, kept, isWhole };
  const version = await writeVersion(context, plan, checkInputs);
  await discard(deps, plan.temporary);
  const inputBytes = plan.inputs.reduce((sum, input) => sum + totalBytes(input.files), 0);
  const done = { ...known, inputBytes, engine: adapter.engine };
  const refused = refusedBy(version.checks, done);
  if (refused !== undefined) {
    await discard(deps, pathsOf(version.files));
    return refused;
  }
  const { fingerprint } = known;
  const snapshot = await publish(build, { plan, added: version.files, removed, fingerprint });
  return outcome({
    ...done,
    ...sizeOf(snapshot),
    status: 'built',
    reason: [known.reason, ...plan.notes, version.note].filter((text) => text !== undefined).join('; '),
    checks: version.checks,
  });
}

/** Deletes what a plan wrote for a version that was not published. */
async function forgetPlan(
  { deps, state }: TableBuild,
  { state: parts, temporary }: Pick<BuildPlan, 'state' | 'temporary'>,
): Promise<void> {
  const used = new Set(state === undefined ? [] : filesOf(state));
  const unused = filesOf(parts).filter((uri) => !used.has(uri));
  await discard(deps, [...temporary, ...unused]);
}

/** Deletes what the next call of the same build writes anew; what its engine wrote, that call finds again. */
const forgetKeys = (build: TableBuild, { state }: BuildPlan): Promise<void> =>
  forgetPlan(build, { state: { ...state, tombstones: [] }, temporary: [] });

const sizeOf = ({ id, summary }: Snapshot) => ({
  rows: Number(summary['total-records'] ?? 0),
  bytes: Number(summary['total-files-size'] ?? 0),
  snapshotId: id,
});
