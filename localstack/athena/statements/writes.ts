import type { Table } from '@aws-sdk/client-glue';
import { parseTypeName, typeName } from '../../../engine/dialect/index.ts';
import type { NamedType } from '../../../engine/dialect/translate/context.ts';
import {
  createTable as createIcebergTable,
  glueCatalog,
  loadTable,
  tableColumns,
} from '../../../engine/iceberg/index.ts';
import type { Engine, QueryRun } from '../engine.ts';
import { QueryFailure } from '../failures.ts';
import { glueReader } from '../tables/glue.ts';
import { hiveColumns } from '../tables/hive.ts';
import { CATALOG, type QualifiedName, qualified } from '../tables/names.ts';
import { fileKind, SERDES } from '../tables/serdes.ts';
import { isView } from '../tables/views.ts';
import { type HiveFile, type HiveFormat, writeHiveFiles } from '../writes/hive-files.ts';
import { appendToIceberg, transformOf } from '../writes/iceberg-table.ts';
import { columnAt, countRows, type MaterialisedResult } from '../writes/result.ts';
import { hiveColumnType, requireInsertable, requireNamed } from '../writes/types.ts';
import { hasObjects, uploadTo, withSlash } from '../writes/upload.ts';
import { existing } from './listings.ts';
import type { CreateTableAs } from './parse-tables.ts';
import type { Statement } from './statement.ts';
import { partitionFolder, putTable, registerPartitions, type TableDeps } from './tables.ts';
import { hiveProperties, icebergProperties } from './write-properties.ts';

export interface WriteDeps extends TableDeps {
  readonly engine: Engine;
}

/** A statement that writes, with what its execution says of where. */
export interface WriteRun extends QueryRun {
  /** Object of the result: `s3://bucket/prefix/<id>.csv`. */
  readonly resultLocation: string;
  /** Whether the work group decides where results go. */
  readonly isLocationEnforced: boolean;
}

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** Creates a table from a query. Returns the number of its rows. */
export async function createTableAs(deps: WriteDeps, statement: CreateTableAs, run: WriteRun): Promise<number> {
  const name = qualified(statement.table, run.context);
  if ((await glueReader(deps.glue).table(name.database, name.table)) !== undefined) {
    if (statement.ifNotExists) return 0;
    const table = `${CATALOG}.${name.database}.${name.table}`;
    throw new QueryFailure('TABLE_ALREADY_EXISTS', `line 1:1: Destination table '${table}' already exists`);
  }
  const isIceberg = String(statement.properties.table_type ?? 'HIVE').toUpperCase() === 'ICEBERG';
  return deps.engine.materialise(run, async (whole) => {
    const result = statement.withData ? whole : await emptied(whole);
    requireNamed(result.columns);
    return isIceberg ? icebergTableAs(deps, statement, name, result) : hiveTableAs(deps, statement, name, result, run);
  });
}

async function emptied(result: MaterialisedResult): Promise<MaterialisedResult> {
  await result.connection.run(`delete from ${result.relation}`);
  return result;
}

async function icebergTableAs(
  deps: WriteDeps,
  { properties }: CreateTableAs,
  name: QualifiedName,
  result: MaterialisedResult,
): Promise<number> {
  const { location, partitionBy } = icebergProperties(properties);
  if (await hasObjects(deps.s3, location)) throw pathExists(name, location);
  const catalog = glueCatalog(deps.glue);
  const columns = result.columns.map((column) => {
    hiveColumnType(column);
    return { name: column.name.toLowerCase(), type: typeName(column.type), description: '' };
  });
  await createIcebergTable(catalog, deps.io, {
    ...name,
    location: location.replace(/\/$/, ''),
    columns,
    partitionBy: partitionBy.map(({ column, transform }) => ({ column, transform: transformOf(transform) })),
    sortBy: [],
    description: '',
  });
  return appendTo(deps, name, result);
}

