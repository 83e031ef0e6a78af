import { randomBytes, randomUUID } from 'node:crypto';
import { mapBounded } from '../../common/concurrency.ts';
import { asError, TributaryError } from '../../common/errors.ts';
import { isSameVersion } from './compaction.ts';
import {
  ADDED,
  DATA,
  DELETED,
  describeManifest,
  EXISTING,
  encodeManifest,
  encodeManifestList,
  type Manifest,
  type ManifestEntry,
  type ManifestFile,
  newManifest,
  type SnapshotIdentity,
  schemaOf,
  toRecord,
} from './manifest.ts';
import {
  asSnapshot,
  currentSchema,
  currentSnapshot,
  evolveMetadata,
  type SnapshotRecord,
  specById,
  type TableMetadata,
  withSnapshot,
} from './metadata.ts';
import type { PartitionSpec } from './partition-spec.ts';
import type { Catalog, FileIo } from './ports.ts';
import { hasLiveFiles, readManifest, readManifestList, refuseDeletes } from './read.ts';
import { fieldColumns } from './schema.ts';
import { commitConflict, loadTable, nextTimestamp, publish, type Table } from './table.ts';
import type { DataFile, FieldColumn, Snapshot, TableDefinition } from './types.ts';

export interface CommitRequest {
  /** `append` adds files; `overwrite` also removes some; `replace` removes all that were there. */
  readonly operation: 'append' | 'overwrite' | 'replace';
  readonly add: readonly DataFile[];
  /** Paths of the files that `overwrite` removes. */
  readonly remove?: readonly string[];
  /** Properties of the snapshot: `tributary.run-id`, `tributary.fingerprint` … */
  readonly properties: Readonly<Record<string, string>>;
  /** What the table shall look like from now on; by default as it is. */
  readonly definition?: TableDefinition;
  /** New column name → the name it had, for columns that `definition` renames. */
  readonly renames?: Readonly<Record<string, string>>;
}

/** What carrying over the old version's manifests came to. */
interface CarriedOver {
  readonly manifests: readonly ManifestFile[];
  readonly removed: readonly ManifestEntry[];
  readonly written: readonly string[];
}

const PARALLEL = 8;
/** Commits that upkeep by others may get in the way of, one after the other. */
const ATTEMPTS = 5;
/** So many manifests are made one: each of them is a request to readers, and to the next commit. */
const MANY_MANIFESTS = 32;
const WRITABLE_TRANSFORMS: readonly string[] = ['identity', 'day', 'month'];

/** The columns, with field ids, that files for a commit with these arguments must have. */
export function plannedColumns(
  table: Table,
  { definition, operation, renames }: Pick<CommitRequest, 'definition' | 'operation' | 'renames'>,
): readonly FieldColumn[] {
  return fieldColumns(currentSchema(planned(table, { definition, operation, renames })));
}

/**
 * Publishes a new version of the table, which readers see wholly or not at all. Files that are not removed are taken
 * over without a copy. Where the table has the same rows still, and was only compacted or rid of old versions since it
 * was loaded, the commit is tried again upon its present state. Throws `commit_conflict` where it changed otherwise,
 * `incompatible_schema`, and `delete_files_unsupported` unless everything is replaced.
 */
export async function commit(catalog: Catalog, io: FileIo, table: Table, request: CommitRequest): Promise<Snapshot> {
  let base = table;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await commitUpon(catalog, io, base, request);
    } catch (error) {
      const moved = attempt === ATTEMPTS ? undefined : await movedOn(catalog, io, base, error);
      if (moved === undefined || !isSameVersion(table, moved)) throw asError(error);
      base = moved;
    }
  }
}

/** The table as it stands now, where a commit upon `base` failed since it has changed. */
async function movedOn(catalog: Catalog, io: FileIo, base: Table, error: unknown): Promise<Table | undefined> {
  if (!(error instanceof TributaryError && error.code === 'commit_conflict')) return undefined;
  const { database, table, metadataLocation } = base.entry;
  const now = await loadTable(catalog, io, database, table).catch(() => undefined);
  return now?.entry.metadataLocation === metadataLocation ? undefined : now;
}

