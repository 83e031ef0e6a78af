import type { Table } from '@aws-sdk/client-glue';
import { QueryFailure } from '../failures.ts';
import type { TextRow } from '../results/stored-result.ts';
import type { GlueReader } from '../tables/glue.ts';
import { hiveColumns } from '../tables/hive.ts';
import { CATALOG, type QueryContext, qualified } from '../tables/names.ts';
import { isView, readView } from '../tables/views.ts';
import type { Parts } from './statement.ts';

interface Filter {
  readonly database?: string;
  readonly like?: string;
}

export async function databases(glue: GlueReader, { like }: Filter): Promise<readonly string[]> {
  return (await glue.databases()).map(({ Name = '' }) => Name).filter(matcher(like));
}

/** Tables and views, as SHOW TABLES gives both. */
export async function tables(glue: GlueReader, filter: Filter, context: QueryContext): Promise<readonly string[]> {
  return (await tablesOf(glue, filter, context)).map(({ Name = '' }) => Name).filter(matcher(filter.like));
}

export async function views(glue: GlueReader, filter: Filter, context: QueryContext): Promise<readonly string[]> {
  const all = (await tablesOf(glue, filter, context)).filter(isView);
  return all.map(({ Name = '' }) => Name).filter(matcher(filter.like));
}

export async function columnNames(glue: GlueReader, name: Parts, context: QueryContext): Promise<readonly string[]> {
  return allColumns(await existing(glue, name, context)).map((column) => column.name);
}

/** Name, type and comment per column; partition columns follow under a heading of their own. */
export async function columns(glue: GlueReader, name: Parts, context: QueryContext): Promise<readonly TextRow[]> {
  const { StorageDescriptor, PartitionKeys = [] } = await existing(glue, name, context);
  const rows = (of: typeof PartitionKeys): TextRow[] =>
    of.map(({ Name = '', Type = '', Comment }) => [Name, Type, Comment ?? '']);
  const plain = rows([...(StorageDescriptor?.Columns ?? []), ...PartitionKeys]);
  if (PartitionKeys.length === 0) return plain;
  const heading: TextRow[] = [
    ['', '', ''],
    ['# Partition Information', '', ''],
    ['# col_name', 'data_type', 'comment'],
    ['', '', ''],
  ];
  return [...plain, ...heading, ...rows(PartitionKeys)];
}

/** Registered partitions as paths: `day=2024-01-01/hour=00`. */
export async function partitions(glue: GlueReader, name: Parts, context: QueryContext): Promise<readonly string[]> {
  const table = await existing(glue, name, context);
  const keys = hiveColumns(table.PartitionKeys);
  if (keys.length === 0) {
    const detail = `Table ${table.DatabaseName}.${table.Name} is not a partitioned table`;
    throw new QueryFailure('GENERIC_USER_ERROR', detail);
  }
  const found = await glue.partitions(table.DatabaseName ?? '', table.Name ?? '');
  return found.map(({ Values = [] }) => keys.map((key, index) => `${key.name}=${Values[index]}`).join('/')).sort();
}

/** A statement that would make the table, a line per row. */
export async function tableDefinition(
  glue: GlueReader,
  name: Parts,
  context: QueryContext,
): Promise<readonly string[]> {
  const table = await existing(glue, name, context);
  if (isView(table)) throw new QueryFailure('GENERIC_USER_ERROR', `${table.Name} is a view; use SHOW CREATE VIEW`);
  const { DatabaseName, Name, StorageDescriptor, PartitionKeys = [], Parameters = {} } = table;
  const isIceberg = Parameters.table_type?.toUpperCase() === 'ICEBERG';
  const serde = StorageDescriptor?.SerdeInfo?.SerializationLibrary;
  const list = (of: typeof PartitionKeys): string =>
    hiveColumns(of)
      .map((column) => `  \`${column.name}\` ${column.type}`)
      .join(',\n');
  const properties = Object.entries(Parameters).map(([key, value]) => `  '${key}'='${value}'`);
  const text = [
    `CREATE ${isIceberg ? '' : 'EXTERNAL '}TABLE \`${DatabaseName}.${Name}\`(`,
    `${list(StorageDescriptor?.Columns ?? [])})`,
    ...(PartitionKeys.length === 0 ? [] : ['PARTITIONED BY (', `${list(PartitionKeys)})`]),
    ...(serde === undefined ? [] : [`ROW FORMAT SERDE`, `  '${serde}'`]),
    `LOCATION`,
    `  '${StorageDescriptor?.Location ?? ''}'`,
    `TBLPROPERTIES (`,
    `${properties.join(',\n')})`,
  ];
  return text.join('\n').split('\n');
}

export async function viewDefinition(glue: GlueReader, name: Parts, context: QueryContext): Promise<readonly string[]> {
  const table = await existing(glue, name, context);
  const view = isView(table) ? readView(table) : undefined;
  if (view === undefined) throw new QueryFailure('GENERIC_USER_ERROR', `${table.Name} is not a view`);
  return [`CREATE VIEW ${table.DatabaseName}.${table.Name} AS`, ...view.originalSql.split('\n')];
}

/** `key` and value per row, or the value of one property. */
export async function properties(
  glue: GlueReader,
  name: Parts,
  property: string | undefined,
  context: QueryContext,
): Promise<readonly TextRow[]> {
  const table = await existing(glue, name, context);
  const all = Object.entries(table.Parameters ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  if (property === undefined) return all;
  const [, value] = all.find(([key]) => key === property) ?? [];
  const missing = `Table ${table.DatabaseName}.${table.Name} does not have property: ${property}`;
  return [[value ?? missing]];
}

async function tablesOf(glue: GlueReader, { database }: Filter, context: QueryContext): Promise<readonly Table[]> {
  const name = (database ?? context.database ?? 'default').toLowerCase();
  if (!(await glue.hasDatabase(name))) throw new QueryFailure('SCHEMA_NOT_FOUND', `Schema '${name}' does not exist`);
  return glue.tables(name);
}

export async function existing(glue: GlueReader, parts: Parts, context: QueryContext): Promise<Table> {
  const name = qualified(parts, context);
  const table = await glue.table(name.database, name.table);
  if (table !== undefined) return table;
  const missing = `${CATALOG}.${name.database}.${name.table}`;
  throw new QueryFailure('TABLE_NOT_FOUND', `line 1:1: Table '${missing}' does not exist`);
}

const allColumns = ({ StorageDescriptor, PartitionKeys }: Table) => [
  ...hiveColumns(StorageDescriptor?.Columns),
  ...hiveColumns(PartitionKeys),
];

/** SHOW's patterns: `*` is any text, `|` an alternative. */
function matcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  const source = pattern.replaceAll(/[.+?^${}()[\]\\]/g, '\\$&').replaceAll(/[*%]/g, '.*');
  const expression = new RegExp(`^(${source})$`, 'i');
  return (name) => expression.test(name);
}
