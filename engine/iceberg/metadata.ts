import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { TributaryError } from '../../common/errors.ts';
import { parseExactJson } from './exact-json.ts';
import { evolveSpec, FIRST_PARTITION_ID, type PartitionSpec } from './partition-spec.ts';
import { type Evolution, evolveFields, type Schema } from './schema.ts';
import type { Snapshot, TableDefinition } from './types.ts';

/** A bigint where another writer's id exceeds 2^53. */
export type SnapshotId = number | bigint;

interface SortField {
  readonly transform: string;
  readonly 'source-id': number;
  readonly direction: 'asc' | 'desc';
  readonly 'null-order': 'nulls-first' | 'nulls-last';
}

export interface SortOrder {
  readonly 'order-id': number;
  readonly fields: readonly SortField[];
}

export interface SnapshotRecord {
  readonly 'snapshot-id': SnapshotId;
  readonly 'parent-snapshot-id'?: SnapshotId;
  readonly 'sequence-number': number;
  readonly 'timestamp-ms': number;
  readonly 'manifest-list': string;
  readonly 'schema-id'?: number;
  readonly summary: Readonly<Record<string, string>>;
}

export interface SnapshotReference {
  readonly 'snapshot-id': SnapshotId;
  readonly type: 'branch' | 'tag';
}

/** Table metadata of format version 2 as its JSON holds it; members not named here are kept as they are. */
export interface TableMetadata {
  readonly 'format-version': number;
  readonly 'table-uuid': string;
  readonly location: string;
  readonly 'last-sequence-number': number;
  readonly 'last-updated-ms': number;
  readonly 'last-column-id': number;
  readonly 'current-schema-id': number;
  readonly schemas: readonly Schema[];
  readonly 'default-spec-id': number;
  readonly 'partition-specs': readonly PartitionSpec[];
  readonly 'last-partition-id': number;
  readonly 'default-sort-order-id': number;
  readonly 'sort-orders': readonly SortOrder[];
  readonly properties: Readonly<Record<string, string>>;
  /** Absent, null or -1 while the table has no snapshot. */
  readonly 'current-snapshot-id'?: SnapshotId | null;
  readonly refs?: Readonly<Record<string, SnapshotReference>>;
  readonly snapshots?: readonly SnapshotRecord[];
  readonly 'snapshot-log'?: readonly { readonly 'timestamp-ms': number; readonly 'snapshot-id': SnapshotId }[];
  readonly 'metadata-log'?: readonly { readonly 'timestamp-ms': number; readonly 'metadata-file': string }[];
  readonly statistics?: readonly StatisticsFile[];
  readonly 'partition-statistics'?: readonly StatisticsFile[];
}

interface StatisticsFile {
  readonly 'statistics-path': string;
}

const FORMAT_VERSION = 2;

/** Reads a metadata file. Throws `unsupported_table_format` for other format versions. */
export function parseMetadata(content: Uint8Array, location: string): TableMetadata {
  const text = Buffer.from(location.endsWith('.gz.metadata.json') ? gunzipSync(content) : content).toString('utf8');
  const metadata = parseExactJson(text) as TableMetadata;
  if (metadata['format-version'] === FORMAT_VERSION) return metadata;
  throw new TributaryError({
    code: 'unsupported_table_format',
    message: `the table has Iceberg format version ${metadata['format-version']}; only version 2 is supported`,
    where: location,
  });
}

/** Metadata of a new table without a snapshot. */
export function newMetadata(definition: TableDefinition): TableMetadata {
  const nothing: TableMetadata = {
    'format-version': FORMAT_VERSION,
    'table-uuid': randomUUID(),
    location: definition.location,
    'last-sequence-number': 0,
    'last-updated-ms': Date.now(),
    'last-column-id': 0,
    'current-schema-id': -1,
    schemas: [],
    'default-spec-id': -1,
    'partition-specs': [],
    'last-partition-id': FIRST_PARTITION_ID - 1,
    'default-sort-order-id': 0,
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    properties: {
      'write.format.default': 'parquet',
      'write.parquet.compression-codec': 'zstd',
      // Other engines that honour these leave no delete files behind.
      'write.delete.mode': 'copy-on-write',
      'write.update.mode': 'copy-on-write',
      'write.merge.mode': 'copy-on-write',
    },
    'current-snapshot-id': -1,
    refs: {},
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
  };
  return evolveMetadata(nothing, definition);
}