async function hiveTableAs(
  deps: WriteDeps,
  { properties }: CreateTableAs,
  name: QualifiedName,
  result: MaterialisedResult,
  run: WriteRun,
): Promise<number> {
  const { format, partitionedBy, externalLocation } = hiveProperties(properties);
  if (externalLocation !== undefined && run.isLocationEnforced) {
    const advice = "Please remove the 'external_location' property and resubmit the query.";
    const where = 'to an Athena Workgroup that enforces a centralized output location for all queries.';
    const what =
      "The Create Table As Select query failed because it was submitted with an 'external_location' property";
    throw new QueryFailure('INVALID_TABLE_PROPERTY', `${what} ${where} ${advice}`);
  }
  const location = withSlash(externalLocation ?? run.resultLocation.replace(/([^/]+)\.\w+$/, 'tables/$1'));
  if (await hasObjects(deps.s3, location)) throw pathExists(name, location);
  requireLast(result.columns, partitionedBy);
  const columns = result.columns.map((column) => ({ Name: column.name.toLowerCase(), Type: hiveColumnType(column) }));
  const first = columns.length - partitionedBy.length;
  const table: Table = {
    DatabaseName: name.database,
    Name: name.table,
    Owner: 'hadoop',
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', has_encrypted_data: 'false' },
    PartitionKeys: columns.slice(first),
    StorageDescriptor: {
      Columns: columns.slice(0, first),
      Location: location,
      InputFormat: SERDES[format.kind].inputFormat,
      OutputFormat: SERDES[format.kind].outputFormat,
      SerdeInfo: {
        SerializationLibrary: SERDES[format.kind].library,
        Parameters: format.kind === 'text' ? { 'field.delim': format.delimiter } : {},
      },
    },
  };
  const folders = await writeFiles(deps, table, format, result);
  const { DatabaseName: _, Name, ...input } = table;
  await putTable(deps.glue, name, { ...input, Name });
  if (partitionedBy.length > 0) await registerPartitions(deps, table, folders);
  return countRows(result);
}

export function requireLast(columns: readonly NamedType[], keys: readonly string[]): void {
  const names = columns.map(({ name }) => name.toLowerCase());
  const missing = keys.find((key) => !names.includes(key));
  if (missing !== undefined) {
    throw new QueryFailure('COLUMN_NOT_FOUND', `Partition columns [${missing}] not present in schema`);
  }
  if (keys.length < names.length && keys.every((key, index) => names[names.length - keys.length + index] === key))
    return;
  const rule = 'Partition keys must be the last columns in the table and in the same order as the table properties';
  throw new QueryFailure('HIVE_COLUMN_ORDER_MISMATCH', `${rule}: [${keys.join(', ')}]`);
}

/** Adds the rows of a query to a table. Returns their number. */
export async function insertInto(deps: WriteDeps, { table, columns }: Of<'insert'>, run: WriteRun): Promise<number> {
  const found = await existing(glueReader(deps.glue), table, run.context);
  const name = { database: found.DatabaseName ?? '', table: found.Name ?? '' };
  if (isView(found)) throw new QueryFailure('NOT_SUPPORTED', 'Inserting into views is not supported');
  const isIceberg = found.Parameters?.table_type?.toUpperCase() === 'ICEBERG';
  const target = isIceberg ? await icebergColumns(deps, name) : columnsOf(found);
  return deps.engine.materialise(run, async (whole) => {
    const result = await arranged(whole, target, columns);
    if (isIceberg) return appendTo(deps, name, result);
    const folders = await writeFiles(deps, found, formatOf(found), result);
    if ((found.PartitionKeys ?? []).length > 0) await registerUnlessProjected(deps, found, folders);
    return countRows(result);
  });
}

const columnsOf = ({ StorageDescriptor, PartitionKeys }: Table): readonly NamedType[] =>
  [...hiveColumns(StorageDescriptor?.Columns), ...hiveColumns(PartitionKeys)].map(({ name, type }) => ({
    name,
    type: parseTypeName(type),
  }));

async function icebergColumns({ glue, io }: WriteDeps, { database, table }: QualifiedName): Promise<NamedType[]> {
  const loaded = await loadTable(glueCatalog(glue), io, database, table);
  return (loaded === undefined ? [] : tableColumns(loaded)).map(({ name, type }) => ({
    name,
    type: parseTypeName(type),
  }));
}

