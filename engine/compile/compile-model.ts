import { compileAudit, isShown } from '../checks/audit.ts';
import type { CompiledModel } from '../manifest.ts';
import type { Column, Model } from '../model.ts';
import { type PlacedCheck, parseChecks } from './checks.ts';
import { datesBesides, logicalDateIn, refuseNonDeterminism } from './determinism.ts';
import { compileError } from './errors.ts';
import { type Header, parseHeader } from './header.ts';
import { checkInputs, type InputIndex, parseUpkeep } from './kinds.ts';
import { checkKind, checkLayer } from './layers.ts';
import { checkLocality } from './local.ts';
import { logicHash } from './logic-hash.ts';
import { mergeSql } from './merge-sql.ts';
import { identityOf, type ModelFile, splitModelFile } from './model-file.ts';
import { checkNames, checkTypes } from './output.ts';
import { refuseUnportable } from './portable.ts';
import { type Resolution, resolve } from './resolve.ts';
import { parseStatement, type Statement } from './syntax.ts';
import { resultKeys } from './table-keys.ts';
import { translate } from './translate.ts';

/** A model by itself, before other tables are looked at. */
export interface ParsedModel {
  readonly model: Model;
  readonly header: Header;
  readonly checks: readonly PlacedCheck[];
  readonly statement: Statement;
}

/** Reads one file. Throws what is wrong with its path, its header, its checks or its SQL's syntax. */
export function parseModel(file: ModelFile): ParsedModel {
  const identity = identityOf(file.path);
  const parts = splitModelFile(file);
  const header = parseHeader(file.path, parts);
  const { fields } = header;
  checkKind(identity.layer, fields.kind, header.placeOf(['kind']));
  refuseUnknownColumns(header);
  const checks = parseChecks(header);
  const statement = parseStatement(parts.sql, { file: file.path, line: parts.sqlLine });
  refuseNonDeterminism(statement);
  refuseUnportable(statement);
  const model: Model = {
    ...identity,
    kind: fields.kind,
    description: fields.description,
    owner: fields.owner,
    grain: fields.grain,
    columns: fields.columns.map(({ name, type, description, classification, records_run: recordsRun }) => ({
      name,
      type,
      description,
      classification,
      ...(recordsRun ? { recordsRun } : {}),
    })),
    checks: checks.map(({ check }) => check),
    partitionBy: fields.partition_by,
    sortBy: fields.sort_by,
    ...parseUpkeep(header),
    slaHours: fields.sla?.hours,
    file: file.path,
    sql: parts.sql,
    sqlLine: parts.sqlLine,
  };
  return { model, header, checks, statement };
}

/**
 * Compiles one model among all tables; `known` holds the columns of models by `gold.fact_sale.net_amount`.
 * Throws what is wrong with its names, its layer, its output or its checks.
 */
export function compileModel(
  { model, header, checks, statement }: ParsedModel,
  index: InputIndex,
  known: ReadonlyMap<string, Column>,
): CompiledModel {
  const { tables } = index;
  const resolution = resolve(
    statement,
    tables,
    header.fields.ties_because === undefined ? { tables: index.keys, own: resultKeys(model) } : undefined,
  );
  checkLayer(model.layer, model.domain, resolution.tables, statement);
  const inputs = [...resolution.tables.keys()];
  const promised = { columns: model.columns, placeOf: header.placeOf };
  const output = { columns: resolution.columns, placeOf: statement.placeOf };
  checkNames(promised, output);
  refuseRunRecords(model, resolution, statement, known);
  checkInputs(header, model, inputs, index);
  checkLocality(header, model, statement, index);
  const [tie] = resolution.ties;
  if (tie !== undefined) throw tie;
  const { sql, types } = translate(statement, tables);
  checkTypes(promised, output, types);
  const { audit, usesLogicalDate: auditUsesDate } = compileAudit({
    table: model.name,
    viewSql: model.kind === 'view' ? model.sql : undefined,
    columns: model.columns,
    checks,
    tables,
    isHarmless: ({ table, column }) => {
      const definition = known.get(`${table}.${column}`);
      return definition !== undefined && isShown(definition);
    },
    placeOf: header.placeOf,
    isPartial: model.kind === 'partitioned' || model.kind === 'merge',
  });
  const { sqlLine: _, ...rest } = model;
  return {
    ...rest,
    athenaSql: model.sql,
    ...(model.merge === undefined ? { sql, mergeSql: null } : mergeSql(model, model.merge, statement, tables)),
    inputs,
    // A check against the date is judged anew on each date, even where the rows are the same.
    usesLogicalDate: logicalDate(model, statement) || auditUsesDate,
    logicHash: logicHash(model, statement.query),
    audit,
    lineage: lineageOf(resolution),
  };
}

const lineageOf = ({ columns }: Resolution): CompiledModel['lineage'] =>
  columns.map(({ name, origins }) => ({ column: name, from: origins }));

function refuseUnknownColumns({ fields, placeOf }: Header): void {
  const names = new Set(fields.columns.map(({ name }) => name));
  if (names.size < fields.columns.length) {
    const index = fields.columns.findIndex(({ name }, position) =>
      fields.columns.slice(0, position).some((other) => other.name === name),
    );
    const name = fields.columns[index]?.name;
    throw compileError('header_invalid', placeOf(['columns', index]), `the column "${name}" is there twice`);
  }
  for (const [property, columns] of [
    ['partition_by', fields.partition_by.map(({ column }) => column)],
    ['sort_by', fields.sort_by],
  ] as const) {
    columns.forEach((column, index) => {
      if (names.has(column)) return;
      throw compileError('unknown_column', placeOf([property, index]), `${property}: there is no column "${column}"`);
    });
  }
}

/** What a run recorded is no news: a model that read it would not be built when it changes. Views store nothing. */
function refuseRunRecords(
  { kind }: Model,
  { stored }: Resolution,
  { placeOf }: Statement,
  known: ReadonlyMap<string, Column>,
): void {
  if (kind === 'view') return;
  for (const [name, at] of stored) {
    if (known.get(name)?.recordsRun !== true) continue;
    throw compileError(
      'reads_run_record',
      placeOf(at),
      `${name} only records the run that wrote it, and decides nothing`,
    );
  }
}

/** Views are run by their readers, on whatever day that is. */
function logicalDate({ kind, columns }: Model, statement: Statement): boolean {
  const date = logicalDateIn(statement.query);
  if (date !== undefined && kind === 'view') {
    throw compileError(
      'not_deterministic',
      statement.placeOf(date.at),
      'a view would take the day of its reader, not the run’s logical date',
      'Compute it in a table that the view reads.',
    );
  }
  return date !== undefined && datesBesides(statement.query, columns);
}
