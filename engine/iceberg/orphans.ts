import { parseS3Uri } from '../../common/s3-uri.ts';
import type { TableMetadata } from './metadata.ts';
import type { Catalog, FileIo, FileListing, ListedFile } from './ports.ts';
import { filesOfVersions } from './read.ts';
import { loadTable, type Table } from './table.ts';

/** What a sweep has deleted. */
export interface Sweep {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Deletes what lies below a table's location, was written before `olderThanMs` (milliseconds since 1970) and is used by
 * no version of the table: what builds left that were killed. No build may last from before that moment until now.
 */
export async function deleteOrphans(
  catalog: Catalog,
  io: FileIo,
  listing: FileListing,
  { entry, metadata }: Pick<Table, 'entry' | 'metadata'>,
  olderThanMs: number,
): Promise<Sweep> {
  const found = await listing.list(`${metadata.location}/`);
  // Loaded after the listing: what a commit has published in between is in use by now.
  const table = await loadTable(catalog, io, entry.database, entry.table);
  if (table === undefined) return { files: 0, bytes: 0 };
  const used = await usedBy(io, table);
  return deleteUnused(io, found, used, olderThanMs);
}

/** Deletes those of the files that are old enough and not among the used ones. */
export async function deleteUnused(
  io: Pick<FileIo, 'delete'>,
  files: readonly ListedFile[],
  used: Iterable<string>,
  olderThanMs: number,
): Promise<Sweep> {
  const live = new Set([...used].map(placeOf));
  const unused = files.filter(({ uri, modifiedMs }) => modifiedMs < olderThanMs && !live.has(placeOf(uri)));
  if (unused.length > 0) await io.delete(unused.map(({ uri }) => uri));
  return { files: unused.length, bytes: unused.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Everything that the table's present state leads to, in the words of whoever wrote it. */
async function usedBy(io: FileIo, { entry, metadata }: Table): Promise<readonly string[]> {
  const versions = await filesOfVersions(io, metadata.snapshots ?? [], 'live');
  const log = (metadata['metadata-log'] ?? []).map((logged) => logged['metadata-file']);
  return [...versions, ...log, ...statisticsOf(metadata), entry.metadataLocation];
}

/** Files of statistics, which other writers keep beside the data. */
const statisticsOf = (metadata: TableMetadata): readonly string[] =>
  [...(metadata.statistics ?? []), ...(metadata['partition-statistics'] ?? [])].map((file) => file['statistics-path']);

/** Where a file lies, however its address is written: other writers say `s3a` for `s3`. */
function placeOf(uri: string): string {
  const { bucket, key } = parseS3Uri(uri);
  return `${bucket}/${key}`;
}
