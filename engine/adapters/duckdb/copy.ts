import { join } from 'node:path';
import type { ColumnStats, DataFile, FieldColumn } from '../../iceberg/types.ts';
import type { WriteRequest } from '../adapter.ts';
import { columnStats, type ReportedStats } from './parquet-stats.ts';
import { type PartitionKey, partitionKey } from './partitions.ts';
import { duckDbType, identifier, literal } from './types.ts';

/** A Parquet file on the local disk, described as the data file it will be. */
export interface WrittenFile extends Omit<DataFile, 'path'> {
  readonly localPath: string;
  /** Folders under the destination: `sold_at_day=2026-01-31`. */
  readonly folder: readonly string[];
}

type CopyRequest = Pick<WriteRequest, 'columns' | 'partitionBy' | 'sortBy'>;

/** DuckDB's own default, stated because readers skip by row group. */
const ROW_GROUP_ROWS = 122_880;

/**
 * A COPY of `relation` into `folder`: one file per partition, seldom a few; one file in all without partitions. The
 * columns are cast to the declared types and carry their field ids. Rows are sorted within row groups, and across the
 * file where there is just one.
 */
export function copyStatement(relation: string, request: CopyRequest, folder: string): string {
  const keys = partitionKeys(request).map((key, index) => ({ ...key, alias: keyAlias(index) }));
  const casts = request.columns.map(
    ({ name, type }) => `cast(${identifier(name)} as ${duckDbType(type)}) as ${identifier(name)}`,
  );
  const rows = `select ${casts.join(', ')} from ${identifier(relation)}`;
  const partitions = keys.map(({ expression, alias }) => `, ${expression} as ${alias}`).join('');
  const order = [...keys.map(({ alias }) => alias), ...request.sortBy.map(identifier)].map(
    (key) => `${key} nulls last`,
  );
  const ordered = order.length === 0 ? '' : ` order by ${order.join(', ')}`;
  const options = [
    'format parquet',
    'compression zstd',
    `row_group_size ${ROW_GROUP_ROWS}`,
    `field_ids {${request.columns.map(fieldId).join(', ')}}`,
    'return_stats true',
    ...(keys.length === 0 ? [] : [`partition_by (${keys.map(({ alias }) => alias).join(', ')})`]),
  ];
  const target = keys.length === 0 ? join(folder, 'all.parquet') : folder;
  const overwrite = keys.length === 0 ? [] : ['overwrite_or_ignore true'];
  return `copy (select *${partitions} from (${rows})${ordered}) to ${literal(target)} (${[...options, ...overwrite].join(', ')})`;
}

/** The files that the COPY reported, but those without a row. */
export function writtenFiles(
  report: readonly Readonly<Record<string, unknown>>[],
  request: CopyRequest,
): readonly WrittenFile[] {
  const keys = partitionKeys(request);
  return report
    .filter((row) => Number(row.count) > 0)
    .map((row) => {
      const values = mapEntries<string>(row.partition_keys);
      const texts = keys.map((_key, index) => values.get(keyAlias(index)) ?? undefined);
      return {
        localPath: String(row.filename),
        folder: keys.map((key, index) => `${key.folder}=${encodeURIComponent(key.label(texts[index] ?? 'null'))}`),
        bytes: Number(row.file_size_bytes),
        rows: Number(row.count),
        partition: keys.map((key, index) => key.parse(texts[index])),
        stats: fileStats(mapEntries(row.column_statistics), request.columns),
      };
    });
}

const partitionKeys = ({ partitionBy, columns }: CopyRequest): readonly PartitionKey[] =>
  partitionBy.map((by) => partitionKey(by, columns));

const keyAlias = (index: number): string => `partition_key_${index}`;

function fieldId({ name, id, elementId }: FieldColumn): string {
  const value = elementId === undefined ? id : `{__duckdb_field_id: ${id}, element: ${elementId}}`;
  return `${identifier(name)}: ${value}`;
}

function fileStats(
  reported: ReadonlyMap<string, unknown>,
  columns: readonly FieldColumn[],
): ReadonlyMap<number, ColumnStats> {
  const stats = columns.flatMap((column): [number, ColumnStats][] => {
    const entries = reported.get(identifier(column.name));
    if (entries === undefined) return [];
    const found: ReportedStats = Object.fromEntries(mapEntries<string>(entries));
    const converted = columnStats(column, found);
    return converted === undefined ? [] : [[column.id, converted]];
  });
  return new Map(stats);
}

/** DuckDB's maps arrive as lists of entries; an absent map as null. */
function mapEntries<V>(map: unknown): ReadonlyMap<string, V> {
  const entries = Array.isArray(map) ? (map as { readonly key: string; readonly value: V }[]) : [];
  return new Map(entries.map(({ key, value }) => [key, value]));
}