async function commitUpon(catalog: Catalog, io: FileIo, table: Table, request: CommitRequest): Promise<Snapshot> {
  const metadata = planned(table, request);
  const identity = nextIdentity(metadata);
  const carried = await carryOver(io, table, request, identity);
  const added = await writeAdded(io, metadata, request.add, identity);
  const manifests = [...added, ...carried.manifests];
  const list = `${metadata.location}/metadata/snap-${identity.snapshotId}-1-${randomUUID()}.avro`;
  await io.write(list, encodeManifestList(manifests, identity));

  const snapshot: SnapshotRecord = {
    'snapshot-id': Number(identity.snapshotId),
    ...(identity.parentId === undefined ? {} : { 'parent-snapshot-id': asId(identity.parentId) }),
    'sequence-number': Number(identity.sequenceNumber),
    'timestamp-ms': nextTimestamp(metadata),
    'manifest-list': list,
    'schema-id': metadata['current-schema-id'],
    summary: { ...summarize(request, manifests, carried.removed, currentSnapshot(metadata)), ...request.properties },
  };
  const written = [list, ...added.map((file) => file.manifest_path), ...carried.written];
  await publish(catalog, io, table, withSnapshot(metadata, snapshot), written);
  return asSnapshot(snapshot, metadata);
}

function planned(table: Table, request: Pick<CommitRequest, 'definition' | 'operation' | 'renames'>): TableMetadata {
  if (request.definition === undefined) return table.metadata;
  return evolveMetadata(table.metadata, request.definition, {
    renames: request.renames ?? {},
    replacesAllFiles: request.operation === 'replace',
  });
}

function nextIdentity(metadata: TableMetadata): SnapshotIdentity {
  const parent = currentSnapshot(metadata);
  return {
    // 53 bits, so that any JSON reader keeps the id exact.
    snapshotId: (randomBytes(8).readBigUInt64BE() >> 11n) | 1n,
    parentId: parent && BigInt(parent['snapshot-id']),
    sequenceNumber: BigInt(metadata['last-sequence-number'] + 1),
  };
}

const asId = (id: bigint): number | bigint => (id > BigInt(Number.MAX_SAFE_INTEGER) ? id : Number(id));

/** The manifests of the version before, without the removed files; one that loses none stays as it is. */
async function carryOver(
  io: FileIo,
  table: Table,
  { operation, remove = [] }: CommitRequest,
  identity: SnapshotIdentity,
): Promise<CarriedOver> {
  const parent = currentSnapshot(table.metadata);
  const all = parent === undefined ? [] : (await readManifestList(io, parent)).filter(hasLiveFiles);
  if (operation !== 'replace') refuseDeletes(table, all);
  if (operation === 'append') return { manifests: all, removed: [], written: [] };

  const paths = new Set(remove);
  const isRemoved = (entry: ManifestEntry): boolean => operation === 'replace' || paths.has(entry.data_file.file_path);
  const data = await mapBounded(
    all.filter((file) => file.content === DATA),
    PARALLEL,
    async (file) => ({ file, manifest: await readManifest(io, file) }),
  );
  const groups = data.length < MANY_MANIFESTS ? data.map((loaded) => [loaded]) : alike(data);
  const results = await mapBounded(groups, PARALLEL, (group) => rewrite(io, table, group, isRemoved, identity));
  const removed = results.flatMap((result) => result.removed);
  if (operation === 'overwrite' && removed.length < paths.size) throw commitConflict(table.entry);
  return {
    manifests: results.map((result) => result.file),
    removed,
    written: results.flatMap(({ file, isNew }) => (isNew ? [file.manifest_path] : [])),
  };
}

interface LoadedManifest {
  readonly file: ManifestFile;
  readonly manifest: Manifest;
}

/** Manifests that may become one: of the same partitioning, schema and writer's header. */
const alike = (data: readonly LoadedManifest[]): readonly (readonly LoadedManifest[])[] => [
  ...Map.groupBy(data, ({ file, manifest }) =>
    JSON.stringify([file.partition_spec_id, manifest.schema, manifest.metadata]),
  ).values(),
];

