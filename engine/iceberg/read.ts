import { mapBounded } from '../../common/concurrency.ts';
import { TributaryError } from '../../common/errors.ts';
import {
  DATA,
  DELETED,
  decodeManifest,
  decodeManifestList,
  type Manifest,
  type ManifestFile,
  toDataFile,
} from './manifest.ts';
import { asSnapshot, currentSchema, currentSnapshot, type SnapshotRecord, schemaById } from './metadata.ts';
import type { FileIo } from './ports.ts';
import { fieldColumns } from './schema.ts';
import type { Table } from './table.ts';
import type { DataFile, FieldColumn, Snapshot } from './types.ts';

/** Which version of a table: a snapshot's id, or what was current at a moment; by default the current one. */
export interface VersionSelector {
  readonly snapshotId?: string;
  readonly asOfMs?: number;
}

const PARALLEL_READS = 8;

/** All versions that the table still has, oldest first. */
export const snapshots = ({ metadata }: Table): readonly Snapshot[] =>
  (metadata.snapshots ?? []).map((record) => asSnapshot(record, metadata));

/** The version that a query reads, or undefined where the table has no rows yet. Throws `no_such_snapshot`. */
export function snapshotOf(table: Table, selector: VersionSelector = {}): Snapshot | undefined {
  const record = select(table, selector);
  return record && asSnapshot(record, table.metadata);
}

/** The columns of a version, with their field ids. */
export function tableColumns(table: Table, selector: VersionSelector = {}): readonly FieldColumn[] {
  const { snapshotId, asOfMs } = selector;
  const record = snapshotId === undefined && asOfMs === undefined ? undefined : select(table, selector);
  const schemaId = record?.['schema-id'];
  return fieldColumns(schemaId === undefined ? currentSchema(table.metadata) : schemaById(table.metadata, schemaId));
}

/**
 * The files that hold the rows of a version, in no particular order. Throws `no_such_snapshot`, and
 * `delete_files_unsupported` where rows were deleted by files that mark them so.
 */
export async function dataFiles(
  io: FileIo,
  table: Table,
  selector: VersionSelector = {},
): Promise<readonly DataFile[]> {
  const record = select(table, selector);
  if (record === undefined) return [];
  const files = (await readManifestList(io, record)).filter(hasLiveFiles);
  refuseDeletes(table, files);
  const manifests = await mapBounded(files, PARALLEL_READS, (file) => readManifest(io, file));
  return manifests.flatMap(({ entries }) =>
    entries.filter((entry) => entry.status !== DELETED).map((entry) => toDataFile(entry.data_file)),
  );
}

/**
 * Every file that the versions lead to: lists, manifests, and the files these name; with `all`, also those that a
 * version removed. Manifests in `known` are not opened.
 */
export async function filesOfVersions(
  io: FileIo,
  versions: readonly SnapshotRecord[],
  entries: 'live' | 'all',
  known: ReadonlySet<string> = new Set(),
): Promise<ReadonlySet<string>> {
  const lists = await mapBounded(versions, PARALLEL_READS, (version) => readManifestList(io, version));
  const manifests = new Map(lists.flat().map((file) => [file.manifest_path, file]));
  const unread = [...manifests.values()].filter((file) => !known.has(file.manifest_path));
  const files = await mapBounded(unread, PARALLEL_READS, async (file) => {
    const manifest = await readManifest(io, file);
    return manifest.entries
      .filter((entry) => entries === 'all' || entry.status !== DELETED)
      .map((entry) => entry.data_file.file_path);
  });
  return new Set([...versions.map((version) => version['manifest-list']), ...manifests.keys(), ...files.flat()]);
}

export async function readManifestList(io: FileIo, record: SnapshotRecord): Promise<readonly ManifestFile[]> {
  const location = record['manifest-list'];
  return decodeManifestList(await io.read(location), location);
}

export async function readManifest(io: FileIo, file: ManifestFile): Promise<Manifest> {
  return decodeManifest(await io.read(file.manifest_path), file);
}

export const hasLiveFiles = (file: ManifestFile): boolean => file.added_files_count + file.existing_files_count > 0;

/** Throws `delete_files_unsupported` where a manifest lists files of deleted rows. */
export function refuseDeletes(table: Table, files: readonly ManifestFile[]): void {
  const deletes = files.find((file) => file.content !== DATA);
  if (deletes === undefined) return;
  throw new TributaryError({
    code: 'delete_files_unsupported',
    message: 'another engine deleted rows of this table by delete files (merge on read), which are not supported',
    where: table.name,
    advice: 'Compact the table with the engine that wrote them, or rebuild it wholly, which replaces them.',
  });
}

function select(table: Table, { snapshotId, asOfMs }: VersionSelector): SnapshotRecord | undefined {
  const { metadata } = table;
  if (snapshotId === undefined && asOfMs === undefined) return currentSnapshot(metadata);
  const wanted = snapshotId ?? idAsOf(table, asOfMs ?? 0);
  const record = (metadata.snapshots ?? []).find((candidate) => String(candidate['snapshot-id']) === wanted);
  if (record !== undefined) return record;
  throw new TributaryError({
    code: 'no_such_snapshot',
    message:
      snapshotId === undefined
        ? `the table has no version as old as ${new Date(asOfMs ?? 0).toISOString()}`
        : `the table has no snapshot ${snapshotId}`,
    where: table.name,
    advice: 'It may have expired. The versions that remain are listed by the table’s $snapshots.',
  });
}

/** Id of the snapshot that was current at a moment: by the log, since a rollback makes an old one current again. */
function idAsOf({ metadata }: Table, asOfMs: number): string | undefined {
  const before = (metadata['snapshot-log'] ?? []).findLast((entry) => entry['timestamp-ms'] <= asOfMs);
  return before === undefined ? undefined : String(before['snapshot-id']);
}
