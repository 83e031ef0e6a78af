import type { Table } from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import type { InputFile, InputTable } from '../../../engine/adapters/adapter.ts';
import { relationSql } from '../../../engine/adapters/duckdb/relations.ts';
import { identifier, literal } from '../../../engine/adapters/duckdb/types.ts';
import { parseTypeName, type SqlType } from '../../../engine/dialect/index.ts';
import { duckDbType, VARCHAR } from '../../../engine/dialect/types.ts';
import {
  dataFiles,
  type FileIo,
  type Table as IcebergTable,
  tableColumns,
  type VersionSelector,
} from '../../../engine/iceberg/index.ts';
import type { Condition } from './conditions.ts';
import type { GlueReader } from './glue.ts';
import { type HivePart, hiveColumns, hiveParts, NULL_PARTITION } from './hive.ts';
import { mayHavePartition, mayHaveRows } from './pruning.ts';
import { fileKind } from './serdes.ts';
import type { Source } from './source.ts';
import { textSelect } from './text-files.ts';

/** Iceberg's timestamps have microseconds, Hive's milliseconds; Athena shows the digits. */
const ICEBERG_PRECISION = 6;

const PATH = { name: '$path', type: VARCHAR };

/** What a query asks of a table beside its columns. */
export interface Wanted {
  /** The address of each row's file, as `"$path"`. */
  readonly path: boolean;
  /** Files without a row that meets them all need not be read. */
  readonly conditions: readonly Condition[];
}

/** The rows of all files, each with its address where that is wanted. */
function rowsOf(files: readonly InputFile[], wanted: Wanted, select: (files: readonly InputFile[]) => string): string {
  if (!wanted.path) return select(files);
  const withPath = (of: readonly InputFile[], path: string): string =>
    `(select *, ${path} as "$path" from (${select(of)}))`;
  if (files.length === 0) return withPath([], 'cast(null as varchar)');
  return files.map((file) => withPath([file], literal(file.uri))).join(' union all ');
}

export function icebergSource(io: FileIo, table: IcebergTable, version: VersionSelector, wanted: Wanted): Source {
  const columns = tableColumns(table, version);
  let input: InputTable | undefined;
  return {
    hidden: wanted.path ? [PATH] : [],
    columns: columns.map(({ name, type }) => ({ name, type: withPrecision(parseTypeName(type), ICEBERG_PRECISION) })),
    async files() {
      const all = await dataFiles(io, table, version);
      const needed = all.filter((file) => mayHaveRows(file, columns, wanted.conditions));
      const files = needed.map(({ path, bytes }) => ({ uri: path, bytes }));
      input = { name: table.name, format: 'parquet', columns, files };
      return files;
    },
    select: (pathOf) => {
      if (input === undefined) return '';
      const { files, ...rest } = input;
      return rowsOf(files, wanted, (of) => relationSql({ ...rest, files: of }, of.map(pathOf)));
    },
  };
}

export function hiveSource(s3: S3Client, glue: GlueReader, table: Table, wanted: Wanted): Source {
  const kind = fileKind(table);
  const format = kind === 'json' ? 'json' : 'parquet';
  const columns = hiveColumns(table.StorageDescriptor?.Columns);
  const keys = hiveColumns(table.PartitionKeys);
  const name = `${table.DatabaseName}.${table.Name}`;
  let parts: readonly HivePart[] = [];
  const selectParts = (pathOf: (file: InputFile) => string): string => {
    const files = parts.flatMap((part) => part.files);
    const isText = kind === 'text' || kind === 'csv';
    if (files.length === 0 || (!isText && !wanted.path && parts.every(isHiveLayout))) {
      const all = { name, format, columns, files, pathColumns: keys } as const;
      return rowsOf(files, wanted, () => relationSql(all, files.map(pathOf)));
    }
    return parts.map((part) => `(${partSelect(part, pathOf)})`).join(' union all ');
  };
  const partRows = (files: readonly InputFile[], localPaths: readonly string[]): string => {
    if (kind !== 'text' && kind !== 'csv') return relationSql({ name, format, columns, files }, localPaths);
    // Trino keeps some of them with the table.
    const serde = { ...table.Parameters, ...table.StorageDescriptor?.SerdeInfo?.Parameters };
    const headerLines = Number(table.Parameters?.['skip.header.line.count'] ?? 0);
    return textSelect({ kind, serde, headerLines }, columns, localPaths);
  };
  const partSelect = ({ values, files }: HivePart, pathOf: (file: InputFile) => string): string => {
    const constants = keys.map(
      (key) =>
        `cast(${partitionLiteral(values[key.name] ?? '')} as ${duckDbType(parseTypeName(key.type))}) as ${identifier(key.name)}`,
    );
    const rows = rowsOf(files, wanted, (of) => partRows(of, of.map(pathOf)));
    const path = wanted.path ? ', "$path"' : '';
    const names = columns.map((column) => identifier(column.name));
    return `select ${[...names, ...constants].join(', ')}${path} from (${rows})`;
  };
  return {
    hidden: wanted.path ? [PATH] : [],
    columns: [...columns, ...keys].map((column) => ({ name: column.name, type: parseTypeName(column.type) })),
    async files() {
      const all = await hiveParts(s3, glue, table);
      parts = all.filter((part) => mayHavePartition(part, keys, wanted.conditions));
      return parts.flatMap(({ files }) => files);
    },
    select: selectParts,
  };
}

/** Hive's folder of the rows whose partition column is null. */
const partitionLiteral = (value: string): string => (value === NULL_PARTITION ? 'null' : literal(value));

/** Whether the folders themselves say the partition's values: `…/name=value/…`. */
function isHiveLayout({ values, files }: HivePart): boolean {
  return files.every(({ uri }) =>
    Object.entries(values).every(([name, value]) => uri.includes(`/${name}=${encodeURIComponent(value)}/`)),
  );
}

function withPrecision(type: SqlType, precision: number): SqlType {
  switch (type.kind) {
    case 'timestamp':
      return { ...type, precision };
    case 'array':
      return { kind: 'array', element: withPrecision(type.element, precision) };
    case 'map':
      return { kind: 'map', key: withPrecision(type.key, precision), value: withPrecision(type.value, precision) };
    case 'row':
      return {
        kind: 'row',
        fields: type.fields.map((field) => ({ ...field, type: withPrecision(field.type, precision) })),
      };
    default:
      return type;
  }
}
