import { type AvroFile, decodeAvro, encodeAvro } from './avro.ts';
import { compareValues, type ScalarValue, serialize } from './bounds.ts';
import { avroName, FIELD_NAMES, MANIFEST_LIST_SCHEMA, manifestSchema } from './manifest-schemas.ts';
import { type PartitionSpec, partitionType } from './partition-spec.ts';
import type { IcebergType, Schema } from './schema.ts';
import type { ColumnStats, DataFile } from './types.ts';

/** Status of a file in a manifest, as its number in the format. */
export const EXISTING = 0;
export const ADDED = 1;
export const DELETED = 2;

/** Content of a manifest or a file: rows, or deletes by position or equality. */
export const DATA = 0;

/** A manifest as a manifest list shows it. */
export interface ManifestFile {
  readonly manifest_path: string;
  readonly manifest_length: bigint;
  readonly partition_spec_id: number;
  readonly content: number;
  readonly sequence_number: bigint;
  readonly min_sequence_number: bigint;
  readonly added_snapshot_id: bigint;
  readonly added_files_count: number;
  readonly existing_files_count: number;
  readonly deleted_files_count: number;
  readonly added_rows_count: bigint;
  readonly existing_rows_count: bigint;
  readonly deleted_rows_count: bigint;
  readonly partitions: readonly PartitionSummary[] | null;
  readonly key_metadata: Buffer | null;
}

interface PartitionSummary {
  readonly contains_null: boolean;
  readonly contains_nan: boolean | null;
  readonly lower_bound: Buffer | null;
  readonly upper_bound: Buffer | null;
}

/** One file in a manifest. Ids and sequence numbers that are null are those of the manifest. */
export interface ManifestEntry {
  readonly status: number;
  readonly snapshot_id: bigint | null;
  readonly sequence_number: bigint | null;
  readonly file_sequence_number: bigint | null;
  readonly data_file: DataFileRecord;
}

interface DataFileRecord {
  readonly content: number;
  readonly file_path: string;
  readonly file_format: string;
  /** In the order of the spec's fields. */
  readonly partition: Readonly<Record<string, PartitionValue>>;
  readonly record_count: bigint;
  readonly file_size_in_bytes: bigint;
  readonly column_sizes: IntMap<bigint>;
  readonly value_counts: IntMap<bigint>;
  readonly null_value_counts: IntMap<bigint>;
  readonly lower_bounds: IntMap<Buffer>;
  readonly upper_bounds: IntMap<Buffer>;
}

type IntMap<V> = readonly { readonly key: number; readonly value: V }[] | null;
/** Buffers and booleans come from other writers only. */
type PartitionValue = ScalarValue | Buffer | null;

/** A manifest's entries, and what a rewritten copy of it must keep. */
export interface Manifest {
  readonly schema: AvroFile['schema'];
  readonly metadata: AvroFile['metadata'];
  readonly entries: readonly ManifestEntry[];
}

export const decodeManifestList = (content: Uint8Array, where: string): readonly ManifestFile[] =>
  decodeAvro(content, FIELD_NAMES, where).records as readonly ManifestFile[];

/** Decodes a manifest; entries have their own ids and sequence numbers, inherited ones filled in. */
export function decodeManifest(content: Uint8Array, file: ManifestFile): Manifest {
  const { schema, metadata, records } = decodeAvro(content, FIELD_NAMES, file.manifest_path);
  const entries = (records as readonly ManifestEntry[]).map((entry) => ({
    ...entry,
    snapshot_id: entry.snapshot_id ?? file.added_snapshot_id,
    sequence_number: entry.sequence_number ?? file.sequence_number,
    file_sequence_number: entry.file_sequence_number ?? file.sequence_number,
  }));
  return { schema, metadata, entries };
}

export function newManifest(spec: PartitionSpec, schema: Schema, entries: readonly ManifestEntry[]): Manifest {
  return {
    schema: manifestSchema(spec, schema),
    metadata: {
      schema: JSON.stringify(schema),
      'schema-id': String(schema['schema-id']),
      'partition-spec': JSON.stringify(spec.fields),
      'partition-spec-id': String(spec['spec-id']),
      'format-version': '2',
      content: 'data',
    },
    entries,
  };
}

/** The table's schema when the manifest was first written. */
export const schemaOf = ({ metadata }: Manifest): Schema => JSON.parse(metadata.schema ?? '{"fields":[]}');

export const encodeManifest = ({ schema, metadata, entries }: Manifest): Buffer =>
  encodeAvro({ schema, metadata, records: entries });

export interface SnapshotIdentity {
  readonly snapshotId: bigint;
  readonly parentId: bigint | undefined;
  readonly sequenceNumber: bigint;
}

export const encodeManifestList = (files: readonly ManifestFile[], identity: SnapshotIdentity): Buffer =>
  encodeAvro({
    schema: MANIFEST_LIST_SCHEMA,
    metadata: {
      'snapshot-id': String(identity.snapshotId),
      'parent-snapshot-id': String(identity.parentId ?? null),
      'sequence-number': String(identity.sequenceNumber),
      'format-version': '2',
    },
    records: files,
  });

