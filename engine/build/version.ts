import { type EngineAdapter, type InputTable, type NewFile, StillRunning } from '../adapters/adapter.ts';
import type { DataFile, FieldColumn, TableDefinition } from '../iceberg/index.ts';
import type { CompiledModel } from '../manifest.ts';
import type { BuildRequest, CheckResult } from '../run.ts';
import { type AuditResult, runAudit } from './audit.ts';
import { auditStandard } from './check-history.ts';
import { discard } from './discard.ts';
import type { BuildDeps } from './ports.ts';

/** What the steps of one table's build share. */
export interface VersionContext {
  readonly deps: Pick<BuildDeps, 'io' | 'settings'>;
  readonly model: CompiledModel;
  readonly request: BuildRequest;
  readonly adapter: EngineAdapter;
  readonly definition: TableDefinition;
  /** The table's columns with the field ids that new files must carry. */
  readonly columns: readonly FieldColumn[];
  /** Files of the published version that stay. */
  readonly kept: readonly DataFile[];
  readonly isWhole: boolean;
}

/** Files that are written and checked, and not yet published. */
export interface CheckedVersion extends AuditResult {
  readonly files: readonly NewFile[];
  /** What became of rows that a `quarantine` check refused. */
  readonly note: string | undefined;
}

/**
 * Writes a new version, or a part of one, and checks it; `checkInputs` are the tables that the checks read. Files of a
 * version that cannot be checked are deleted.
 */
export async function writeVersion(
  context: VersionContext,
  { sql, inputs }: { readonly sql: string; readonly inputs: readonly InputTable[] },
  checkInputs: readonly InputTable[],
): Promise<CheckedVersion> {
  const files = await write(context, sql, inputs);
  return orDelete(context, files, async () => {
    const audited = await audit(context, files, checkInputs);
    return hasRowsToSetAside(audited.checks)
      ? withoutFailingRows(context, { ...audited, files, note: undefined }, checkInputs)
      : { ...audited, files, note: undefined };
  });
}

const hasRowsToSetAside = (checks: readonly CheckResult[]): boolean =>
  checks.some(({ action, passed }) => action === 'quarantine' && !passed);

/** The version anew without the rows that a `quarantine` check refused; those are kept in the quarantine bucket. */
async function withoutFailingRows(
  context: VersionContext,
  whole: CheckedVersion,
  others: readonly InputTable[],
): Promise<CheckedVersion> {
  const { adapter, deps, definition, model, request } = context;
  const { quarantine } = model.audit;
  if (quarantine === null) return whole;
  const rows = [asInput(context, whole.files), ...others];
  const destination = `s3://${deps.settings.buckets.quarantine}/models/${model.name}/${request.runId}`;
  const aside = await adapter.write({
    sql: quarantine.setAside[adapter.engine],
    inputs: rows,
    asOf: request.asOf,
    columns: context.columns,
    partitionBy: [],
    sortBy: definition.sortBy,
    destination,
  });
  const files = await write(context, quarantine.keep[adapter.engine], rows);
  return orDelete(context, files, async () => {
    const audited = await audit(context, files, others);
    await discard(deps, pathsOf(whole.files));
    const count = aside.reduce((sum, file) => sum + file.rows, 0);
    return {
      files,
      rows: audited.rows,
      // A check that set rows aside passes now; what it found before is what counts.
      checks: audited.checks.map((result, index) =>
        result.action === 'quarantine' ? (whole.checks[index] ?? result) : result,
      ),
      note: `${count} rows set aside in ${destination}`,
    };
  });
}

function write(
  { adapter, model, request, columns, definition }: VersionContext,
  sql: string,
  inputs: readonly InputTable[],
): Promise<readonly NewFile[]> {
  return adapter.write({
    sql,
    inputs,
    asOf: request.asOf,
    columns,
    partitionBy: definition.partitionBy,
    sortBy: definition.sortBy,
    exempt: model.columns.filter(({ recordsRun }) => recordsRun).map(({ name }) => name),
    destination: `${definition.location}/data`,
  });
}

async function audit(
  context: VersionContext,
  files: readonly DataFile[],
  others: readonly InputTable[],
): Promise<AuditResult> {
  const { adapter, model, request, kept, isWhole } = context;
  const tables = {
    rebuilt: [asInput(context, files), ...others],
    whole: isWhole ? undefined : [asInput(context, [...kept, ...files]), ...others],
    keptRows: kept.reduce((sum, file) => sum + file.rows, 0),
  };
  return runAudit(adapter, model, tables, request.asOf, await auditStandard(context.deps, model));
}

/** Files under the model's own name, as its checks read them. */
const asInput = ({ model, columns }: VersionContext, files: readonly DataFile[]): InputTable => ({
  name: model.name,
  format: 'parquet',
  columns,
  files: files.map(({ path, bytes }) => ({ uri: path, bytes })),
});

async function orDelete<T>({ deps }: VersionContext, files: readonly DataFile[], step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    // The next call of the same build finds them again.
    if (!(error instanceof StillRunning)) await discard(deps, pathsOf(files));
    throw error;
  }
}

export const pathsOf = (files: readonly DataFile[]): readonly string[] => files.map(({ path }) => path);
