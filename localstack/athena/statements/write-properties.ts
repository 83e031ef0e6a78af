import { QueryFailure } from '../failures.ts';
import type { HiveFormat } from '../writes/hive-files.ts';
import type { PartitionTransform, PropertyValue } from './parse-tables.ts';

type Given = Readonly<Record<string, PropertyValue>>;

const COMPRESSIONS = [
  'write_compression',
  'parquet_compression',
  'compression',
  'compression_level',
  'orc_compression',
];
const HIVE = [
  'table_type',
  'format',
  'external_location',
  'is_external',
  'partitioned_by',
  'field_delimiter',
  ...COMPRESSIONS,
];
const ICEBERG = ['table_type', 'format', 'location', 'is_external', 'partitioning', ...COMPRESSIONS];
/** Properties that only steer later maintenance, or how files are laid out. */
const WITHOUT_EFFECT = /^(vacuum_|optimize_)/;
const NOT_HERE = ['bucketed_by', 'bucket_count'];

function requireKnown(properties: Given, known: readonly string[]): void {
  for (const name of Object.keys(properties)) {
    if (NOT_HERE.includes(name)) {
      throw new QueryFailure('NOT_SUPPORTED', 'The local endpoint does not write bucketed tables');
    }
    if (known.includes(name) || WITHOUT_EFFECT.test(name)) continue;
    const detail = `line 1:1: Catalog 'awsdatacatalog' table property '${name}' does not exist`;
    throw new QueryFailure('INVALID_TABLE_PROPERTY', detail);
  }
}

const textOf = (value: PropertyValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** A property of names, in lower case. */
export const propertyList = (value: PropertyValue | undefined): readonly string[] =>
  (typeof value === 'string' ? [value] : (value ?? [])).map((name) => name.toLowerCase());

/** Properties of CREATE TABLE AS for a Hive table. */
export function hiveProperties(properties: Given) {
  requireKnown(properties, HIVE);
  return {
    format: hiveFormatOf({ format: 'PARQUET', ...properties }),
    partitionedBy: propertyList(properties.partitioned_by),
    externalLocation: textOf(properties.external_location),
  };
}

/** Properties of CREATE TABLE AS for an Iceberg table. */
export function icebergProperties(properties: Given): {
  readonly location: string;
  readonly partitionBy: readonly PartitionTransform[];
} {
  requireKnown(properties, ICEBERG);
  const location = textOf(properties.location);
  if (location === undefined || textOf(properties.is_external)?.toLowerCase() !== 'false') {
    const detail = "An Iceberg table takes the properties is_external = false and location = 's3://…'";
    throw new QueryFailure('INVALID_TABLE_PROPERTY', detail);
  }
  const format = (textOf(properties.format) ?? 'PARQUET').toUpperCase();
  if (format !== 'PARQUET') throw unsupported(format);
  return { location, partitionBy: propertyList(properties.partitioning).map(partitionTransform) };
}

function partitionTransform(text: string): PartitionTransform {
  const [, transform = '', first = '', second] = /^(\w+)\s*\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?\)$/.exec(text) ?? [];
  if (transform === '') return { column: text, transform: 'identity' };
  return second === undefined ? { column: first, transform } : { column: first, transform: `${transform}[${second}]` };
}

const KINDS: Readonly<Record<string, HiveFormat['kind']>> = { PARQUET: 'parquet', JSON: 'json', TEXTFILE: 'text' };
const CODECS: Readonly<Record<string, HiveFormat['compression']>> = {
  GZIP: 'gzip',
  SNAPPY: 'snappy',
  ZSTD: 'zstd',
  NONE: 'uncompressed',
};

/** The format of the files to write. Throws `NOT_SUPPORTED` for those that this endpoint does not write. */
export function hiveFormatOf(properties: Given): HiveFormat {
  const format = textOf(properties.format)?.toUpperCase();
  if (format === undefined) {
    throw new QueryFailure('INVALID_TABLE_PROPERTY', 'line 1:1: The property format is required');
  }
  const kind = KINDS[format];
  if (kind === undefined) throw unsupported(format);
  const codec = textOf(properties.write_compression ?? properties.parquet_compression ?? properties.compression);
  const compression = CODECS[codec?.toUpperCase() ?? 'GZIP'];
  if (compression === undefined) throw unsupported(`${format} with ${codec}`);
  return { kind, compression, delimiter: textOf(properties.field_delimiter) ?? '\x01' };
}

const unsupported = (format: string): QueryFailure =>
  new QueryFailure('NOT_SUPPORTED', `The local endpoint does not write files of format ${format}`);
