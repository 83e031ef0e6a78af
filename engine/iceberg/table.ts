import { randomUUID } from 'node:crypto';
import { asError, TributaryError } from '../../common/errors.ts';
import { stringifyExactJson } from './exact-json.ts';
import { newMetadata, parseMetadata, type TableMetadata } from './metadata.ts';
import type { Catalog, CatalogEntry, FileIo } from './ports.ts';
import type { TableDefinition } from './types.ts';

/** A table as it stood when it was loaded; what is committed builds on exactly this. */
export interface Table {
  /** `gold.fact_sale` */
  readonly name: string;
  readonly entry: CatalogEntry;
  readonly metadata: TableMetadata;
}

/** Earlier metadata files that the current one remembers, as other writers do by default. */
const REMEMBERED_METADATA_FILES = 100;

/** The table's current state, or undefined where the catalog has no such table. */
export async function loadTable(
  catalog: Catalog,
  io: FileIo,
  database: string,
  table: string,
): Promise<Table | undefined> {
  const entry = await catalog.get(database, table);
  if (entry === undefined) return undefined;
  const metadata = parseMetadata(await io.read(entry.metadataLocation), entry.metadataLocation);
  return { name: `${database}.${table}`, entry, metadata };
}

/** Creates the table, empty, so that it can be queried before its first build. Throws `table_exists`. */
export async function createTable(catalog: Catalog, io: FileIo, definition: TableDefinition): Promise<void> {
  const metadata = newMetadata(definition);
  const location = metadataLocation(metadata, 0);
  await io.write(location, stringifyExactJson(metadata));
  try {
    await catalog.create(definition.database, definition.table, location, metadata);
  } catch (error) {
    await io.delete([location]);
    throw error;
  }
}

/**
 * Makes `metadata` the table's state, in one atomic step, if it still is as it was loaded. `written` are the files made
 * for this; they are deleted where the step surely did not happen. Throws `commit_conflict`.
 */
export async function publish(
  catalog: Catalog,
  io: FileIo,
  table: Table,
  metadata: TableMetadata,
  written: readonly string[],
): Promise<void> {
  const before = table.entry.metadataLocation;
  const next: TableMetadata = {
    ...metadata,
    'last-updated-ms': nextTimestamp(table.metadata),
    'metadata-log': [
      ...(metadata['metadata-log'] ?? []),
      { 'timestamp-ms': table.metadata['last-updated-ms'], 'metadata-file': before },
    ].slice(-REMEMBERED_METADATA_FILES),
  };
  const location = metadataLocation(metadata, versionOf(before) + 1);
  await io.write(location, stringifyExactJson(next));
  try {
    await catalog.swap(table.entry, location, next);
  } catch (error) {
    const state = await stateAfterFailure(catalog, io, table.entry, location);
    if (state === 'published') return;
    // Files left behind where the state is unknown take space but do no harm.
    if (state === 'unpublished') await io.delete([...written, location]).catch(() => undefined);
    throw asError(error);
  }
}

/** Now, but never before the table's last change, whatever this machine's clock says. */
export const nextTimestamp = (metadata: TableMetadata): number => Math.max(Date.now(), metadata['last-updated-ms']);

/**
 * Whether the swap took place although its answer was an error: a request that is repeated after a lost answer finds
 * its own work and reports a conflict.
 */
async function stateAfterFailure(
  catalog: Catalog,
  io: FileIo,
  { database, table }: CatalogEntry,
  location: string,
): Promise<'published' | 'unpublished' | 'unknown'> {
  try {
    const now = await loadTable(catalog, io, database, table);
    const log = now?.metadata['metadata-log'] ?? [];
    const isPublished =
      now?.entry.metadataLocation === location || log.some((entry) => entry['metadata-file'] === location);
    return isPublished ? 'published' : 'unpublished';
  } catch {
    return 'unknown';
  }
}

const metadataLocation = ({ location }: TableMetadata, version: number): string =>
  `${location}/metadata/${String(version).padStart(5, '0')}-${randomUUID()}.metadata.json`;

/** The number at the head of a metadata file's name. */
const versionOf = (location: string): number => Number(/\/(\d+)-[^/]*$/.exec(location)?.[1] ?? 0);

export const commitConflict = (entry: CatalogEntry, cause?: unknown): TributaryError =>
  new TributaryError({
    code: 'commit_conflict',
    message: 'the table was changed by another writer since it was read',
    where: `${entry.database}.${entry.table}`,
    advice: 'Nothing was published. Build again upon the table’s current version.',
    cause,
  });