/** The result with a column for each of the table's, null for those that the statement does not name. */
async function arranged(
  result: MaterialisedResult,
  target: readonly NamedType[],
  named: readonly string[],
): Promise<MaterialisedResult> {
  const names = named.length === 0 ? target.map(({ name }) => name) : named;
  const wanted = names.map((name) => {
    const column = target.find((candidate) => candidate.name === name);
    if (column !== undefined) return column;
    throw new QueryFailure('COLUMN_NOT_FOUND', `line 1:1: Insert column name does not exist in target table: ${name}`);
  });
  requireInsertable(wanted, result.columns);
  const relation = '"$arranged"';
  const selected = target.map(({ name }, index) => {
    const position = names.indexOf(name);
    return `${position < 0 ? 'null' : columnAt(position)} as ${columnAt(index)}`;
  });
  await result.connection.run(`create view ${relation} as select ${selected.join(', ')} from ${result.relation}`);
  return { ...result, relation, columns: target };
}

async function appendTo(
  deps: WriteDeps,
  { database, table }: QualifiedName,
  result: MaterialisedResult,
): Promise<number> {
  const catalog = glueCatalog(deps.glue);
  const loaded = await loadTable(catalog, deps.io, database, table);
  if (loaded === undefined) {
    throw new QueryFailure('TABLE_NOT_FOUND', `Table '${CATALOG}.${database}.${table}' does not exist`);
  }
  await appendToIceberg({ catalog, io: deps.io, upload: uploadTo(deps.s3) }, loaded, result);
  return countRows(result);
}

/** Writes and uploads a result below a table's location; gives the folders that now have files. */
async function writeFiles(
  deps: WriteDeps,
  table: Table,
  format: HiveFormat,
  result: MaterialisedResult,
): Promise<readonly { readonly values: readonly string[]; readonly location: string }[]> {
  const columns = columnsOf(table);
  const target = { format, columns, partitionKeys: (table.PartitionKeys ?? []).length };
  const files = await writeHiveFiles(result, target);
  const root = withSlash(table.StorageDescriptor?.Location ?? '');
  const locationOf = ({ values }: HiveFile): string => folderOf(table, root, values);
  const upload = uploadTo(deps.s3);
  result.signal.throwIfAborted();
  for (const file of files) await upload(file.localPath, `${locationOf(file)}${file.name}`);
  return files.map((file) => ({ values: file.values, location: locationOf(file) }));
}

/** Where a partition lies: as the projection says, else in a folder of its values. */
export function folderOf({ Parameters = {}, PartitionKeys }: Table, root: string, values: readonly string[]): string {
  const template = Parameters['storage.location.template'];
  if (template === undefined) return `${root}${partitionFolder(PartitionKeys, values)}`;
  const keys = hiveColumns(PartitionKeys).map(({ name }) => name);
  return withSlash(template.replaceAll(/\$\{([^}]+)\}/g, (_all, key: string) => values[keys.indexOf(key)] ?? ''));
}

async function registerUnlessProjected(
  deps: WriteDeps,
  table: Table,
  folders: Parameters<typeof registerPartitions>[2],
): Promise<void> {
  if (table.Parameters?.['projection.enabled']?.toLowerCase() !== 'true')
    await registerPartitions(deps, table, folders);
}

function formatOf(table: Table): HiveFormat {
  const serde = table.StorageDescriptor?.SerdeInfo?.Parameters ?? {};
  const kind = fileKind(table);
  const delimiter = kind === 'csv' ? (serde.separatorChar ?? ',') : (serde['field.delim'] ?? '\x01');
  return { kind, delimiter, compression: 'snappy' };
}

export const pathExists = ({ database, table }: QualifiedName, location: string): QueryFailure => {
  const what = `Target directory for table '${CATALOG}.${database}.${table}' already exists: ${location}`;
  const advice = `You may need to manually clean the data at location '${location}' before retrying. Athena will not delete data in your account.`;
  return new QueryFailure('HIVE_PATH_ALREADY_EXISTS', `${what}. ${advice}`);
};