/** The metadata with schema, partitioning, sort order and description as `definition` wants them. */
export function evolveMetadata(
  metadata: TableMetadata,
  definition: TableDefinition,
  evolution: Evolution = {},
): TableMetadata {
  const before = metadata.schemas.find((schema) => schema['schema-id'] === metadata['current-schema-id']);
  const lastId = metadata['last-column-id'];
  const { fields, lastColumnId } = evolveFields(before?.fields ?? [], lastId, definition.columns, evolution);
  const [schemas, schema] = including(metadata.schemas, 'schema-id', 0, { type: 'struct', fields } as const);
  const specs = metadata['partition-specs'];
  const { spec, lastPartitionId } = evolveSpec(specs, metadata['last-partition-id'], schema, definition.partitionBy);
  // Order 0 is the format's name for "unsorted".
  const [orders, order] = including(metadata['sort-orders'], 'order-id', 1, { fields: sortFields(definition, schema) });
  return {
    ...metadata,
    'last-column-id': lastColumnId,
    schemas,
    'current-schema-id': schema['schema-id'],
    'partition-specs': specs.includes(spec) ? specs : [...specs, spec],
    'default-spec-id': spec['spec-id'],
    'last-partition-id': lastPartitionId,
    'sort-orders': orders,
    'default-sort-order-id': order['order-id'],
    properties: { ...metadata.properties, comment: definition.description },
  };
}

const sortFields = (definition: TableDefinition, schema: Schema): readonly SortField[] =>
  definition.sortBy.map((name) => {
    const column = schema.fields.find((field) => field.name === name);
    if (column === undefined) {
      throw new TributaryError({ code: 'unknown_column', message: `the table is sorted by ${name}, which it has not` });
    }
    return { transform: 'identity', 'source-id': column.id, direction: 'asc', 'null-order': 'nulls-last' };
  });

/** The versions with `content` among them, under a new id where no version equals it. */
function including<K extends string, C extends object>(
  versions: readonly (C & Readonly<Record<K, number>>)[],
  idKey: K,
  firstId: number,
  content: C,
): readonly [readonly (C & Readonly<Record<K, number>>)[], C & Readonly<Record<K, number>>] {
  const known = versions.find((version) => {
    const { [idKey]: _id, ...rest } = version;
    return isSame(rest, content);
  });
  if (known !== undefined) return [versions, known];
  const id = Math.max(firstId - 1, ...versions.map((version) => version[idKey])) + 1;
  const added = { ...content, [idKey]: id } as C & Readonly<Record<K, number>>;
  return [[...versions, added], added];
}

/** Whether two JSON values are equal, whatever the order of their members. */
const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );

/** The metadata after `snapshot` became current. */
export function withSnapshot(metadata: TableMetadata, snapshot: SnapshotRecord): TableMetadata {
  const id = snapshot['snapshot-id'];
  return {
    ...metadata,
    'last-sequence-number': snapshot['sequence-number'],
    'current-snapshot-id': id,
    refs: { ...metadata.refs, main: { ...metadata.refs?.main, 'snapshot-id': id, type: 'branch' } },
    snapshots: [...(metadata.snapshots ?? []), snapshot],
    'snapshot-log': [
      ...(metadata['snapshot-log'] ?? []),
      { 'timestamp-ms': snapshot['timestamp-ms'], 'snapshot-id': id },
    ],
  };
}

export function currentSchema(metadata: TableMetadata): Schema {
  return schemaById(metadata, metadata['current-schema-id']);
}

export function schemaById(metadata: TableMetadata, id: number): Schema {
  return found(metadata.schemas.find((schema) => schema['schema-id'] === id));
}

export function specById(metadata: TableMetadata, id: number): PartitionSpec {
  return found(metadata['partition-specs'].find((spec) => spec['spec-id'] === id));
}

export function currentSnapshot(metadata: TableMetadata): SnapshotRecord | undefined {
  const id = metadata['current-snapshot-id'];
  return (metadata.snapshots ?? []).find((snapshot) => snapshot['snapshot-id'] === id);
}

export const asSnapshot = (record: SnapshotRecord, metadata: TableMetadata): Snapshot => ({
  id: String(record['snapshot-id']),
  ...(record['parent-snapshot-id'] === undefined ? {} : { parentId: String(record['parent-snapshot-id']) }),
  timestampMs: record['timestamp-ms'],
  operation: record.summary.operation ?? 'append',
  summary: record.summary,
  manifestList: record['manifest-list'],
  schemaId: record['schema-id'] ?? metadata['current-schema-id'],
});

function found<T>(part: T | undefined): T {
  if (part !== undefined) return part;
  throw new TributaryError({ code: 'bad_metadata', message: 'the table’s metadata names a schema or spec it lacks' });
}
