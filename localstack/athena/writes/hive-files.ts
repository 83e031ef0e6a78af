import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../../engine/adapters/duckdb/types.ts';
import type { SqlType } from '../../../engine/dialect/types.ts';
import { duckDbType, quoted } from '../../../engine/dialect/types.ts';
import { QueryFailure } from '../failures.ts';
import { NULL_PARTITION } from '../tables/hive.ts';
import { columnAt, type MaterialisedResult } from './result.ts';

/** Partitions that one statement may write to. */
const MAX_PARTITIONS = 100;

export interface HiveFormat {
  readonly kind: 'parquet' | 'json' | 'text' | 'csv';
  /** Between the values of a line of text. */
  readonly delimiter: string;
  /** Text is compressed by gzip or not at all. */
  readonly compression: 'snappy' | 'gzip' | 'zstd' | 'uncompressed';
}

export interface HiveTarget {
  readonly format: HiveFormat;
  /** Columns of the table in its order; the last `partitionKeys` are kept in folder names. */
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
  readonly partitionKeys: number;
}

/** Files of one partition of a Hive table, on the local disk. */
export interface HiveFile {
  readonly localPath: string;
  readonly name: string;
  /** Values of the partition columns as folder names have them. */
  readonly values: readonly string[];
}

/** Writes a result as a Hive table's files, one per partition. Throws `HIVE_TOO_MANY_OPEN_PARTITIONS`. */
export async function writeHiveFiles(result: MaterialisedResult, target: HiveTarget): Promise<readonly HiveFile[]> {
  const first = target.columns.length - target.partitionKeys;
  const keys = target.columns.slice(first).map((_, index) => columnAt(first + index));
  const partitions = await partitionsOf(result, keys);
  await mkdir(result.folder, { recursive: true });
  const files: HiveFile[] = [];
  for (const values of partitions) {
    const name = `${randomUUID()}${extension(target.format)}`;
    const localPath = join(result.folder, name);
    const condition = keys.map((key, index) => `${text(key)} is not distinct from ${nullable(values[index])}`);
    const where = condition.length === 0 ? '' : ` where ${condition.join(' and ')}`;
    const rows = `select ${selected(target, first)} from ${result.relation}${where}`;
    await result.connection.run(`copy (${rows}) to ${literal(localPath)} (${options(target.format)})`);
    files.push({ localPath, name, values: values.map((value) => value ?? NULL_PARTITION) });
  }
  return files;
}

async function partitionsOf(
  { connection, relation }: MaterialisedResult,
  keys: readonly string[],
): Promise<readonly (readonly (string | null)[])[]> {
  const reader = await connection.runAndReadAll(
    keys.length === 0
      ? `select 1 from ${relation} limit 1`
      : `select distinct ${keys.map(text).join(', ')} from ${relation} order by all limit ${MAX_PARTITIONS + 1}`,
  );
  const rows = reader.getRows();
  if (rows.length > MAX_PARTITIONS) {
    const detail = `Exceeded limit of ${MAX_PARTITIONS} open writers for partitions/buckets`;
    throw new QueryFailure('HIVE_TOO_MANY_OPEN_PARTITIONS', detail);
  }
  return rows.map((row) => keys.map((_, index) => (row[index] === null ? null : String(row[index]))));
}

const text = (expression: string): string => `cast(${expression} as varchar)`;
const nullable = (value: string | null | undefined): string => (value == null ? 'null' : literal(value));

function selected({ format, columns }: HiveTarget, count: number): string {
  const values = columns
    .slice(0, count)
    .map(({ name, type }, index) => ({ name, type, sql: `cast(${columnAt(index)} as ${duckDbType(type)})` }));
  if (format.kind === 'parquet' || format.kind === 'json') {
    return values.map(({ name, sql }) => `${sql} as ${quoted(name)}`).join(', ');
  }
  const nested = values.find(({ type }) => ['array', 'map', 'row'].includes(type.kind));
  if (nested !== undefined) {
    const detail = `The local endpoint does not write ${nested.type.kind} columns as text: ${nested.name}`;
    throw new QueryFailure('NOT_SUPPORTED', detail);
  }
  return values.map(({ sql }) => text(sql)).join(', ');
}

function options({ kind, delimiter, compression }: HiveFormat): string {
  const ofText = compression === 'uncompressed' ? 'compression none' : 'compression gzip';
  switch (kind) {
    case 'parquet':
      return `format parquet, compression ${compression}`;
    case 'json':
      return `format json, ${ofText}`;
    case 'csv':
      return `format csv, header false, delimiter ${literal(delimiter)}, force_quote *, ${ofText}`;
    case 'text':
      return `format csv, header false, delimiter ${literal(delimiter)}, quote '', escape '', nullstr '\\N', ${ofText}`;
  }
}

function extension({ kind, compression }: HiveFormat): string {
  if (kind === 'parquet') return '.parquet';
  return compression === 'uncompressed' ? '' : '.gz';
}
