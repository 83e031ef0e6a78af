import {
  AlreadyExistsException,
  BatchCreatePartitionCommand,
  CreateTableCommand,
  DeletePartitionCommand,
  DeleteTableCommand,
  type GlueClient,
  type PartitionInput,
  type Table,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import { asError, TributaryError } from '../../../common/errors.ts';
import { parseTypeName, typeName } from '../../../engine/dialect/index.ts';
import {
  createTable as createIcebergTable,
  dataFiles,
  type FileIo,
  glueCatalog,
  loadTable,
} from '../../../engine/iceberg/index.ts';
import { QueryFailure } from '../failures.ts';
import { glueReader } from '../tables/glue.ts';
import { hiveColumns } from '../tables/hive.ts';
import { CATALOG, type QualifiedName, type QueryContext, qualified } from '../tables/names.ts';
import { fileKindOf, SERDES, SYMLINK_INPUT } from '../tables/serdes.ts';
import { isView } from '../tables/views.ts';
import { transformOf } from '../writes/iceberg-table.ts';
import { deleteObjectsBelow, urisBelow, withSlash } from '../writes/upload.ts';
import { asMissingDatabase } from './definitions.ts';
import { existing } from './listings.ts';
import type { CreateTable, PartitionSpec, Parts } from './parse-tables.ts';
import type { Statement } from './statement.ts';

/** What statements on tables work with. */
export interface TableDeps {
  readonly glue: GlueClient;
  readonly s3: S3Client;
  readonly io: FileIo;
}

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** Partitions that one request of Glue's takes. */
const PARTITIONS_AT_ONCE = 100;

export async function createTable(deps: TableDeps, statement: CreateTable, context: QueryContext): Promise<void> {
  const name = qualified(statement.table, context);
  const isIceberg = statement.properties.table_type?.toUpperCase() === 'ICEBERG';
  if (!statement.isExternal && !isIceberg) {
    throw new QueryFailure('NOT_SUPPORTED', 'Only external table creation is supported');
  }
  if (statement.isExternal && isIceberg) {
    throw new QueryFailure('NOT_SUPPORTED', 'External keyword is not supported for table type ICEBERG');
  }
  if (statement.location === undefined) {
    throw new QueryFailure(
      'GENERIC_USER_ERROR',
      'No location was specified for table. An S3 location must be specified',
    );
  }
  if (await isThere(deps, name, statement.ifNotExists)) return;
  if (isIceberg) return createIceberg(deps, statement, name);
  await putTable(deps.glue, name, hiveTableInput(statement, name));
}

async function isThere({ glue }: TableDeps, name: QualifiedName, ifNotExists: boolean): Promise<boolean> {
  const found = await glueReader(glue).table(name.database, name.table);
  if (found !== undefined && !ifNotExists) throw alreadyExists(name);
  return found !== undefined;
}

export const alreadyExists = ({ database, table }: QualifiedName): QueryFailure =>
  new QueryFailure('TABLE_ALREADY_EXISTS', `line 1:1: Table '${CATALOG}.${database}.${table}' already exists`);

export async function putTable(glue: GlueClient, name: QualifiedName, TableInput: TableInput): Promise<void> {
  try {
    await glue.send(new CreateTableCommand({ DatabaseName: name.database, TableInput })).catch(asMissingDatabase(name));
  } catch (error) {
    throw error instanceof AlreadyExistsException ? alreadyExists(name) : asError(error);
  }
}

async function createIceberg({ glue, io }: TableDeps, statement: CreateTable, name: QualifiedName): Promise<void> {
  await createIcebergTable(glueCatalog(glue), io, {
    ...name,
    location: (statement.location ?? '').replace(/\/$/, ''),
    columns: statement.columns.map(({ name: column, type, comment = '' }) => ({
      name: column,
      type: typeName(parseTypeName(type)),
      description: comment,
    })),
    partitionBy: statement.partitionBy.map(({ column, transform }) => ({ column, transform: transformOf(transform) })),
    sortBy: [],
    description: statement.comment ?? '',
  });
}

/** Names of STORED AS; others than those read here are refused when the table is read. */
const STORED_AS: Readonly<Record<string, keyof typeof SERDES>> = {
  PARQUET: 'parquet',
  JSON: 'json',
  TEXTFILE: 'text',
};

function hiveTableInput(statement: CreateTable, { table }: QualifiedName): TableInput {
  const { serdeProperties, properties, partitionColumns, location = '' } = statement;
  const kind = STORED_AS[statement.storedAs ?? ''] ?? fileKindOf(statement.serde ?? '') ?? 'text';
  const format = SERDES[kind];
  const columns = (of: CreateTable['columns']) =>
    of.map(({ name, type, comment }) => {
      parseTypeName(type);
      return { Name: name, Type: type, ...(comment !== undefined && { Comment: comment }) };
    });
  return {
    Name: table,
    ...(statement.comment !== undefined && { Description: statement.comment }),
    Owner: 'hadoop',
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', ...properties },
    PartitionKeys: columns(partitionColumns),
    StorageDescriptor: {
      Columns: columns(statement.columns),
      Location: location,
      InputFormat: statement.storedAs === SYMLINK_INPUT ? SYMLINK_INPUT : format.inputFormat,
      OutputFormat: format.outputFormat,
      SerdeInfo: { SerializationLibrary: statement.serde ?? format.library, Parameters: { ...serdeProperties } },
    },
  };
}

/** Forgets an external table, whose files stay; an Iceberg table goes with all of its files. */
export async function dropTable(deps: TableDeps, { table, ifExists }: Of<'drop_table'>, context: QueryContext) {
  const name = qualified(table, context);
  const found = await glueReader(deps.glue).table(name.database, name.table);
  if (found === undefined && ifExists) return;
  if (found === undefined || isView(found)) {
    throw new QueryFailure('TABLE_NOT_FOUND', `Table '${CATALOG}.${name.database}.${name.table}' does not exist`);
  }
  const isIceberg = found.Parameters?.table_type?.toUpperCase() === 'ICEBERG';
  const files = isIceberg ? await icebergFiles(deps, name) : [];
  await deps.glue.send(new DeleteTableCommand({ DatabaseName: name.database, Name: name.table }));
  if (!isIceberg) return;
  await deps.io.delete(files);
  const location = found.StorageDescriptor?.Location;
  if (location !== undefined) await deleteObjectsBelow(deps.s3, location);
}

/** Data files of the current version, wherever they lie; a table that cannot be read has none. */
async function icebergFiles({ glue, io }: TableDeps, { database, table }: QualifiedName): Promise<readonly string[]> {
  try {
    const loaded = await loadTable(glueCatalog(glue), io, database, table);
    return loaded === undefined ? [] : (await dataFiles(io, loaded)).map(({ path }) => path);
  } catch (error) {
    if (error instanceof TributaryError) return [];
    throw asError(error);
  }
}

/** Registers the folders `name=value/…` below the table's location that are not yet; says which. */
export async function repairTable(deps: TableDeps, table: Parts, context: QueryContext): Promise<readonly string[]> {
  const found = await partitioned(deps, table, context);
  const keys = hiveColumns(found.PartitionKeys).map(({ name }) => name);
  const location = withSlash(found.StorageDescriptor?.Location ?? '');
  const folders = new Map<string, readonly string[]>();
  for (const uri of await urisBelow(deps.s3, location)) {
    const parts = uri.slice(location.length).split('/').slice(0, keys.length);
    const values = parts.map((part, index) => partValue(part, keys[index] ?? ''));
    if (parts.length === keys.length && values.every((value) => value !== undefined)) {
      folders.set(parts.join('/'), values);
    }
  }
  const known = new Set((await registered(deps, found)).map(({ Values = [] }) => JSON.stringify(Values)));
  const missing = [...folders].filter(([, values]) => !known.has(JSON.stringify(values)));
  const inputs = missing.map(([folder, values]) => partitionInput(found, values, `${location}${folder}/`));
  await putPartitions(deps.glue, found, inputs);
  const path = `${found.DatabaseName}.${found.Name}`;
  const lines = missing.map(([folder]) => `Repair: Added partition to metastore ${path}:${folder}`);
  return missing.length === 0
    ? []
    : [`Partitions not in metastore: ${missing.map(([f]) => `${path}:${f}`).join(' ')}`, ...lines];
}

/** The value of a folder `name=value`, or undefined for another folder. */
function partValue(folder: string, key: string): string | undefined {
  const [name, value] = folder.split('=', 2);
  return name?.toLowerCase() === key && value !== undefined ? decodeURIComponent(value) : undefined;
}

export async function addPartitions(
  deps: TableDeps,
  { table, partitions, lenient }: Of<'add_partitions'>,
  context: QueryContext,
): Promise<void> {
  const found = await partitioned(deps, table, context);
  const known = new Set((await registered(deps, found)).map(({ Values = [] }) => JSON.stringify(Values)));
  const wanted = partitions.map((spec) => ({ spec, values: valuesOf(found, spec) }));
  const existing = wanted.find(({ values }) => known.has(JSON.stringify(values)));
  if (existing !== undefined && !lenient) {
    throw new QueryFailure('ALREADY_EXISTS', `Partition already exists: [${existing.values.join(', ')}]`);
  }
  const inputs = wanted
    .filter(({ values }) => !known.has(JSON.stringify(values)))
    .map(({ spec, values }) => partitionInput(found, values, spec.location ?? defaultLocation(found, values)));
  await putPartitions(deps.glue, found, inputs);
}

export async function dropPartitions(
  deps: TableDeps,
  { table, partitions, lenient }: Of<'drop_partitions'>,
  context: QueryContext,
): Promise<void> {
  const found = await partitioned(deps, table, context);
  const known = new Set((await registered(deps, found)).map(({ Values = [] }) => JSON.stringify(Values)));
  for (const spec of partitions) {
    const PartitionValues = [...valuesOf(found, spec)];
    if (!known.has(JSON.stringify(PartitionValues))) {
      if (lenient) continue;
      throw new QueryFailure('GENERIC_USER_ERROR', `Partition not found: [${PartitionValues.join(', ')}]`);
    }
    const { DatabaseName, Name: TableName } = found;
    await deps.glue.send(new DeletePartitionCommand({ DatabaseName, TableName, PartitionValues }));
  }
}

export async function setProperties(
  { glue }: TableDeps,
  { table, properties }: Of<'set_properties'>,
  context: QueryContext,
): Promise<void> {
  const found = await existing(glueReader(glue), table, context);
  const { Name, Description, Owner, TableType, PartitionKeys, StorageDescriptor, Parameters } = found;
  const kept = { Name, Description, Owner, TableType, PartitionKeys, StorageDescriptor };
  const TableInput = { ...kept, Name: Name ?? '', Parameters: { ...Parameters, ...properties } };
  await glue.send(new UpdateTableCommand({ DatabaseName: found.DatabaseName, TableInput }));
}

async function partitioned({ glue }: TableDeps, table: Parts, context: QueryContext): Promise<Table> {
  const found = await existing(glueReader(glue), table, context);
  if ((found.PartitionKeys ?? []).length > 0) return found;
  throw new QueryFailure('GENERIC_USER_ERROR', `Table ${found.DatabaseName}.${found.Name} is not a partitioned table`);
}

const registered = ({ glue }: TableDeps, { DatabaseName = '', Name = '' }: Table) =>
  glueReader(glue).partitions(DatabaseName, Name);

/** Values in the order of the table's partition columns. */
function valuesOf({ PartitionKeys }: Table, { values }: PartitionSpec): readonly string[] {
  const keys = hiveColumns(PartitionKeys).map(({ name }) => name);
  if (Object.keys(values).length === keys.length && keys.every((key) => key in values)) {
    return keys.map((key) => values[key] ?? '');
  }
  const detail = `Partition spec {${Object.keys(values).join(', ')}} does not name the columns [${keys.join(', ')}]`;
  throw new QueryFailure('GENERIC_USER_ERROR', detail);
}

function defaultLocation({ PartitionKeys, StorageDescriptor }: Table, values: readonly string[]): string {
  return `${withSlash(StorageDescriptor?.Location ?? '')}${partitionFolder(PartitionKeys, values)}`;
}

/** `day=2024-01-01/hour=7/` */
export const partitionFolder = (keys: Table['PartitionKeys'], values: readonly string[]): string =>
  hiveColumns(keys)
    .map(({ name }, index) => `${name}=${encodeURIComponent(values[index] ?? '')}/`)
    .join('');

const partitionInput = ({ StorageDescriptor }: Table, values: readonly string[], Location: string): PartitionInput => ({
  Values: [...values],
  StorageDescriptor: { ...StorageDescriptor, Location },
});

/** Registers folders of new files as partitions; those that are known stay as they are. */
export async function registerPartitions(
  deps: TableDeps,
  table: Table,
  folders: readonly { readonly values: readonly string[]; readonly location: string }[],
): Promise<void> {
  const known = new Set((await registered(deps, table)).map(({ Values = [] }) => JSON.stringify(Values)));
  const missing = folders.filter(({ values }) => !known.has(JSON.stringify(values)));
  const inputs = missing.map(({ values, location }) => partitionInput(table, values, location));
  await putPartitions(deps.glue, table, inputs);
}

async function putPartitions(
  glue: GlueClient,
  { DatabaseName, Name: TableName }: Table,
  inputs: readonly PartitionInput[],
): Promise<void> {
  for (let start = 0; start < inputs.length; start += PARTITIONS_AT_ONCE) {
    const PartitionInputList = inputs.slice(start, start + PARTITIONS_AT_ONCE);
    await glue.send(new BatchCreatePartitionCommand({ DatabaseName, TableName, PartitionInputList }));
  }
}
