import { TributaryError } from '../../common/errors.ts';
import { changeProperties, loadTable, rollback, type Snapshot, snapshotOf, type Table } from '../iceberg/index.ts';
import type { BuildRecord, TableChange } from '../run.ts';
import { describeHold, type Hold, holdOf, holdProperties } from './hold.ts';
import { underLease } from './lease.ts';
import { failedBy, type Outcome, outcome } from './outcome.ts';
import type { BuildDeps } from './ports.ts';

/**
 * Carries out what a person wants done to a table, as its only writer, and records it like a build. What cannot be done
 * is a result too: `unknown_model`, `no_versions` for a view, `table_missing`, `table_busy`, `not_held`, and what a
 * rollback throws.
 */
export async function changeTable(deps: BuildDeps, change: TableChange): Promise<BuildRecord> {
  const started = deps.now();
  const result = await attempt(deps, change, started).catch(failedBy);
  const record: BuildRecord = {
    runId: change.runId,
    model: change.table,
    owner: deps.manifest.models.find(({ name }) => name === change.table)?.owner ?? '',
    startedAt: started.toISOString(),
    seconds: (deps.now().getTime() - started.getTime()) / 1000,
    ...result,
  };
  await deps.journal.write(record);
  return record;
}

async function attempt(deps: BuildDeps, change: TableChange, now: Date): Promise<Outcome> {
  requireTable(deps, change.table);
  const [database = '', name = ''] = change.table.split('.');
  return underLease(deps, change.table, change.runId, async () => {
    // Read as the only writer: what is loaded now stays as it is.
    const table = await loadTable(deps.catalog, deps.io, database, name);
    if (table === undefined) throw missing(change.table);
    return change.action === 'rollback' ? rollBack(deps, table, change, now) : release(deps, table);
  });
}

async function rollBack(deps: BuildDeps, table: Table, change: TableChange, now: Date): Promise<Outcome> {
  const { by } = change;
  const hold: Hold | undefined = change.hold ? { since: now.toISOString(), by } : holdOf(table);
  const from = snapshotOf(table)?.id ?? 'none';
  const snapshot = await rollback(deps.catalog, deps.io, table, change.to, holdProperties(hold));
  const held = hold === undefined ? '' : `; ${describeHold(hold)}`;
  const reason = `from version ${from} to ${snapshot.id}, by ${by}${held}`;
  return outcome({ status: 'rolled_back', reason, ...sizeOf(snapshot) });
}

async function release(deps: BuildDeps, table: Table): Promise<Outcome> {
  const hold = holdOf(table);
  if (hold === undefined) {
    throw new TributaryError({ code: 'not_held', message: 'the table is not held', where: table.name });
  }
  await changeProperties(deps.catalog, deps.io, table, holdProperties(undefined));
  const snapshot = snapshotOf(table);
  return outcome({ status: 'released', reason: `was ${describeHold(hold)}`, ...(snapshot && sizeOf(snapshot)) });
}

const sizeOf = ({ id, summary }: Snapshot) => ({
  rows: Number(summary['total-records'] ?? 0),
  bytes: Number(summary['total-files-size'] ?? 0),
  snapshotId: id,
});

function requireTable({ manifest }: BuildDeps, name: string): void {
  const model = manifest.models.find((candidate) => candidate.name === name);
  if (model === undefined) {
    throw new TributaryError({ code: 'unknown_model', message: `the deployed models have no table ${name}` });
  }
  if (model.kind !== 'view') return;
  throw new TributaryError({
    code: 'no_versions',
    message: 'a view has no versions: it shows those of the tables that it reads',
    where: name,
    advice: `Roll back one of ${model.inputs.join(', ')}.`,
  });
}

const missing = (name: string): TributaryError =>
  new TributaryError({ code: 'table_missing', message: `the table ${name} is not in the catalog`, where: name });