/** The line of a manifest list for a manifest that `identity`'s snapshot has written. */
export function describeManifest(
  path: string,
  length: number,
  entries: readonly ManifestEntry[],
  spec: PartitionSpec,
  schema: Schema,
  identity: SnapshotIdentity,
): ManifestFile {
  const having = (status: number): readonly ManifestEntry[] => entries.filter((entry) => entry.status === status);
  const rows = (some: readonly ManifestEntry[]): bigint =>
    some.reduce((sum, entry) => sum + entry.data_file.record_count, 0n);
  const [existing, added, deleted] = [having(EXISTING), having(ADDED), having(DELETED)];
  const liveSequences = [...existing, ...added].map((entry) => entry.sequence_number ?? identity.sequenceNumber);
  return {
    manifest_path: path,
    manifest_length: BigInt(length),
    partition_spec_id: spec['spec-id'],
    content: DATA,
    sequence_number: identity.sequenceNumber,
    min_sequence_number: liveSequences.reduce((least, next) => (next < least ? next : least), identity.sequenceNumber),
    added_snapshot_id: identity.snapshotId,
    added_files_count: added.length,
    existing_files_count: existing.length,
    deleted_files_count: deleted.length,
    added_rows_count: rows(added),
    existing_rows_count: rows(existing),
    deleted_rows_count: rows(deleted),
    partitions: summarize(entries, spec, schema),
    key_metadata: null,
  };
}

/** Bounds of each partition field over the files, or null where they cannot be told: readers then skip nothing. */
function summarize(
  entries: readonly ManifestEntry[],
  spec: PartitionSpec,
  schema: Schema,
): readonly PartitionSummary[] | null {
  const summaries = spec.fields.map((field, index) => {
    const values = entries.map((entry) => Object.values(entry.data_file.partition)[index] ?? null);
    return summarizeField(values, partitionType(field, schema));
  });
  const known = summaries.filter((summary) => summary !== undefined);
  return known.length === summaries.length ? known : null;
}

function summarizeField(values: readonly PartitionValue[], type: IcebergType): PartitionSummary | undefined {
  const present = values.filter((value) => value !== null);
  const comparable = present.filter((value) => typeof value !== 'object');
  if (comparable.length !== present.length) return undefined;
  const [least, greatest] = extremes(comparable);
  const bytes = (value: ScalarValue | undefined): Buffer | null | undefined => {
    if (value === undefined) return null;
    const serialized = serialize(type, value);
    return serialized && Buffer.from(serialized);
  };
  const [lower, upper] = [bytes(least), bytes(greatest)];
  if (lower === undefined || upper === undefined) return undefined;
  return {
    contains_null: present.length < values.length,
    contains_nan: false,
    lower_bound: lower,
    upper_bound: upper,
  };
}

function extremes(values: readonly ScalarValue[]): readonly [ScalarValue?, ScalarValue?] {
  let [least, greatest] = [values[0], values[0]];
  for (const value of values) {
    if (least !== undefined && compareValues(value, least) < 0) least = value;
    if (greatest !== undefined && compareValues(value, greatest) > 0) greatest = value;
  }
  return [least, greatest];
}

/** A new file as a manifest's record. */
export function toRecord(file: DataFile, spec: PartitionSpec, schema: Schema): DataFileRecord {
  const stats = [...file.stats].sort(([one], [other]) => one - other);
  const intMap = <V>(value: (stats: ColumnStats) => V | undefined): IntMap<V> =>
    stats.flatMap(([key, column]) => {
      const found = value(column);
      return found === undefined ? [] : [{ key, value: found }];
    });
  const partition = spec.fields.map((field, index) => {
    const value = file.partition[index] ?? null;
    const isLong = ['long', 'timestamp', 'timestamptz'].some((type) => type === partitionType(field, schema));
    return [avroName(field.name), value !== null && isLong ? BigInt(value) : value] as const;
  });
  return {
    content: DATA,
    file_path: file.path,
    file_format: 'PARQUET',
    partition: Object.fromEntries(partition),
    record_count: BigInt(file.rows),
    file_size_in_bytes: BigInt(file.bytes),
    column_sizes: intMap(({ size }) => BigInt(size)),
    value_counts: intMap(({ valueCount }) => BigInt(valueCount)),
    null_value_counts: intMap(({ nullCount }) => BigInt(nullCount)),
    lower_bounds: intMap(({ lower }) => lower && Buffer.from(lower)),
    upper_bounds: intMap(({ upper }) => upper && Buffer.from(upper)),
  };
}

/** A manifest's record as the data file it names. */
export function toDataFile(record: DataFileRecord): DataFile {
  const sizes = asMap(record.column_sizes);
  const nulls = asMap(record.null_value_counts);
  const lowers = asMap(record.lower_bounds);
  const uppers = asMap(record.upper_bounds);
  const stats = (record.value_counts ?? []).map(({ key, value }): [number, ColumnStats] => {
    const [lower, upper] = [lowers.get(key), uppers.get(key)];
    const counts = {
      valueCount: Number(value),
      nullCount: Number(nulls.get(key) ?? 0),
      size: Number(sizes.get(key) ?? 0),
    };
    return [key, { ...counts, ...(lower && { lower }), ...(upper && { upper }) }];
  });
  return {
    path: record.file_path,
    bytes: Number(record.file_size_in_bytes),
    rows: Number(record.record_count),
    partition: Object.values(record.partition).map((value) =>
      typeof value === 'boolean' || Buffer.isBuffer(value) ? String(value) : value,
    ),
    stats: new Map(stats),
  };
}

const asMap = <V>(entries: IntMap<V>): ReadonlyMap<number, V> =>
  new Map((entries ?? []).map(({ key, value }) => [key, value]));