/** A manifest as it is, or one in which some files are marked as removed; of several alike, one for all of them. */
async function rewrite(
  io: FileIo,
  table: Table,
  group: readonly LoadedManifest[],
  isRemoved: (entry: ManifestEntry) => boolean,
  identity: SnapshotIdentity,
): Promise<{ readonly file: ManifestFile; readonly isNew: boolean; readonly removed: readonly ManifestEntry[] }> {
  const [first, second] = group;
  if (first === undefined) throw new RangeError('a group has at least one manifest');
  const live = group.flatMap(({ manifest }) => manifest.entries).filter((entry) => entry.status !== DELETED);
  const removed = live.filter(isRemoved);
  if (removed.length === 0 && second === undefined) return { file: first.file, isNew: false, removed };
  const entries = live.map((entry) =>
    isRemoved(entry) ? { ...entry, status: DELETED, snapshot_id: identity.snapshotId } : { ...entry, status: EXISTING },
  );
  const spec = specById(table.metadata, first.file.partition_spec_id);
  const file = await writeManifest(io, table.metadata, { ...first.manifest, entries }, spec, identity);
  return { file, isNew: true, removed };
}

async function writeAdded(
  io: FileIo,
  metadata: TableMetadata,
  files: readonly DataFile[],
  identity: SnapshotIdentity,
): Promise<readonly ManifestFile[]> {
  if (files.length === 0) return [];
  const spec = specById(metadata, metadata['default-spec-id']);
  const schema = currentSchema(metadata);
  requireWritable(spec, files);
  const entries = files.map((file) => ({
    status: ADDED,
    snapshot_id: identity.snapshotId,
    sequence_number: identity.sequenceNumber,
    file_sequence_number: identity.sequenceNumber,
    data_file: toRecord(file, spec, schema),
  }));
  return [await writeManifest(io, metadata, newManifest(spec, schema, entries), spec, identity)];
}

async function writeManifest(
  io: FileIo,
  metadata: TableMetadata,
  manifest: Manifest,
  spec: PartitionSpec,
  identity: SnapshotIdentity,
): Promise<ManifestFile> {
  const path = `${metadata.location}/metadata/${randomUUID()}-m0.avro`;
  const content = encodeManifest(manifest);
  await io.write(path, content);
  return describeManifest(path, content.length, manifest.entries, spec, schemaOf(manifest), identity);
}

function requireWritable(spec: PartitionSpec, files: readonly DataFile[]): void {
  const foreign = spec.fields.find((field) => !WRITABLE_TRANSFORMS.includes(field.transform));
  const misfit = files.find((file) => file.partition.length !== spec.fields.length);
  if (foreign === undefined && misfit === undefined) return;
  throw new TributaryError({
    code: 'unsupported_partition',
    message:
      foreign === undefined
        ? `the file has ${misfit?.partition.length} partition values where the table has ${spec.fields.length}`
        : `files cannot be added to a table that another writer partitioned by ${foreign.transform}`,
    where: misfit?.path ?? foreign?.name,
  });
}

/** The snapshot's summary in the names that the format reserves; totals as strings. */
function summarize(
  { operation, add }: CommitRequest,
  manifests: readonly ManifestFile[],
  removed: readonly ManifestEntry[],
  parent: SnapshotRecord | undefined,
): Record<string, string> {
  const sum = <T>(items: readonly T[], value: (item: T) => number | bigint): number =>
    items.reduce((total, item) => total + Number(value(item)), 0);
  const addedBytes = sum(add, (file) => file.bytes);
  const removedBytes = sum(removed, (entry) => entry.data_file.file_size_in_bytes);
  const bytesBefore = parent === undefined ? '0' : parent.summary['total-files-size'];
  const totals = {
    'added-data-files': add.length,
    'added-records': sum(add, (file) => file.rows),
    'added-files-size': addedBytes,
    'deleted-data-files': removed.length,
    'deleted-records': sum(removed, (entry) => entry.data_file.record_count),
    'removed-files-size': removedBytes,
    'total-data-files': sum(manifests, (file) => file.added_files_count + file.existing_files_count),
    'total-records': sum(manifests, (file) => file.added_rows_count + file.existing_rows_count),
    ...(bytesBefore === undefined ? {} : { 'total-files-size': Number(bytesBefore) + addedBytes - removedBytes }),
    'total-delete-files': 0,
    'total-position-deletes': 0,
    'total-equality-deletes': 0,
  };
  return {
    operation: operation === 'append' ? 'append' : 'overwrite',
    ...Object.fromEntries(Object.entries(totals).map(([key, value]) => [key, String(value)])),
  };
}
